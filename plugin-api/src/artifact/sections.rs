//! From sections to values: postcard structures and function bodies.

use serde::de::DeserializeOwned;

use super::Function;
use super::container::{self, Section};
use super::error::{ArtifactError, Result};
use super::stream::InstructionReader;

/// The only section with this tag.
pub(super) fn find<'a>(sections: &[Section<'a>], tag: [u8; 4]) -> Result<Section<'a>> {
    let problem = |problem| ArtifactError::SectionSet {
        tag: container::tag_name(tag),
        problem,
    };
    let mut found = sections.iter().filter(|section| section.tag == tag);
    let first = found.next().ok_or_else(|| problem("missing"))?;
    match found.next() {
        Some(_) => Err(problem("repeated")),
        None => Ok(*first),
    }
}

/// What the section with this tag says, all of it.
pub(super) fn postcard_section<T: DeserializeOwned>(
    sections: &[Section<'_>],
    tag: [u8; 4],
    name: &'static str,
) -> Result<T> {
    let payload = find(sections, tag)?.payload;
    let (value, used) = postcard_value(payload, name, 0)?;
    if used != payload.len() {
        return Err(malformed(name, used, "bytes after the end of the contents"));
    }
    Ok(value)
}

/// Reads one postcard value; returns it and the number of bytes it took.
/// `base` is the offset of `bytes` in the section, for messages.
fn postcard_value<T: DeserializeOwned>(
    bytes: &[u8],
    section: &'static str,
    base: usize,
) -> Result<(T, usize)> {
    let mut deserializer = postcard::Deserializer::from_bytes(bytes);
    let value = T::deserialize(&mut deserializer);
    let rest = deserializer.finalize().map_or(0, <[u8]>::len);
    let used = bytes.len() - rest;
    match value {
        Ok(value) => Ok((value, used)),
        Err(error) => Err(malformed(section, base + used, error.to_string())),
    }
}

fn malformed(section: &'static str, offset: usize, reason: impl Into<String>) -> ArtifactError {
    ArtifactError::Malformed {
        section,
        offset,
        reason: reason.into(),
    }
}

/// The functions of `BODY`, not verified yet.
pub(super) fn read_bodies(payload: &[u8]) -> Result<Vec<Function>> {
    let mut reader = InstructionReader::new(payload);
    let mut functions = Vec::new();
    let count = body_integer(&mut reader)?;
    for _ in 0..count {
        let length = body_integer(&mut reader)?;
        let start = reader.offset();
        let bytes = slice(payload, start, length)?;
        functions.push(read_body(bytes, start)?);
        reader = InstructionReader::at(payload, start + length);
    }
    if !reader.is_at_end() {
        return Err(malformed(
            "BODY",
            reader.offset(),
            "bytes after the last function",
        ));
    }
    Ok(functions)
}

fn read_body(bytes: &[u8], base: usize) -> Result<Function> {
    let mut reader = InstructionReader::new(bytes);
    let length = body_integer(&mut reader)?;
    let start = reader.offset();
    let (body, used) = postcard_value(slice(bytes, start, length)?, "BODY", base + start)?;
    if used != length {
        return Err(malformed(
            "BODY",
            base + start + used,
            "bytes after the end of the body",
        ));
    }
    Ok(Function {
        body,
        stream: bytes[start + length..].to_vec(),
        types: Vec::new(),
    })
}

fn body_integer(reader: &mut InstructionReader<'_>) -> Result<usize> {
    let value = reader.unsigned32();
    let value = value.map_err(|error| malformed("BODY", error.offset, error.reason))?;
    Ok(value as usize)
}

fn slice(bytes: &[u8], start: usize, length: usize) -> Result<&[u8]> {
    let end = start.saturating_add(length);
    let slice = bytes.get(start..end);
    slice.ok_or_else(|| malformed("BODY", start, "a length goes beyond the section"))
}
