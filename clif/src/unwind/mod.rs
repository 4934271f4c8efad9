//! How to leave the frames of compiled functions: for exceptions, debuggers and
//! profilers.

mod eh_frame;
mod recorder;

pub use eh_frame::{Pointers, eh_frame};

pub(crate) use recorder::Recorder;

use cranelift_codegen::isa::unwind::UnwindInfo;
use cranelift_module::FuncId;

/// A function that has machine code.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The module's function.
    pub function: FuncId,
    /// Bytes of its code.
    pub length: u32,
    /// What Cranelift says of its prologue; `None` where it has no words for it.
    pub info: Option<UnwindInfo>,
}
