//! From sections to values: postcard structures and function bodies.

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;

use super::container::{self, Section};
use super::error::{ArtifactError, Result};
use super::function::{Function, LocatedFunction};
use super::module::SymbolId;
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
        field: Field::Named(root),
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
    field: Field<'a>,
}

#[derive(Clone, Copy)]
enum Field<'a> {
    Named(&'a str),
    Function(usize),
    Body(usize),
}

impl fmt::Display for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Function(index) => write!(f, "functions[{index}]"),
            Self::Body(index) => write!(f, "functions[{index}].body"),
        }
    }
}

impl Place<'_> {
    fn malformed(self, offset: usize, reason: impl Into<String>) -> ArtifactError {
        ArtifactError::Malformed {
            section: self.section,
            offset,
            field: self.field.to_string(),
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
            let field = trace::field::<T>(bytes, &place.field.to_string());
            let field = Field::Named(&field);
            Err(Place { section, field }.malformed(base + used, error.to_string()))
        }
    }
}

/// The functions of `BODY`, not verified yet.
pub(super) fn read_bodies(payload: &[u8]) -> Result<Vec<Function>> {
    each_body(payload, |index, range| read_body(payload, range, index))
}

/// A function that is not decoded.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub(super) symbol: SymbolId,
    /// In the section's payload.
    pub(super) range: Range<usize>,
}

/// Where the functions of `BODY` are, and what they define.
pub(super) fn locate_bodies(payload: &[u8]) -> Result<Vec<Located>> {
    each_body(payload, |index, range| {
        let bytes = &payload[range.clone()];
        let (place, contents) = body(bytes, index, range.start)?;
        // The symbol comes first.
        let base = range.start + contents.start;
        let (symbol, _) = postcard_value(&bytes[contents], place, base)?;
        Ok(Located { symbol, range })
    })
}

fn each_body<T>(
    payload: &[u8],
    mut read: impl FnMut(usize, Range<usize>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut reader = InstructionReader::new(payload);
    let mut functions = Vec::new();
    let all = body_place(Field::Named("functions"));
    let count = integer(&mut reader, all, 0)?;
    for index in 0..count {
        let place = body_place(Field::Function(index));
        let length = integer(&mut reader, place, 0)?;
        let start = reader.offset();
        let length = slice(payload, start, length, place, 0)?.len();
        functions.push(read(index, start..start + length)?);
        reader = InstructionReader::at(payload, start + length);
    }
    if !reader.is_at_end() {
        return Err(all.malformed(reader.offset(), "bytes after the last function"));
    }
    Ok(functions)
}

/// Function number `index` of `BODY`, which is at this place in it, not verified yet.
pub(super) fn read_body(payload: &[u8], range: Range<usize>, index: usize) -> Result<Function> {
    let LocatedFunction { body, stream } = locate_body(payload, range, index)?;
    Ok(Function {
        body,
        stream: stream.to_vec(),
        types: Vec::new(),
    })
}

/// As [`read_body`], with the stream where it is.
pub(super) fn locate_body(
    payload: &[u8],
    range: Range<usize>,
    index: usize,
) -> Result<LocatedFunction<'_>> {
    let base = range.start;
    let bytes = slice(
        payload,
        base,
        range.len(),
        body_place(Field::Function(index)),
        0,
    )?;
    let (place, contents) = body(bytes, index, base)?;
    let Range { start, end } = contents;
    let (body, used) = postcard_value(&bytes[start..end], place, base + start)?;
    if start + used != end {
        return Err(place.malformed(base + start + used, "bytes after the end of the body"));
    }
    Ok(LocatedFunction {
        body,
        stream: &bytes[end..],
    })
}

/// Where in a function its body is.
fn body(bytes: &[u8], index: usize, base: usize) -> Result<(Place<'static>, Range<usize>)> {
    let place = body_place(Field::Body(index));
    let mut reader = InstructionReader::new(bytes);
    let length = integer(&mut reader, place, base)?;
    let start = reader.offset();
    let length = slice(bytes, start, length, place, base)?.len();
    Ok((place, start..start + length))
}

const fn body_place(field: Field<'_>) -> Place<'_> {
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
