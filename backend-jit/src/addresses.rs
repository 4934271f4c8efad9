//! Where the code of a session is.

use beskid_clif::Defined;
use beskid_clif::sections::{Relocation, Section, Target};
use beskid_plugin_api::artifact::Outline;
use cranelift_codegen::gimli::SectionId;
use cranelift_jit::JITModule;
use cranelift_module::Module;

/// A function in memory.
pub(crate) struct Placed {
    pub(crate) name: String,
    pub(crate) address: u64,
    pub(crate) length: u32,
}

/// A module whose definitions are finalized, with what is defined in it.
#[derive(Clone, Copy)]
pub(crate) struct Addresses<'m> {
    pub(crate) artifact: &'m Outline,
    pub(crate) module: &'m JITModule,
    pub(crate) defined: &'m Defined,
}

impl Addresses<'_> {
    /// The functions, in the order in which they were compiled.
    pub(crate) fn functions(self) -> Vec<Placed> {
        let declarations = self.module.declarations();
        let functions = self.defined.frames().iter().map(|frame| {
            let function = declarations.get_function_decl(frame.function);
            let name = function.linkage_name(frame.function).into_owned();
            Placed {
                name,
                address: self.module.get_finalized_function(frame.function) as u64,
                length: frame.length,
            }
        });
        functions.collect()
    }

    /// Fills in what a section refers to. Sections refer to one another by offset:
    /// each begins at zero. `None` if it refers to what has no address.
    pub(crate) fn fill(self, section: Section) -> Option<(SectionId, Vec<u8>)> {
        let mut bytes = section.bytes;
        for relocation in &section.relocations {
            let value = self
                .target(relocation)?
                .wrapping_add_signed(relocation.addend);
            let size = usize::from(relocation.size);
            let place = bytes.get_mut(relocation.offset..)?.get_mut(..size)?;
            place.copy_from_slice(value.to_le_bytes().get(..size)?);
        }
        Some((section.id, bytes))
    }

    fn target(self, relocation: &Relocation) -> Option<u64> {
        match relocation.target {
            Target::Function(frame) => {
                let frame = self.defined.frames().get(frame)?;
                Some(self.module.get_finalized_function(frame.function) as u64)
            }
            Target::Data(symbol) => {
                let data = self.defined.data(symbol)?;
                Some(self.module.get_finalized_data(data).0 as u64)
            }
            Target::Section(_) => Some(0),
        }
    }
}
