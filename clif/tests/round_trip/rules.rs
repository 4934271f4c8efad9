//! Cranelift's verifier, rule by rule: a body that breaks each one is refused by the
//! decoder too, before anything compiles it.

use beskid_clif::decode::Decoder;
use beskid_plugin_api::artifact::*;
use beskid_plugin_api::diagnostic::Diagnostic;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstructionData, Opcode, UserExternalName, Value};
use cranelift_codegen::isa::{OwnedTargetIsa, TargetIsa};
use cranelift_codegen::verify_function;
use cranelift_reader::parse_functions;

use crate::agreement::targets;
use crate::trip;

/// Rules of which the text of a body shows the breach: what Cranelift says, and the
/// body. What only a reader of artifacts can meet is below.
const RULES: &[(&str, &str)] = &[
    (
        "invalid reference to entry block",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: v0 = get_exception_handler_address.i64 block0, 0\n try_call fn0(), sig0, block1, [default: block1]\nblock1: return }",
    ),
    (
        "undeclared vmctx reference",
        "(i64) -> i64 { gv0 = vmctx\nblock0(v0: i64): return v0 }",
    ),
    (
        "iadd_imm global value with non-int type",
        "(i64 vmctx) { gv0 = vmctx gv1 = iadd_imm.f64 gv0, 1\nblock0(v0: i64): return }",
    ),
    (
        "iadd_imm type i32 differs",
        "(i64 vmctx) { gv0 = vmctx gv1 = iadd_imm.i32 gv0, 1\nblock0(v0: i64): return }",
    ),
    (
        "which is not the pointer type",
        "(i64 vmctx) { gv0 = vmctx gv1 = load.i32 notrap aligned gv0 gv2 = load.i64 notrap aligned gv1\nblock0(v0: i64): return }",
    ),
    (
        "duplicate alias region user_id",
        "(i64) { region0 = 1 \"a\" region1 = 1 \"b\"\nblock0(v0: i64): return }",
    ),
    (
        "entry block parameters (1) must match",
        "() {\nblock0(v0: i64): return }",
    ),
    (
        "entry block parameter 0 expected to have type",
        "(i32) {\nblock0(v0: i64): return }",
    ),
    (
        "entry block cannot be marked as cold",
        "() {\nblock0 cold: return }",
    ),
    (
        "can't be an struct argument",
        "() -> i64 sarg(8) {\nblock0: v0 = iconst.i64 0\n return v0 }",
    ),
    (
        "has invalid extension",
        "(f64 uext) {\nblock0(v0: f64): return }",
    ),
    (
        "`preserve_all` ABI cannot have return values",
        "(i64) -> i64 preserve_all {\nblock0(v0: i64): return v0 }",
    ),
    (
        "`preserve_all` ABI cannot have return values",
        "() { sig0 = () -> i64 preserve_all\nblock0: return }",
    ),
    ("cannot be empty", "() {\nblock0: jump block1\nblock1:\n}"),
    (
        "a terminator instruction was encountered before the end",
        "() {\nblock0: return\n return }",
    ),
    (
        "block does not end in a terminator instruction",
        "() {\nblock0: nop }",
    ),
    (
        "uses value v0 from non-dominating",
        "(i64) -> i64 {\nblock0(v1: i64): brif v1, block1, block2\nblock1: v0 = iconst.i64 1\n jump block2\nblock2: return v0 }",
    ),
    (
        "uses value arg from non-dominating",
        "(i64) -> i64 {\nblock0(v1: i64): brif v1, block1(v1), block2\nblock1(v0: i64): jump block2\nblock2: return v0 }",
    ),
    (
        "from itself",
        "() -> i64 {\nblock0: v0 = iadd.i64 v0, v0\n return v0 }",
    ),
    (
        "invalid reference to entry block",
        "() {\nblock0: jump block0 }",
    ),
    (
        "invalid reference to entry block",
        "(i64) {\nblock0(v0: i64): v1 = iconst.i8 1\n brif v1, block1, block0(v0)\nblock1: return }",
    ),
    (
        "invalid reference to entry block",
        "(i32) {\nblock0(v0: i32): br_table v0, block1, [block0(v0)]\nblock1: return }",
    ),
    (
        "patchable funcref cannot be used in a return_call",
        "() tail { sig0 = () tail fn0 = colocated patchable u0:9 sig0\nblock0: return_call fn0() }",
    ),
    (
        "patchable call to non-colocated function",
        "() { sig0 = () fn0 = patchable u0:0 sig0\nblock0: call fn0()\n return }",
    ),
    (
        "patchable call cannot occur to a function with return values",
        "() { sig0 = () -> i64 fn0 = colocated patchable u0:9 sig0\nblock0: v0 = call fn0()\n return }",
    ),
    (
        "of callee does not support exceptions",
        "() { sig0 = () fast fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block1, []\nblock1: return }",
    ),
    (
        "cannot be used without enable_pinned_reg",
        "() {\nblock0: v0 = get_pinned_reg.i64\n return }",
    ),
    (
        "cannot be used without enable_pinned_reg",
        "(i64) {\nblock0(v0: i64): set_pinned_reg v0\n return }",
    ),
    (
        "`preserve_frame_pointers`",
        "() {\nblock0: v0 = get_frame_pointer.i64\n return }",
    ),
    (
        "`preserve_frame_pointers`",
        "() {\nblock0: v0 = get_return_address.i64\n return }",
    ),
    (
        "which doesn't match an expected type",
        "(i64) {\nblock0(v0: i64): v1 = bitcast.f32 v0\n return }",
    ),
    (
        "only accepts the `big` or `little`",
        "(i64) {\nblock0(v0: i64): v1 = bitcast.f64 aligned v0\n return }",
    ),
    (
        "Byte order specifier required",
        "(i64) {\nblock0(v0: i64): v1 = bitcast.i32x2 v0\n return }",
    ),
    (
        "to have a size of 16 bytes",
        "() { const0 = 0x00112233\nblock0: v0 = vconst.i32x4 const0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): v1 = load.i64 v0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): store.i32 v0, v0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): v1 = atomic_load.i32 v0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): atomic_store.i32 v0, v0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): v1 = atomic_rmw.i32 add v0, v0\n return }",
    ),
    (
        "invalid pointer width",
        "(i32) {\nblock0(v0: i32): v1 = atomic_cas.i32 v0, v0, v0\n return }",
    ),
    (
        "exception handler index -1 cannot be negative",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: v0 = get_exception_handler_address.i64 block1, -1\n jump block1\nblock1: try_call fn0(), sig0, block2, [default: block2]\nblock2: return }",
    ),
    (
        "exception handler index 1 is out-of-range",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: v0 = get_exception_handler_address.i64 block1, 1\n jump block1\nblock1: try_call fn0(), sig0, block2, [default: block2]\nblock2: return }",
    ),
    (
        "does not end in a try_call",
        "() {\nblock0: v0 = get_exception_handler_address.i64 block1, 0\n jump block1\nblock1: return }",
    ),
    (
        "has type i32, expected i64",
        "(i64, i32) {\nblock0(v0: i64, v1: i32): v2 = iadd v0, v1\n return }",
    ),
    (
        "has type i64, expected i8",
        "(i64) {\nblock0(v0: i64): v1 = select v0, v0, v0\n v2 = select_spectre_guard v0, v0, v0\n v3 = bmask.i64 v0\n v4 = iconst.i8 0\n v5, v6 = sadd_overflow_cin v0, v0, v0\n return }",
    ),
    (
        "failed to satisfy type set",
        "(i64, f64) {\nblock0(v0: i64, v1: f64): v2 = ishl v0, v1\n return }",
    ),
    (
        "mismatched argument count for `jump",
        "(i64) {\nblock0(v0: i64): jump block1\nblock1(v1: i64): return }",
    ),
    (
        "has type i64, expected i32",
        "(i64) {\nblock0(v0: i64): jump block1(v0)\nblock1(v1: i32): return }",
    ),
    (
        "has type i64, expected i32",
        "(i32, i64) {\nblock0(v0: i32, v1: i64): br_table v0, block1(v1), []\nblock1(v2: i32): return }",
    ),
    (
        "mismatched argument count for `call",
        "(i64) { sig0 = (i64) fn0 = u0:0 sig0\nblock0(v0: i64): call fn0()\n return }",
    ),
    (
        "has type i64, expected i32",
        "(i64) { sig0 = (i32) fn0 = u0:0 sig0\nblock0(v0: i64): call fn0(v0)\n return }",
    ),
    (
        "has type i64, expected i32",
        "(i64) { sig0 = (i32)\nblock0(v0: i64): call_indirect sig0, v0(v0)\n return }",
    ),
    (
        "`retN` block argument in block-call not on",
        "() {\nblock0: jump block1(ret0)\nblock1(v0: i64): return }",
    ),
    (
        "out-of-bounds `retN`",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block1(ret0), []\nblock1(v0: i64): return }",
    ),
    (
        "`retN` block argument used outside",
        "() { sig0 = () -> i64 tail fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block1(ret0), [default: block1(ret0)]\nblock1(v0: i64): return }",
    ),
    (
        "out-of-bounds `exnN`",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block2, [default: block1(exn2)]\nblock1(v0: i64): return\nblock2: return }",
    ),
    (
        "`exnN` block argument used outside",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block1(exn0), []\nblock1(v0: i64): return }",
    ),
    (
        "has type i64, expected i32",
        "() { sig0 = () tail fn0 = u0:0 sig0\nblock0: try_call fn0(), sig0, block2, [default: block1(exn0)]\nblock1(v0: i32): return\nblock2: return }",
    ),
    (
        "did not match function",
        "() { sig0 = () tail sig1 = (i64) tail fn0 = u0:0 sig1\nblock0: try_call fn0(), sig0, block1, []\nblock1: return }",
    ),
    (
        "arguments of return must match function signature",
        "(i64) -> i64 {\nblock0(v0: i64): return }",
    ),
    (
        "must match function signature of",
        "(i64) -> i32 {\nblock0(v0: i64): return v0 }",
    ),
    (
        "does not support tail calls",
        "() fast { sig0 = () fast fn0 = u0:0 sig0\nblock0: return_call fn0() }",
    ),
    (
        "callee's calling convention must match caller",
        "() fast { sig0 = () tail fn0 = u0:0 sig0\nblock0: return_call fn0() }",
    ),
    (
        "results of callee must match caller",
        "() -> i64 tail { sig0 = () tail fn0 = u0:0 sig0\nblock0: return_call fn0() }",
    ),
    (
        "must match function signature of",
        "(i64) -> i64 tail { sig0 = () -> i32 tail\nblock0(v0: i64): return_call_indirect sig0, v0() }",
    ),
    (
        "references global value with type",
        "(i64 vmctx) { gv0 = vmctx\nblock0(v0: i64): v1 = symbol_value.i32 gv0\n return }",
    ),
    (
        "cannot have the `readonly` MemFlag",
        "(i64) {\nblock0(v0: i64): store readonly v0, v0\n return }",
    ),
    (
        "does not index into the type",
        "(i32x4) {\nblock0(v0: i32x4): v1 = extractlane v0, 4\n return }",
    ),
    (
        "does not index into the type",
        "(i32x4, i32) {\nblock0(v0: i32x4, v1: i32): v2 = insertlane v0, v1, 9\n return }",
    ),
    (
        "is larger than the maximum 31",
        "(i8x16) {\nblock0(v0: i8x16): v1 = shuffle v0, v0, [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 32]\n return }",
    ),
    (
        "debug tags present on non-call",
        "() {\nblock0: <7> nop\n return }",
    ),
];

