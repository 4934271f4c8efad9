//! A first look at a file: its manifest, from two or three reads of a few
//! kilobytes. It decides nothing about the file but what its name is.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use beskid_plugin_api::manifest::{MAX_LEN, NOTE_TYPE, OWNER, PluginManifest};

/// What a first look at a file shows.
#[derive(Debug)]
pub(in crate::plugins) enum Glance {
    /// It says that it is a plugin.
    Plugin(PluginManifest),
    /// It wants to be one, and what it says of itself is malformed.
    Malformed(Said),
    /// It is none, for this reason.
    Other(String),
}

/// What a manifest says that is not sound as a whole.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Said {
    /// Each line with a `=`, as it stands there.
    pub lines: Vec<(String, String)>,
}

impl Said {
    /// What the first line with this key says.
    pub fn get(&self, key: &str) -> Option<&str> {
        let mut lines = self.lines.iter();
        let line = lines.find(|(found, _)| found == key)?;
        Some(&line.1)
    }

    fn of(text: &[u8]) -> Self {
        let text = String::from_utf8_lossy(&text[..text.len().min(MAX_LEN)]);
        let lines = text.lines().filter_map(|line| line.split_once('='));
        let lines = lines.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Self {
            lines: lines.collect(),
        }
    }
}

/// How much of a file is read at first: the headers, and as a rule the notes.
const START: usize = 4096;
/// Most that is read of one segment of notes.
const MOST_NOTES: u64 = 64 << 10;
/// Size of a segment's header in a file of 64 bits.
const SEGMENT: usize = 56;
/// Type of a segment of notes.
const PT_NOTE: u64 = 4;
/// What a file begins with: ELF, 64 bits, the low byte first.
const MAGIC: &[u8] = b"\x7fELF\x02\x01";

/// Looks at a file.
///
/// # Errors
/// Why it cannot be read.
pub(in crate::plugins) fn glance(path: &Path) -> std::io::Result<Glance> {
    let texts = match texts(path)? {
        Ok(texts) => texts,
        Err(reason) => return Ok(Glance::Other(reason.to_owned())),
    };
    Ok(match texts.as_slice() {
        [] => Glance::Other("it has no manifest".to_owned()),
        [text] => match PluginManifest::parse(text) {
            Ok(manifest) => Glance::Plugin(manifest),
            Err(_) => Glance::Malformed(Said::of(text)),
        },
        [first, ..] => Glance::Malformed(Said::of(first)),
    })
}

/// What a file says of itself, whether or not that is sound; `None` if it says
/// nothing.
pub(crate) fn said_by(path: &Path) -> Option<Said> {
    let texts = texts(path).ok()?.ok()?;
    texts.first().map(|text| Said::of(text))
}

/// The texts of a file's manifests, or why it can have none.
fn texts(path: &Path) -> std::io::Result<Result<Vec<Vec<u8>>, &'static str>> {
    // Opening a pipe waits for somebody who writes.
    if !fs::metadata(path)?.is_file() {
        return Ok(Err("it is not a regular file"));
    }
    let file = File::open(path)?;
    let mut start = [0; START];
    let read = read_at(&file, &mut start, 0)?;
    let start = &start[..read];
    if !start.starts_with(MAGIC) {
        return Ok(Err("it is not a 64-bit ELF file"));
    }
    let mut found = Vec::new();
    for (offset, len, align) in segments(&file, start)? {
        let inside = usize::try_from(offset).ok().and_then(|from| {
            let to = from.checked_add(usize::try_from(len).ok()?)?;
            start.get(from..to)
        });
        match inside {
            Some(bytes) => manifests(bytes, align, &mut found),
            None => {
                let mut bytes = vec![0; len.min(MOST_NOTES) as usize];
                let read = read_at(&file, &mut bytes, offset)?;
                manifests(&bytes[..read], align, &mut found);
            }
        }
    }
    Ok(Ok(found))
}

/// Place, size and alignment of each segment of notes.
fn segments(file: &File, start: &[u8]) -> std::io::Result<Vec<(u64, u64, usize)>> {
    let (Some(offset), Some(size), Some(count)) =
        (word(start, 32, 8), word(start, 54, 2), word(start, 56, 2))
    else {
        return Ok(Vec::new());
    };
    if size as usize != SEGMENT {
        return Ok(Vec::new());
    }
    let mut headers = vec![0; count as usize * SEGMENT];
    let read = read_at(file, &mut headers, offset)?;
    let headers = headers[..read].chunks_exact(SEGMENT);
    let notes = headers.filter(|header| word(header, 0, 4) == Some(PT_NOTE));
    let notes = notes.filter_map(|header| {
        let align = if word(header, 48, 8)? == 8 { 8 } else { 4 };
        Some((word(header, 8, 8)?, word(header, 32, 8)?, align))
    });
    Ok(notes.collect())
}

