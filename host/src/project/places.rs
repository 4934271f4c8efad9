//! Where things of a project are, from its folder.

use std::path::{Component, Path, PathBuf};

use super::graph::{Graph, Unit};

/// Where sources are gathered.
pub(super) const GATHERED: &str = "obj/beskid";

/// The way from one folder to a place, both without symbolic links.
pub(super) fn relative(from: &Path, to: &Path) -> PathBuf {
    let mut from = from.components().peekable();
    let mut to = to.components().peekable();
    while let (Some(one), Some(other)) = (from.peek(), to.peek())
        && one == other
    {
        from.next();
        to.next();
    }
    let up = from.map(|_| Component::ParentDir);
    let way = up.chain(to).collect::<PathBuf>();
    match way.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => way,
    }
}

/// The folder of a dependency's gathered sources, below [`GATHERED`]: the same on every
/// machine, and another one for each project.
pub(super) fn gathered(graph: &Graph, unit: &Unit) -> PathBuf {
    let manifest = relative(graph.root().folder(), &unit.identity);
    let hash = blake3::hash(manifest.as_os_str().as_encoded_bytes()).to_hex();
    let name = &unit.manifest.name.text;
    Path::new("deps/src").join(format!("{name}-{}", &hash[..16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_leads_up_and_then_down() {
        for (from, to, way) in [
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a/c/d", "../c/d"),
            ("/a/b", "/a/b", "."),
            ("/a/b", "/", "../.."),
            ("/a/b", "/a/bc", "../bc"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), Path::new(way));
        }
    }
}