type Change = fn(&mut InstructionData);

/// Rules that the reader of texts has too: what Cranelift says, a sound body, and what
/// its first instruction becomes.
const CHANGES: &[(&str, &str, Change)] = &[
    (
        "has an invalid controlling type",
        "(f64) {\nblock0(v0: f64): v1 = fadd v0, v0\n return }",
        |data| *data = binary(Opcode::Iadd),
    ),
    (
        "has an invalid controlling type",
        "(i64) {\nblock0(v0: i64): v1 = ineg v0\n return }",
        |data| {
            *data = InstructionData::Unary {
                opcode: Opcode::Fneg,
                arg: Value::from_u32(0),
            }
        },
    ),
    (
        "has an invalid controlling type",
        "(f64, i8) {\nblock0(v0: f64, v1: i8): trapz v1, user1\n return }",
        |data| {
            if let InstructionData::CondTrap { arg, .. } = data {
                *arg = Value::from_u32(0);
            }
        },
    ),
    (
        "constant immediate is out of bounds",
        "() {\nblock0: v0 = iconst.i8 1\n return }",
        |data| {
            if let InstructionData::UnaryImm { imm, .. } = data {
                *imm = 256.into();
            }
        },
    ),
    (
        "expected result 0 (v1) to have type i8, found i64",
        "(i64) {\nblock0(v0: i64): v1 = iadd v0, v0\n return }",
        |data| {
            *data = InstructionData::IntCompare {
                opcode: Opcode::Icmp,
                args: [Value::from_u32(0); 2],
                cond: IntCC::Equal,
            }
        },
    ),
    (
        "expected 2 result values, found 1",
        "(i64) {\nblock0(v0: i64): v1 = iadd v0, v0\n return }",
        |data| *data = binary(Opcode::SaddOverflow),
    ),
];

