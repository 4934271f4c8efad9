//! Private copies of plugin files: what is loaded is what was vetted, and nobody
//! changes it in between.
//!
//! A file is read as a whole, and its digest taken, while it is copied. From then
//! on it is known by what the system says of it and of the copy: number, size,
//! and when either was last written or touched in any other way, which no
//! program can set. Whatever differs is read again.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use super::vet::VettedPlugin;
use crate::cache::{self, Stamp};

/// A file that was copied before.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    source: Stamp,
    copy: Stamp,
    digest: Digest,
}

impl Known {
    /// Where it is written down.
    fn place(folder: &Path, source: &Stamp) -> PathBuf {
        let name = Digest::of(format!("{source:?}").as_bytes());
        folder.join(format!("{name}.known"))
    }

    fn recall(folder: &Path, source: &Stamp) -> Option<Self> {
        let known = cache::recall::<Self>(&Self::place(folder, source))?;
        (known.source == *source).then_some(known)
    }

    /// Writes it down. Without it the next use reads the file again.
    fn keep(&self, folder: &Path) {
        cache::keep(&Self::place(folder, &self.source), self);
    }
}

/// A copy of a plugin file, named by its digest.
///
/// # Errors
/// E4040 if it cannot be written, E5101 if the file is not what was vetted.
pub(super) fn private_copy(plugin: &VettedPlugin) -> Result<(PathBuf, Digest), Diagnostic> {
    let folder = cache::folder("plugins")?;
    let before = Stamp::at(plugin.path());
    let known = before
        .as_ref()
        .and_then(|source| Known::recall(&folder, source));
    if let Some(known) = known {
        let path = path_in(&folder, known.digest);
        if let Ok(copy) = File::open(&path)
            && copy
                .metadata()
                .is_ok_and(|meta| Stamp::of(&meta) == known.copy)
        {
            plugin.is_as_vetted(&copy)?;
            return Ok((path, plugin.is(known.digest)?));
        }
    }
    let bytes = plugin.read()?;
    let digest = plugin.is(Digest::of(&bytes))?;
    let path = path_in(&folder, digest);
    if !fs::read(&path).is_ok_and(|copy| copy == bytes) {
        cache::write(&path, &bytes)?;
    }
    let failed = |error: std::io::Error| {
        let message = format!("cannot read `{}`: {error}", path.display());
        Diagnostic::new(Code::E4040, message)
            .help("set `XDG_CACHE_HOME` to a folder that can be written")
    };
    let copy = File::open(&path).map_err(failed)?;
    plugin.is_as_vetted(&copy)?;
    let source = before.filter(|before| Stamp::at(plugin.path()).as_ref() == Some(before));
    if let Some(source) = source.filter(Stamp::is_settled) {
        // What is not on the disk yet may not be what a later use finds.
        copy.sync_data().map_err(failed)?;
        let copy = Stamp::of(&copy.metadata().map_err(failed)?);
        Known {
            source,
            copy,
            digest,
        }
        .keep(&folder);
    }
    prune(&folder).map_err(|error| {
        let message = format!("cannot tidy up `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message)
            .help("set `XDG_CACHE_HOME` to a folder that can be written")
    })?;
    Ok((path, digest))
}

fn path_in(folder: &Path, digest: Digest) -> PathBuf {
    folder.join(format!("{digest}.so"))
}

/// Most copies that are kept.
const MOST_COPIES: usize = 32;

/// Removes the oldest copies, with what was noted of them, and the oldest notes
/// about files. Who has loaded one keeps it.
fn prune(folder: &Path) -> std::io::Result<()> {
    let mut copies = Vec::new();
    let mut marks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Another process may be about to remove it too.
        let Ok(meta) = entry.metadata() else {
            continue;
        };
        let path = entry.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("so") => copies.push((meta.modified()?, path)),
            Some("sound") => marks.push(path),
            _ => {}
        }
    }
    copies.sort();
    for (_, copy) in copies.iter().rev().skip(MOST_COPIES) {
        let digest = copy.file_stem().unwrap_or_default().as_encoded_bytes();
        let of_it = |mark: &&PathBuf| {
            let name = mark.file_name().unwrap_or_default().as_encoded_bytes();
            name.starts_with(digest)
        };
        for gone in marks.iter().filter(of_it).chain([copy]) {
            match fs::remove_file(gone) {
                // Another process was faster.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    let is_note = |path: &Path| path.extension() == Some(OsStr::new("known"));
    cache::remove_oldest(folder, MOST_COPIES, is_note);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_oldest_copies_go_with_their_marks() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let total = MOST_COPIES + 3;
        for number in 0..total {
            let copy = File::create(folder.join(format!("{number:02}.so"))).unwrap();
            let age = Duration::from_secs(60 * number as u64);
            copy.set_modified(SystemTime::now() - age).unwrap();
            fs::write(folder.join(format!("{number:02}.contract.sound")), "").unwrap();
            let note = File::create(folder.join(format!("{number:02}.known"))).unwrap();
            note.set_modified(SystemTime::now() - age).unwrap();
        }
        prune(folder).unwrap();
        for number in 0..total {
            let kept = number < MOST_COPIES;
            for name in ["so", "contract.sound", "known"] {
                let path = folder.join(format!("{number:02}.{name}"));
                assert_eq!(path.exists(), kept, "{path:?}");
            }
        }
    }

    #[test]
    fn a_file_is_known_until_anything_about_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin.so");
        fs::write(&path, "one").unwrap();
        let source = Stamp::at(&path).unwrap();
        let copy = source.clone();
        let digest = Digest::of(b"one");
        Known {
            source,
            copy,
            digest,
        }
        .keep(folder.path());
        let recalled = || Known::recall(folder.path(), &Stamp::at(&path).unwrap());
        assert_eq!(recalled().unwrap().digest, digest);
        // Of the same size, and with the time of its contents set back.
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let file = File::options().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, b"two", 0).unwrap();
        file.set_modified(modified).unwrap();
        assert!(recalled().is_none());
    }
}
