//! Sections that describe code, before the code has an address.

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::gimli::write::{
    EndianVec, RelocateWriter, Relocation as Written, RelocationTarget,
};
use cranelift_codegen::gimli::{RunTimeEndian, SectionId};

/// The contents of a section, with what is to be filled in.
#[derive(Debug, Clone)]
pub struct Section {
    /// Which one.
    pub id: SectionId,
    /// Zeroes where relocations apply.
    pub bytes: Vec<u8>,
    /// In the order of their offsets, as far as they were written in it.
    pub relocations: Vec<Relocation>,
}

/// A number that is known when there are addresses.
#[derive(Debug, Clone, Copy)]
pub struct Relocation {
    /// Where it goes.
    pub offset: usize,
    /// In bytes.
    pub size: u8,
    /// What is at the address.
    pub target: Target,
    /// What is added to the address.
    pub addend: i64,
    /// Whether the distance from where the number is is meant.
    pub relative: bool,
}

/// What a relocation refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A function, by its place in the list of frames.
    Function(usize),
    /// Data that the artifact defines.
    Data(SymbolId),
    /// Another of the sections.
    Section(SectionId),
}

/// A section that is being written; functions are `Address::Symbol` with their
/// place in the list of frames, and data are behind all of them.
#[derive(Debug, Clone)]
pub(crate) struct Writing {
    bytes: EndianVec<RunTimeEndian>,
    relocations: Vec<Relocation>,
    functions: usize,
}

impl Writing {
    pub(crate) fn new(endian: RunTimeEndian, functions: usize) -> Self {
        Self {
            bytes: EndianVec::new(endian),
            relocations: Vec::new(),
            functions,
        }
    }

    pub(crate) fn done(self, id: SectionId) -> Section {
        Section {
            id,
            bytes: self.bytes.into_vec(),
            relocations: self.relocations,
        }
    }
}

impl RelocateWriter for Writing {
    type Writer = EndianVec<RunTimeEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, written: Written) {
        let relative = written.eh_pe.is_some_and(|encoding| {
            encoding.application() == cranelift_codegen::gimli::constants::DW_EH_PE_pcrel
        });
        self.relocations.push(Relocation {
            offset: written.offset,
            size: written.size,
            target: match written.target {
                RelocationTarget::Symbol(number) => match number.checked_sub(self.functions) {
                    None => Target::Function(number),
                    Some(symbol) => Target::Data(symbol as SymbolId),
                },
                RelocationTarget::Section(id) => Target::Section(id),
            },
            addend: written.addend,
            relative,
        });
    }
}
