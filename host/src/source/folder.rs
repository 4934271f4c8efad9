//! A folder of modules: the files below the root of a package's sources.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use beskid_frontend::{Loaded, MAX_SOURCE};

use super::{strays, text};
use crate::input::{is_buffer, names_in, read_any};

/// Finds modules below a folder: `A/B.bd`, `A/B/B.bd` or `A/B/mod.bd` is the module
/// `A.B` (MOD-1, MOD-2).
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// The names of files and folders in the root; read once, when first asked.
    known: Option<HashSet<String>>,
    /// The files that name their own modules, by the first parts of their paths; read once,
    /// when first asked.
    strays: Option<HashMap<String, Vec<Loaded>>>,
    /// Whether `obj` in the root is no source.
    without_obj: bool,
}

impl Folder {
    /// The modules below a folder.
    pub(crate) const fn new(root: PathBuf) -> Self {
        Self {
            root,
            known: None,
            strays: None,
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
    pub(crate) fn named(&mut self, first: &str) -> Vec<Loaded> {
        let (root, without_obj) = (&self.root, self.without_obj);
        let strays = self
            .strays
            .get_or_insert_with(|| strays::below(root, without_obj));
        strays.get(first).cloned().unwrap_or_default()
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

    #[test]
    fn mod_3_what_names_its_own_module_is_sought_once() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).unwrap();
        write("one.bd", "mod A.B;");
        write("two.bd", "mod B;");
        write("three.bd", "mod A; mod B;");
        write("four.bd", "// mod A;");
        let mut modules = Folder::new(folder.path().to_owned());
        let mut names = |first: &str| {
            let found = modules.named(first).into_iter();
            found.map(|loaded| loaded.name).collect::<Vec<_>>()
        };
        assert_eq!(names("A"), ["one.bd", "three.bd"]);
        write("five.bd", "mod B;");
        assert_eq!(names("B"), ["two.bd"]);
        assert_eq!(names("C"), [""; 0]);
    }
}
