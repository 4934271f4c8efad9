//! What is at the path of an output.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::input::{leads_to_open_files, parent};

/// How an output is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Into what is there: a device, a pipe, an open file by its number.
    Stream,
    /// As a file that is replaced as a whole, or new.
    File {
        /// Where it is, behind symbolic links.
        path: PathBuf,
        /// Permissions of the file that is there.
        permissions: Option<u32>,
    },
}

/// Most symbolic links of a path that are followed, as by the system.
const MOST_LINKS: usize = 40;

/// What is at a path.
pub(super) fn find(path: &Path) -> io::Result<Place> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let meta = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let permissions = None;
                return Ok(Place::File { path, permissions });
            }
            found => found?,
        };
        if meta.is_file() {
            // Other bits, such as setuid, are not for new contents.
            let permissions = Some(meta.permissions().mode() & 0o777);
            return Ok(Place::File { path, permissions });
        }
        let folder = parent(&path);
        // Links of the process folder are no paths: they lead to open files.
        if !meta.is_symlink() || leads_to_open_files(folder) {
            return Ok(Place::Stream);
        }
        path = folder.join(fs::read_link(&path)?);
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Whether an error means that no file can be made in a folder, though one
/// that is there may still be written.
pub(super) fn is_refusal(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn devices_and_open_files_are_streams() {
        for path in ["/dev/null", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"] {
            assert_eq!(find(Path::new(path)).unwrap(), Place::Stream, "{path}");
        }
    }

    #[test]
    fn links_are_followed_to_the_file_or_to_where_it_would_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("file"), "").unwrap();
        fs::set_permissions(path("file"), fs::Permissions::from_mode(0o4640)).unwrap();
        symlink("file", path("link")).unwrap();
        symlink("link", path("second")).unwrap();
        symlink("absent", path("dangling")).unwrap();
        symlink("loop", path("loop")).unwrap();
        symlink("/dev/null", path("null")).unwrap();
        let file = |name: &str, permissions| Place::File {
            path: path(name),
            permissions,
        };
        assert_eq!(find(&path("second")).unwrap(), file("file", Some(0o640)));
        assert_eq!(find(&path("dangling")).unwrap(), file("absent", None));
        assert_eq!(find(&path("none")).unwrap(), file("none", None));
        assert_eq!(find(&path("null")).unwrap(), Place::Stream);
        assert!(find(&path("loop")).is_err());
    }
}
