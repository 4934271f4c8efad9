//! Numbers that are not dense or not in order come back as if they had been.

use cranelift_codegen::ir::{
    BlockArg, BlockCall, ExceptionTableData, ExceptionTableItem, ExceptionTag, Function,
    InstructionData, JumpTableData, Opcode, types,
};

use crate::trip::{back, parsed, printed, survives};

/// Sparse numbers, aliases and a layout that differs from the creation order
/// come back canonical.
#[test]
fn numbers_become_dense_and_aliases_are_resolved() {
    let func = parsed(
        "function u0:9(i32) -> i32 {
block7(v30: i32):
    v31 -> v30
    v20 = iadd v31, v30
    jump block3(v20)

block3(v9: i32):
    return v9
}",
    );
    let canonical = parsed(
        "function u0:9(i32) -> i32 {
block0(v0: i32):
    v1 = iadd v0, v0
    jump block1(v1)

block1(v2: i32):
    return v2
}",
    );
    assert_eq!(printed(&back(&func)), printed(&canonical));
    survives(&canonical);
}

/// Where the numbers of constants, callees or global values have gaps, the
/// artifact closes them: each use must still mean what it meant.
#[test]
fn numbers_with_gaps_are_closed() {
    let func = parsed(
        "function u0:9() {
    gv2 = symbol u1:0
    gv5 = symbol colocated u1:1
    sig0 = () fast
    fn1 = u0:3 sig0
    fn4 = u0:1 sig0
    const1 = 0x00000000000000000000000000000001
    const3 = 0x00000000000000000000000000000003
block0:
    v0 = vconst.i64x2 const1
    v1 = vconst.i64x2 const3
    call fn4()
    call fn1()
    v2 = symbol_value.i64 gv5
    v3 = symbol_value.i64 gv2
    return
}",
    );
    let closed = [
        ("gv2", "gv0"),
        ("gv5", "gv1"),
        ("fn1", "fn0"),
        ("fn4", "fn1"),
        ("const1", "const0"),
        ("const3", "const1"),
    ];
    let mut expected = printed(&func);
    // Only the reader's filling has the first two numbers.
    let filling = |line: &&str| {
        let line = line.trim_start();
        !["gv0 =", "gv1 =", "gv3 =", "gv4 ="]
            .iter()
            .any(|gap| line.starts_with(gap))
    };
    expected = expected
        .lines()
        .filter(filling)
        .map(|line| format!("{line}\n"))
        .collect();
    for (old, new) in closed {
        expected = expected.replace(old, new);
    }
    assert_eq!(printed(&back(&func)), expected);
}

#[test]
fn a_global_value_may_stand_before_its_base() {
    let func = parsed(
        "function u0:9(i64 vmctx) {
    gv0 = iadd_imm.i64 gv2, 8
    gv1 = symbol u1:0
    gv2 = load.i64 notrap aligned gv3
    gv3 = vmctx
    stack_limit = gv0
block0(v0: i64):
    v1 = symbol_value.i64 gv1
    v2 = symbol_value.i64 gv0
    return
}",
    );
    let sorted = parsed(
        "function u0:9(i64 vmctx) {
    gv0 = vmctx
    gv1 = load.i64 notrap aligned gv0
    gv2 = iadd_imm.i64 gv1, 8
    gv3 = symbol u1:0
    stack_limit = gv2
block0(v0: i64):
    v1 = symbol_value.i64 gv3
    v2 = symbol_value.i64 gv2
    return
}",
    );
    assert_eq!(printed(&back(&func)), printed(&sorted));
    survives(&sorted);
}

/// A table of a branch that was removed may name blocks that were removed with
/// it; nothing of the function depends on it.
#[test]
fn tables_that_no_instruction_refers_to_are_left_out() {
    let text = "function u0:9(i32) {
block0(v0: i32):
    br_table v0, block1, [block1]

block1:
    return
}";
    let mut func = Function::new();
    func.signature = parsed(text).signature.clone();
    let (entry, gone) = (func.dfg.make_block(), func.dfg.make_block());
    let call = func.dfg.block_call(gone, []);
    func.create_jump_table(JumpTableData::new(call, &[]));
    func.layout.append_block(entry);
    let value = func.dfg.append_block_param(entry, types::I32);
    let end = func.dfg.make_block();
    func.layout.append_block(end);
    let call = func.dfg.block_call(end, []);
    let table = func.create_jump_table(JumpTableData::new(call, &[call]));
    let opcode = Opcode::BrTable;
    let arg = value;
    let branch = func
        .dfg
        .make_inst(InstructionData::BranchTable { opcode, arg, table });
    func.layout.append_inst(branch, entry);
    let (opcode, args) = (Opcode::Return, Default::default());
    let last = func
        .dfg
        .make_inst(InstructionData::MultiAry { opcode, args });
    func.layout.append_inst(last, end);
    let result = back(&func);
    assert_eq!(printed(&result), printed(&parsed(text)));
    assert_eq!(result.dfg.jump_tables.len(), 1);
}

#[test]
fn exception_tables_that_no_call_refers_to_are_left_out() {
    let text = "function u0:9(i64) tail {
    sig0 = () tail
    fn0 = u0:1 sig0
block0(v0: i64):
    try_call fn0(), sig0, block1, [ context v0, default: block1 ]

block1:
    return
}";
    let mut func = parsed(text);
    let call = func.layout.first_inst(func.layout.entry_block().unwrap());
    let call = call.unwrap();
    let used = func.dfg.insts[call].exception_table().unwrap();
    // The table in use is a second one, and the first names a block that is
    // not there.
    let signature = func.dfg.exception_tables[used].signature();
    let table = func.dfg.exception_tables[used].clone();
    let gone = func.dfg.make_block();
    let args = [BlockArg::TryCallExn(0)];
    let gone = BlockCall::new(gone, args, &mut func.dfg.value_lists);
    let items = [ExceptionTableItem::Tag(ExceptionTag::from_u32(1), gone)];
    func.dfg.exception_tables[used] = ExceptionTableData::new(signature, gone, items);
    let second = func.dfg.exception_tables.push(table);
    let data = &mut func.dfg.insts[call];
    let InstructionData::TryCall { exception, .. } = data else {
        panic!("{data:?}");
    };
    *exception = second;
    let result = back(&func);
    assert_eq!(printed(&result), printed(&parsed(text)));
    assert_eq!(result.dfg.exception_tables.len(), 1);
}
