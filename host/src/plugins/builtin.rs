//! The plugins that are linked into the host.

use std::collections::BTreeSet;
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::{PluginKind, PluginManifest};
use beskid_plugin_api::sdk::{Builtin, BuiltinPlugin, builtins};

/// The host's own. Of a static library a linker takes what something refers to, and
/// registrations are nothing of this kind.
static OWN: [BuiltinPlugin; 5] = [
    beskid_backend_aot::plugin::BUILTIN,
    beskid_backend_jit::plugin::BUILTIN,
    beskid_linker_apple::plugin::BUILTIN,
    beskid_linker_unix::plugin::BUILTIN,
    beskid_linker_windows::plugin::BUILTIN,
];

/// What has registered itself, and those of the host's own that have not.
fn with_own(
    registered: impl Iterator<Item = &'static BuiltinPlugin>,
) -> Vec<&'static BuiltinPlugin> {
    let mut all = registered.collect::<Vec<_>>();
    for own in &OWN {
        if !all
            .iter()
            .any(|known| ptr::eq(known.manifest, own.manifest))
        {
            all.push(own);
        }
    }
    all
}

/// Manifest and table of each built-in, sorted by kind and id. They are what was linked,
/// and are read once in a process.
///
/// # Errors
/// E5102 if one has a broken manifest, E5107 if two have one id.
pub(super) fn all() -> Result<&'static [(PluginManifest, Builtin)], Diagnostic> {
    static ALL: OnceLock<Result<Vec<(PluginManifest, Builtin)>, Diagnostic>> = OnceLock::new();
    match ALL.get_or_init(read) {
        Ok(all) => Ok(all),
        Err(error) => Err(error.clone()),
    }
}

fn read() -> Result<Vec<(PluginManifest, Builtin)>, Diagnostic> {
    let mut found = Vec::new();
    for plugin in with_own(builtins()) {
        let manifest = PluginManifest::parse(plugin.manifest).map_err(|error| {
            Diagnostic::new(Code::E5102, format!("a built-in plugin is broken: {error}"))
                .help("report this to the authors of beskid")
        })?;
        found.push((manifest, plugin.table));
    }
    found.sort_by(|(a, _), (b, _)| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
    differ(found.iter().map(|(manifest, _)| manifest))?;
    Ok(found)
}

/// The built-ins that were held to their manifests, by kind and id.
static CHECKED: Mutex<BTreeSet<(PluginKind, String)>> = Mutex::new(BTreeSet::new());

/// Holds a built-in to its manifest by `check`, unless that was done: what is linked into
/// a process says the same of itself to its end.
///
/// # Errors
/// Those of `check`.
pub(super) fn check_once(
    manifest: &PluginManifest,
    check: impl FnOnce() -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    let name = (manifest.kind, manifest.id.clone());
    let checked = || CHECKED.lock().unwrap_or_else(PoisonError::into_inner);
    if checked().contains(&name) {
        return Ok(());
    }
    check()?;
    checked().insert(name);
    Ok(())
}

/// Which of two of one id would be used depends on how the program was linked.
fn differ<'m>(sorted: impl Iterator<Item = &'m PluginManifest>) -> Result<(), Diagnostic> {
    let mut before: Option<&PluginManifest> = None;
    for manifest in sorted {
        let (kind, id) = (manifest.kind, &manifest.id);
        if before.is_some_and(|before| before.kind == kind && before.id == *id) {
            let message = format!("two built-in plugins of the kind {kind} have the id `{id}`");
            return Err(Diagnostic::new(Code::E5107, message)
                .plugin(id.as_str())
                .help("link only one of them into the program"));
        }
        before = Some(manifest);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_own_are_there_once_whatever_the_linker_has_left_in() {
        for registered in 0..=OWN.len() {
            let all = with_own(OWN.iter().take(registered));
            assert_eq!(all.len(), OWN.len());
        }
        // The linker of tests leaves them all in.
        let all = all().unwrap();
        let ids = all.iter().map(|(manifest, _)| manifest.id.as_str());
        let ids = ids.collect::<Vec<_>>();
        assert_eq!(ids, ["aot", "jit", "apple", "unix", "windows"]);
    }

    #[test]
    fn two_built_ins_of_one_id_are_an_error() {
        let all = all().unwrap();
        let mut manifests = all.iter().map(|(manifest, _)| manifest).collect::<Vec<_>>();
        differ(manifests.iter().copied()).unwrap();
        manifests.insert(1, manifests[0]);
        let error = differ(manifests.into_iter()).unwrap_err();
        assert_eq!(error.code, "E5107");
        let id = all[0].0.id.as_str();
        assert_eq!(error.plugin.as_deref(), Some(id));
        assert!(error.message.contains("of the kind backend"), "{error}");
    }
}
