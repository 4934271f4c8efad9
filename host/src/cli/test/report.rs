//! What came of tests, for people and for programs (CMD-6).

use std::path::Path;
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use super::super::args::MessageFormat;
use super::super::render::{self, escape_line};
use super::broken::Broken;
use crate::trials::{Item, Outcome, Tried};

/// Why a test is filtered out.
const FILTERED_OUT: &str = "filtered by CLI options";
/// The formatted result of a test that returned: it is a unit function.
const RESULT: &str = "ok";

/// A test in a report.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) qualified_name: String,
    pub(super) outcome: Bucket,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    /// The formatted result.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'static str>,
    /// The program.
    pub(super) path: String,
    /// The file of the test as it is found from the working folder, and its line there.
    pub(super) file: String,
    pub(super) line: usize,
    /// The backend that ran it, if there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backend: Option<String>,
    #[serde(serialize_with = "seconds")]
    pub(super) seconds: Duration,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) stdout: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) stderr: String,
    /// What its end came through.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) backtrace: String,
}

/// What came of a test, without the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bucket {
    Passed,
    Failed,
    Skipped,
    FilteredOut,
}

impl Bucket {
    const fn word(self) -> &'static str {
        match self {
            Self::Passed => "PASS",
            Self::Failed => "FAIL",
            Self::Skipped => "SKIP",
            Self::FilteredOut => "FILT",
        }
    }
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Nobody measures tests to less than a millisecond.
    serializer.serialize_f64((took.as_secs_f64() * 1000.0).round() / 1000.0)
}

impl Entry {
    pub(super) fn new(path: &Path, item: Item<'_>, backend: Option<&str>, tried: Tried) -> Self {
        let (outcome, reason) = match tried.outcome {
            Outcome::Passed => (Bucket::Passed, None),
            Outcome::Failed(reason) => (Bucket::Failed, Some(reason)),
            Outcome::Skipped(reason) => (Bucket::Skipped, Some(reason)),
            Outcome::FilteredOut => (Bucket::FilteredOut, Some(FILTERED_OUT.to_owned())),
        };
        Self {
            name: item.name.to_owned(),
            qualified_name: item.qualified_name.to_owned(),
            outcome,
            reason,
            output: (outcome == Bucket::Passed).then_some(RESULT),
            path: path.display().to_string(),
            file: item.file.to_owned(),
            line: item.line,
            backend: backend
                .filter(|_| matches!(outcome, Bucket::Passed | Bucket::Failed))
                .map(str::to_owned),
            seconds: tried.took,
            stdout: tried.stdout,
            stderr: tried.stderr,
            backtrace: tried.backtrace,
        }
    }

    /// Writes what came of it, and what it has written if it failed, or in any case.
    pub(super) fn show(&self, format: MessageFormat, output: bool) -> Result<(), Diagnostic> {
        if format == MessageFormat::Json {
            return render::value(format, self, String::new);
        }
        let mut text = format!("{} {}", self.outcome.word(), self.qualified_name);
        if let Some(backend) = &self.backend {
            text.push_str(&format!(" [{backend}]"));
        }
        if let Bucket::Failed | Bucket::Skipped = self.outcome
            && let Some(reason) = &self.reason
        {
            text.push_str(&format!(": {}", escape_line(reason)));
        }
        for line in self.backtrace.lines() {
            text.push_str(&format!("\n{line}"));
        }
        if output || self.outcome == Bucket::Failed {
            for (name, written) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
                if !written.is_empty() {
                    let lines = written.trim_end_matches('\n').replace('\n', "\n    ");
                    text.push_str(&format!("\n  {name}:\n    {lines}"));
                }
            }
        }
        render::line(&text)
    }
}

/// The tests of a command, in the order in which they are told.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) entries: Vec<Entry>,
    /// What kept other tests from being run.
    pub(super) broken: Vec<Broken>,
    summary: Summary,
}

#[derive(Debug, Default, Clone, Copy, Serialize)]
struct Summary {
    passed: usize,
    failed: usize,
    skipped: usize,
    filtered_out: usize,
}

impl Report {
    pub(super) fn add(&mut self, entry: Entry) {
        let summary = &mut self.summary;
        *match entry.outcome {
            Bucket::Passed => &mut summary.passed,
            Bucket::Failed => &mut summary.failed,
            Bucket::Skipped => &mut summary.skipped,
            Bucket::FilteredOut => &mut summary.filtered_out,
        } += 1;
        self.entries.push(entry);
    }

    pub(super) const fn has_failed(&self) -> bool {
        self.summary.failed > 0 || !self.broken.is_empty()
    }

    /// Writes how many tests ended how.
    pub(super) fn show_summary(&self, format: MessageFormat) -> Result<(), Diagnostic> {
        let Summary {
            passed,
            failed,
            skipped,
            filtered_out,
        } = self.summary;
        render::value(format, &self.summary, || match self.entries.is_empty() {
            true => "No tests found.".to_owned(),
            false => format!(
                "Result: passed={passed}, failed={failed}, skipped={skipped}, \
                 filtered_out={filtered_out}"
            ),
        })
    }

    /// Writes all of it as one JSON document.
    pub(super) fn show_document(&self) -> Result<(), Diagnostic> {
        #[derive(Serialize)]
        struct Document<'r> {
            summary: Summary,
            tests: &'r [Entry],
            #[serde(skip_serializing_if = "<[Broken]>::is_empty")]
            errors: &'r [Broken],
        }
        let document = Document {
            summary: self.summary,
            tests: &self.entries,
            errors: &self.broken,
        };
        let text = serde_json::to_string_pretty(&document).map_err(|error| {
            let message = format!("cannot write to standard output: {error}");
            Diagnostic::new(Code::E4040, message)
        })?;
        render::json(&text)
    }
}
