//! The files of a program's other modules, beside the one that it starts with.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, Loader, MAX_SOURCE};

use super::{Source, text};
use crate::input::read_any;

/// Finds modules below the folder of a source: `A/B.bd`, `A/B/B.bd` or `A/B/mod.bd`
/// is the module `A.B` (MOD-1, MOD-2). A stream has no folder, and no other modules.
pub(crate) struct Modules {
    root: Option<PathBuf>,
    /// The names of files and folders in the root; read once, when first asked.
    known: Option<HashSet<String>>,
}

impl Modules {
    /// The modules beside a source.
    pub(crate) fn beside(source: &Source) -> Self {
        let folder = source.path().parent().filter(|_| !source.is_stream());
        let root = folder.map(|folder| match folder.as_os_str().is_empty() {
            true => PathBuf::from("."),
            false => folder.to_owned(),
        });
        Self { root, known: None }
    }

    /// Whether the root has a file or a folder for modules of this first name. Names
    /// in programs are mostly no modules, so that one look at the folder saves many.
    fn has(&mut self, root: &Path, first: &str) -> bool {
        let known = self.known.get_or_insert_with(|| {
            let entries = fs::read_dir(root).into_iter().flatten().flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            names.collect()
        });
        known.contains(first) || known.contains(&format!("{first}.bd"))
    }
}

impl Loader for Modules {
    fn load(&mut self, module: &[&str]) -> Result<Option<Loaded>, String> {
        let (Some(root), Some((last, _))) = (self.root.clone(), module.split_last()) else {
            return Ok(None);
        };
        if !module.first().is_some_and(|first| self.has(&root, first)) {
            return Ok(None);
        }
        let folder = module
            .iter()
            .fold(root.clone(), |path, part| path.join(part));
        let candidates = [
            folder.with_extension("bd"),
            folder.join(last).with_extension("bd"),
            folder.join("mod.bd"),
        ];
        for path in candidates {
            if !path.is_file() {
                continue;
            }
            let contents = read_any(&path, MAX_SOURCE as u64);
            let mut bytes = contents.map_err(|error| error.message)?.bytes;
            text::skip_preamble(&mut bytes);
            let name = path.strip_prefix(&root).unwrap_or(&path);
            let name = name.to_string_lossy().replace('\\', "/");
            return Ok(Some(Loaded { name, bytes }));
        }
        Ok(None)
    }

    fn named(&mut self, first: &str) -> Vec<Loaded> {
        let root = self.root.as_deref();
        root.map(|root| naming(root, first)).unwrap_or_default()
    }
}

/// Most files that are looked at for those that name their own module.
const MOST_FILES: usize = 10_000;

/// The files below a folder that name their own module, if the first part of its path
/// is this one.
fn naming(root: &Path, first: &str) -> Vec<Loaded> {
    let mut folders = vec![root.to_owned()];
    let mut seen = 0;
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        let mut entries = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .collect::<Vec<_>>();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            seen += 1;
            if seen > MOST_FILES {
                return found;
            }
            let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
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
            if beskid_frontend::names_itself(&bytes, first) {
                let name = path.strip_prefix(root).unwrap_or(&path);
                let name = name.to_string_lossy().replace('\\', "/");
                found.push(Loaded { name, bytes });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mod_2_a_hub_is_found_where_no_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        for path in ["A.bd", "A/A.bd", "B/B.bd", "C/mod.bd", "main.bd"] {
            write(path);
        }
        let source = Source::read(&folder.path().join("main.bd")).unwrap();
        let mut modules = Modules::beside(&source);
        let mut name = |module: &[&str]| Some(modules.load(module).unwrap()?.name);
        assert_eq!(name(&["A"]).as_deref(), Some("A.bd"));
        assert_eq!(name(&["A", "A"]).as_deref(), Some("A/A.bd"));
        assert_eq!(name(&["B"]).as_deref(), Some("B/B.bd"));
        assert_eq!(name(&["C"]).as_deref(), Some("C/mod.bd"));
        assert_eq!(name(&["D"]), None);
        assert_eq!(name(&["A", "D"]), None);
    }
}
