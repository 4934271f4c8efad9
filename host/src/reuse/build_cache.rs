//! The files of the cache that hold what builds made.

use std::fs::OpenOptions;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::SystemTime;

use beskid_plugin_api::Digest;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cache;
use crate::plugins::seen_digest;

/// What such a file begins with; behind it stands the digest of the rest.
const MARK: &[u8; 16] = b"beskid build 1\r\n";
/// Largest contents of one: 256 MiB.
const LARGEST: u64 = 256 << 20;
/// Most files that are kept, and most bytes of them together: 512 MiB.
const MOST: (usize, u64) = (2048, 512 << 20);

/// What a file holds, which its name ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the front end made of a program.
    Program,
    /// An artifact, by its own digest.
    Artifact,
    /// An object file.
    Object,
    /// How an output was made.
    Image,
    /// An output, by its own digest.
    Bytes,
    /// Machine code of functions, in the backends' own form.
    Functions,
}

impl Kind {
    const fn ending(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Artifact => "artifact",
            Self::Object => "object",
            Self::Image => "image",
            Self::Bytes => "bytes",
            Self::Functions => "functions",
        }
    }
}

/// What earlier builds made.
#[derive(Debug)]
pub struct BuildCache {
    folder: PathBuf,
    beskid: Digest,
}

impl BuildCache {
    /// Opens it; `None` where nothing can be kept.
    pub fn open() -> Option<Self> {
        let folder = cache::folder("builds");
        let folder = folder.inspect_err(|error| tracing::debug!("builds are not kept: {error}"));
        Some(Self {
            folder: folder.ok()?,
            beskid: beskid()?,
        })
    }

    /// The digest of a question, which another beskid asks in another way.
    pub(crate) fn key(&self, question: &impl Serialize) -> Option<Digest> {
        let text = serde_json::to_vec(&(self.beskid, question)).ok()?;
        Some(Digest::of(&text))
    }

    /// Where something is kept.
    pub(super) fn place(&self, kind: Kind, key: Digest) -> PathBuf {
        self.folder.join(format!("{key}.{}", kind.ending()))
    }

    /// What was kept, if it is whole.
    pub(super) fn bytes(&self, kind: Kind, key: Digest) -> Option<Vec<u8>> {
        let mut options = OpenOptions::new();
        // Opening a pipe would wait for somebody who writes.
        let file = options.read(true).custom_flags(libc::O_NONBLOCK);
        let file = file.open(self.place(kind, key)).ok()?;
        let meta = file.metadata().ok()?;
        let head = (MARK.len() + Digest::LEN) as u64;
        let length = meta.len().checked_sub(head)?;
        if !meta.is_file() || length > LARGEST {
            return None;
        }
        let mut mark = [0; MARK.len()];
        let mut digest = [0; Digest::LEN];
        let mut contents = vec![0; usize::try_from(length).ok()?];
        file.read_exact_at(&mut mark, 0).ok()?;
        file.read_exact_at(&mut digest, MARK.len() as u64).ok()?;
        file.read_exact_at(&mut contents, head).ok()?;
        if mark != *MARK || Digest::of(&contents) != Digest::from_bytes(digest) {
            return None;
        }
        // The oldest go, and this one was used just now.
        let _ = file.set_modified(SystemTime::now());
        Some(contents)
    }

    /// The same, as what it says.
    pub(super) fn record<T: DeserializeOwned>(&self, kind: Kind, key: Digest) -> Option<T> {
        serde_json::from_slice(&self.bytes(kind, key)?).ok()
    }

    /// Keeps something; whether it is kept.
    pub(super) fn keep(&self, kind: Kind, key: Digest, contents: &[u8]) -> bool {
        if contents.len() as u64 > LARGEST {
            return false;
        }
        let place = self.place(kind, key);
        let digest = Digest::of(contents);
        let bytes = [MARK.as_slice(), digest.as_bytes(), contents].concat();
        match cache::write(&place, &bytes) {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!("a build is not kept: {error}");
                false
            }
        }
    }

    /// Keeps what a record says, which is the last of what is kept together.
    pub(super) fn keep_record(&self, kind: Kind, key: Digest, record: &impl Serialize) {
        if let Ok(text) = serde_json::to_vec(record) {
            self.keep(kind, key, &text);
        }
        self.tidy();
    }

    /// Removes the oldest files, if there are too many.
    pub(super) fn tidy(&self) {
        cache::remove_beyond(&self.folder, MOST.0, MOST.1, |_| true);
    }
}

/// The digest of this program's own file.
fn beskid() -> Option<Digest> {
    static BESKID: OnceLock<Option<Digest>> = OnceLock::new();
    *BESKID.get_or_init(|| seen_digest(&std::env::current_exe().ok()?))
}

#[cfg(test)]
pub(super) mod tests {
    use std::fs;

    use super::*;

    /// A cache in a folder of its own.
    pub(in crate::reuse) fn in_folder(folder: &std::path::Path) -> BuildCache {
        BuildCache {
            folder: folder.to_owned(),
            beskid: Digest::of(b"beskid"),
        }
    }

    #[test]
    fn what_is_damaged_counts_as_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let cache = in_folder(folder.path());
        let key = cache.key(&"question").unwrap();
        let read = || cache.bytes(Kind::Object, key);
        assert_eq!(read(), None);
        assert!(cache.keep(Kind::Object, key, b"contents"));
        assert_eq!(read().unwrap(), b"contents");
        assert_eq!(cache.bytes(Kind::Image, key), None);
        let place = cache.place(Kind::Object, key);
        let whole = fs::read(&place).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&place, &changed).unwrap();
            assert_eq!(read(), None, "byte {at}");
            fs::write(&place, &whole[..at]).unwrap();
            assert_eq!(read(), None, "cut at {at}");
        }
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        assert_eq!(read(), None);
        assert!(!cache.keep(Kind::Object, key, b"contents"));
    }

    #[test]
    fn another_beskid_asks_in_another_way() {
        let folder = tempfile::tempdir().unwrap();
        let one = in_folder(folder.path());
        let other = BuildCache {
            folder: folder.path().to_owned(),
            beskid: Digest::of(b"another"),
        };
        assert_ne!(one.key(&1), other.key(&1));
        assert_ne!(one.key(&1), one.key(&2));
    }
}
