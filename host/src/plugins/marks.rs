//! What is known of plugin files from an earlier use: marks in the cache, and no
//! code. Without a mark everything is found out again.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use beskid_plugin_api::Digest;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::CONTRACT;
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use crate::cache::{self, Stamp};

/// Most marks of each kind that are kept.
const MOST: usize = 1024;
/// Ending of what says which digest a file has.
const KNOWN: &str = "known";
/// Ending of what says that another process has loaded such bytes.
const SOUND: &str = "sound";
/// Ending of what a plugin said of itself.
const TOLD: &str = "told";
/// How long it counts that a plugin failed when it was asked: it may have been for a
/// reason that is not in its file.
const FORGIVEN: Duration = Duration::from_secs(3600);

/// A file that was hashed before.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    source: Stamp,
    digest: Digest,
}

/// What came of asking a plugin: what it says of itself, or how it failed.
pub(super) type Told = Result<Facts, Diagnostic>;

/// What came of it, and when.
#[derive(Debug, Serialize, Deserialize)]
struct Noted {
    seconds: u64,
    told: Told,
}

/// The digest that a file had when the system said the same of it.
pub(super) fn digest_of(source: &Stamp) -> Option<Digest> {
    recall(&folder()?, source)
}

/// Remembers the digest of a file.
pub(super) fn keep_digest(source: &Stamp, digest: Digest) {
    if let Some(folder) = folder() {
        keep(&folder, source, digest);
    }
}

/// Whether another process has loaded these bytes and come back.
pub(super) fn is_proven(digest: Digest) -> bool {
    folder().is_some_and(|folder| sound(&folder, digest).exists())
}

/// Remembers that it has.
pub(super) fn proven(digest: Digest) {
    if let Some(folder) = folder() {
        cache::keep(&sound(&folder, digest), &());
        tidy_up(&folder);
    }
}

/// What came of asking the plugin of these bytes before.
pub(super) fn told(digest: Digest) -> Option<Told> {
    told_in(&folder()?, digest)
}

/// Remembers what came of asking it.
pub(super) fn keep_told(digest: Digest, told: &Told) {
    if let Some(folder) = folder() {
        keep_told_in(&folder, digest, told);
        tidy_up(&folder);
    }
}

fn told_in(folder: &Path, digest: Digest) -> Option<Told> {
    let noted = cache::recall::<Noted>(&told_place(folder, digest))?;
    let age = Duration::from_secs(now()?.checked_sub(noted.seconds)?);
    (noted.told.is_ok() || age < FORGIVEN).then_some(noted.told)
}

fn keep_told_in(folder: &Path, digest: Digest, told: &Told) {
    if let Some(seconds) = now() {
        let told = told.clone();
        cache::keep(&told_place(folder, digest), &Noted { seconds, told });
    }
}

fn now() -> Option<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.ok().map(|now| now.as_secs())
}

/// Where marks are; nobody depends on them.
fn folder() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let find = || {
        let folder = cache::folder("plugins");
        let folder =
            folder.inspect_err(|error| tracing::debug!("no marks of plugins are kept: {error}"));
        folder.ok()
    };
    FOLDER.get_or_init(find).clone()
}

fn place(folder: &Path, source: &Stamp) -> PathBuf {
    let name = Digest::of(format!("{source:?}").as_bytes());
    folder.join(format!("{name}.{KNOWN}"))
}

fn recall(folder: &Path, source: &Stamp) -> Option<Digest> {
    let known = cache::recall::<Known>(&place(folder, source))?;
    (known.source == *source).then_some(known.digest)
}

fn keep(folder: &Path, source: &Stamp, digest: Digest) {
    let source = source.clone();
    let place = place(folder, &source);
    cache::keep(&place, &Known { source, digest });
    tidy_up(folder);
}

/// Another contract may load the same bytes in another way.
fn sound(folder: &Path, digest: Digest) -> PathBuf {
    folder.join(format!("{digest}.{CONTRACT}.{SOUND}"))
}

fn told_place(folder: &Path, digest: Digest) -> PathBuf {
    folder.join(format!("{digest}.{CONTRACT}.{TOLD}"))
}

fn tidy_up(folder: &Path) {
    let ends = |path: &Path, ending: &str| path.extension() == Some(OsStr::new(ending));
    // Before plugins were loaded from memory, copies of them were here.
    for (ending, most) in [(KNOWN, MOST), (SOUND, MOST), (TOLD, MOST), ("so", 0)] {
        cache::remove_oldest(folder, most, |path| ends(path, ending));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn the_oldest_marks_go() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let total = MOST + 3;
        for number in 0..total {
            let age = Duration::from_secs(60 * number as u64);
            for name in ["sound", "known", "told"] {
                let mark = File::create(folder.join(format!("{number:04}.{name}"))).unwrap();
                mark.set_modified(SystemTime::now() - age).unwrap();
            }
        }
        fs::write(folder.join("copy.so"), "").unwrap();
        tidy_up(folder);
        assert!(!folder.join("copy.so").exists());
        for number in 0..total {
            for name in ["sound", "known", "told"] {
                let path = folder.join(format!("{number:04}.{name}"));
                assert_eq!(path.exists(), number < MOST, "{path:?}");
            }
        }
    }

    #[test]
    fn a_file_is_known_until_anything_about_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plugin");
        fs::write(&path, "one").unwrap();
        let digest = Digest::of(b"one");
        keep(folder.path(), &Stamp::at(&path).unwrap(), digest);
        let recalled = || recall(folder.path(), &Stamp::at(&path).unwrap());
        assert_eq!(recalled().unwrap(), digest);
        // Of the same size, and with the time of its contents set back.
        let modified = fs::metadata(&path).unwrap().modified().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let file = File::options().write(true).open(&path).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, b"two", 0).unwrap();
        file.set_modified(modified).unwrap();
        assert!(recalled().is_none());
    }

    #[test]
    fn what_a_plugin_said_is_kept_for_ever_and_a_failure_for_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let digest = Digest::of(b"one");
        let failure = Err(Diagnostic::new(
            beskid_plugin_api::codes::Code::E5118,
            "it crashed",
        ));
        let facts = Ok(Facts {
            about: "one line".to_owned(),
            ..Facts::default()
        });
        let at = |seconds: u64, told: &Told| {
            let noted = Noted {
                seconds,
                told: told.clone(),
            };
            cache::keep(&told_place(folder, digest), &noted);
        };
        assert_eq!(told_in(folder, digest), None);
        for (told, is_kept) in [(&failure, false), (&facts, true)] {
            keep_told_in(folder, digest, told);
            assert_eq!(told_in(folder, digest).as_ref(), Some(told));
            at(now().unwrap() - 3601, told);
            assert_eq!(told_in(folder, digest).is_some(), is_kept);
        }
        // From a clock that was wrong.
        at(u64::MAX, &facts);
        assert_eq!(told_in(folder, digest), None);
    }
}
