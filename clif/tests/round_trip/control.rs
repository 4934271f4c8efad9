//! Blocks, their order, what is outside the layout, and exceptions.

use cranelift_codegen::ir::{InstructionData, Opcode, types};

use crate::trip::{back, instructions, parsed, printed, survives};

#[test]
fn an_alias_stands_for_its_value_wherever_it_is_used() {
    let mut func = parsed(
        "function u0:9(i64, i64) -> i64 tail {
    sig0 = (i64) -> i64 tail
    fn0 = u0:1 sig0
block0(v0: i64, v1: i64):
    v2 = iconst.i64 1
    v3 = iadd v0, v2
    brif v3, block1(v3), block2(v3, v1)

block1(v4: i64):
    br_table v5, block1(v3), [block2(v3, v3)]

block2(v6: i64, v7: i64):
    try_call fn0(v3), sig0, block1(ret0), [ context v3, default: block2(exn0, v3) ]
}"
        .replace("br_table v5", "br_table v8")
        .replace(
            "v2 = iconst.i64 1",
            "v8 = iconst.i32 1\n    v2 = iconst.i64 1",
        )
        .as_str(),
    );
    // The sum is gone, and v1 takes its place.
    let sum = instructions(&func).nth(2).unwrap();
    let value = func.dfg.first_result(sum);
    let second = func.dfg.block_params(func.layout.entry_block().unwrap())[1];
    func.layout.remove_inst(sum);
    func.dfg.clear_results(sum);
    func.dfg.change_to_alias(value, second);
    let canonical = parsed(
        "function u0:9(i64, i64) -> i64 tail {
    sig0 = (i64) -> i64 tail
    fn0 = u0:1 sig0
block0(v0: i64, v1: i64):
    v2 = iconst.i32 1
    v3 = iconst.i64 1
    brif v1, block1(v1), block2(v1, v1)

block1(v4: i64):
    br_table v2, block1(v1), [block2(v1, v1)]

block2(v5: i64, v6: i64):
    try_call fn0(v1), sig0, block1(ret0), [ context v1, default: block2(exn0, v1) ]
}",
    );
    assert_eq!(printed(&back(&func)), printed(&canonical));
}

#[test]
fn blocks_and_values_outside_the_layout_are_left_out() {
    let text = "function u0:9(i32) -> i32 {
block0(v0: i32):
    v1 = iadd v0, v0
    return v1
}";
    let mut func = parsed(text);
    let block = func.dfg.make_block();
    let param = func.dfg.append_block_param(block, types::F64X2);
    let opcode = Opcode::Fabs;
    let inst = func
        .dfg
        .make_inst(InstructionData::Unary { opcode, arg: param });
    func.dfg.make_inst_results(inst, types::F64X2);
    let result = survives(&func);
    assert_eq!((result.dfg.num_blocks(), result.dfg.num_insts()), (1, 2));
    assert_eq!(result.dfg.num_values(), 2);
}

#[test]
fn cold_blocks_stay_cold() {
    survives(&parsed(
        "function u0:9(i32) {
block0(v0: i32):
    brif v0, block1, block2(v0, v0)

block1 cold:
    trap user1

block2(v1: i32, v2: i32) cold:
    jump block3

block3:
    return
}",
    ));
}

#[test]
fn values_may_be_used_in_blocks_that_stand_before_their_definition() {
    survives(&parsed(
        "function u0:9(i32) -> i32 {
block0(v0: i32):
    jump block2

block1:
    v1 = iadd.i32 v2, v0
    return v1

block2:
    v2 = iadd v0, v0
    jump block1
}",
    ));
}

#[test]
fn exception_tables_survive_with_contexts_tags_and_payloads() {
    survives(&parsed(
        "function u0:9(i64, i64) -> i64 tail {
    sig0 = (i64) -> i64, i32 tail
    sig1 = () tail
    fn0 = u0:1 sig0
    fn1 = colocated u0:9 sig1
block0(v0: i64, v1: i64):
    try_call fn0(v0), sig0, block1(v0, ret1, ret0), [ tag4294967294: block2(exn1, v1), context v1, tag0: block2(exn0, exn1), tag0: block2(v0, v0), context v0, default: block3 ]

block1(v2: i64, v3: i32, v4: i64):
    try_call fn1(), sig1, block3, []

block2(v5: i64, v6: i64):
    try_call_indirect v5(v6), sig0, block2(ret0, v5), [ default: block3, context v6 ]

block3:
    try_call_indirect v1(), sig1, block4, [ tag1: block4, tag2: block2(exn0, exn0) ]

block4:
    v7 = get_exception_handler_address.i64 block3, 1
    return v7
}",
    ));
}
