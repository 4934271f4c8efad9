//! Files as an editor has them open, which is newer than what is on the disk.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::parent;

/// The texts of files that are open, by their paths without symbolic links.
pub(crate) type Buffers = HashMap<PathBuf, Rc<str>>;

thread_local! {
    /// What stands over the disk, for the reads of this thread. Every stage reads files, as
    /// deep in the graph of projects as the loader of modules: a parameter through all of
    /// them would say no more.
    static OVER: RefCell<Rc<Buffers>> = RefCell::default();
}

/// Reads of the work find the texts of these files instead of those on the disk.
pub(crate) fn over<T>(buffers: &Rc<Buffers>, work: impl FnOnce() -> T) -> T {
    let _before = Before(OVER.replace(Rc::clone(buffers)));
    work()
}

/// What stood over the disk before, and does so again, however the work ends.
struct Before(Rc<Buffers>);

impl Drop for Before {
    fn drop(&mut self) {
        OVER.set(std::mem::take(&mut self.0));
    }
}

/// The text of a file that is open.
pub(super) fn text(path: &Path) -> Option<Vec<u8>> {
    let buffers = OVER.with_borrow(Rc::clone);
    let found = buffers.get(&place(path, &buffers)?)?;
    Some(found.as_bytes().to_vec())
}

/// Whether a file is open, though it may be on no disk yet.
pub(crate) fn is_buffer(path: &Path) -> bool {
    let buffers = OVER.with_borrow(Rc::clone);
    place(path, &buffers).is_some_and(|path| buffers.contains_key(&path))
}

/// The files that are open below a folder, as paths from there, sorted.
pub(crate) fn names_in(folder: &Path) -> Vec<PathBuf> {
    let buffers = OVER.with_borrow(Rc::clone);
    if buffers.is_empty() {
        return Vec::new();
    }
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let below = buffers
        .keys()
        .filter_map(|path| path.strip_prefix(&folder).ok());
    let mut below = below.map(Path::to_owned).collect::<Vec<_>>();
    below.sort();
    below
}

/// A path as the buffers have it; none, if there are no buffers.
fn place(path: &Path, buffers: &Buffers) -> Option<PathBuf> {
    if buffers.is_empty() {
        return None;
    }
    if let Ok(found) = path.canonicalize() {
        return Some(found);
    }
    let folder = parent(path).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

#[cfg(test)]
mod tests {
    use super::super::{read_any, read_bounded};
    use super::*;

    #[test]
    fn what_is_open_is_read_instead_of_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::write(root.join("a"), "disk").unwrap();
        std::os::unix::fs::symlink("a", root.join("link")).unwrap();
        let open = [("a", "open"), ("new", "not written")];
        let open = open.map(|(name, text)| (root.join(name), Rc::from(text)));
        let open = Rc::new(Buffers::from(open));
        over(&open, || {
            for (name, text) in [("a", "open"), ("link", "open"), ("new", "not written")] {
                let path = root.join(name);
                assert_eq!(read_bounded(&path, 100).unwrap(), text.as_bytes());
                assert_eq!(read_any(&path, 100).unwrap().bytes, text.as_bytes());
                assert!(is_buffer(&path), "{name}");
            }
            assert!(!is_buffer(&root.join("none")));
            assert_eq!(names_in(&root), [Path::new("a"), Path::new("new")]);
        });
        assert_eq!(read_bounded(&root.join("a"), 100).unwrap(), b"disk");
        assert!(!is_buffer(&root.join("new")));
        assert!(names_in(&root).is_empty());
    }
}