/// The texts of our notes among those of a segment.
fn manifests(mut notes: &[u8], align: usize, found: &mut Vec<Vec<u8>>) {
    while let Some((text, rest)) = first_note(notes, align) {
        found.extend(text.map(<[u8]>::to_vec));
        notes = rest;
    }
}

/// The text of the first note, if it is ours, and what comes behind it.
fn first_note(notes: &[u8], align: usize) -> Option<(Option<&[u8]>, &[u8])> {
    let len = |at| word(notes, at, 4).map(|len| len as usize);
    let (name_len, text_len) = (len(0)?, len(4)?);
    let name = notes.get(12..)?.get(..name_len)?;
    let text_at = (12 + name_len).next_multiple_of(align);
    let text = notes.get(text_at..)?.get(..text_len)?;
    let is_ours = word(notes, 8, 4) == Some(u64::from(NOTE_TYPE))
        && name.strip_suffix(b"\0") == Some(OWNER.as_bytes());
    let end = (text_at + text_len).next_multiple_of(align);
    let rest = notes.get(end..).unwrap_or_default();
    Some((is_ours.then_some(text), rest))
}

/// A number at a place, of so many bytes, the low one first.
fn word(bytes: &[u8], at: usize, len: usize) -> Option<u64> {
    let mut word = [0; 8];
    word[..len].copy_from_slice(bytes.get(at..)?.get(..len)?);
    Some(u64::from_le_bytes(word))
}

/// Fills as much as the file has.
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> std::io::Result<usize> {
    let mut read = 0;
    // What lies beyond is no place of a file, and the system says that it is wrong.
    let most = i64::MAX as u64 - bytes.len() as u64;
    while read < bytes.len() && offset < most {
        match file.read_at(&mut bytes[read..], offset + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::manifest::{note, note_len};

    use super::*;

    const TEXT: &[u8] = b"kind=backend\nid=tiny\nversion=1\napi=1.0\ntarget=t\ntoolchain=r\n\
                          contract=c\npanic=unwind\ncapabilities=object\n";
    const NOTE: [u8; note_len(TEXT.len())] = note(TEXT);

    /// A file with its notes at an offset.
    fn file(notes: &[u8], offset: usize) -> Vec<u8> {
        let mut bytes = vec![0; 64 + SEGMENT];
        bytes[..6].copy_from_slice(MAGIC);
        bytes[32] = 64;
        bytes[54] = SEGMENT as u8;
        bytes[56] = 1;
        bytes[64] = PT_NOTE as u8;
        bytes[72..80].copy_from_slice(&(offset as u64).to_le_bytes());
        bytes[96..104].copy_from_slice(&(notes.len() as u64).to_le_bytes());
        bytes[112] = 4;
        bytes.resize(offset, 0);
        bytes.extend(notes);
        bytes
    }

    fn look(bytes: &[u8]) -> Glance {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, bytes).unwrap();
        glance(&path).unwrap()
    }

    #[test]
    fn a_manifest_is_found_near_the_start_and_far_behind_it() {
        for offset in [200, START - 40, 100_000] {
            let Glance::Plugin(manifest) = look(&file(&NOTE, offset)) else {
                panic!("{offset}");
            };
            assert_eq!(manifest.id, "tiny");
        }
    }

    #[test]
    fn what_a_malformed_manifest_says_is_known_all_the_same() {
        let two = [NOTE, NOTE].concat();
        let mut odd = NOTE;
        let at = odd.windows(6).position(|window| window == b"unwind");
        odd[at.unwrap()] = b'x';
        for notes in [two.as_slice(), &odd] {
            let Glance::Malformed(said) = look(&file(notes, 200)) else {
                panic!("{notes:?}");
            };
            assert_eq!(said.get("id"), Some("tiny"));
            assert_eq!(said.get("nothing"), None);
        }
    }

    #[test]
    fn each_other_file_is_none() {
        let whole = file(&NOTE, 200);
        for len in 0..whole.len() - 4 {
            let found = look(&whole[..len]);
            assert!(matches!(found, Glance::Other(_)), "{len}: {found:?}");
        }
        for at in [32, 33, 40, 54, 56, 72, 79, 96, 103] {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            // Whatever the headers claim, it comes to an end.
            look(&bytes);
        }
        assert!(matches!(look(b"text"), Glance::Other(_)));
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(glance(folder.path()), Ok(Glance::Other(_))));
        assert!(glance(&folder.path().join("none")).is_err());
    }
}
