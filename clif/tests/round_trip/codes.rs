//! What the artifact has numbers or names of its own for.

use beskid_plugin_api::artifact::{ATOMIC_OPERATIONS, FLOAT_CONDITIONS, INT_CONDITIONS};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{AtomicRmwOp, LibCall};

use crate::trip::{parsed, survives};

/// A function of two integers, two floats and an address with these
/// instructions.
#[track_caller]
fn lines_survive(lines: impl IntoIterator<Item = String>) {
    let lines = lines.into_iter().collect::<Vec<_>>().join("\n    ");
    survives(&parsed(&format!(
        "function u0:9(i32, i32, f64, f64, i64) {{\n\
         block0(v0: i32, v1: i32, v2: f64, v3: f64, v4: i64):\n    {lines}\n    return\n}}"
    )));
}

#[test]
fn every_condition_survives() {
    let ints = IntCC::all()
        .iter()
        .map(|code| format!("icmp {code} v0, v1"));
    let floats = FloatCC::all()
        .iter()
        .map(|code| format!("fcmp {code} v2, v3"));
    let lines = ints.chain(floats).enumerate();
    lines_survive(lines.map(|(number, line)| format!("v{} = {line}", number + 5)));
    assert_eq!(IntCC::all().len(), INT_CONDITIONS.len());
    assert_eq!(FloatCC::all().len(), FLOAT_CONDITIONS.len());
}

#[test]
fn every_atomic_operation_survives() {
    let lines = AtomicRmwOp::all().iter().enumerate();
    lines_survive(
        lines.map(|(number, operation)| {
            format!("v{} = atomic_rmw.i32 {operation} v4, v0", number + 5)
        }),
    );
    assert_eq!(AtomicRmwOp::all().len(), ATOMIC_OPERATIONS.len());
}

#[test]
fn every_trap_code_survives() {
    let known = ["heap_oob", "int_ovf", "int_divz", "bad_toint", "stk_ovf"];
    let known = known.map(|code| format!("trapz v0, {code}"));
    let user = (1..=249).map(|code| format!("trapnz v0, user{code}"));
    lines_survive(known.into_iter().chain(user));
}

#[test]
fn every_combination_of_memory_flags_survives() {
    let mut lines = Vec::new();
    for order in ["", " little", " big"] {
        for trap in ["", " notrap", " int_divz", " user249"] {
            for bits in 0..8 {
                let flag = |bit: u32, name| if bits >> bit & 1 == 1 { name } else { "" };
                let (aligned, read) = (flag(0, " aligned"), flag(1, " readonly"));
                let moves = flag(2, " can_move");
                let value = lines.len() + 5;
                lines.push(format!(
                    "v{value} = load.i32{trap}{aligned}{read}{moves}{order} v4"
                ));
            }
        }
    }
    assert_eq!(lines.len(), 96);
    lines_survive(lines);
}

#[test]
fn immediates_survive_at_their_limits() {
    let types = [("i8", 8), ("i16", 16), ("i32", 32), ("i64", 64)];
    let mut lines = Vec::new();
    for (ty, bits) in types {
        for value in [0, 1, -1, i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)] {
            lines.push(format!("iconst.{ty} {value}"));
        }
    }
    for bits in [
        "0.0",
        "-0.0",
        "Inf",
        "-Inf",
        "NaN",
        "-NaN",
        "+NaN:0x1",
        "-sNaN:0x1",
    ] {
        for constant in ["f16const", "f32const", "f64const"] {
            lines.push(format!("{constant} {bits}"));
        }
    }
    lines.push("stack_addr.i64 ss0-2147483648".to_owned());
    lines.push("load.i64 v0+2147483647".to_owned());
    let lines = lines.iter().enumerate();
    let lines = lines.map(|(number, line)| format!("    v{} = {line}\n", number + 1));
    survives(&parsed(&format!(
        "function u0:9(i64) {{\n    ss0 = explicit_slot 8\nblock0(v0: i64):\n{}    return\n}}",
        lines.collect::<String>()
    )));
}

#[test]
fn every_library_call_and_known_symbol_survives() {
    let calls = LibCall::all_libcalls().iter().enumerate();
    let calls = calls.map(|(number, call)| format!("    fn{number} = %{call} sig0\n"));
    let func = parsed(&format!(
        "function u0:9() {{\n    gv0 = symbol %ElfGlobalOffsetTable\n    gv1 = symbol %CoffTlsIndex\n    \
         sig0 = (f32) -> f32 system_v\n{}block0:\n    return\n}}",
        calls.collect::<String>()
    ));
    let result = survives(&func);
    let names = |func: &cranelift_codegen::ir::Function| {
        let callees = func.dfg.ext_funcs.values();
        callees
            .map(|callee| callee.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&result), names(&func));
}

#[test]
fn every_calling_convention_purpose_and_extension_survives() {
    let conventions = [
        "fast",
        "tail",
        "system_v",
        "windows_fastcall",
        "apple_aarch64",
        "probestack",
        "winch",
        "preserve_all",
    ];
    let mut signatures = String::new();
    for (number, convention) in conventions.iter().enumerate() {
        signatures += &format!(
            "    sig{number} = (i64 sret, i64 sarg(24), i64 vmctx, i8 uext, i16 sext, f32x4, i128) \
             -> i8 uext, i16 sext, f128 {convention}\n"
        );
    }
    survives(&parsed(&format!(
        "function u0:9() {{\n{signatures}block0:\n    return\n}}"
    )));
    for convention in conventions {
        survives(&parsed(&format!(
            "function u0:9(i64 vmctx, i8 sext) -> i16 uext {convention} {{\n\
             block0(v0: i64, v1: i8):\n    trap user1\n}}"
        )));
    }
}
