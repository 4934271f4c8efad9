//! The files below a folder that name their own modules, wherever they lie (MOD-3).

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use beskid_frontend::{Loaded, MAX_SOURCE};

use super::text;
use crate::input::read_any;

/// Most entries of folders that are looked at.
const MOST: usize = 10_000;

/// The files below a root, by the first parts of the paths of the modules that they name;
/// perhaps without what a project has made in `obj` there.
pub(super) fn below(root: &Path, without_obj: bool) -> HashMap<String, Vec<Loaded>> {
    let mut folders = vec![root.to_owned()];
    let mut seen = 0;
    let mut found = HashMap::<String, Vec<Loaded>>::new();
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .collect::<Vec<_>>();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            seen += 1;
            if seen > MOST {
                return found;
            }
            let name = entry.file_name();
            let is_made = without_obj && name == "obj" && folder == *root;
            let hidden = is_made || name.as_encoded_bytes().starts_with(b".");
            // A link is not followed: it may lead to a folder above.
            let kind = entry.file_type();
            let path = entry.path();
            if kind.as_ref().is_ok_and(fs::FileType::is_dir) && !hidden {
                folders.push(path);
                continue;
            }
            let is_source = path.extension().is_some_and(|extension| extension == "bd");
            if !is_source || !kind.is_ok_and(|kind| kind.is_file()) {
                continue;
            }
            let Ok(contents) = read_any(&path, MAX_SOURCE as u64) else {
                continue;
            };
            let mut bytes = contents.bytes;
            text::skip_preamble(&mut bytes);
            if let Some(first) = beskid_frontend::own_root(&bytes) {
                let name = path.strip_prefix(root).unwrap_or(&path);
                let name = name.to_string_lossy().replace('\\', "/");
                found.entry(first).or_default().push(Loaded { name, bytes });
            }
        }
    }
    found
}
