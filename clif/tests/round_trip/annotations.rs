//! What hangs on instructions and values, most of which CLIF's text shows
//! nothing of.

use std::collections::BTreeMap;

use cranelift_codegen::ir::{
    DebugTag, Function, Inst, RelSourceLoc, SourceLoc, StackSlot, UserStackMapEntry, Value,
    ValueLabel, ValueLabelAssignments, ValueLabelStart, types,
};

use crate::trip::{back, instructions, parsed, survives};

/// The absolute position of each instruction.
fn positions(func: &Function) -> Vec<u32> {
    instructions(func)
        .map(|inst| func.srcloc(inst).bits())
        .collect()
}

/// Each value's labels with their absolute positions.
fn labels(func: &Function) -> BTreeMap<u32, Vec<(u32, u32)>> {
    let base = func.params.base_srcloc();
    let labels = func.dfg.values_labels.iter().flatten();
    let labels = labels.map(|(value, assignments)| {
        let ValueLabelAssignments::Starts(starts) = assignments else {
            panic!("{value} has the labels of another value");
        };
        let start =
            |start: &ValueLabelStart| (start.from.expand(base).bits(), start.label.as_u32());
        (value.as_u32(), starts.iter().map(start).collect())
    });
    labels.collect()
}

fn starts(func: &Function, starts: &[(u32, u32)]) -> ValueLabelAssignments {
    let base = func.params.base_srcloc();
    let start = |(position, label): &(u32, u32)| ValueLabelStart {
        from: RelSourceLoc::from_base_offset(base, SourceLoc::new(*position)),
        label: ValueLabel::from_u32(*label),
    };
    ValueLabelAssignments::Starts(starts.iter().map(start).collect())
}

fn label(func: &mut Function, value: u32, list: &[(u32, u32)]) {
    let starts = starts(func, list);
    let labels = func.dfg.values_labels.as_mut().unwrap();
    labels.insert(Value::from_u32(value), starts);
}

const THREE: &str = "
function u0:9(i32) -> i32 {
block0(v0: i32):
    v1 = iadd v0, v0
    v2 = iadd v1, v0
    return v2
}";

#[test]
fn positions_survive_whatever_they_are_counted_from() {
    let none = u32::MAX;
    for (base, places) in [
        (None, [none, none, none]),
        (None, [5, 5, 6]),
        (None, [none, 7, none]),
        // A distance of one below the base would read as "no position".
        (Some(100), [5, 4, 5]),
        (Some(0), [u32::MAX - 1, 0, 1]),
        (Some(9), [none, none, none]),
    ] {
        let mut func = parsed(THREE);
        if let Some(base) = base {
            func.params.ensure_base_srcloc(SourceLoc::new(base));
        }
        let insts = instructions(&func).collect::<Vec<_>>();
        for (inst, place) in insts.into_iter().zip(places) {
            if place != none {
                func.set_srcloc(inst, SourceLoc::new(place));
            }
        }
        assert_eq!(positions(&survives(&func)), places);
    }
}

#[test]
fn value_labels_survive_with_their_positions() {
    let mut func = parsed(THREE);
    let insts = instructions(&func).collect::<Vec<_>>();
    // The base is not the least position.
    for (inst, place) in insts.into_iter().zip([40, 30, 50]) {
        func.set_srcloc(inst, SourceLoc::new(place));
    }
    func.dfg.collect_debug_info();
    label(&mut func, 2, &[(30, 1), (50, 0)]);
    label(&mut func, 0, &[(29, 1), (u32::MAX, u32::MAX - 1), (40, 1)]);
    let result = survives(&func);
    assert_eq!(labels(&result), labels(&func));
    assert_eq!(labels(&result)[&0].len(), 3);
}

#[test]
fn value_labels_survive_where_no_instruction_has_a_position() {
    let mut func = parsed(THREE);
    func.dfg.collect_debug_info();
    label(&mut func, 1, &[(u32::MAX, 3)]);
    assert_eq!(labels(&survives(&func)), labels(&func));
    let mut func = parsed(THREE);
    func.params.ensure_base_srcloc(SourceLoc::new(20));
    func.dfg.collect_debug_info();
    label(&mut func, 1, &[(20, 3), (24, 4)]);
    assert_eq!(labels(&survives(&func)), labels(&func));
}

