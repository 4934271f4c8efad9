//! Where the files of a program's packages are.

use std::path::{Path, PathBuf};

/// A package of a program: a project of a graph.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    /// The folder of its sources.
    pub(crate) root: PathBuf,
    /// What it depends on, by label: the place of the package among all.
    pub(crate) needs: Vec<(String, usize)>,
    /// Whether it says itself where the core library is.
    pub(crate) has_core: bool,
    /// The name of its project.
    pub(crate) name: String,
}

/// What a source is within a project.
#[derive(Debug)]
pub(super) struct Membership {
    /// The first is its own.
    pub(super) packages: Vec<Package>,
    /// The path of its module.
    pub(super) module: Vec<String>,
    /// The name of the outputs, if it is not the file's.
    pub(super) output: Option<String>,
}

/// The module of a file, by its way from the folder of the sources (MOD-1, MOD-2); that
/// of a file elsewhere is its name.
pub(super) fn module(root: &Path, file: &Path) -> Vec<String> {
    let stem = |path: &Path| Some(path.file_stem()?.to_string_lossy().into_owned());
    let alone = || Vec::from_iter(stem(file));
    let (Ok(root), Ok(folder)) = (
        root.canonicalize(),
        crate::input::parent(file).canonicalize(),
    ) else {
        return alone();
    };
    let Ok(way) = folder.strip_prefix(&root) else {
        return alone();
    };
    let parts = way.iter().map(|part| part.to_string_lossy().into_owned());
    let mut parts = parts.collect::<Vec<_>>();
    let name = stem(file).unwrap_or_default();
    let is_hub =
        name == "mod" || parts.last() == Some(&name) && !folder.with_extension("bd").is_file();
    if parts.is_empty() || !is_hub {
        parts.push(name);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mod_1_a_file_is_the_module_of_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("Src");
        for (file, expected) in [
            ("Src/Main.bd", &["Main"][..]),
            ("Src/Net/Main.bd", &["Net", "Main"]),
            ("Src/Net/Net.bd", &["Net"]),
            ("Src/Net/mod.bd", &["Net"]),
            ("Src/mod.bd", &["mod"]),
            ("tools/Try.bd", &["Try"]),
        ] {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            assert_eq!(module(&root, &file), expected);
        }
        std::fs::write(root.join("Net.bd"), "").unwrap();
        assert_eq!(module(&root, &root.join("Net/Net.bd")), ["Net", "Net"]);
    }
}
