//! `beskid lsp`.

use beskid_plugin_api::diagnostic::Diagnostic;
use clap::Args;

use crate::failure::Failure;
use crate::language_server;

/// Flags of `lsp`.
#[derive(Debug, Args)]
pub struct LspArgs {
    /// Speak on standard input and output, which is what is done anyway: some editors say it
    #[arg(long)]
    pub stdio: bool,
}

/// Serves an editor; the exit status is the protocol's.
pub(super) fn lsp() -> Result<u8, Failure> {
    language_server::serve().map_err(|error: Diagnostic| error.into())
}