/// A value may be said to have the labels of another. Cranelift looks up the
/// other's when it emits debug information; the artifact holds them twice.
#[test]
fn labels_taken_from_another_value_become_its_own() {
    let mut func = parsed(THREE);
    func.params.ensure_base_srcloc(SourceLoc::new(10));
    func.dfg.collect_debug_info();
    label(&mut func, 0, &[(12, 7)]);
    let here = RelSourceLoc::new(1);
    func.dfg
        .add_value_label_alias(Value::from_u32(1), here, Value::from_u32(0));
    func.dfg
        .add_value_label_alias(Value::from_u32(2), here, Value::from_u32(1));
    let expected = [0, 1, 2].map(|value| (value, vec![(12, 7)]));
    assert_eq!(labels(&survives(&func)), BTreeMap::from(expected));
}

/// Labels of aliases and of values that nothing defines are dropped by
/// Cranelift itself, and a circle of them ends.
#[test]
fn labels_that_mean_nothing_to_cranelift_are_left_out() {
    let mut func = parsed(
        "function u0:9(i32) -> i32 {
block7(v30: i32):
    v31 -> v30
    v20 = iadd v31, v30
    v21 = iadd v20, v20
    return v21
}",
    );
    func.params.ensure_base_srcloc(SourceLoc::new(1));
    func.dfg.collect_debug_info();
    label(&mut func, 31, &[(1, 1)]);
    label(&mut func, 3, &[(1, 2)]);
    label(&mut func, 30, &[(1, 3)]);
    let (one, other) = (Value::from_u32(20), Value::from_u32(21));
    func.dfg
        .add_value_label_alias(one, RelSourceLoc::new(0), other);
    func.dfg
        .add_value_label_alias(other, RelSourceLoc::new(0), one);
    assert_eq!(labels(&back(&func)), BTreeMap::from([(0, vec![(1, 3)])]));
}

const CALLS: &str = "
function u0:9(i64) -> i64 tail {
    ss0 = explicit_slot 16, align = 8
    ss1 = explicit_slot 8, align = 8, key = 5
    sig0 = (i64) -> i64 tail
    fn0 = u0:1 sig0
block0(v0: i64):
    v1 = call fn0(v0)
    v2 = func_addr.i64 fn0
    v3 = call_indirect sig0, v2(v1)
    sequence_point
    try_call fn0(v3), sig0, block1(ret0), []

block1(v4: i64):
    try_call_indirect v2(v4), sig0, block2(ret0), []

block2(v5: i64):
    return v5
}";

#[test]
fn stack_maps_survive_on_every_kind_of_call() {
    let mut func = parsed(CALLS);
    let calls = instructions(&func).filter(|inst| func.dfg.insts[*inst].opcode().is_call());
    let calls = calls.collect::<Vec<_>>();
    assert_eq!(calls.len(), 4);
    for (number, call) in calls.iter().enumerate() {
        for (ty, slot, offset) in [
            (types::I64, 1, 0),
            (types::I32, 0, 4 + number as u32),
            (types::I64X2, 0, 0),
        ] {
            let slot = StackSlot::from_u32(slot);
            let entry = UserStackMapEntry { ty, slot, offset };
            func.dfg.append_user_stack_map_entry(*call, entry);
        }
    }
    let result = survives(&func);
    let maps = |func: &Function| -> Vec<Option<Vec<UserStackMapEntry>>> {
        let maps = instructions(func).map(|inst| func.dfg.user_stack_map_entries(inst));
        maps.map(|map| map.map(<[_]>::to_vec)).collect()
    };
    assert!(maps(&result) == maps(&func));
}

#[test]
fn debug_tags_survive_in_their_order() {
    let mut func = parsed(CALLS);
    let user = DebugTag::User;
    let slot = |slot| DebugTag::StackSlot(StackSlot::from_u32(slot));
    let insts = instructions(&func).collect::<Vec<_>>();
    let lists: [(usize, Vec<DebugTag>); 3] = [
        (3, vec![user(u32::MAX), slot(1), user(0), slot(0), slot(1)]),
        (0, vec![slot(0)]),
        (4, vec![user(9), user(9)]),
    ];
    for (inst, tags) in lists {
        func.debug_tags.set(insts[inst], tags);
    }
    let result = survives(&func);
    let tags = |func: &Function, inst: Inst| func.debug_tags.get(inst).to_vec();
    let returned = instructions(&result).map(|inst| tags(&result, inst));
    let sent = insts.iter().map(|inst| tags(&func, *inst));
    assert!(returned.eq(sent));
}
