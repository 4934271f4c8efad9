//! What a project's `beskid.toml` says, and which of it needs the user's trust.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::providers::{Format, Toml};
use figment::value::{Dict, Map};
use figment::{Profile, Provider};

/// Largest file of settings, in bytes: 1 MiB.
pub(super) const MAX_FILE: u64 = 1 << 20;

/// The keys of a file that make the host run or load something, or generate
/// other code.
///
/// # Errors
/// E5301 if the file is malformed.
pub(super) fn dangerous_keys(path: &Path, bytes: &[u8]) -> Result<Vec<&'static str>, Diagnostic> {
    let data = parse(path, bytes)?;
    let settings = data.get(&Profile::Default);
    Ok(settings.map(keys_that_need_trust).unwrap_or_default())
}

pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Map<Profile, Dict>, Diagnostic> {
    let invalid = |reason: String| {
        let message = format!("invalid configuration in `{}`: {reason}", path.display());
        Diagnostic::new(Code::E5301, message).path(path.display().to_string())
    };
    let text = std::str::from_utf8(bytes).map_err(|error| invalid(error.to_string()))?;
    Toml::string(text)
        .data()
        .map_err(|error| invalid(format!("TOML: {error}")))
}

/// The same of settings that were read.
pub(super) fn keys_that_need_trust(settings: &Dict) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for key in [
        "plugin",
        "plugin-dir",
        "plugins",
        "tools",
        "backend-options",
    ] {
        if settings.contains_key(key) {
            keys.push(key);
        }
    }
    let dlopen = settings
        .get("extern")
        .and_then(|table| table.find_ref("dlopen"));
    if dlopen.is_some_and(|value| value.to_bool() != Some(false)) {
        keys.push("extern.dlopen");
    }
    let isolate = settings.get("isolate");
    if isolate.is_some_and(|value| value.to_bool() != Some(true)) {
        keys.push("isolate");
    }
    keys
}
