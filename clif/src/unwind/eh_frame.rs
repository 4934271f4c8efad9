//! `.eh_frame`: one common entry, and one for each function.

use cranelift_codegen::gimli::constants::{
    DW_EH_PE_absptr, DW_EH_PE_pcrel, DW_EH_PE_sdata4, DwEhPe,
};
use cranelift_codegen::gimli::write::{Address, EhFrame, FrameTable};
use cranelift_codegen::gimli::{RunTimeEndian, SectionId};
use cranelift_codegen::isa::TargetIsa;

use super::{Frame, Unwind};
use crate::sections::{Section, Writing};

/// How the table refers to functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointers {
    /// By their distance, in four bytes.
    Near,
    /// By their distance, in as many bytes as a pointer has.
    Far,
    /// By their address.
    Absolute,
}

impl Pointers {
    const fn encoding(self) -> DwEhPe {
        match self {
            Self::Near => DwEhPe(DW_EH_PE_pcrel.0 | DW_EH_PE_sdata4.0),
            Self::Far => DwEhPe(DW_EH_PE_pcrel.0 | DW_EH_PE_absptr.0),
            Self::Absolute => DW_EH_PE_absptr,
        }
    }
}

/// The table of frames that are described in this way; `None` if none is.
pub fn eh_frame(isa: &dyn TargetIsa, frames: &[Frame], pointers: Pointers) -> Option<Section> {
    let mut cie = isa.create_systemv_cie()?;
    cie.fde_address_encoding = pointers.encoding();
    let mut table = FrameTable::default();
    let cie = table.add_cie(cie);
    for (symbol, frame) in frames.iter().enumerate() {
        if let Unwind::SystemV(info) = &frame.unwind {
            let address = Address::Symbol { symbol, addend: 0 };
            table.add_fde(cie, info.to_fde(address));
        }
    }
    let mut section = EhFrame(Writing::new(RunTimeEndian::Little, frames.len()));
    table.write_eh_frame(&mut section).ok()?;
    let section = section.0.done(SectionId::EhFrame);
    (!section.bytes.is_empty()).then_some(section)
}
