//! Routines that Cranelift calls and no C library has, compiled into the object
//! that needs them.

use beskid_plugin_api::artifact::Outline;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    AbiParam, InstBuilder, LibCall, MemFlagsData, StackSlotData, StackSlotKind, types,
};
use cranelift_module::{Linkage, Module, ModuleResult};

use crate::define::compile_error;
use crate::defined::Defined;
use crate::error::ClifError;
use crate::function::define_with;
use crate::unwind::Recorder;

/// Instructions that become a call of the byte shuffle on x86-64 processors
/// without SSSE3.
const SHUFFLES: [&str; 2] = ["swizzle", "shuffle"];

/// Number of bytes in the vectors of the byte shuffle.
const LANES: i32 = 16;

/// Defines the routines that the artifact's functions may call. Calls of
/// library routines go to a function of the module by that name, if there is
/// one. `names` gives the names of the routines.
///
/// # Errors
/// [`ClifError::Compile`] if Cranelift fails.
pub fn define(
    artifact: &Outline,
    names: &dyn Fn(LibCall) -> String,
    defined: &mut Defined,
    module: &mut dyn Module,
) -> Result<(), ClifError> {
    let flags = module.isa().isa_flags();
    let lacks_shuffle = flags
        .iter()
        .any(|flag| flag.name == "has_ssse3" && flag.as_bool() == Some(false));
    let mut forms = artifact.forms().iter();
    if !lacks_shuffle || !forms.any(|form| SHUFFLES.contains(&form.mnemonic.as_str())) {
        return Ok(());
    }
    let name = names(LibCall::X86Pshufb);
    let recorder = &mut Recorder {
        module,
        frames: &mut defined.frames,
    };
    byte_shuffle(&name, recorder).map_err(|error| compile_error(name, &error))
}

/// For each byte of the second vector: the byte of the first one that its low
/// four bits choose, or zero if its high bit is set.
fn byte_shuffle(name: &str, recorder: &mut Recorder<'_>) -> ModuleResult<()> {
    let mut signature = recorder.module.make_signature();
    signature.params = vec![AbiParam::new(types::I8X16); 2];
    signature.returns = vec![AbiParam::new(types::I8X16)];
    define_with(
        recorder,
        name,
        Linkage::Local,
        signature,
        |module, builder, vectors| {
            let pointer = module.isa().pointer_type();
            let flags = MemFlagsData::trusted();
            let mut slot = || {
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, LANES as u32, 4);
                let slot = builder.create_sized_stack_slot(data);
                builder.ins().stack_addr(pointer, slot, 0)
            };
            let [bytes, choices, result] = [slot(), slot(), slot()];
            builder.ins().store(flags, vectors[0], bytes, 0);
            builder.ins().store(flags, vectors[1], choices, 0);
            let zero = builder.ins().iconst(types::I32, 0);
            for lane in 0..LANES {
                let choice = builder.ins().uload8(types::I32, flags, choices, lane);
                let fifteen = builder.ins().iconst(types::I32, 15);
                let index = builder.ins().band(choice, fifteen);
                let index = builder.ins().uextend(pointer, index);
                let place = builder.ins().iadd(bytes, index);
                let byte = builder.ins().uload8(types::I32, flags, place, 0);
                let high = builder.ins().iconst(types::I32, 0x80);
                let kept = builder.ins().icmp(IntCC::UnsignedLessThan, choice, high);
                let byte = builder.ins().select(kept, byte, zero);
                builder.ins().istore8(flags, byte, result, lane);
            }
            let result = builder.ins().load(types::I8X16, flags, result, 0);
            builder.ins().return_(&[result]);
            Ok(())
        },
    )
}
