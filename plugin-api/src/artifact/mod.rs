//! `CodegenArtifact`: a compiled-to-CLIF program in a stable, versioned form.
//!
//! An artifact is a byte string with an identity, its [`Digest`]. Frontends
//! make one with an [`ArtifactBuilder`]; every backend receives the identical
//! bytes and decodes them with [`CodegenArtifact::decode`], which verifies
//! them: a decoded artifact has no index out of range and no list of the wrong
//! length. Neither a Cranelift type nor a Cranelift version is in the format.
//!
//! Sections, all required: `HEAD` ([`Header`]), `MODU` ([`Module`]), `FORM`
//! (list of [`Form`]) in postcard encoding, and `BODY`: the function bodies,
//! each a length, a postcard [`Body`] with its own length before it, and the
//! instruction stream (see [`InstructionReader`]).

mod body;
mod builder;
mod container;
mod dump;
mod error;
mod features;
mod form;
mod header;
mod module;
mod stream;
mod types;
mod verify;

pub use body::*;
pub use builder::ArtifactBuilder;
pub use container::{FORMAT_VERSION, MAGIC};
pub use error::ArtifactError;
pub use form::*;
pub use header::*;
pub use module::*;
pub use stream::{InstructionReader, InstructionWriter, StreamError};
pub use types::*;

use std::sync::Arc;

use container::Section;
use error::Result;
use serde::de::DeserializeOwned;

use crate::digest::Digest;

const HEAD: [u8; 4] = *b"HEAD";
const MODU: [u8; 4] = *b"MODU";
const FORM: [u8; 4] = *b"FORM";
const BODY: [u8; 4] = *b"BODY";

/// A verified artifact and the bytes it was decoded from.
#[derive(Debug, Clone)]
pub struct CodegenArtifact {
    bytes: Arc<[u8]>,
    digest: Digest,
    contents: Contents,
}

/// What the sections say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contents {
    header: Header,
    module: Module,
    forms: Vec<Form>,
    functions: Vec<Function>,
}

/// A function body and its instruction stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// The entities.
    pub body: Body,
    stream: Vec<u8>,
    types: Vec<Type>,
}

impl Function {
    /// Reads the instructions from the first one on.
    pub fn instructions(&self) -> InstructionReader<'_> {
        InstructionReader::new(&self.stream)
    }

    /// The type of each value.
    pub fn value_types(&self) -> &[Type] {
        &self.types
    }
}

impl CodegenArtifact {
    /// Decodes and verifies.
    ///
    /// # Errors
    /// [`ArtifactError`] for anything but a complete, undamaged, consistent
    /// artifact of a known version. Memory stays within 64 times the size of
    /// `bytes`.
    pub fn decode(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        let bytes = bytes.into();
        let (sections, digest) = container::read(&bytes)?;
        let mut contents = Contents {
            header: postcard_section(&sections, HEAD, "HEAD")?,
            module: postcard_section(&sections, MODU, "MODU")?,
            forms: postcard_section(&sections, FORM, "FORM")?,
            functions: read_bodies(find(&sections, BODY)?.payload)?,
        };
        let known = [HEAD, MODU, FORM, BODY];
        for section in &sections {
            if section.required && !known.contains(&section.tag) {
                let tag = container::tag_name(section.tag);
                return Err(ArtifactError::UnknownSection { tag });
            }
        }
        verify::check(&mut contents)?;
        Ok(Self {
            bytes,
            digest,
            contents,
        })
    }

    /// The bytes that every backend receives.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The identity of the artifact: BLAKE3 of the file without its last 32
    /// bytes, which store it.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The header.
    pub const fn header(&self) -> &Header {
        &self.contents.header
    }

    /// Signatures, symbols and data.
    pub const fn module(&self) -> &Module {
        &self.contents.module
    }

    /// The instruction forms in use.
    pub fn forms(&self) -> &[Form] {
        &self.contents.forms
    }

    /// The function bodies, in symbol order.
    pub fn functions(&self) -> &[Function] {
        &self.contents.functions
    }

    /// The imported symbols, in symbol order: name and source.
    pub fn imports(&self) -> impl Iterator<Item = (&str, &ImportSource)> {
        self.module()
            .symbols
            .iter()
            .filter_map(|symbol| match (&symbol.name, &symbol.linkage) {
                (Some(name), Linkage::Import(source)) => Some((name.as_str(), source)),
                _ => None,
            })
    }

    /// Names of the runtime symbols that the program imports.
    pub fn runtime_imports(&self) -> impl Iterator<Item = &str> {
        self.imports()
            .filter(|(_, source)| **source == ImportSource::Runtime)
            .map(|(name, _)| name)
    }

    /// Names of the exported symbols, in symbol order.
    pub fn exports(&self) -> impl Iterator<Item = &str> {
        self.module().symbols.iter().filter_map(|symbol| {
            let exported = matches!(symbol.linkage, Linkage::Export | Linkage::Preemptible);
            symbol.name.as_deref().filter(|_| exported)
        })
    }
}

fn find<'a>(sections: &[Section<'a>], tag: [u8; 4]) -> Result<Section<'a>> {
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

fn postcard_section<T: DeserializeOwned>(
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

fn read_bodies(payload: &[u8]) -> Result<Vec<Function>> {
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
