//! A folder of modules: the files below the root of a package's sources.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, MAX_SOURCE};

use super::text;
use crate::input::{is_buffer, names_in, read_any};

/// Most files that are looked at for those that name their own module.
const MOST_FILES: usize = 10_000;

/// Finds modules below a folder: `A/B.bd`, `A/B/B.bd` or `A/B/mod.bd` is the module
/// `A.B` (MOD-1, MOD-2).
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// The names of files and folders in the root; read once, when first asked.
    known: Option<HashSet<String>>,
    /// Whether `obj` in the root is no source.
    without_obj: bool,
}

impl Folder {
    /// The modules below a folder.
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self {
            root,
            known: None,
            without_obj: false,
        }
    }

    /// The same, or without what a project has made in `obj` (RES-11).
    #[must_use]
    pub(crate) const fn without_obj(mut self, without: bool) -> Self {
        self.without_obj = without;
        self
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the root has a file or a folder for modules of this first name. Names
    /// in programs are mostly no modules, so that one look at the folder saves many.
    fn has(&mut self, first: &str) -> bool {
        let root = &self.root;
        let known = self.known.get_or_insert_with(|| {
            let entries = fs::read_dir(root).into_iter().flatten().flatten();
            let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
            let open = names_in(root).into_iter().filter_map(|path| {
                let first = path.components().next()?;
                Some(first.as_os_str().to_str()?.to_owned())
            });
            names.chain(open).collect()
        });
        known.contains(first) || known.contains(&format!("{first}.bd"))
    }

    /// The file of a module; its name is the path below the folder.
    ///
    /// # Errors
    /// Why a file that is there cannot be read.
    pub(crate) fn load(&mut self, module: &[&str]) -> Result<Option<Loaded>, String> {
        let [first, ..] = module else {
            return Ok(None);
        };
        if self.without_obj && *first == "obj" || !self.has(first) {
            return Ok(None);
        }
        let [plain, hubs @ ..] = candidates(module);
        let is_there = |name: &String| {
            let path = self.root.join(name);
            path.is_file() || is_buffer(&path)
        };
        let mut found = match is_there(&plain) {
            true => vec![plain],
            false => hubs.into_iter().filter(is_there).collect(),
        };
        if let [first, second] = found.as_slice() {
            return Err(format!("both `{first}` and `{second}` are it"));
        }
        let Some(name) = found.pop() else {
            return Ok(None);
        };
        let path = self.root.join(&name);
        let contents = read_any(&path, MAX_SOURCE as u64);
        let mut bytes = contents.map_err(|error| error.message)?.bytes;
        text::skip_preamble(&mut bytes);
        Ok(Some(Loaded { name, bytes }))
    }

    /// The files below the folder that name their own module, if the first part of its
    /// path is this one.
    pub(crate) fn named(&self, first: &str) -> Vec<Loaded> {
        let root = &self.root;
        let mut folders = vec![root.clone()];
        let mut seen = 0;
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            let mut entries = fs::read_dir(&folder)
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
                let name = entry.file_name();
                let is_made = self.without_obj && name == "obj" && folder == *root;
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
                if beskid_frontend::names_itself(&bytes, first) {
                    let name = path.strip_prefix(root).unwrap_or(&path);
                    let name = name.to_string_lossy().replace('\\', "/");
                    found.push(Loaded { name, bytes });
                }
            }
        }
        found
    }
}

/// Where the file of a module may be, below the root.
pub(crate) fn candidates(module: &[&str]) -> [String; 3] {
    let path = module.join("/");
    let last = module.last().copied().unwrap_or_default();
    [
        format!("{path}.bd"),
        format!("{path}/{last}.bd"),
        format!("{path}/mod.bd"),
    ]
}

/// The module of a file, by its path below the root.
pub(super) fn module_of(file: &Path) -> Vec<String> {
    let file = file.with_extension("");
    let parts = file.iter().map(|part| part.to_string_lossy().into_owned());
    let mut parts = parts.collect::<Vec<_>>();
    let is_hub = match parts.as_slice() {
        [.., folder, last] => last == "mod" || folder == last,
        _ => false,
    };
    if is_hub {
        parts.pop();
    }
    parts
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
        let mut modules = Folder::new(folder.path().to_owned());
        let mut name = |module: &[&str]| Some(modules.load(module).unwrap()?.name);
        assert_eq!(name(&["A"]).as_deref(), Some("A.bd"));
        assert_eq!(name(&["A", "A"]).as_deref(), Some("A/A.bd"));
        assert_eq!(name(&["B"]).as_deref(), Some("B/B.bd"));
        assert_eq!(name(&["C"]).as_deref(), Some("C/mod.bd"));
        assert_eq!(name(&["D"]), None);
        assert_eq!(name(&["A", "D"]), None);
    }
}
