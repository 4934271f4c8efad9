//! The way from one folder to a place.

use std::path::{Component, Path, PathBuf};

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
