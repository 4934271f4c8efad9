//! glibc's list of the libraries that its loader knows, `/etc/ld.so.cache`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::input::read_bounded;

const CACHE: &str = "/etc/ld.so.cache";

/// Most bytes of a list that is read; usual ones have some ten thousand.
const MOST: u64 = 16 << 20;

/// The format since glibc 2.2, which is the only one since 2.32.
const MAGIC: &[u8] = b"glibc-ld.so.cache1.1";

/// Where in the file's header the number of entries stands, the size of the
/// header, and that of an entry: flags, the offsets of the name and of the path, a
/// system's version, and what the processor must be able to do.
const COUNT: usize = 20;
const HEADER: usize = 48;
const ENTRY: usize = 24;

/// The file that the loader takes for a name that no variable leads elsewhere.
pub(crate) fn cached(name: &str) -> Option<PathBuf> {
    let bytes = read_bounded(Path::new(CACHE), MOST).ok()?;
    find(&bytes, name)
}

/// Variants for special processors stand aside: they call themselves the same.
fn find(cache: &[u8], name: &str) -> Option<PathBuf> {
    if !cache.starts_with(MAGIC) {
        return None;
    }
    let count = word(cache, COUNT)? as usize;
    let entries = cache.get(HEADER..)?.chunks_exact(ENTRY).take(count);
    let mut found = entries.filter(|entry| {
        let is_plain = entry[16..] == [0; 8];
        let is_named = || {
            let behind = text(cache, entry, 4)?.strip_prefix(name.as_bytes())?;
            Some(behind.first() == Some(&0))
        };
        is_plain && word(entry, 0) == kind() && is_named().unwrap_or_default()
    });
    let path = text(cache, found.next()?, 8)?;
    let path = &path[..path.iter().position(|byte| *byte == 0)?];
    let path = Path::new(OsStr::from_bytes(path));
    path.is_file().then(|| path.to_owned())
}

/// Flags of this process's libraries.
fn kind() -> Option<u32> {
    match std::env::consts::ARCH {
        "x86_64" => Some(0x0303),
        "aarch64" => Some(0x0a03),
        "riscv64" => Some(0x1003),
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// What begins where a field of an entry says.
fn text<'c>(cache: &'c [u8], entry: &[u8], field: usize) -> Option<&'c [u8]> {
    cache.get(word(entry, field)? as usize..)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    /// A list with one library, by the system's own tool.
    fn made(folder: &Path) -> Option<Vec<u8>> {
        fs::write(folder.join("empty.c"), "").unwrap();
        let soname = "-Wl,-soname,libcached.so.7";
        let mut cc = Command::new("cc");
        let args = ["-shared", soname, "empty.c", "-o", "libcached.so.7"];
        assert!(
            cc.current_dir(folder)
                .args(args)
                .status()
                .unwrap()
                .success()
        );
        fs::write(folder.join("conf"), format!("{}\n", folder.display())).unwrap();
        let mut command = Command::new("/sbin/ldconfig");
        command.current_dir(folder);
        let run = command.args(["-X", "-f", "conf", "-C", "cache"]).output();
        if !run.is_ok_and(|output| output.status.success()) {
            println!("skipped: ldconfig does not run here");
            return None;
        }
        Some(fs::read(folder.join("cache")).unwrap())
    }

    #[test]
    fn a_library_is_found_by_its_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let Some(cache) = made(folder.path()) else {
            return;
        };
        let found = find(&cache, "libcached.so.7");
        let expected = folder.path().join("libcached.so.7");
        assert_eq!(found, Some(expected.clone()));
        for name in ["libcached.so", "cached", "", "libcached.so.77"] {
            assert_eq!(find(&cache, name), None, "{name}");
        }
        for length in (0..cache.len()).step_by(101) {
            find(&cache[..length], "libcached.so.7");
        }
        for at in MAGIC.len()..cache.len().min(400) {
            let mut cache = cache.clone();
            cache[at] = 0xff;
            find(&cache, "libcached.so.7");
        }
        fs::remove_file(expected).unwrap();
        assert_eq!(find(&cache, "libcached.so.7"), None);
    }

    #[test]
    fn what_is_no_list_has_nothing() {
        for bytes in [&b""[..], MAGIC, b"ld.so-1.7.0", &[0xff; 4096]] {
            assert_eq!(find(bytes, "libc.so.6"), None);
        }
        let absurd = [MAGIC, &[0xff; 200]].concat();
        assert_eq!(find(&absurd, "libc.so.6"), None);
    }
}
