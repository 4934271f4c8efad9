//! The functions through which an entrypoint is reached from outside, as the
//! plugin interface plans them.

use beskid_plugin_api::backend::{CALLABLE_ENTRY, EntryPlan, EntryResult, MAIN, RuntimeStart};
use beskid_plugin_api::runtime_abi::START_SYMBOL;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{AbiParam, InstBuilder, MemFlagsData, TrapCode, Value, types};
use cranelift_frontend::FunctionBuilder;
use cranelift_module::{DataDescription, FuncId, FuncOrDataId, Linkage, Module, ModuleResult};

use crate::define::compile_error;
use crate::defined::Defined;
use crate::error::ClifError;
use crate::function::define_with;
use crate::unwind::Recorder;

/// Defines the function of a plan. Gives the import to which the object's reference
/// must be weak.
///
/// # Errors
/// [`ClifError::Function`] if the entrypoint is not a function;
/// [`ClifError::Compile`] if Cranelift fails.
pub fn define(
    plan: &EntryPlan<'_>,
    defined: &mut Defined,
    module: &mut dyn Module,
) -> Result<Option<FuncId>, ClifError> {
    let target = defined.function(plan.entrypoint.symbol);
    let target = target.ok_or_else(|| ClifError::Function {
        function: plan.name.to_owned(),
        reason: "the entrypoint is not a function".to_owned(),
    })?;
    let recorder = &mut Recorder {
        module,
        frames: &mut defined.frames,
    };
    let built = match plan.result {
        EntryResult::Same => callable(recorder, target),
        EntryResult::Low | EntryResult::Zero => main(recorder, target, plan),
    };
    built.map_err(|error| compile_error(plan.name.to_owned(), &error))?;
    Ok(match (plan.start, recorder.module.get_name(START_SYMBOL)) {
        (RuntimeStart::IfLoaded, Some(FuncOrDataId::Func(id))) => Some(id),
        _ => None,
    })
}

fn main(recorder: &mut Recorder<'_>, target: FuncId, plan: &EntryPlan<'_>) -> ModuleResult<()> {
    let module = &mut *recorder.module;
    let pointer = module.isa().pointer_type();
    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(types::I32), AbiParam::new(pointer)];
    signature.returns = vec![AbiParam::new(types::I32)];
    define_with(
        recorder,
        MAIN,
        Linkage::Export,
        signature,
        |module, builder, arguments| {
            if let Some(required) = plan.required {
                check_version(module, builder, required)?;
            }
            start_runtime(module, builder, arguments, plan.start)?;
            let results = call(module, builder, target);
            let status = match (plan.result, results.first().copied()) {
                (EntryResult::Low, Some(value)) => match builder.func.dfg.value_type(value) {
                    types::I32 => value,
                    _ => builder.ins().ireduce(types::I32, value),
                },
                _ => builder.ins().iconst(types::I32, 0),
            };
            builder.ins().return_(&[status]);
            Ok(())
        },
    )
}

fn callable(recorder: &mut Recorder<'_>, target: FuncId) -> ModuleResult<()> {
    let decl = recorder.module.declarations().get_function_decl(target);
    let signature = decl.signature.clone();
    define_with(
        recorder,
        CALLABLE_ENTRY,
        Linkage::Export,
        signature,
        |module, builder, _| {
            let results = call(module, builder, target);
            builder.ins().return_(&results);
            Ok(())
        },
    )
}

fn call(module: &mut dyn Module, builder: &mut FunctionBuilder<'_>, target: FuncId) -> Vec<Value> {
    let target = module.declare_func_in_func(target, builder.func);
    let call = builder.ins().call(target, &[]);
    builder.inst_results(call).to_vec()
}

