//! A file that cannot be replaced is written where it is, and gets its old
//! contents back if that fails.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Largest contents that are kept to be put back: 256 MiB.
const MOST_KEPT: u64 = 256 << 20;

/// Writes a file that is there, and permits the `execution` of it.
pub(super) fn write(path: &Path, execution: u32, contents: &mut impl Read) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    permit(&file, execution)?;
    let old = kept(path);
    overwrite(&file, contents).map_err(|error| {
        let restored = old.and_then(|old| {
            (&file).rewind()?;
            overwrite(&file, &mut &*old)
        });
        match restored {
            Ok(()) => error,
            Err(_) => {
                let reason = format!("{error}; it is not complete, and its old contents are lost");
                io::Error::new(error.kind(), reason)
            }
        }
    })
}

/// Changes the permissions before the contents: who may not do it is told before
/// anything is lost.
fn permit(file: &File, execution: u32) -> io::Result<()> {
    let old = file.metadata()?.permissions().mode() & 0o777;
    if old | execution == old {
        return Ok(());
    }
    let permissions = Permissions::from_mode(old | execution);
    file.set_permissions(permissions).map_err(|error| {
        let reason = format!("it cannot be made executable: {error}");
        io::Error::new(error.kind(), reason)
    })
}

fn kept(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > MOST_KEPT {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut old = Vec::new();
    file.take(MOST_KEPT).read_to_end(&mut old)?;
    Ok(old)
}

/// The file keeps its room on the disk until all is written, so that the old
/// contents fit again.
fn overwrite(mut file: &File, contents: &mut impl Read) -> io::Result<()> {
    let written = io::copy(contents, &mut file)?;
    file.flush()?;
    // A disk that is on another machine tells at last whether there was room.
    file.sync_data().or_else(unsupported)?;
    file.set_len(written)
}

fn unsupported(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => Ok(()),
        _ => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Gives a few bytes, and then fails.
    struct Broken(usize);

    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.0.min(buffer.len());
            self.0 -= count;
            match count {
                0 => Err(io::ErrorKind::StorageFull.into()),
                count => {
                    buffer[..count].fill(b'n');
                    Ok(count)
                }
            }
        }
    }

    #[test]
    fn old_contents_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for new in [1, 3, 100] {
            fs::write(&path, "old").unwrap();
            let error = write(&path, 0, &mut Broken(new)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert!(!error.to_string().contains("lost"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), b"old", "{new}");
        }
        write(&path, 0o100, &mut &b"x"[..]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o100, 0o100);
    }
}
