//! What another process found out about a plugin file by loading it first.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::Duration;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::CONTRACT;
use serde::{Deserialize, Serialize};

use super::vet::VettedPlugin;
use crate::child::{Ended, Ending, run_self};

/// How long a plugin may take to be loaded.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the other process says of a plugin.
#[derive(Debug, Serialize, Deserialize)]
pub struct Proof {
    /// Digest of the file that it loaded.
    pub(super) digest: String,
    /// Why it cannot be used.
    pub(super) result: Result<(), Diagnostic>,
}

/// Has another process load a plugin, unless one has done so before. `copy` is
/// the file that will be loaded here, and `digest` its.
///
/// # Errors
/// E5118 if that process does not come back from it, or what it says.
pub(super) fn prove(
    plugin: &VettedPlugin,
    copy: &Path,
    digest: Digest,
    arguments: &[OsString],
) -> Result<(), Diagnostic> {
    // Another contract may load it in another way.
    let mark = copy.with_extension(format!("{CONTRACT}.sound"));
    if mark.exists() {
        return Ok(());
    }
    let path = plugin.path().as_os_str().to_owned();
    let ended = run_self(arguments.iter().cloned().chain([path]), TIMEOUT)?;
    let proof = proof(&ended, digest).ok_or_else(|| refused(plugin, &ended))?;
    proof.result?;
    if let Err(error) = fs::write(&mark, "") {
        // The next use proves it again.
        tracing::debug!(path = %mark.display(), "cannot be written: {error}");
    }
    Ok(())
}

/// What the process said, if it came to the end of it.
fn proof(ended: &Ended, digest: Digest) -> Option<Proof> {
    let proof = serde_json::from_slice::<Proof>(&ended.stdout).ok()?;
    let same = ended.ending == Ending::Exited(0) && proof.digest == digest.to_string();
    same.then_some(proof)
}

fn refused(plugin: &VettedPlugin, ended: &Ended) -> Diagnostic {
    let id = &plugin.manifest().id;
    let ending = match ended.ending {
        Ending::TimedOut => format!("did not come back within {} s", TIMEOUT.as_secs()),
        ending => format!("ended with {ending}"),
    };
    let message = format!("the process that first loaded plugin `{id}` {ending}");
    let mut diagnostic = Diagnostic::new(Code::E5118, message);
    let said = String::from_utf8_lossy(&ended.stderr);
    if let Some(line) = said.lines().rfind(|line| !line.trim().is_empty()) {
        diagnostic = diagnostic.note(format!("it said: {line}"));
    }
    diagnostic.help("rebuild the plugin on this machine, or report this to its author")
}
