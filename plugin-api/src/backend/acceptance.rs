//! What a backend checks before it compiles an artifact.

use super::{BackendDescription, entrypoint, foreign};
use crate::artifact::{CodegenArtifact, LocatedArtifact, Outline};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::manifest::TARGET;
use crate::target::Target;

/// Decodes and verifies an artifact, and refuses one that needs a feature which
/// the backend lacks, or that imports a foreign function with values that do
/// not cross the boundary (EXT-002), or whose entrypoint has a calling convention
/// by which C does not call on this machine (BK-3). Backends call this, or
/// [`accept_for`], before they compile anything.
///
/// # Errors
/// E5001 to E5005 and E5007 as [`CodegenArtifact::decode`] says; E5008 names
/// every missing feature, E5010 the foreign function and the value, E4041 the
/// entrypoint's calling convention.
pub fn accept(
    backend: &BackendDescription,
    artifact: &[u8],
) -> Result<CodegenArtifact, Diagnostic> {
    accept_for(backend, artifact, TARGET)
}

/// As [`accept`], for code of this target triple.
///
/// # Errors
/// As for [`accept`].
pub fn accept_for(
    backend: &BackendDescription,
    artifact: &[u8],
    target: &str,
) -> Result<CodegenArtifact, Diagnostic> {
    let artifact = CodegenArtifact::decode(artifact)?;
    check(backend, &artifact, target)?;
    Ok(artifact)
}

/// As [`accept_for`], for a backend that decodes the functions one at a time, on
/// as many threads as it likes: `compile` makes something of them, and nothing
/// that it makes counts before it has asked for each. An error is the one that
/// [`accept_for`] gives if that gives one, and what `compile` says otherwise.
///
/// # Errors
/// As for [`accept_for`], and those of `compile`.
pub fn accept_by_function<T>(
    backend: &BackendDescription,
    artifact: &[u8],
    target: &str,
    compile: impl FnOnce(&LocatedArtifact) -> Result<T, Diagnostic>,
) -> Result<T, Diagnostic> {
    let located = LocatedArtifact::locate(artifact).map_err(Diagnostic::from);
    let compiled = located.and_then(|located| {
        check(backend, &located, target)?;
        compile(&located)
    });
    compiled.map_err(|error| match accept_for(backend, artifact, target) {
        Err(first) => first,
        Ok(_) => error,
    })
}

fn check(backend: &BackendDescription, artifact: &Outline, target: &str) -> Result<(), Diagnostic> {
    let needed = &artifact.header().features;
    let missing = needed
        .difference(&backend.features)
        .map(|feature| feature.name());
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() {
        foreign::check(artifact)?;
        return entrypoint::check(artifact, &Target::of(target));
    }
    let message = format!("backend `{}` lacks: {}", backend.id, missing.join(", "));
    Err(Diagnostic::new(Code::E5008, message)
        .help("choose another backend; `beskid plugin list` shows them"))
}

/// EXT-002: whether the foreign functions of an artifact take and return only
/// what every C compiler passes in the same way. [`accept`] checks it too; a host
/// does before it loads a library, whose constructors are code.
///
/// # Errors
/// E5010 names the first one, and its parameter.
pub fn check_foreign_functions(artifact: &Outline) -> Result<(), Diagnostic> {
    foreign::check(artifact)
}
