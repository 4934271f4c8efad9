//! What an artifact says apart from its functions.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::container::{self, Section};
use super::debug::{self, DebugInfo};
use super::error::{ArtifactError, Result};
use super::form::Form;
use super::header::Header;
use super::module::{ImportSource, Linkage, Module, THROW};
use super::sections::{find, postcard_section};
use super::settings::{self, Setting};
use super::{BODY, FORM, HEAD, MODU};
use crate::digest::Digest;

/// All of an artifact but its functions. Both forms of an artifact have it:
/// [`CodegenArtifact`](super::CodegenArtifact) and
/// [`LocatedArtifact`](super::LocatedArtifact).
#[derive(Debug, Clone)]
pub struct Outline {
    pub(super) bytes: Arc<[u8]>,
    pub(super) digest: Digest,
    pub(super) contents: Contents,
}

/// What the sections say, without the functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    pub(super) header: Header,
    pub(super) module: Module,
    pub(super) forms: Vec<Form>,
    pub(super) settings: BTreeSet<Setting>,
    pub(super) debug: Option<DebugInfo>,
}

impl Outline {
    /// Reads all sections; `bodies` reads the payload of the one with the functions,
    /// which begins there in the file.
    pub(super) fn read<T>(
        bytes: Arc<[u8]>,
        bodies: impl FnOnce(&[u8], usize) -> Result<T>,
    ) -> Result<(Self, T)> {
        let (sections, digest) = container::read(&bytes)?;
        let header = postcard_section(&sections, HEAD, "HEAD", "header")?;
        let module = postcard_section(&sections, MODU, "MODU", "module")?;
        let forms = postcard_section(&sections, FORM, "FORM", "forms")?;
        let payload = find(&sections, BODY)?.payload;
        let bodies = bodies(payload, container::payload_offset(&sections, BODY))?;
        let contents = Contents {
            header,
            module,
            forms,
            settings: settings::read(&sections)?,
            debug: debug::read(&sections)?,
        };
        refuse_unknown(&sections)?;
        let outline = Self {
            bytes,
            digest,
            contents,
        };
        Ok((outline, bodies))
    }

    /// The whole file: the bytes that every backend receives (BK-2).
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The identity of the artifact: BLAKE3 of the file without its last 32
    /// bytes, which store it.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What a backend must know before it compiles.
    pub const fn header(&self) -> &Header {
        &self.contents.header
    }

    /// Signatures, symbols and data.
    pub const fn module(&self) -> &Module {
        &self.contents.module
    }

    /// The instruction forms, by [`FormId`](super::FormId).
    pub fn forms(&self) -> &[Form] {
        &self.contents.forms
    }

    /// What changes the meaning of all functions; a backend obeys each.
    pub const fn settings(&self) -> &BTreeSet<Setting> {
        &self.contents.settings
    }

    /// What the artifact tells debuggers, if it does.
    pub const fn debug(&self) -> Option<&DebugInfo> {
        self.contents.debug.as_ref()
    }

    /// The imported symbols, functions and data, in symbol order: linker name
    /// and source. [`THROW`] is none of them.
    pub fn imports(&self) -> impl Iterator<Item = (&str, &ImportSource)> {
        self.module()
            .symbols
            .iter()
            .filter_map(|symbol| match (&symbol.name, &symbol.linkage) {
                (Some(name), Linkage::Import(ImportSource::Plain)) if name == THROW => None,
                (Some(name), Linkage::Import(source)) => Some((name.as_str(), source)),
                _ => None,
            })
    }

    /// Linker names of the runtime symbols that the program imports, in symbol
    /// order.
    pub fn runtime_imports(&self) -> impl Iterator<Item = &str> {
        self.imports()
            .filter(|(_, source)| **source == ImportSource::Runtime)
            .map(|(name, _)| name)
    }

    /// Linker names of the exported symbols, in symbol order: those of linkage
    /// [`Linkage::Export`] and [`Linkage::Preemptible`].
    pub fn exports(&self) -> impl Iterator<Item = &str> {
        self.module().symbols.iter().filter_map(|symbol| {
            let exported = matches!(symbol.linkage, Linkage::Export | Linkage::Preemptible);
            symbol.name.as_deref().filter(|_| exported)
        })
    }
}

fn refuse_unknown(sections: &[Section<'_>]) -> Result<()> {
    let known = [HEAD, MODU, FORM, BODY, settings::SETT, debug::DBUG];
    let mut required = sections.iter().filter(|section| section.required);
    match required.find(|section| !known.contains(&section.tag)) {
        None => Ok(()),
        Some(section) => Err(ArtifactError::UnknownSection {
            tag: container::tag_name(section.tag),
        }),
    }
}
