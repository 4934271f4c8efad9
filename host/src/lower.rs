//! From source to artifact.

use beskid_clif::text::tests::{self, Tests};
use beskid_clif::text::{self, SourceError};
use beskid_frontend::{SourceDiagnostic, Span};
use beskid_plugin_api::artifact::{CodegenArtifact, Outline};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::info_span;

use crate::failure::Failure;
use crate::source::{Language, Source};

/// Checks a Beskid source.
///
/// # Errors
/// Every problem found in it.
pub fn check(source: &Source) -> Result<beskid_frontend::Program, Failure> {
    let _span = info_span!("check").entered();
    let name = source.path().file_name().unwrap_or_default();
    let analysis = beskid_frontend::analyze(&name.to_string_lossy(), source.bytes());
    let diagnostics = analysis.diagnostics;
    analysis.program.ok_or_else(|| wrong(source, diagnostics))
}

fn wrong(source: &Source, diagnostics: Vec<SourceDiagnostic>) -> Failure {
    Failure::Source {
        path: source.path().display().to_string(),
        text: String::from_utf8_lossy(source.bytes()).into_owned(),
        diagnostics,
    }
}

/// Finds what is wrong with a source, as [`lower`] does. A Beskid program that is
/// checked always lowers, so that is not tried.
///
/// # Errors
/// What is wrong with the source, or with the artifact if it is one.
pub fn analyze(source: Source) -> Result<(), Failure> {
    match source.language() {
        Language::Beskid => {
            let _span = info_span!("check").entered();
            let diagnostics = beskid_frontend::diagnose(source.bytes());
            match diagnostics.is_empty() {
                true => Ok(()),
                false => Err(wrong(&source, diagnostics)),
            }
        }
        Language::Clif | Language::Artifact => outline(source, None).map(drop),
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
        _ => written(&source, entrypoint)?,
    };
    note(&artifact);
    Ok(artifact)
}

/// As [`lower`], for who has no use for the functions: they are looked at, but not
/// kept in memory.
///
/// # Errors
/// As for [`lower`].
pub fn outline(source: Source, entrypoint: Option<&str>) -> Result<Outline, Failure> {
    let outline = match source.language() {
        Language::Artifact => {
            let _span = info_span!("decode").entered();
            let path = source.path().display().to_string();
            let outline = Outline::decode(source.into_bytes());
            let outline = outline.map_err(|error| Diagnostic::from(error).path(path))?;
            check_entrypoint(&outline, entrypoint)?;
            outline
        }
        _ => written(&source, entrypoint)?.into_outline(),
    };
    note(&outline);
    Ok(outline)
}

/// The artifact of what is none yet.
fn written(source: &Source, entrypoint: Option<&str>) -> Result<CodegenArtifact, Failure> {
    if source.language() == Language::Beskid {
        let program = check(source)?;
        return Ok(info_span!("lower").in_scope(|| program.lower(entrypoint))?);
    }
    let _span = info_span!("parse").entered();
    parse_clif(source, entrypoint)
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
    Failure::Source {
        path: source.path().display().to_string(),
        text: text.to_owned(),
        diagnostics: vec![SourceDiagnostic::new(
            Code::E0020,
            message,
            Span::of(start..end),
            "",
        )],
    }
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
