//! Where things of a project are, from its folder.

use std::path::{Path, PathBuf};

use super::graph::{Graph, Unit};
use super::way::relative;

/// Where sources are gathered.
pub(super) const GATHERED: &str = "obj/beskid";

/// The folder of a dependency's gathered sources, below [`GATHERED`]: the same on every
/// machine, and another one for each project.
pub(super) fn gathered(graph: &Graph, unit: &Unit) -> PathBuf {
    let manifest = relative(graph.root().folder(), &unit.identity);
    let hash = blake3::hash(manifest.as_os_str().as_encoded_bytes()).to_hex();
    let name = &unit.manifest.name.text;
    Path::new("deps/src").join(format!("{name}-{}", &hash[..16]))
}
