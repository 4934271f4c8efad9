//! A module that notes the frames of the functions which it is given as CLIF.

use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{Context, ir};
use cranelift_module::{
    DataDescription, DataId, FuncId, Linkage, Module, ModuleDeclarations, ModuleReloc, ModuleResult,
};

use super::saved::saved;
use super::{Frame, Unwind};

/// Hands everything on to another module.
pub(crate) struct Recorder<'m> {
    pub(crate) module: &'m mut dyn Module,
    pub(crate) frames: &'m mut Vec<Frame>,
}

impl Module for Recorder<'_> {
    fn isa(&self) -> &dyn TargetIsa {
        self.module.isa()
    }

    fn declarations(&self) -> &ModuleDeclarations {
        self.module.declarations()
    }

    fn declare_function(
        &mut self,
        name: &str,
        linkage: Linkage,
        signature: &ir::Signature,
    ) -> ModuleResult<FuncId> {
        self.module.declare_function(name, linkage, signature)
    }

    fn declare_anonymous_function(&mut self, signature: &ir::Signature) -> ModuleResult<FuncId> {
        self.module.declare_anonymous_function(signature)
    }

    fn declare_data(
        &mut self,
        name: &str,
        linkage: Linkage,
        writable: bool,
        tls: bool,
    ) -> ModuleResult<DataId> {
        self.module.declare_data(name, linkage, writable, tls)
    }

    fn declare_anonymous_data(&mut self, writable: bool, tls: bool) -> ModuleResult<DataId> {
        self.module.declare_anonymous_data(writable, tls)
    }

    fn define_function_with_control_plane(
        &mut self,
        function: FuncId,
        context: &mut Context,
        plane: &mut ControlPlane,
    ) -> ModuleResult<()> {
        self.module
            .define_function_with_control_plane(function, context, plane)?;
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

    fn define_function_bytes(
        &mut self,
        function: FuncId,
        alignment: u64,
        bytes: &[u8],
        relocations: &[ModuleReloc],
    ) -> ModuleResult<()> {
        self.module
            .define_function_bytes(function, alignment, bytes, relocations)
    }

    fn define_data(&mut self, data: DataId, description: &DataDescription) -> ModuleResult<()> {
        self.module.define_data(data, description)
    }
}
