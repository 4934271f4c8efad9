//! Containers, written from `docs/artifact-format.md` and not with the code
//! under test.

use beskid_plugin_api::Digest;

/// Tag of the section that tells debuggers something.
pub const DEBUG: [u8; 4] = *b"DBUG";
/// Tags of the four sections, in the order of [`join`]'s payloads.
pub const TAGS: [[u8; 4]; 4] = [*b"HEAD", *b"MODU", *b"FORM", *b"BODY"];

const MAGIC_VERSION: [u8; 8] = *b"BSKA\x01\0\0\0";
const REQUIRED: u8 = 1;

/// A container of these payloads, and of what debuggers are told, with the right digest.
pub fn join(payloads: [&[u8]; 4], debug: Option<&[u8]>) -> Vec<u8> {
    let mut out = MAGIC_VERSION.to_vec();
    let count = payloads.len() + usize::from(debug.is_some());
    out.extend((count as u32).to_le_bytes());
    let required = TAGS.into_iter().zip(payloads);
    let required = required.map(|(tag, payload)| (tag, REQUIRED, payload));
    let debug = debug.map(|payload| (DEBUG, 0, payload));
    for (tag, flags, payload) in required.chain(debug) {
        out.extend(tag);
        out.push(flags);
        out.extend((payload.len() as u64).to_le_bytes());
        out.extend(payload);
    }
    sealed(out)
}

/// `contents` with the digest that makes a container of them.
pub fn sealed(mut contents: Vec<u8>) -> Vec<u8> {
    let digest = Digest::of(&contents);
    contents.extend(digest.as_bytes());
    contents
}

/// The payload of the first section with this tag.
pub fn payload(bytes: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let end = bytes.len().checked_sub(Digest::LEN)?;
    let mut rest = bytes.get(12..end)?;
    loop {
        let (found, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.get(1..)?.split_first_chunk::<8>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (payload, after) = after.split_at_checked(length)?;
        if *found == tag {
            return Some(payload);
        }
        rest = after;
    }
}
