//! From source to artifact.

use std::time::{Duration, Instant};

use beskid_clif::text::tests::{self, Tests};
use beskid_clif::text::{self, SourceError};
use beskid_frontend::{Analysis, FileOf, LineIndex, Lints, SourceDiagnostic, Sources, Span, Took};
use beskid_plugin_api::artifact::{CodegenArtifact, Outline};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::info_span;

use crate::failure::{Failure, Findings};
use crate::reuse::{Answered, Asked, BuildCache, Known, Made, ProgramQuestion};
use crate::source::{Language, Modules, Source, debug};
use crate::timings::{self, Became, phase};

/// A program with which nothing is wrong.
pub(crate) struct Checked {
    pub(crate) program: beskid_frontend::Program,
    pub(crate) findings: Vec<Findings>,
    /// What was asked for files.
    pub(crate) answered: Vec<Answered>,
}

/// Checks a Beskid program.
///
/// # Errors
/// Every problem found in it.
pub(crate) fn checked(source: &Source, lints: &Lints) -> Result<Checked, Failure> {
    let _span = info_span!("check").entered();
    let mut modules = Modules::of(source);
    let mut asked = Asked::new(&mut modules);
    let analysis = beskid_frontend::analyze_program(&source.entry(), &mut asked, lints);
    let answered = asked.answered;
    let findings = findings(source, &modules, &analysis);
    tell(analysis.took, Became::Done);
    let Some(program) = analysis.program else {
        return Err(Failure::Source(findings));
    };
    Ok(Checked {
        program: told(program, source, &modules),
        findings,
        answered,
    })
}

/// Shows the phases of a front end that has done its work, or need not (STG-4).
fn tell(took: Took, became: Became) {
    timings::tell("parse", became, took.parse);
    timings::tell("semantic", became, took.semantic);
}

/// A program with what debuggers are to be told.
fn told(
    program: beskid_frontend::Program,
    source: &Source,
    modules: &Modules,
) -> beskid_frontend::Program {
    match source.debug_info() {
        None => program,
        Some(paths) => program
            .with_debug_info(|package, name| debug::file(paths, source, modules, package, name)),
    }
}

/// What was found out about a program, file by file.
pub(crate) fn findings(source: &Source, modules: &Modules, analysis: &Analysis) -> Vec<Findings> {
    let mut files = Vec::<(u32, Findings)>::new();
    for found in &analysis.diagnostics {
        let file = analysis.sources.file_of(found.span());
        let base = file.map_or(0, |file| file.base);
        let known = files.iter().position(|(known, _)| *known == base);
        let index = known.unwrap_or_else(|| {
            let findings = Findings {
                path: path_of(source, modules, file.as_ref()),
                text: match file {
                    // The text of a source that is not one is not kept.
                    None => String::from_utf8_lossy(source.bytes()).into_owned(),
                    Some(file) => file.text.to_owned(),
                },
                diagnostics: Vec::new(),
            };
            files.push((base, findings));
            files.len() - 1
        });
        let found = local(source, modules, found, &analysis.sources, base);
        files[index].1.diagnostics.push(found);
    }
    files.into_iter().map(|(_, findings)| findings).collect()
}

/// The path of a file of a program, as its user would write it.
pub(crate) fn path_of(source: &Source, modules: &Modules, file: Option<&FileOf<'_>>) -> String {
    match file {
        Some(file) if file.base > 0 => modules.path(file.package, file.name),
        _ => source.path().display().to_string(),
    }
}

/// A diagnostic at its place in its own file; what stands in other files becomes a
/// note.
fn local(
    source: &Source,
    modules: &Modules,
    found: &SourceDiagnostic,
    sources: &Sources,
    base: u32,
) -> SourceDiagnostic {
    let here = |span: Span| Span::new(span.start - base, span.end - base);
    let mut new = found.clone();
    new.label.0 = here(found.label.0);
    new.related = None;
    new.notes.clear();
    for (span, label) in found.related.iter().chain(&found.notes) {
        let Some(file) = sources.file_of(*span) else {
            continue;
        };
        if file.base == base {
            let place = (here(*span), label.clone());
            match new.related {
                None => new.related = Some(place),
                Some(_) => new.notes.push(place),
            }
            continue;
        }
        let lines = LineIndex::new(file.text);
        let (line, column) = lines.position(span.start - file.base);
        let path = path_of(source, modules, Some(&file));
        new.diagnostic = new
            .diagnostic
            .note(format!("{path}:{line}:{column}: {label}"));
    }
    new
}

