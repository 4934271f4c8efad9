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
