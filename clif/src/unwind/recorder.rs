//! A module, with the frames of the functions which it is given as CLIF.

use cranelift_codegen::Context;
use cranelift_module::{FuncId, Module, ModuleResult};

use super::saved::saved;
use super::{Frame, Unwind};

/// Where functions are defined, and their frames noted.
pub(crate) struct Recorder<'m> {
    pub(crate) module: &'m mut dyn Module,
    pub(crate) frames: &'m mut Vec<Frame>,
}

impl Recorder<'_> {
    /// Compiles and defines a function.
    pub(crate) fn define(&mut self, function: FuncId, context: &mut Context) -> ModuleResult<()> {
        self.module.define_function(function, context)?;
        if let Some(code) = context.compiled_code() {
            self.frames.push(Frame {
                function,
                length: code.code_info().total_size,
                unwind: Unwind::of(code, self.module.isa())?,
                saved: saved(code, self.module.isa()),
                places: None,
            });
        }
        Ok(())
    }
}