/// Finds what is wrong with a source, as [`lower`] does. A Beskid program that is
/// checked always lowers, so that is not tried. Returns what may be wrong.
///
/// # Errors
/// What is wrong with the source, or with the artifact if it is one.
pub fn analyze(
    source: Source,
    lints: &Lints,
    cache: Option<&BuildCache>,
) -> Result<Vec<Findings>, Failure> {
    match source.language() {
        Language::Beskid => {
            let question = ProgramQuestion::new(&source, None, lints, false);
            if let Some(known) = known(cache, &question, &source) {
                return Ok(known.findings);
            }
            let _span = info_span!("check").entered();
            let mut modules = Modules::of(&source);
            let mut asked = Asked::new(&mut modules);
            let analysis = beskid_frontend::diagnose(&source.entry(), &mut asked, lints);
            let answered = asked.answered;
            let good = analysis
                .diagnostics
                .iter()
                .all(SourceDiagnostic::is_warning);
            let findings = findings(&source, &modules, &analysis);
            tell(analysis.took, Became::Done);
            if !good {
                return Err(Failure::Source(findings));
            }
            if let Some(cache) = cache {
                let made = Made {
                    artifact: None,
                    findings: &findings,
                    tests: &[],
                };
                made.keep(cache, &question, source.bytes(), answered);
            }
            Ok(findings)
        }
        Language::Clif | Language::Artifact => {
            outline(source, None, lints, cache).map(|(_, findings)| findings)
        }
    }
}

/// Makes the artifact of a source. `entrypoint` names the function to start
/// at, if it is not `main`.
///
/// # Errors
/// What is wrong with the source, or with the artifact if it is one.
pub fn lower(source: Source, entrypoint: Option<&str>) -> Result<CodegenArtifact, Failure> {
    let artifact = match source.language() {
        Language::Artifact => {
            let _span = info_span!("decode").entered();
            let path = source.path().display().to_string();
            let artifact = CodegenArtifact::decode(source.into_bytes());
            let artifact = artifact.map_err(|error| Diagnostic::from(error).path(path))?;
            check_entrypoint(&artifact, entrypoint)?;
            artifact
        }
        _ => written(&source, entrypoint, &Lints::default())?.artifact,
    };
    note(&artifact);
    Ok(artifact)
}

/// As [`lower`], for who has no use for the functions: they are looked at, but not
/// kept in memory. With it comes what may be wrong with the source. What an earlier
/// command made of the same source is in `cache`.
///
/// # Errors
/// As for [`lower`].
pub fn outline(
    source: Source,
    entrypoint: Option<&str>,
    lints: &Lints,
    cache: Option<&BuildCache>,
) -> Result<(Outline, Vec<Findings>), Failure> {
    let mut findings = Vec::new();
    let outline = match source.language() {
        Language::Artifact => {
            let _span = info_span!("decode").entered();
            let path = source.path().display().to_string();
            let outline = Outline::decode(source.into_bytes());
            let outline = outline.map_err(|error| Diagnostic::from(error).path(path))?;
            check_entrypoint(&outline, entrypoint)?;
            outline
        }
        _ => {
            let question = ProgramQuestion::new(&source, entrypoint, lints, true);
            let known = known(cache, &question, &source);
            let known = known.and_then(|known| Some((known.artifact?, known.findings)));
            match known {
                Some((artifact, found)) => {
                    findings = found;
                    artifact
                }
                None => {
                    let written = written(&source, entrypoint, lints)?;
                    findings = written.findings;
                    let outline = written.artifact.into_outline();
                    if let Some(cache) = cache {
                        let made = Made {
                            artifact: Some(&outline),
                            findings: &findings,
                            tests: &[],
                        };
                        made.keep(cache, &question, source.bytes(), written.answered);
                    }
                    outline
                }
            }
        }
    };
    note(&outline);
    Ok((outline, findings))
}

/// What an earlier command made of the same program.
pub(crate) fn known(
    cache: Option<&BuildCache>,
    question: &ProgramQuestion<'_>,
    source: &Source,
) -> Option<Known> {
    let begun = Instant::now();
    let known = Known::recall(cache?, question, source, &mut Modules::of(source))?;
    let took = Took {
        parse: begun.elapsed(),
        ..Took::default()
    };
    tell(took, Became::Reused);
    if known.artifact.is_some() {
        timings::tell("lower.ready", Became::Reused, Duration::ZERO);
        timings::tell("lower", Became::Reused, Duration::ZERO);
    }
    Some(known)
}

/// What was made of a source.
struct Written {
    artifact: CodegenArtifact,
    findings: Vec<Findings>,
    answered: Vec<Answered>,
}

