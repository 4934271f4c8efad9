//! What a source is within a project.

use std::path::{Component, Path, PathBuf};

use crate::input::parent;

/// Where a package of a program is: a project of a graph.
#[derive(Debug, Clone)]
pub(crate) struct PackagePlace {
    /// The name of its project.
    pub(crate) name: String,
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    /// The folder of its sources, there or below.
    pub(crate) root: PathBuf,
    /// Whether `obj` in it is what was made of the sources, and none (RES-11).
    pub(crate) has_obj: bool,
    /// What it depends on, by label: the place of the package among all.
    pub(crate) needs: Vec<(String, usize)>,
}

impl PackagePlace {
    /// What stands before the names of its modules' files in paths that begin at its folder.
    pub(super) fn way(&self) -> String {
        let below = self.root.strip_prefix(&self.folder).unwrap_or(&self.root);
        let parts = below.components().filter_map(|part| match part {
            Component::Normal(part) => Some(format!("{}/", part.to_string_lossy())),
            _ => None,
        });
        parts.collect()
    }
}

/// What a source is within a project.
#[derive(Debug)]
pub(super) struct Membership {
    /// The first is its own.
    pub(super) packages: Vec<PackagePlace>,
    /// What messages at run time call it.
    pub(super) name: String,
    /// The path of its module.
    pub(super) module: Vec<String>,
    /// The name of the outputs, if it is not the file's.
    pub(super) output: Option<String>,
}

impl Membership {
    pub(super) fn new(file: &Path, packages: Vec<PackagePlace>, output: Option<String>) -> Self {
        let own = packages.first();
        let from = |folder: &Path| {
            let way = way(folder, file)?;
            Some(
                way.iter()
                    .map(|part| format!("{part}/"))
                    .collect::<String>(),
            )
        };
        let before = own.and_then(|own| match from(&own.root) {
            Some(way) => Some(own.way() + &way),
            None => from(&own.folder),
        });
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let way = own.and_then(|own| way(&own.root, file));
        Self {
            name: before.unwrap_or_default() + &name,
            module: module(way.unwrap_or_default(), file),
            packages,
            output,
        }
    }
}

/// The folders from that of the sources to a file; `None` if it lies elsewhere.
fn way(root: &Path, file: &Path) -> Option<Vec<String>> {
    let folder = parent(file).canonicalize().ok()?;
    let way = folder.strip_prefix(root.canonicalize().ok()?).ok()?;
    let parts = way.iter().map(|part| part.to_string_lossy().into_owned());
    Some(parts.collect())
}

/// The module of a file, by its way (MOD-1, MOD-2).
fn module(mut way: Vec<String>, file: &Path) -> Vec<String> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let is_hub = name == "mod"
        || way.last().is_some_and(|last| *last == name)
            && !parent(file).with_extension("bd").is_file();
    if way.is_empty() || !is_hub {
        way.push(name.into_owned());
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_by_their_way_from_the_projects_folder() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path();
        let named = |root: &str, file: &str| {
            let place = PackagePlace {
                name: "p".to_owned(),
                folder: site.join("p"),
                root: site.join("p").join(root),
                has_obj: false,
                needs: Vec::new(),
            };
            let file = site.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::create_dir_all(&place.root).unwrap();
            let way = place.way();
            (Membership::new(&file, vec![place], None).name, way)
        };
        for (root, file, expected) in [
            ("Src", "p/Src/Net/Main.bd", ("Src/Net/Main.bd", "Src/")),
            ("./a/b", "p/a/b/Main.bd", ("a/b/Main.bd", "a/b/")),
            (".", "p/Main.bd", ("Main.bd", "")),
            ("Src", "p/tools/Try.bd", ("tools/Try.bd", "Src/")),
            ("Src", "Other.bd", ("Other.bd", "Src/")),
        ] {
            let (name, way) = named(root, file);
            assert_eq!((name.as_str(), way.as_str()), expected);
        }
    }

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
            let found = module(way(&root, &file).unwrap_or_default(), &file);
            assert_eq!(found, expected);
        }
        std::fs::write(root.join("Net.bd"), "").unwrap();
        let own = root.join("Net/Net.bd");
        assert_eq!(module(vec!["Net".to_owned()], &own), ["Net", "Net"]);
    }
}