fn binary(opcode: Opcode) -> InstructionData {
    InstructionData::Binary {
        opcode,
        args: [Value::from_u32(0); 2],
    }
}

fn isa(message: &str) -> OwnedTargetIsa {
    let [usual, _, without] = targets();
    // The last target has neither pinned register nor frame pointers.
    match message.contains("enable_pinned_reg") || message.contains("frame_pointers") {
        true => without,
        false => usual,
    }
}

/// What the decoder says of the first function.
fn checked(artifact: &CodegenArtifact, isa: &dyn TargetIsa) -> Result<ir::Function, Diagnostic> {
    let located = LocatedArtifact::locate(artifact.bytes())?;
    let decoder = Decoder::for_target(&located, isa)?;
    let external = |symbol| UserExternalName::new(0, symbol);
    Ok(decoder.checked(&located.body(0)?, &external)?)
}

#[test]
fn each_rule_of_cranelifts_verifier_is_one_of_the_decoders() {
    let breaches = RULES.iter().filter_map(|(message, text)| {
        let problem = breach(message, text, |_| {}).err()?;
        Some(format!("{text}\n{problem}\n"))
    });
    let changed = CHANGES.iter().filter_map(|(message, text, change)| {
        let problem = breach(message, text, change).err()?;
        Some(format!("{text}\n{problem}\n"))
    });
    let breaches = breaches.chain(changed);
    let breaches = breaches.collect::<String>();
    assert!(breaches.is_empty(), "{breaches}");
}

/// Whether both refuse a body, and Cranelift for this reason.
fn breach(message: &str, text: &str, change: impl Fn(&mut InstructionData)) -> Result<(), String> {
    let funcs = parse_functions(&format!("function u0:9{text}"));
    let mut func = funcs.map_err(|error| error.to_string())?.remove(0);
    let first = trip::instructions(&func).next();
    if let Some(first) = first {
        change(&mut func.dfg.insts[first]);
    }
    let isa = isa(message);
    let Err(errors) = verify_function(&func, &*isa) else {
        return Err("Cranelift accepts it".to_owned());
    };
    let errors = errors.to_string();
    if !errors.contains(message) {
        return Err(errors);
    }
    // Some are refused before they are an artifact.
    let Ok(artifact) = trip::encoded(&func) else {
        return Ok(());
    };
    match checked(&artifact, &*isa) {
        Err(refused) if refused.code == "E5007" => Ok(()),
        Err(refused) => Err(refused.to_string()),
        Ok(_) => Err("the decoder accepts it".to_owned()),
    }
}