/// The artifact of what is none yet.
fn written(source: &Source, entrypoint: Option<&str>, lints: &Lints) -> Result<Written, Failure> {
    if source.language() == Language::Beskid {
        let checked = checked(source, lints)?;
        timings::tell("lower.ready", Became::Done, Duration::ZERO);
        let phase = phase("lower");
        let artifact = info_span!("lower").in_scope(|| checked.program.lower(entrypoint))?;
        phase.ended(Became::Done);
        return Ok(Written {
            artifact,
            findings: checked.findings,
            answered: checked.answered,
        });
    }
    let _span = info_span!("parse").entered();
    let phase = phase("parse");
    let artifact = parse_clif(source, entrypoint)?;
    phase.ended(Became::Done);
    Ok(Written {
        artifact,
        findings: Vec::new(),
        answered: Vec::new(),
    })
}

fn note(artifact: &Outline) {
    tracing::info!(digest = %artifact.digest(), bytes = artifact.bytes().len(), "artifact");
}

/// Reads the run directives of a `.clif` file.
///
/// # Errors
/// What is wrong with the file.
pub fn directives(source: &Source) -> Result<Tests, Failure> {
    let text = clif_text(source)?;
    tests::read(text).map_err(|error| clif_error(source, text, error))
}

/// The artifact that runs some of a file's directives.
///
/// # Errors
/// What is wrong with the file.
pub fn directives_artifact(
    source: &Source,
    tests: &Tests,
    selected: &[usize],
) -> Result<CodegenArtifact, Failure> {
    let text = clif_text(source)?;
    let artifact = tests.artifact(selected);
    artifact.map_err(|error| clif_error(source, text, error))
}

fn parse_clif(source: &Source, entrypoint: Option<&str>) -> Result<CodegenArtifact, Failure> {
    let text = clif_text(source)?;
    text::parse(text, entrypoint).map_err(|error| clif_error(source, text, error))
}

fn clif_text(source: &Source) -> Result<&str, Diagnostic> {
    std::str::from_utf8(source.bytes()).map_err(|error| {
        let path = source.path().display();
        let message = format!("`{path}` is not UTF-8 at offset {}", error.valid_up_to());
        Diagnostic::new(Code::E0020, message)
            .path(path.to_string())
            .help("save the file as UTF-8")
    })
}

fn clif_error(source: &Source, text: &str, error: SourceError) -> Failure {
    match error {
        SourceError::Syntax { line, message } => clif_failure(source, text, line, message),
        SourceError::Duplicate { line, .. } | SourceError::Function { line, .. } => {
            let message = error.to_string();
            clif_failure(source, text, line, message)
        }
        SourceError::Entrypoint { code, reason } => Diagnostic::new(code, reason)
            .help("name a function that can be called with `--entrypoint`")
            .into(),
        SourceError::Clif(error) => Diagnostic::from(error).into(),
        error => Diagnostic::new(Code::E0020, error.to_string()).into(),
    }
}

/// The parser knows the line; what stands there is shown as a whole.
fn clif_failure(source: &Source, text: &str, line: usize, message: String) -> Failure {
    let found = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let start = found.as_ptr() as usize - text.as_ptr() as usize;
    let indent = found.len() - found.trim_start().len();
    let (start, end) = if found.is_empty() {
        (0, 0)
    } else {
        (start + indent, start + found.trim_end().len().max(indent))
    };
    Failure::Source(vec![Findings {
        path: source.path().display().to_string(),
        text: text.to_owned(),
        diagnostics: vec![SourceDiagnostic::new(
            Code::E0020,
            message,
            Span::of(start..end),
            "",
        )],
    }])
}

/// An artifact has one entrypoint, which nobody can change.
fn check_entrypoint(artifact: &Outline, wanted: Option<&str>) -> Result<(), Diagnostic> {
    let Some(wanted) = wanted else {
        return Ok(());
    };
    let found = artifact.header().entrypoint.as_ref();
    match found {
        Some(entrypoint) if entrypoint.name == wanted => Ok(()),
        Some(entrypoint) => {
            let message = format!(
                "the artifact's entrypoint is `{}`, not `{wanted}`",
                entrypoint.name
            );
            Err(Diagnostic::new(Code::E4030, message)
                .help("leave out `--entrypoint`, or write the artifact again with it"))
        }
        None => {
            let message = format!("Missing entrypoint: the artifact has none, not even `{wanted}`");
            Err(Diagnostic::new(Code::E4030, message).help("write the artifact again with one"))
        }
    }
}
