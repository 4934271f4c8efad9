//! How to leave the frames of compiled functions: for exceptions, debuggers and
//! profilers.

mod eh_frame;
mod recorder;
mod saved;
mod windows;

pub use eh_frame::{Pointers, eh_frame};

pub(crate) use recorder::Recorder;
pub(crate) use saved::saved;

use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::{CfaUnwindInfo, UnwindInfo};
use cranelift_codegen::{CodegenResult, CompiledCode};
use cranelift_module::FuncId;
use target_lexicon::{Architecture, OperatingSystem};

use crate::debug::Places;

/// A function that has machine code.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The module's function.
    pub function: FuncId,
    /// Bytes of its code.
    pub length: u32,
    /// How to leave it.
    pub unwind: Unwind,
    /// The registers that it has saved, and how far below its frame pointer.
    pub(crate) saved: Vec<(u16, u32)>,
    /// Where its code has what debuggers are told of, if they are.
    pub(crate) places: Option<Places>,
}

/// How to leave a function, in the words of the target.
#[derive(Debug, Clone)]
pub enum Unwind {
    /// For `.eh_frame`.
    SystemV(CfaUnwindInfo),
    /// `UNWIND_INFO` of Windows on x86-64.
    Windows(Vec<u8>),
    /// Nothing is to be said, or there are no words for it.
    Nothing,
}

impl Unwind {
    /// Of a function that was just compiled.
    ///
    /// # Errors
    /// Registers that have no number.
    pub(crate) fn of(code: &CompiledCode, isa: &dyn TargetIsa) -> CodegenResult<Self> {
        let triple = isa.triple();
        if triple.operating_system == OperatingSystem::Windows {
            let info = match triple.architecture {
                Architecture::X86_64 => windows::info(code, isa),
                _ => None,
            };
            return Ok(info.map_or(Self::Nothing, Self::Windows));
        }
        Ok(match code.create_unwind_info(isa)? {
            Some(UnwindInfo::SystemV(info)) => Self::SystemV(info),
            _ => Self::Nothing,
        })
    }
}
