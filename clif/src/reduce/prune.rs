//! Letting go of the symbols that no instruction mentions any more.

use std::collections::BTreeSet;

use cranelift_codegen::entity::packed_option::ReservedValue;
use cranelift_codegen::ir::{ExternalName, Function, GlobalValueData, InstructionData, SigRef};

/// Makes gaps of the callees and the global values that name a symbol and are
/// not used. Encoding leaves gaps out.
pub(super) fn prune(func: &mut Function) {
    let mut callees = BTreeSet::new();
    let mut globals = BTreeSet::new();
    globals.extend(func.stack_limit);
    let types = func.dfg.dynamic_types.values();
    globals.extend(types.map(|ty| ty.dynamic_scale));
    for data in func.global_values.values() {
        if let GlobalValueData::Load { base, .. } | GlobalValueData::IAddImm { base, .. } = data {
            globals.insert(*base);
        }
    }
    let blocks = func.layout.blocks();
    for inst in blocks.flat_map(|block| func.layout.block_insts(block)) {
        match func.dfg.insts[inst] {
            InstructionData::Call { func_ref, .. }
            | InstructionData::TryCall { func_ref, .. }
            | InstructionData::FuncAddr { func_ref, .. } => {
                callees.insert(func_ref);
            }
            InstructionData::UnaryGlobalValue { global_value, .. } => {
                globals.insert(global_value);
            }
            _ => {}
        }
    }
    for (callee, data) in func.dfg.ext_funcs.iter_mut() {
        if !callees.contains(&callee) {
            data.signature = SigRef::reserved_value();
            data.name = ExternalName::testcase("");
        }
    }
    for (value, data) in func.global_values.iter_mut() {
        if let GlobalValueData::Symbol { name, .. } = data
            && !globals.contains(&value)
        {
            *name = ExternalName::testcase("");
        }
    }
}
