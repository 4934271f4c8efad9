//! `beskid plugin inspect`.

use std::collections::BTreeMap;
use std::path::Path;

use beskid_plugin_api::Digest;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::environment::Environment;
use super::super::render;
use crate::input::read_bounded;
use crate::plugins::said_by;

/// Largest file of which the digest is shown, in bytes.
const LARGEST: u64 = 512 << 20;

/// Shows what a file says of itself, though it may be refused for it.
///
/// # Errors
/// Why the gate refuses the file.
pub(super) fn inspect(environment: &Environment, path: &Path) -> Result<(), Diagnostic> {
    let vetted = environment.registry.vet(path);
    let Some(said) = said_by(path) else {
        return vetted.map(drop);
    };
    let mut rows = vec![("path", path.display().to_string())];
    if let Ok(bytes) = read_bounded(path, LARGEST) {
        rows.push(("digest", Digest::of(&bytes).to_string()));
    }
    for (key, shown) in [
        ("kind", "kind"),
        ("id", "id"),
        ("version", "version"),
        ("api", "plugin-api"),
        ("target", "target"),
        ("toolchain", "toolchain"),
        ("contract", "contract"),
        ("panic", "panic"),
        ("capabilities", "capabilities"),
    ] {
        if let Some(text) = said.get(key) {
            rows.push((shown, text.replace(',', ", ")));
        }
    }
    rows.push((
        "result",
        match &vetted {
            Ok(_) => "pass".to_owned(),
            Err(error) => format!("refused {}", error.code),
        },
    ));
    let value = rows.iter().map(|(key, text)| (*key, text.as_str()));
    let value = value.collect::<BTreeMap<_, _>>();
    render::value(environment.format, &value, || {
        let rows = rows.iter().map(|(key, text)| {
            let key = format!("{key}:");
            format!("{key:14}{text}")
        });
        rows.collect::<Vec<_>>().join("\n")
    })?;
    vetted.map(drop)
}
