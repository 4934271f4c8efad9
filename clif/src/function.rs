//! Functions that the backends write themselves.

use cranelift_codegen::Context;
use cranelift_codegen::ir::{Signature, Value};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenError, verify_function};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Linkage, Module, ModuleError, ModuleResult};

use crate::unwind::Recorder;

/// Whether Cranelift's verifier is asked of functions that are sound: those that the
/// decoder has checked, those that others were inlined in, and our own.
pub(crate) fn is_verified_again(isa: &dyn TargetIsa) -> bool {
    cfg!(debug_assertions) || isa.flags().enable_verifier()
}

/// Declares and defines a function; `body` fills in its blocks from the entry
/// on, whose parameters it is given.
pub(crate) fn define_with(
    recorder: &mut Recorder<'_>,
    name: &str,
    linkage: Linkage,
    signature: Signature,
    body: impl FnOnce(&mut dyn Module, &mut FunctionBuilder<'_>, &[Value]) -> ModuleResult<()>,
) -> ModuleResult<()> {
    let id = recorder
        .module
        .declare_function(name, linkage, &signature)?;
    define_as(recorder, id, signature, body)
}

/// Defines a function that is declared.
pub(crate) fn define_as(
    recorder: &mut Recorder<'_>,
    id: FuncId,
    signature: Signature,
    body: impl FnOnce(&mut dyn Module, &mut FunctionBuilder<'_>, &[Value]) -> ModuleResult<()>,
) -> ModuleResult<()> {
    let module = &mut *recorder.module;
    let mut context = Context::new();
    context.func.signature = signature;
    let mut frontend = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut frontend);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let params = builder.block_params(entry).to_vec();
    body(module, &mut builder, &params)?;
    builder.seal_all_blocks();
    builder.finalize(module.target_config());
    if is_verified_again(module.isa()) {
        verify_function(&context.func, module.isa())
            .map_err(|errors| ModuleError::Compilation(CodegenError::Verifier(errors)))?;
    }
    recorder.define(id, &mut context)
}
