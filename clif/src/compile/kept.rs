//! Machine code of an earlier compilation: a function that is compiled of the same has
//! the same, whatever else has changed in its program.
//!
//! What a function is compiled of is its CLIF when Cranelift gets it, with the
//! functions that were put into it, and without the names that it calls: its code
//! refers to these by their places in a list.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::path::PathBuf;

use beskid_plugin_api::Digest;
use cranelift_codegen::incremental_cache::try_finish_recompile;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CompiledCode, ir};

use crate::options::KEPT_CODE;

/// What such a file begins with; behind it stands the digest of the rest.
const MARK: &[u8; 20] = b"beskid functions 1\r\n";
/// Largest file that is read: 256 MiB.
const LARGEST: u64 = 256 << 20;

/// A file of machine code.
#[derive(Debug)]
pub struct KeptCode {
    path: PathBuf,
    bytes: Vec<u8>,
    known: HashMap<Digest, Range<usize>>,
}

/// What is kept of a function.
pub(crate) struct Kept {
    key: Digest,
    /// Its code; `None`: as it is in the file.
    new: Option<Vec<u8>>,
}

impl KeptCode {
    /// The file that the host names among the options of a backend, if it does.
    pub fn of(options: &BTreeMap<String, String>) -> Option<Self> {
        let path = options.get(KEPT_CODE).filter(|path| !path.is_empty())?;
        Some(Self::read(path.into()))
    }

    /// Reads a file; one that is not there or not whole has nothing.
    pub fn read(path: PathBuf) -> Self {
        let read = || {
            let meta = fs::metadata(&path).ok()?;
            (meta.is_file() && meta.len() <= LARGEST).then(|| fs::read(&path).ok())?
        };
        let bytes = read().unwrap_or_default();
        let known = entries(&bytes).unwrap_or_default();
        Self { path, bytes, known }
    }

    /// What a function is compiled of. `text` is room to work in.
    pub(crate) fn key(func: &ir::Function, isa: &dyn TargetIsa, text: &mut Text) -> Digest {
        text.0.clear();
        func.stencil.hash(text);
        isa.name().hash(text);
        isa.triple().hash(text);
        isa.flags().hash(text);
        isa.isa_flags_hash_key().hash(text);
        Digest::of(&text.0)
    }

    /// The code of a function that was compiled of the same.
    pub(crate) fn code(&self, key: Digest, func: &ir::Function) -> Option<(CompiledCode, Kept)> {
        let entry = self.bytes.get(self.known.get(&key)?.clone())?;
        let code = try_finish_recompile(func, entry).ok()?;
        Some((code, Kept { key, new: None }))
    }

    /// Writes what is kept of a program's functions, if it is something else than the
    /// file has. A file that cannot be written stays as it is.
    pub(crate) fn write(&self, kept: &[Kept]) {
        let is_new = kept.iter().any(|kept| kept.new.is_some());
        // Equal functions have one code.
        let keys = kept.iter().map(|kept| kept.key).collect::<HashSet<_>>();
        if !is_new && keys.len() == self.known.len() {
            return;
        }
        let mut seen = HashMap::new();
        let mut contents = Vec::new();
        for Kept { key, new } in kept {
            let known = || self.bytes.get(self.known.get(key)?.clone());
            let Some(entry) = new.as_deref().or_else(known) else {
                continue;
            };
            let Ok(size) = u32::try_from(entry.len()) else {
                continue;
            };
            if seen.insert(*key, ()).is_none() {
                contents.extend_from_slice(key.as_bytes());
                contents.extend_from_slice(&size.to_le_bytes());
                contents.extend_from_slice(entry);
            }
        }
        let digest = Digest::of(&contents);
        let bytes = [MARK.as_slice(), digest.as_bytes(), &contents].concat();
        let aside = self
            .path
            .with_extension(format!("new-{}", std::process::id()));
        let written = fs::write(&aside, &bytes).and_then(|()| fs::rename(&aside, &self.path));
        if written.is_err() {
            // Nobody depends on it.
            let _ = fs::remove_file(&aside);
        }
    }
}

impl Kept {
    /// What is kept of a function that was compiled just now.
    pub(crate) const fn new(key: Digest, entry: Vec<u8>) -> Self {
        Self {
            key,
            new: Some(entry),
        }
    }

    /// Whether it was known.
    pub(crate) const fn is_known(&self) -> bool {
        self.new.is_none()
    }
}

/// Where the code of each function is.
fn entries(bytes: &[u8]) -> Option<HashMap<Digest, Range<usize>>> {
    let rest = bytes.strip_prefix(MARK.as_slice())?;
    let (digest, contents) = rest.split_first_chunk::<{ Digest::LEN }>()?;
    if Digest::of(contents) != Digest::from_bytes(*digest) {
        return None;
    }
    let mut known = HashMap::new();
    let mut left = contents;
    while !left.is_empty() {
        let (key, rest) = left.split_first_chunk::<{ Digest::LEN }>()?;
        let (size, rest) = rest.split_first_chunk()?;
        let (_, rest) = rest.split_at_checked(u32::from_le_bytes(*size) as usize)?;
        let at = bytes.len() - rest.len();
        known.insert(
            Digest::from_bytes(*key),
            at - u32::from_le_bytes(*size) as usize..at,
        );
        left = rest;
    }
    Some(known)
}

/// What is hashed, as it comes.
#[derive(Debug, Default)]
pub(crate) struct Text(Vec<u8>);

impl Hasher for Text {
    /// Nobody asks for less than the digest of all.
    fn finish(&self) -> u64 {
        self.0.len() as u64
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_whole_has_nothing() {
        let folder = std::env::temp_dir().join(format!("beskid-kept-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("x.functions");
        let key = Digest::of(b"function");
        let entry = || Kept {
            key,
            new: Some(vec![7; 40]),
        };
        KeptCode::read(path.clone()).write(&[entry(), entry()]);
        let whole = fs::read(&path).unwrap();
        assert_eq!(KeptCode::read(path.clone()).known.len(), 1);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert_eq!(KeptCode::read(path.clone()).known.len(), 0, "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(KeptCode::read(path.clone()).known.len(), 0, "cut at {at}");
        }
        // What no function is any more goes.
        fs::write(&path, &whole).unwrap();
        KeptCode::read(path.clone()).write(&[]);
        assert_eq!(KeptCode::read(path.clone()).known.len(), 0);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
