//! The core library, which is part of this program (COR-2).

use std::path::Path;

use beskid_frontend::Loaded;

use super::folder::{candidates, module_of};

include!(concat!(env!("OUT_DIR"), "/corelib.rs"));

/// The folder of its sources.
const ROOT: &str = "Src/";

/// Its files: paths below its folder, and texts.
pub(crate) const fn files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The paths of its modules.
pub(crate) fn modules() -> Vec<Vec<String>> {
    let below = FILES.iter().filter_map(|(path, _)| path.strip_prefix(ROOT));
    below.map(|path| module_of(Path::new(path))).collect()
}

/// The file of one of its modules; its name is the path below the folder of sources.
pub(crate) fn load(module: &[&str]) -> Option<Loaded> {
    module.first()?;
    candidates(module).into_iter().find_map(|name| {
        let bytes = text(&format!("{ROOT}{name}"))?.as_bytes().to_vec();
        Some(Loaded { name, bytes })
    })
}

/// The first parts of the paths of its modules.
pub(crate) fn first_names() -> impl Iterator<Item = &'static str> {
    let paths = FILES.iter().filter_map(|(path, _)| path.strip_prefix(ROOT));
    paths.filter_map(|path| Some(path.split_once('/')?.0))
}

fn text(path: &str) -> Option<&'static str> {
    let index = FILES.binary_search_by_key(&path, |(path, _)| path);
    index.ok().map(|index| FILES[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cor_2_modules_are_found_in_the_program() {
        assert!(FILES.is_sorted());
        let name = |module: &[&str]| load(module).map(|loaded| loaded.name);
        assert_eq!(
            name(&["Core", "Results"]).as_deref(),
            Some("Core/Results.bd")
        );
        assert_eq!(name(&["Core", "Nothing"]), None);
        assert_eq!(name(&[]), None);
    }
}
