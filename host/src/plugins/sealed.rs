//! The bytes of a plugin that are loaded: a copy in memory that nobody can change
//! any more, vetted as it is there.
//!
//! A file may change between a look at it and its use, however short that is, and
//! so may a copy with a name. A sealed file in memory has no name, and the kernel
//! refuses every write to it, this process's too.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};
use std::process;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, memfd_create};
use rustix::io::Errno;

use super::marks;
use super::vet::{VettedPlugin, digest_of};
use crate::cache::Stamp;

/// What may not happen to the bytes any more, this list included.
const SEALS: SealFlags = SealFlags::SEAL
    .union(SealFlags::SHRINK)
    .union(SealFlags::GROW)
    .union(SealFlags::WRITE);

/// Folder of the files that this process has open, by their numbers.
const OPEN_FILES: &str = "/proc/self/fd";

/// Bytes that do not change.
#[derive(Debug)]
pub(super) struct Sealed {
    file: File,
}

impl Sealed {
    /// Copies a plugin's file, and decides about the copy as about the file; gives
    /// its digest too.
    ///
    /// The copy is whole and is hashed, unless the system says of the file what it
    /// said when it was hashed before (number, size, times that no program can set) and
    /// nobody has asked for the digest: then only what the loader maps is copied. A
    /// digest that is compared with anything is always that of the sealed bytes; the
    /// others only tell whether the plugin was proven before.
    ///
    /// # Errors
    /// E5101 if the file cannot be read or is not what was vetted, E5160 if the
    /// system gives no such memory.
    pub(super) fn of(plugin: &VettedPlugin) -> Result<(Self, Digest), Diagnostic> {
        let (source, len) = plugin.open()?;
        let unreadable = |error: io::Error| plugin.unreadable(&error);
        let refused = |reason: &dyn std::fmt::Display| plugin.about(no_memory(reason));
        open_files().map_err(|error| plugin.about(error))?;
        let stamp = || source.metadata().map(|meta| Stamp::of(&meta));
        let before = stamp().map_err(unreadable)?;
        let known = match plugin.known_digest() {
            None if before.is_settled() => marks::digest_of(&before),
            _ => None,
        };
        let whole = 0..len;
        let parts = match known {
            Some(_) => plugin.loaded(),
            None => slice::from_ref(&whole),
        };
        let file = create(&plugin.manifest().id).map_err(|error| refused(&error))?;
        let copied = copy(&source, &file, parts, len).map_err(|error| refused(&error))?;
        fcntl_add_seals(&file, SEALS).map_err(|error| refused(&error))?;
        let is_same = stamp().map_err(unreadable)? == before;
        if !copied || (known.is_some() && !is_same) {
            return Err(plugin.changed());
        }
        plugin.is_as_vetted(&file)?;
        let digest = match known {
            Some(digest) => digest,
            None => {
                let digest = digest_of(&file).map_err(unreadable)?;
                if is_same && before.is_settled() {
                    marks::keep_digest(&before, digest);
                }
                digest
            }
        };
        Ok((Self { file }, plugin.is(digest)?))
    }

    /// Bytes that another process of this program has sealed.
    ///
    /// # Errors
    /// E5160 if they are not sealed.
    pub(super) fn inherited(file: File) -> Result<Self, Diagnostic> {
        let seals = fcntl_get_seals(&file);
        if !seals.is_ok_and(|seals| seals.contains(SEALS)) {
            return Err(no_memory(&"the bytes that came are not sealed"));
        }
        Ok(Self { file })
    }

    /// The bytes, as a file without a name.
    pub(super) const fn file(&self) -> &File {
        &self.file
    }

    /// A path by which the loader finds the bytes now. It is another one each time:
    /// the loader takes a path that it has seen for the library that it found there
    /// then, and numbers of files are used again.
    ///
    /// # Errors
    /// E5160 if the system does not show open files as paths.
    pub(super) fn path(&self) -> Result<PathBuf, Diagnostic> {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let number = self.file.as_fd().as_raw_fd();
        let detour = "./".repeat(ASKED.fetch_add(1, Ordering::Relaxed));
        Ok(open_files()?.join(format!("{detour}{number}")))
    }
}

/// [`OPEN_FILES`], by a name that means the same to other processes where there is one: a
/// debugger opens the files of the libraries that it sees loaded, and would wait at a pipe
/// of its own.
fn open_files() -> Result<PathBuf, Diagnostic> {
    if !Path::new(OPEN_FILES).exists() {
        return Err(no_memory(&format!("`{OPEN_FILES}` is not there")));
    }
    let id = process::id().to_string();
    // Where the processes of another namespace are shown, the number is another one's.
    let is_own = fs::read_link("/proc/self").is_ok_and(|own| own.as_os_str() == id.as_str());
    Ok(match is_own {
        true => Path::new("/proc").join(id).join("fd"),
        false => PathBuf::from(OPEN_FILES),
    })
}

