//! What a link depends on that no argument names: linkers that a driver starts, and the
//! system's own files. The system tells whether they are the same.

use std::collections::BTreeSet;
use std::path::PathBuf;

use beskid_plugin_api::target::Target;

use crate::cache::Stamp;
use crate::foreign::system_folders;
use crate::link::Seen;

/// What drivers start that do not say what they start.
const LINKERS: [&str; 7] = [
    "collect2", "ld", "ld.bfd", "ld.gold", "ld.lld", "ld.mold", "ld.wild",
];

/// All of it for a target, besides what a driver has said that it looked at. `None` if
/// something has changed a moment ago, and may do so again unseen.
pub(super) fn around(target: &str, said: Option<&[Seen]>) -> Option<Vec<Seen>> {
    let mut places = BTreeSet::from_iter(system_folders());
    let architecture = Target::of(target).architecture().to_string();
    places.insert(format!("/usr/{architecture}-linux-gnu/lib").into());
    if said.is_none() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).collect::<Vec<_>>();
        let linkers = folders
            .iter()
            .flat_map(|folder| LINKERS.map(|linker| folder.join(linker)));
        places.extend(linkers);
    }
    let stamped = |path: PathBuf| {
        let stamp = Stamp::at(&path);
        (path, stamp)
    };
    let own = places.into_iter().map(stamped);
    let all = said.unwrap_or_default().iter().cloned().chain(own);
    let all = all.collect::<Vec<_>>();
    let mut stamps = all.iter().filter_map(|(_, stamp)| stamp.as_ref());
    stamps.all(Stamp::is_settled).then_some(all)
}

/// Whether it is as it was.
pub(super) fn holds(seen: &[Seen]) -> bool {
    seen.iter().all(|(path, stamp)| Stamp::at(path) == *stamp)
}
