//! What a function declares before its blocks.

use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::{
    Constant, ConstantData, ExternalName, GlobalValue, GlobalValueData, StackSlotData,
    StackSlotKey, StackSlotKind, UserExternalName,
};

use crate::trip::{instructions, parsed, survives};

#[test]
fn every_kind_of_global_value_survives() {
    let mut func = parsed(
        "function u0:9(i64 vmctx) -> i64 {
    region0 = 7 \"the heap\"
    region1 = 4294967295 \"\"
    gv0 = vmctx
    gv1 = symbol u1:0
    gv2 = symbol colocated u1:1+8
    gv3 = symbol u1:1
    gv4 = symbol colocated tls u1:2
    gv5 = symbol tls u1:2+4
    gv6 = symbol colocated u0:9
    gv7 = load.i64 notrap aligned readonly can_move region1 gv0-8
    gv8 = load.i32 notrap aligned little gv7+2147483647
    gv9 = iadd_imm.i64 gv7, -9223372036854775808
    gv10 = dyn_scale_target_const.i32x4
    gv11 = dyn_scale_target_const.f64x2
    stack_limit = gv9
block0(v0: i64):
    v1 = symbol_value.i64 gv6
    v2 = tls_value.i64 gv4
    v3 = load.i64 aligned region0 v1
    store region1 v3, v2
    return v3
}",
    );
    survives(&func);
    // The text's reader takes no negative offset.
    let value = &mut func.global_values[GlobalValue::from_u32(3)];
    let GlobalValueData::Symbol { offset, .. } = value else {
        panic!("{func}");
    };
    *offset = i64::MIN.into();
    survives(&func);
}

#[test]
fn slots_survive_with_alignment_and_key() {
    let mut func = parsed(
        "function u0:9() {
    gv0 = dyn_scale_target_const.i8x16
    gv1 = dyn_scale_target_const.f32x4
    dt0 = i8x16*gv0
    dt1 = f32x4*gv1
    dss0 = explicit_dynamic_slot dt1
    dss1 = explicit_dynamic_slot dt0
    dss2 = explicit_dynamic_slot dt0
block0:
    v0 = dynamic_stack_addr.i64 dss0
    v1 = dynamic_stack_addr.i64 dss2
    return
}",
    );
    for (size, align_shift, key) in [
        (0, 0, None),
        (u32::MAX, 16, Some(u64::MAX)),
        (1, 3, Some(0)),
    ] {
        let mut slot = StackSlotData::new(StackSlotKind::ExplicitSlot, size, align_shift);
        slot.key = key.map(StackSlotKey::new);
        func.create_sized_stack_slot(slot);
    }
    let result = survives(&func);
    assert!(result.sized_stack_slots == func.sized_stack_slots);
    assert!(result.dfg.dynamic_types == func.dfg.dynamic_types);
}

#[test]
fn callees_survive_with_distance_and_patchability() {
    survives(&parsed(
        "function u0:9(i64) system_v {
    sig0 = (i64) system_v
    sig1 = (i64) preserve_all
    sig2 = () -> i8 fast
    fn0 = u0:3 sig0
    fn1 = colocated u0:9 sig0
    fn2 = patchable u0:1 sig1
    fn3 = colocated patchable u0:9 sig1
    fn4 = u0:3 sig2
block0(v0: i64):
    call fn0(v0)
    call fn1(v0)
    call fn2(v0)
    call fn3(v0)
    v1 = func_addr.i64 fn4
    v2 = call_indirect sig2, v1()
    return
}",
    ));
}

#[test]
fn an_index_table_survives_however_many_tables_there_are() {
    survives(&parsed(
        "function u0:9(i32) {
block0(v0: i32):
    br_table v0, block1, []

block1:
    br_table v0, block2(v0, v0), [block1, block2(v0, v0), block1]

block2(v1: i32, v2: i32):
    return
}",
    ));
}

/// Two constants may be equal, and each keeps its number.
#[test]
fn constants_survive_equal_or_not_used() {
    survives(&parsed(
        "function u0:9() {
    const0 = 0x000102030405060708090a0b0c0d0e0f
    const1 = 0xff
    const2 = 0x000102030405060708090a0b0c0d0e0f
    const3 = 0x0011
block0:
    v0 = vconst.i8x16 const2
    v1 = f128const const0
    v2 = vconst.i8x16 const0
    return
}",
    ));
}

#[test]
fn shuffle_masks_are_not_mixed_up() {
    let mut func = parsed(
        "function u0:9(i8x16) {
block0(v0: i8x16):
    v1 = shuffle v0, v0, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]
    v2 = shuffle v0, v0, [31 1 2 3 4 5 6 7 8 9 10 11 12 13 14 0]
    v3 = shuffle v0, v0, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15]
    return
}",
    );
    func.dfg.immediates.push(ConstantData::from(vec![9; 16]));
    let result = survives(&func);
    assert!(result.dfg.immediates == func.dfg.immediates);
    assert!(func.dfg.constants.iter().next().is_none());
    assert_eq!(instructions(&result).count(), 4);
}

/// Names are looked up by what they stand for, not by their place in the
/// function's table of names.
#[test]
fn names_that_were_declared_and_not_used_make_no_difference() {
    let mut func = parsed("function u0:9() {\nblock0:\n    return\n}");
    func.declare_imported_user_function(UserExternalName::new(7, 7));
    let name = func.declare_imported_user_function(UserExternalName::new(1, 1));
    func.create_global_value(GlobalValueData::Symbol {
        name: ExternalName::user(name),
        offset: 4.into(),
        colocated: true,
        tls: false,
    });
    func.dfg.constants.set(Constant::new(0), vec![1, 2].into());
    survives(&func);
}