/// Copies parts of a file of `len` bytes, each to its place; says whether they were
/// there. What lies between is zeros that take no room.
fn copy(mut source: &File, mut to: &File, parts: &[Range<u64>], len: u64) -> io::Result<bool> {
    to.set_len(len)?;
    let mut done = 0;
    for part in parts {
        // Neighbours share pages.
        let part = part.start.max(done)..part.end.min(len);
        let wanted = part.end.saturating_sub(part.start);
        source.seek(SeekFrom::Start(part.start))?;
        to.seek(SeekFrom::Start(part.start))?;
        if io::copy(&mut source.take(wanted), &mut to)? != wanted {
            return Ok(false);
        }
        done = done.max(part.end);
    }
    Ok(true)
}

/// An empty file in memory; `/proc/PID/maps` shows its name. Code may be mapped
/// from it even where the system refuses to make it executable by itself.
fn create(id: &str) -> io::Result<File> {
    let name = format!("beskid-plugin-{id}");
    let plain = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut refusal = Errno::INVAL;
    for flags in [
        MemfdFlags::EXEC,
        MemfdFlags::empty(),
        MemfdFlags::NOEXEC_SEAL,
    ] {
        match memfd_create(name.as_str(), plain | flags) {
            Ok(file) => return Ok(file.into()),
            // A kernel that does not know the flag, or a policy against it.
            Err(error @ (Errno::INVAL | Errno::ACCESS | Errno::PERM)) => refusal = error,
            Err(error) => return Err(error.into()),
        }
    }
    Err(refusal.into())
}

/// E5160: plugins are loaded from sealed memory or not at all.
pub(super) fn no_memory(reason: &dyn std::fmt::Display) -> Diagnostic {
    let message = format!("the system gives no sealed memory to load plugins from: {reason}");
    Diagnostic::new(Code::E5160, message).help(
        "mount `/proc`, let `memfd_create` through (sandbox, `vm.memfd_noexec`), or make memory \
         free; built-in plugins need none of this",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::FileExt;

    use super::*;

    fn sealed(text: &str) -> Sealed {
        let mut file = create("test").unwrap();
        file.write_all(text.as_bytes()).unwrap();
        fcntl_add_seals(&file, SEALS).unwrap();
        Sealed::inherited(file).unwrap()
    }

    #[test]
    fn sealed_bytes_cannot_be_changed_by_anybody() {
        let sealed = sealed("one");
        let path = sealed.path().unwrap();
        assert!(sealed.file().write_all_at(b"two", 0).is_err());
        assert!(sealed.file().set_len(0).is_err());
        let again = File::options().write(true).open(&path);
        assert!(again.and_then(|file| file.write_all_at(b"two", 0)).is_err());
        assert!(fcntl_add_seals(sealed.file(), SealFlags::FUTURE_WRITE).is_err());
        assert_eq!(fs::read(path).unwrap(), b"one");
    }

    #[test]
    fn parts_are_copied_to_their_places() {
        let mut source = tempfile::tempfile().unwrap();
        source.write_all(b"0123456789").unwrap();
        let copied = |parts: &[Range<u64>]| {
            let to = create("test").unwrap();
            let is_whole = copy(&source, &to, parts, 10).unwrap();
            let mut bytes = vec![b'x'; 10];
            to.read_exact_at(&mut bytes, 0).unwrap();
            (is_whole, bytes)
        };
        assert_eq!(
            copied(slice::from_ref(&(0..10))),
            (true, b"0123456789".to_vec())
        );
        let parts = [0..2, 1..4, 8..64];
        assert_eq!(copied(&parts), (true, b"0123\0\0\0\089".to_vec()));
        let to = create("test").unwrap();
        assert!(!copy(&source, &to, slice::from_ref(&(0..20)), 20).unwrap());
    }

    #[test]
    fn two_paths_are_never_the_same() {
        let first = sealed("one").path().unwrap();
        let second = sealed("two").path().unwrap();
        assert_ne!(first.as_os_str(), second.as_os_str());
    }

    #[test]
    fn bytes_that_are_not_sealed_are_refused() {
        let mut file = create("test").unwrap();
        file.write_all(b"one").unwrap();
        assert_eq!(Sealed::inherited(file).unwrap_err().code, "E5160");
        let file = tempfile::tempfile().unwrap();
        assert_eq!(Sealed::inherited(file).unwrap_err().code, "E5160");
    }
}
