//! Files that are added at once: of two that are one version of a plugin, neither
//! is what somebody chose.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::search::{Glance, glance};
use super::super::vet::MAX_PLUGIN;
use crate::input::read_bounded;

/// Takes out of these files those that are two different ones of one plugin and
/// version, and what is there twice; gives the refusals. What is no plugin stays, to be
/// refused as such.
///
/// # Errors
/// None; each refusal is an E5107 that names the files.
pub(crate) fn refuse_rivals(files: &mut Vec<PathBuf>) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    files.retain(|path| seen.insert(path.clone()));
    let mut versions = BTreeMap::<_, Vec<PathBuf>>::new();
    for path in &*files {
        if let Ok(Glance::Plugin(manifest)) = glance(path) {
            let version = (manifest.kind.to_string(), manifest.id, manifest.version);
            versions.entry(version).or_default().push(path.clone());
        }
    }
    let mut refusals = Vec::new();
    for ((_, id, version), rivals) in versions {
        let [first, others @ ..] = rivals.as_slice() else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        let digest = |path: &PathBuf| Some(Digest::of(&read_bounded(path, MAX_PLUGIN).ok()?));
        let is_one = others.iter().all(|other| digest(other) == digest(first));
        files.retain(|path| !others.contains(path) && (is_one || path != first));
        if !is_one {
            let message = format!("two plugin files have the id `{id}` and the version {version}");
            let mut refusal = Diagnostic::new(Code::E5107, message).plugin(id);
            for path in &rivals {
                refusal = refusal.note(format!("a file: {}", path.display()));
            }
            refusals.push(refusal.help("add the one that you mean by its path"));
        }
    }
    refusals
}
