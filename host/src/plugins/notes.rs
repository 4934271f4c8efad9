//! The manifests among the notes of a file.

use beskid_plugin_api::manifest::{NOTE_TYPE, OWNER};
use goblin::elf::program_header::ProgramHeader;

use super::sparse::Malformed;

/// Bytes to multiples of which a note and its parts are padded.
const WORD: usize = 4;
/// Bytes of a note before its owner's name.
const HEAD: usize = 12;

/// What was found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Manifests {
    /// Text of each manifest.
    pub(super) texts: Vec<Vec<u8>>,
    /// Whether one is not where a reader of notes looks: in words of four bytes.
    pub(super) is_misaligned: bool,
}

/// Adds the manifests of a segment of notes.
///
/// # Errors
/// A note that ends beyond the segment.
pub(super) fn manifests(
    bytes: &[u8],
    segment: &ProgramHeader,
    found: &mut Manifests,
) -> Result<(), Malformed> {
    let start = usize::try_from(segment.p_offset).unwrap_or(usize::MAX);
    let len = usize::try_from(segment.p_filesz).unwrap_or(usize::MAX);
    let end = start.saturating_add(len);
    let beyond = || Malformed::new("a segment of notes ends beyond the file");
    let mut rest = bytes.get(start..end).ok_or_else(beyond)?;
    let is_aligned = segment.p_align == WORD as u64
        && segment.p_offset.is_multiple_of(WORD as u64)
        && segment.p_vaddr.is_multiple_of(WORD as u64);
    // Other notes may be padded to eight bytes, and then no manifest is among them.
    let is_wider = segment.p_align > WORD as u64;
    while rest.len() >= HEAD {
        let Some((note, behind)) = first(rest) else {
            return match is_wider {
                true => Ok(()),
                false => Err(Malformed::new("a note ends beyond its segment")),
            };
        };
        if note.owner == OWNER.as_bytes() && note.kind == NOTE_TYPE {
            found.texts.push(note.text.to_vec());
            found.is_misaligned |= !is_aligned;
        }
        rest = behind;
    }
    Ok(())
}

struct Note<'b> {
    owner: &'b [u8],
    kind: u32,
    text: &'b [u8],
}

/// The first note, and what is behind it; `None` if it is cut.
fn first(bytes: &[u8]) -> Option<(Note<'_>, &[u8])> {
    let word = |at: usize| {
        let word = bytes.get(at..at + WORD)?.try_into().ok()?;
        Some(u32::from_le_bytes(word))
    };
    let (owner, text, kind) = (word(0)? as usize, word(4)? as usize, word(8)?);
    let text_at = HEAD.checked_add(owner.checked_next_multiple_of(WORD)?)?;
    let end = text_at.checked_add(text)?;
    // The last one need not be padded.
    let behind = end.checked_next_multiple_of(WORD)?.min(bytes.len());
    let name = bytes.get(HEAD..HEAD + owner)?;
    let note = Note {
        owner: name.strip_suffix(b"\0").unwrap_or(name),
        kind,
        text: bytes.get(text_at..end)?,
    };
    Some((note, bytes.get(behind..)?))
}

#[cfg(test)]
mod tests {
    use beskid_plugin_api::manifest::{note, note_len};

    use super::*;

    fn found(bytes: &[u8], align: u64, offset: u64) -> Result<Manifests, String> {
        let segment = ProgramHeader {
            p_offset: offset,
            p_vaddr: offset,
            p_filesz: bytes.len() as u64 - offset,
            p_align: align,
            ..ProgramHeader::default()
        };
        let mut found = Manifests::default();
        let done = manifests(bytes, &segment, &mut found);
        done.map(|()| found).map_err(|error| error.to_string())
    }

    #[test]
    fn manifests_are_found_among_notes_and_their_place_is_judged() {
        const NOTE: [u8; note_len(5)] = note(b"hello");
        let two = [NOTE, NOTE].concat();
        let both = found(&two, 4, 0).unwrap();
        assert_eq!(both.texts, [b"hello", b"hello"]);
        assert!(!both.is_misaligned);
        assert!(found(&NOTE, 1, 0).unwrap().is_misaligned);
        assert!(found(&NOTE, 8, 0).unwrap().is_misaligned);
        let shifted = [&[0; 2][..], &NOTE].concat();
        assert!(found(&shifted, 4, 2).unwrap().is_misaligned);
    }

    #[test]
    fn a_note_that_is_cut_is_malformed() {
        const NOTE: [u8; note_len(5)] = note(b"hello");
        for len in 12..NOTE.len() - 3 {
            let error = found(&NOTE[..len], 4, 0).unwrap_err();
            assert!(error.contains("beyond"), "{len}: {error}");
        }
        // Of the last one only the padding may be missing.
        assert_eq!(found(&NOTE[..25], 4, 0).unwrap().texts, [b"hello"]);
        let mut endless = NOTE;
        endless[..8].fill(0xff);
        assert!(found(&endless, 4, 0).is_err());
    }
}
