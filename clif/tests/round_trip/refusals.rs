//! A function that cannot be carried is refused, with the name of what is wrong.

use cranelift_codegen::ir::immediates::Offset32;
use cranelift_codegen::ir::{self, GlobalValueData, StackSlotData, StackSlotKind};

use crate::trip::{encoded, encoded_as, parsed};

const EMPTY: &str = "function u0:9() {\nblock0:\n    return\n}";

#[track_caller]
fn refused(func: &ir::Function, reason: &str) {
    let error = encoded(func).unwrap_err();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn a_global_value_that_depends_on_itself_is_refused() {
    let mut func = parsed(EMPTY);
    let base = ir::GlobalValue::from_u32(1);
    let flags = ir::MemFlagsData::new();
    let flags = func.dfg.mem_flags.insert(flags).unwrap();
    for base in [base, ir::GlobalValue::from_u32(0)] {
        func.create_global_value(GlobalValueData::Load {
            base,
            offset: Offset32::new(0),
            global_type: ir::types::I64,
            flags,
        });
    }
    refused(&func, "gv0 depends on itself");
}

#[test]
fn a_name_that_stands_for_nothing_is_refused() {
    let func = parsed("function u0:9() {\n    gv0 = symbol u1:77\nblock0:\n    return\n}");
    refused(&func, "`u1:77` is not declared");
    let func = parsed("function u0:9() {\n    fn0 = %text()\nblock0:\n    return\n}");
    refused(&func, "`%text` is not declared");
}

#[test]
fn a_far_callee_that_claims_to_be_near_is_refused() {
    let func = parsed("function u0:9() {\n    fn0 = colocated u0:1()\nblock0:\n    return\n}");
    refused(&func, "is marked as colocated");
}

#[test]
fn a_slot_that_is_aligned_too_much_is_refused() {
    let mut func = parsed(EMPTY);
    func.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 17));
    refused(&func, "stack slot alignment 2^17 is too large");
}

#[test]
fn a_branch_out_of_the_layout_and_a_value_from_there_are_refused() {
    let text = "function u0:9() {\nblock0:\n    jump block1\n\nblock1:\n    return\n}";
    let mut func = parsed(text);
    let last = func.layout.last_block().unwrap();
    let end = func.layout.last_inst(last).unwrap();
    func.layout.remove_inst(end);
    func.layout.remove_block(last);
    refused(&func, "block1 is used but not in the layout");

    let text = "function u0:9() -> i32 {\nblock0:\n    v0 = iconst.i32 1\n    return v0\n}";
    let mut func = parsed(text);
    let entry = func.layout.entry_block().unwrap();
    let first = func.layout.first_inst(entry).unwrap();
    func.layout.remove_inst(first);
    refused(&func, "v0 is used but never defined");
}

/// A body does not say what its signature is, so that it would come back with
/// the declared one.
#[test]
fn a_function_that_is_declared_with_another_signature_is_refused() {
    let func = parsed(EMPTY);
    let mut declared = func.signature.clone();
    declared.call_conv = cranelift_codegen::isa::CallConv::Tail;
    let error = encoded_as(&func, &declared).unwrap_err();
    assert!(error.contains("is not the one declared"), "{error}");
}
