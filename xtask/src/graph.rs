//! The crate graph, from `cargo metadata`: normal and build dependencies, all features.
//! The packages of ours outside the workspace are members of it like others.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Folders of packages that are workspaces of their own, as if others had written
/// them, and follow the same rules. `fuzz/` is none of them: it takes what it tests.
const APART: &[&str] = &["examples/c-backend", "examples/mold-linker"];

/// One package of the resolved graph.
#[derive(Debug, Default)]
pub struct Package {
    pub name: String,
    /// Folder below the root, for members of the workspace only.
    pub folder: Option<String>,
    /// Root files of its libraries and programs, below the root; members only.
    pub roots: Vec<String>,
    /// Ids of what it depends on, without what only its tests use.
    pub dependencies: Vec<String>,
}

/// Packages by id.
#[derive(Debug, Default)]
pub struct Graph {
    pub packages: BTreeMap<String, Package>,
}

impl Graph {
    pub fn load(root: &Path) -> Result<Self, String> {
        let mut graph = Self::default();
        for folder in std::iter::once("").chain(APART.iter().copied()) {
            graph.add(folder, &metadata(&root.join(folder))?)?;
        }
        Ok(graph)
    }

    /// Adds what `cargo metadata` printed in a folder. What the graph has stays
    /// as it is: packages are the same in every workspace that uses them.
    fn add(&mut self, folder: &str, json: &[u8]) -> Result<(), String> {
        let value: Value = serde_json::from_slice(json)
            .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
        let root = text(&value, "workspace_root")?.replace('\\', "/");
        let root = root.strip_suffix(folder).unwrap_or(&root);
        let members: Vec<&str> = list(&value, "workspace_members")?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut added = BTreeMap::new();
        for package in list(&value, "packages")? {
            let id = text(package, "id")?;
            let mut entry = Package {
                name: text(package, "name")?.to_owned(),
                ..Package::default()
            };
            if members.contains(&id) {
                let manifest = below(root, text(package, "manifest_path")?);
                let folder = manifest.trim_end_matches("Cargo.toml");
                entry.folder = Some(folder.trim_end_matches('/').to_owned());
                entry.roots = roots(root, package)?;
            }
            added.insert(id.to_owned(), entry);
        }
        let resolve = value.get("resolve").ok_or("cargo metadata: no resolve")?;
        for node in list(resolve, "nodes")? {
            let dependencies = dependencies(node)?;
            if let Some(package) = added.get_mut(text(node, "id")?) {
                package.dependencies = dependencies;
            }
        }
        for (id, package) in added {
            self.packages.entry(id).or_insert(package);
        }
        Ok(())
    }

    /// The members of the workspace, each with its folder.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Package)> {
        self.packages
            .values()
            .filter_map(|package| Some((package.folder.as_deref()?, package)))
    }

    /// What a package depends on directly.
    pub fn direct<'a>(&'a self, package: &'a Package) -> impl Iterator<Item = &'a Package> {
        package
            .dependencies
            .iter()
            .filter_map(|id| self.packages.get(id))
    }
}

fn metadata(folder: &Path) -> Result<Vec<u8>, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version=1",
            "--all-features",
            "--locked",
        ])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("cannot start cargo metadata: {error}"))?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        let folder = folder.display();
        return Err(format!(
            "cargo metadata failed in {folder}:\n{}",
            stderr.trim_end()
        ));
    }
    Ok(output.stdout)
}

fn roots(root: &str, package: &Value) -> Result<Vec<String>, String> {
    let mut roots = Vec::new();
    for target in list(package, "targets")? {
        let kinds = list(target, "kind")?;
        let shipped = kinds
            .iter()
            .filter_map(Value::as_str)
            .any(|kind| matches!(kind, "bin" | "proc-macro") || kind.ends_with("lib"));
        if shipped {
            roots.push(below(root, text(target, "src_path")?));
        }
    }
    Ok(roots)
}

fn dependencies(node: &Value) -> Result<Vec<String>, String> {
    let mut ids = Vec::new();
    for dependency in list(node, "deps")? {
        let kinds = list(dependency, "dep_kinds")?;
        let dev = |kind: &Value| kind.get("kind").and_then(Value::as_str) == Some("dev");
        if !kinds.iter().all(dev) {
            ids.push(text(dependency, "pkg")?.to_owned());
        }
    }
    Ok(ids)
}

fn below(root: &str, path: &str) -> String {
    let path = path.strip_prefix(root).unwrap_or(path).replace('\\', "/");
    path.trim_start_matches('/').to_owned()
}

fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str, String> {
    value
        .get(key)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("cargo metadata: no text `{key}`"))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a [Value], String> {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| format!("cargo metadata: no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "workspace_root": "/r",
        "workspace_members": ["a#1"],
        "packages": [
            {"id": "a#1", "name": "a", "manifest_path": "/r/x/a/Cargo.toml", "targets": [
                {"kind": ["cdylib"], "src_path": "/r/x/a/src/lib.rs"},
                {"kind": ["test"], "src_path": "/r/x/a/tests/t.rs"}]},
            {"id": "b#1", "name": "b", "manifest_path": "/cache/b/Cargo.toml", "targets": []}
        ],
        "resolve": {"nodes": [{"id": "a#1", "deps": [
            {"pkg": "b#1", "dep_kinds": [{"kind": "dev"}, {"kind": "build"}]},
            {"pkg": "c#1", "dep_kinds": [{"kind": "dev"}]}]}]}
    }"#;

    const APART: &str = r#"{
        "workspace_root": "/r/y/c",
        "workspace_members": ["c#1"],
        "packages": [
            {"id": "a#1", "name": "a", "manifest_path": "/r/x/a/Cargo.toml", "targets": []},
            {"id": "c#1", "name": "c", "manifest_path": "/r/y/c/Cargo.toml", "targets": [
                {"kind": ["cdylib", "rlib"], "src_path": "/r/y/c/src/lib.rs"}]}
        ],
        "resolve": {"nodes": [{"id": "c#1", "deps": [
            {"pkg": "a#1", "dep_kinds": [{"kind": null}]}]}]}
    }"#;

    #[test]
    fn members_roots_and_shipped_dependencies_are_read() {
        let mut graph = Graph::default();
        graph.add("", METADATA.as_bytes()).unwrap();
        let (folder, package) = graph.members().next().unwrap();
        assert_eq!((folder, package.name.as_str()), ("x/a", "a"));
        assert_eq!(package.roots, ["x/a/src/lib.rs"]);
        assert_eq!(package.dependencies, ["b#1"]);
        assert_eq!(graph.members().count(), 1);
    }

    #[test]
    fn a_package_outside_the_workspace_is_a_member_that_depends_on_members() {
        let mut graph = Graph::default();
        graph.add("", METADATA.as_bytes()).unwrap();
        graph.add("y/c", APART.as_bytes()).unwrap();
        let folders: Vec<_> = graph.members().map(|(folder, _)| folder).collect();
        assert_eq!(folders, ["x/a", "y/c"]);
        let package = &graph.packages["c#1"];
        assert_eq!(package.roots, ["y/c/src/lib.rs"]);
        let direct = graph.direct(package).next().unwrap();
        assert_eq!(direct.folder.as_deref(), Some("x/a"));
    }

    #[test]
    fn a_missing_field_is_named() {
        let error = Graph::default().add("", b"{}").unwrap_err();
        assert!(error.contains("workspace_root"), "{error}");
    }
}
