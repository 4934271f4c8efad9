//! From sections to values: postcard structures and function bodies.

use serde::de::DeserializeOwned;

use super::Function;
use super::container::{self, Section};
use super::error::{ArtifactError, Result};
use super::stream::InstructionReader;
use super::trace;

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

/// What the section with this tag says, all of it. `root` is what the schema
/// calls it.
pub(super) fn postcard_section<T: DeserializeOwned>(
    sections: &[Section<'_>],
    tag: [u8; 4],
    name: &'static str,
    root: &str,
) -> Result<T> {
    let payload = find(sections, tag)?.payload;
    let place = Place {
        section: name,
        field: root,
    };
    let (value, used) = postcard_value(payload, place, 0)?;
    if used != payload.len() {
        return Err(place.malformed(used, "bytes after the end of the contents"));
    }
    Ok(value)
}

/// What is being read, for messages.
#[derive(Clone, Copy)]
struct Place<'a> {
    section: &'static str,
    field: &'a str,
}

impl Place<'_> {
    fn malformed(self, offset: usize, reason: impl Into<String>) -> ArtifactError {
        ArtifactError::Malformed {
            section: self.section,
            offset,
            field: self.field.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Reads one postcard value; returns it and the number of bytes it took.
/// `base` is the offset of `bytes` in the section, for messages.
fn postcard_value<T: DeserializeOwned>(
    bytes: &[u8],
    place: Place<'_>,
    base: usize,
) -> Result<(T, usize)> {
    let mut deserializer = postcard::Deserializer::from_bytes(bytes);
    let value = T::deserialize(&mut deserializer);
    let rest = deserializer.finalize().map_or(0, <[u8]>::len);
    let used = bytes.len() - rest;
    match value {
        Ok(value) => Ok((value, used)),
        Err(error) => {
            let section = place.section;
            let field = &trace::field::<T>(bytes, place.field);
            Err(Place { section, field }.malformed(base + used, error.to_string()))
        }
    }
}

/// The functions of `BODY`, not verified yet.
pub(super) fn read_bodies(payload: &[u8]) -> Result<Vec<Function>> {
    let mut reader = InstructionReader::new(payload);
    let mut functions = Vec::new();
    let all = body_place("functions");
    let count = integer(&mut reader, all, 0)?;
    for index in 0..count {
        let field = format!("functions[{index}]");
        let place = body_place(&field);
        let length = integer(&mut reader, place, 0)?;
        let start = reader.offset();
        let bytes = slice(payload, start, length, place, 0)?;
        functions.push(read_body(bytes, &field, start)?);
        reader = InstructionReader::at(payload, start + length);
    }
    if !reader.is_at_end() {
        return Err(all.malformed(reader.offset(), "bytes after the last function"));
    }
    Ok(functions)
}

fn read_body(bytes: &[u8], function: &str, base: usize) -> Result<Function> {
    let field = format!("{function}.body");
    let place = body_place(&field);
    let mut reader = InstructionReader::new(bytes);
    let length = integer(&mut reader, place, base)?;
    let start = reader.offset();
    let contents = slice(bytes, start, length, place, base)?;
    let (body, used) = postcard_value(contents, place, base + start)?;
    if used != length {
        return Err(place.malformed(base + start + used, "bytes after the end of the body"));
    }
    Ok(Function {
        body,
        stream: bytes[start + length..].to_vec(),
        types: Vec::new(),
    })
}

const fn body_place(field: &str) -> Place<'_> {
    Place {
        section: "BODY",
        field,
    }
}

fn integer(reader: &mut InstructionReader<'_>, place: Place<'_>, base: usize) -> Result<usize> {
    let value = reader.unsigned32();
    let value = value.map_err(|error| place.malformed(base + error.offset, error.reason))?;
    Ok(value as usize)
}

fn slice<'a>(
    bytes: &'a [u8],
    start: usize,
    length: usize,
    place: Place<'_>,
    base: usize,
) -> Result<&'a [u8]> {
    let end = start.saturating_add(length);
    let slice = bytes.get(start..end);
    slice.ok_or_else(|| place.malformed(base + start, "a length goes beyond the section"))
}