/// Calls the runtime's `rt_start` with what C gives to `main`.
fn start_runtime(
    module: &mut dyn Module,
    builder: &mut FunctionBuilder<'_>,
    arguments: &[Value],
    asked: RuntimeStart,
) -> ModuleResult<()> {
    let (&[count, addresses], RuntimeStart::Linked | RuntimeStart::IfLoaded) = (arguments, asked)
    else {
        return Ok(());
    };
    let pointer = module.isa().pointer_type();
    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(types::I64), AbiParam::new(pointer)];
    let start = module.declare_function(START_SYMBOL, Linkage::Import, &signature)?;
    let start = module.declare_func_in_func(start, builder.func);
    let after = builder.create_block();
    if asked == RuntimeStart::IfLoaded {
        let there = builder.create_block();
        let address = builder.ins().func_addr(pointer, start);
        builder.ins().brif(address, there, &[], after, &[]);
        builder.switch_to_block(there);
    }
    let count = builder.ins().sextend(types::I64, count);
    builder.ins().call(start, &[count, addresses]);
    builder.ins().jump(after, &[]);
    builder.switch_to_block(after);
    Ok(())
}

/// Most decimal digits of a `u32`.
const DIGITS: u32 = 10;

/// ABI-003: ends the program before its own code if the runtime that it was
/// linked or loaded with has another version.
fn check_version(
    module: &mut dyn Module,
    builder: &mut FunctionBuilder<'_>,
    required: u32,
) -> ModuleResult<()> {
    let mut signature = module.make_signature();
    signature.returns = vec![AbiParam::new(types::I32)];
    let version =
        module.declare_function("beskid_runtime_abi_version", Linkage::Import, &signature)?;
    let version = module.declare_func_in_func(version, builder.func);
    let call = builder.ins().call(version, &[]);
    let found = builder.inst_results(call)[0];
    let wanted = builder.ins().iconst(types::I32, i64::from(required));
    let same = builder.ins().icmp(IntCC::Equal, found, wanted);
    let (run, refuse) = (builder.create_block(), builder.create_block());
    builder.set_cold_block(refuse);
    builder.ins().brif(same, run, &[], refuse, &[]);
    builder.switch_to_block(refuse);
    refuse_version(module, builder, found, required)?;
    builder.switch_to_block(run);
    Ok(())
}

/// Calls the runtime's `panic` with a message that begins with the decimal
/// digits of `found`.
fn refuse_version(
    module: &mut dyn Module,
    builder: &mut FunctionBuilder<'_>,
    found: Value,
    required: u32,
) -> ModuleResult<()> {
    let pointer = module.isa().pointer_type();
    let text = EntryPlan::mismatch(required);
    let mut message = vec![b'0'; DIGITS as usize];
    message.extend_from_slice(text.as_bytes());
    let length = message.len() as i64;
    let mut data = DataDescription::new();
    data.define(message.into_boxed_slice());
    let buffer = module.declare_anonymous_data(true, false)?;
    module.define_data(buffer, &data)?;
    let buffer = module.declare_data_in_func(buffer, builder.func);
    let buffer = builder.ins().symbol_value(pointer, buffer);

    let ten = builder.ins().iconst(types::I32, 10);
    let zero = builder.ins().iconst(types::I32, 0);
    let mut rest = found;
    let mut skipped = builder.ins().iconst(types::I32, 0);
    for place in (0..DIGITS).rev() {
        let digit = builder.ins().urem(rest, ten);
        let ascii = builder.ins().iadd_imm_u(digit, i64::from(b'0'));
        builder
            .ins()
            .istore8(MemFlagsData::trusted(), ascii, buffer, place as i32);
        if place < DIGITS - 1 {
            let unused = builder.ins().icmp(IntCC::Equal, rest, zero);
            let unused = builder.ins().uextend(types::I32, unused);
            skipped = builder.ins().iadd(skipped, unused);
        }
        rest = builder.ins().udiv(rest, ten);
    }
    let skipped = match pointer {
        types::I32 => skipped,
        _ => builder.ins().uextend(pointer, skipped),
    };
    let start = builder.ins().iadd(buffer, skipped);
    let length = builder.ins().iconst(pointer, length);
    let length = builder.ins().isub(length, skipped);

    let mut signature = module.make_signature();
    signature.params = vec![AbiParam::new(pointer); 2];
    let panic = module.declare_function("panic", Linkage::Import, &signature)?;
    let panic = module.declare_func_in_func(panic, builder.func);
    builder.ins().call(panic, &[start, length]);
    builder.ins().trap(TrapCode::unwrap_user(1));
    Ok(())
}
