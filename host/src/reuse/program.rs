//! What the front end made of a program: its artifact, and what may be wrong with it.

use std::path::PathBuf;

use beskid_frontend::{Lints, SourceDiagnostic, Span};
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use super::asked::Answered;
use super::build_cache::{BuildCache, Kind};
use super::listed::Listed;
use crate::failure::Findings;
use crate::source::{Modules, Source, debug};

/// What is asked of the front end; what it reads for the answer is in the record.
#[derive(Serialize)]
pub(crate) struct ProgramQuestion<'q> {
    /// Where the source is, and the packages that it sees.
    place: String,
    entrypoint: Option<&'q str>,
    warn: &'q [String],
    deny: &'q [String],
    /// Whether there is to be an artifact.
    lowered: bool,
    /// Which tests are to be in it, if it is one of tests; there need not be any.
    tests: Option<String>,
    /// The folder that debuggers are told, if they are told anything.
    debug: Option<PathBuf>,
}

impl<'q> ProgramQuestion<'q> {
    pub(crate) fn new(
        source: &Source,
        entrypoint: Option<&'q str>,
        lints: &'q Lints,
        lowered: bool,
    ) -> Self {
        Self {
            place: source.place(),
            entrypoint,
            warn: &lints.warn,
            deny: &lints.deny,
            lowered,
            tests: None,
            debug: source
                .debug_info()
                .map(|paths| debug::folder(paths).unwrap_or_default()),
        }
    }

    /// The question for the artifact of those tests that a condition chooses.
    pub(crate) fn of_tests(source: &Source, lints: &'q Lints, chosen: String) -> Self {
        Self {
            tests: Some(chosen),
            ..Self::new(source, None, lints, true)
        }
    }

    /// Whether an answer is one to this question.
    const fn is_answered(&self, has_artifact: bool) -> bool {
        self.tests.is_some() || has_artifact == self.lowered
    }
}

/// What is known of a program.
pub(crate) struct Known {
    /// Its artifact, if there is to be one.
    pub(crate) artifact: Option<Outline>,
    /// What may be wrong with it.
    pub(crate) findings: Vec<Findings>,
    /// Its tests, if it is about those.
    pub(crate) tests: Vec<Listed>,
}

/// What was made of a program with which nothing is wrong.
pub(crate) struct Made<'m> {
    pub(crate) artifact: Option<&'m Outline>,
    pub(crate) findings: &'m [Findings],
    pub(crate) tests: &'m [Listed],
}

#[derive(Serialize, Deserialize)]
struct Record {
    /// The digest of the first file.
    entry: Digest,
    answered: Vec<Answered>,
    artifact: Option<Digest>,
    findings: Vec<KeptFindings>,
    tests: Vec<Listed>,
}

#[derive(Serialize, Deserialize)]
struct KeptFindings {
    path: String,
    text: String,
    found: Vec<Kept>,
}

/// A place in a file, and what is there.
type Label = (u32, u32, String);

#[derive(Serialize, Deserialize)]
struct Kept {
    diagnostic: Diagnostic,
    label: Label,
    related: Option<Label>,
    notes: Vec<Label>,
}

impl Known {
    /// What was made of the same program.
    pub(crate) fn recall(
        cache: &BuildCache,
        question: &ProgramQuestion<'_>,
        source: &Source,
        modules: &mut Modules,
    ) -> Option<Self> {
        let record = cache.record::<Record>(Kind::Program, cache.key(question)?)?;
        let is_same = record.entry == Digest::of(source.bytes())
            && question.is_answered(record.artifact.is_some())
            && record.answered.iter().all(|asked| asked.holds(modules));
        if !is_same {
            return None;
        }
        let artifact = match record.artifact {
            None => None,
            Some(digest) => {
                let bytes = cache.bytes(Kind::Artifact, digest)?;
                let outline = Outline::decode(bytes).ok()?;
                Some(Some(outline).filter(|outline| outline.digest() == digest)?)
            }
        };
        Some(Self {
            artifact,
            findings: record.findings.into_iter().map(Findings::from).collect(),
            tests: record.tests,
        })
    }
}

impl Made<'_> {
    /// Keeps it.
    pub(crate) fn keep(
        &self,
        cache: &BuildCache,
        question: &ProgramQuestion<'_>,
        source: &[u8],
        answered: Vec<Answered>,
    ) {
        let Some(key) = cache.key(question) else {
            return;
        };
        if let Some(artifact) = self.artifact
            && !cache.keep(Kind::Artifact, artifact.digest(), artifact.bytes())
        {
            return;
        }
        let record = Record {
            entry: Digest::of(source),
            answered,
            artifact: self.artifact.map(Outline::digest),
            findings: self.findings.iter().map(KeptFindings::from).collect(),
            tests: self.tests.to_vec(),
        };
        cache.keep_record(Kind::Program, key, &record);
    }
}

fn label((span, text): &(Span, String)) -> Label {
    (span.start, span.end, text.clone())
}

fn place((start, end, text): Label) -> (Span, String) {
    (Span::new(start, end), text)
}

impl From<&Findings> for KeptFindings {
    fn from(findings: &Findings) -> Self {
        let found = findings.diagnostics.iter().map(|found| Kept {
            diagnostic: found.diagnostic.clone(),
            label: label(&found.label),
            related: found.related.as_ref().map(label),
            notes: found.notes.iter().map(label).collect(),
        });
        Self {
            path: findings.path.clone(),
            text: findings.text.clone(),
            found: found.collect(),
        }
    }
}

impl From<KeptFindings> for Findings {
    fn from(kept: KeptFindings) -> Self {
        let found = kept.found.into_iter().map(|kept| {
            let (span, text) = place(kept.label);
            let code = kept.diagnostic.code.clone();
            // Where there are errors nothing is kept.
            let mut found = SourceDiagnostic::new(code, "", span, text).as_warning();
            found.diagnostic = kept.diagnostic;
            found.related = kept.related.map(place);
            found.notes = kept.notes.into_iter().map(place).collect();
            found
        });
        Self {
            path: kept.path,
            text: kept.text,
            diagnostics: found.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::codes::Code;

    use super::*;

    #[test]
    fn dia_3_warnings_are_kept_as_they_are() {
        let span = |start| Span::new(start, start + 1);
        let mut found = SourceDiagnostic::new(Code::E0020, "message", span(1), "here").as_warning();
        found.related = Some((span(2), "there".to_owned()));
        found.notes = vec![(span(3), "from here".to_owned())];
        found.diagnostic = found.diagnostic.note("note").help("help");
        let findings = Findings {
            path: "a.bd".to_owned(),
            text: "text".to_owned(),
            diagnostics: vec![found],
        };
        let text = serde_json::to_string(&KeptFindings::from(&findings)).unwrap();
        let kept = Findings::from(serde_json::from_str::<KeptFindings>(&text).unwrap());
        assert_eq!(kept.diagnostics, findings.diagnostics);
        assert!(kept.diagnostics[0].is_warning());
        assert_eq!((kept.path, kept.text), (findings.path, findings.text));
    }
}
