//! Running through a backend that executes.

use beskid_plugin_api::abi::BackendClient;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;
use tracing::info_span;

use super::{Finished, Outcome, entrypoint};
use crate::compile::{self, CompileSettings};

/// Compiles in memory and calls the entrypoint.
///
/// # Errors
/// E4030 without an entrypoint, or what the backend says.
pub fn run_in_memory(
    backend: &BackendClient,
    artifact: &CodegenArtifact,
    settings: &CompileSettings,
) -> Result<Finished, Diagnostic> {
    let kind = entrypoint(artifact)?.result;
    let runtime = beskid_runtime::exports();
    let imports = runtime.map(|(name, address)| (name.to_owned(), address as u64));
    let mut session = compile::session(backend, artifact, imports, settings)?;
    let bits = info_span!("run").in_scope(|| session.run())?;
    let outcome = Outcome::new(bits, kind);
    // SAFETY: a string result is a handle into the runtime's arena or into the
    // data of the session, which is dropped after this.
    let text = unsafe { outcome.format() };
    Ok(Finished { outcome, text })
}
