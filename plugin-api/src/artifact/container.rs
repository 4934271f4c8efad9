//! The container: magic, version, sections, digest.
//!
//! ```text
//! magic    4 bytes   "BSKA"
//! version  u32 LE
//! count    u32 LE    number of sections
//! section  tag 4 bytes ASCII, flags u8 (bit 0: required), length u64 LE, payload
//! digest   32 bytes  BLAKE3 of everything before it
//! ```

use super::error::{ArtifactError, Result};
use crate::digest::Digest;

/// First bytes of every artifact.
pub const MAGIC: [u8; 4] = *b"BSKA";
/// The format version that this release writes. It reads this one and every
/// earlier one.
pub const FORMAT_VERSION: u32 = 1;

const REQUIRED: u8 = 1;
/// Magic, version, count.
const FILE_HEAD: usize = 4 + 4 + 4;
const SECTION_HEAD: usize = 4 + 1 + 8;

/// One section, borrowed from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section<'a> {
    /// Four ASCII characters.
    pub tag: [u8; 4],
    /// Whether a reader that does not know the section must refuse the file.
    pub required: bool,
    /// Contents.
    pub payload: &'a [u8],
}

/// Writes a container; its digest too.
pub(super) fn write(sections: &[Section<'_>]) -> (Vec<u8>, Digest) {
    let payloads: usize = sections
        .iter()
        .map(|s| s.payload.len() + SECTION_HEAD)
        .sum();
    let mut out = Vec::with_capacity(FILE_HEAD + payloads + Digest::LEN);
    out.extend(MAGIC);
    out.extend(FORMAT_VERSION.to_le_bytes());
    out.extend((sections.len() as u32).to_le_bytes());
    for section in sections {
        out.extend(section.tag);
        out.push(if section.required { REQUIRED } else { 0 });
        out.extend((section.payload.len() as u64).to_le_bytes());
        out.extend(section.payload);
    }
    let digest = Digest::of(&out);
    out.extend(digest.as_bytes());
    (out, digest)
}

/// Splits a file into its sections, in file order, and checks the digest,
/// which it returns.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Section<'_>>, Digest)> {
    let mut cursor = Cursor { bytes, offset: 0 };
    if cursor.bytes.get(..4) != Some(MAGIC.as_slice()) {
        return Err(ArtifactError::Magic);
    }
    cursor.offset = 4;
    // The version comes before the digest, so that a newer file is called
    // newer, not damaged.
    let version = u32::from_le_bytes(cursor.array("the format version")?);
    if version == 0 || version > FORMAT_VERSION {
        return Err(ArtifactError::Version {
            found: version,
            supported: FORMAT_VERSION,
        });
    }
    let digest = check_digest(bytes)?;
    cursor.bytes = &bytes[..bytes.len() - Digest::LEN];
    let count = u32::from_le_bytes(cursor.array("the section count")?);
    let mut sections = Vec::new();
    for _ in 0..count {
        let tag = cursor.array("a section tag")?;
        let [flags] = cursor.array("section flags")?;
        let length = u64::from_le_bytes(cursor.array("a section length")?);
        let payload = cursor.take(length, "a section payload")?;
        sections.push(Section {
            tag,
            required: flags & REQUIRED != 0,
            payload,
        });
    }
    if cursor.offset != cursor.bytes.len() {
        return Err(ArtifactError::Truncated {
            what: "bytes after the last section",
            offset: cursor.offset,
        });
    }
    Ok((sections, digest))
}

fn check_digest(bytes: &[u8]) -> Result<Digest> {
    let truncated = ArtifactError::Truncated {
        what: "the digest",
        offset: bytes.len(),
    };
    let (contents, tail) = bytes
        .len()
        .checked_sub(Digest::LEN)
        .and_then(|at| bytes.split_at_checked(at))
        .ok_or_else(|| truncated.clone())?;
    let stored = Digest::from_bytes(tail.try_into().map_err(|_| truncated)?);
    let actual = Digest::of(contents);
    if stored != actual {
        return Err(ArtifactError::Digest {
            stored: stored.short(),
            actual: actual.short(),
        });
    }
    Ok(actual)
}

/// Where in the file the payload of the section with this tag begins.
pub(super) fn payload_offset(sections: &[Section<'_>], tag: [u8; 4]) -> usize {
    let before = sections.iter().take_while(|section| section.tag != tag);
    let before = before.map(|section| SECTION_HEAD + section.payload.len());
    FILE_HEAD + before.sum::<usize>() + SECTION_HEAD
}

/// A tag as text; bytes outside printable ASCII are escaped.
pub(super) fn tag_name(tag: [u8; 4]) -> String {
    tag.escape_ascii().to_string()
}

struct Cursor<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: u64, what: &'static str) -> Result<&'a [u8]> {
        let offset = self.offset;
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| offset.checked_add(length));
        let slice = end.and_then(|end| self.bytes.get(offset..end));
        let slice = slice.ok_or(ArtifactError::Truncated { what, offset })?;
        self.offset += slice.len();
        Ok(slice)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N]> {
        let offset = self.offset;
        let slice = self.take(N as u64, what)?;
        slice
            .try_into()
            .map_err(|_| ArtifactError::Truncated { what, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<u8> {
        write(&[Section {
            tag: *b"TEST",
            required: true,
            payload: b"payload",
        }])
        .0
    }

    #[test]
    fn sections_come_back() {
        let bytes = sample();
        let (sections, _) = read(&bytes).unwrap();
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].payload, b"payload");
        assert!(sections[0].required);
    }

    #[test]
    fn every_truncation_and_every_bit_flip_is_noticed() {
        let bytes = sample();
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length]).is_err(), "cut to {length}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&changed).is_err(), "bit {bit}");
        }
    }

    #[test]
    fn a_newer_file_is_told_apart_from_a_damaged_one() {
        let mut bytes = sample();
        bytes[4] = 9;
        let error = read(&bytes).unwrap_err();
        assert_eq!(
            error,
            ArtifactError::Version {
                found: 9,
                supported: FORMAT_VERSION
            }
        );
    }
}
