//! What Cranelift cannot compile, in words for the program's author: the
//! instruction, its types, the target, and what to write instead.

use cranelift_codegen::CodegenError;
use cranelift_codegen::ir::{Function, Inst, Opcode, Type};
use cranelift_codegen::isa::TargetIsa;

/// Why there is no code for a function.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// What has no code, and where.
    pub(crate) reason: String,
    /// What to write instead.
    pub(crate) advice: &'static str,
}

const SPLIT: &str = "split the function";
const OTHER: &str = "write it with other instructions or types, or compile for another target; `beskid test` \
     runs it in Cranelift's interpreter";

/// Cranelift says so in what it answers.
pub(crate) fn of_error(error: &CodegenError, func: &Function, isa: &dyn TargetIsa) -> Refusal {
    match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => Refusal {
            reason: "it is larger than Cranelift's code generator takes".to_owned(),
            advice: SPLIT,
        },
        CodegenError::Unsupported(text) => of_text(text, func, isa),
        error => of_text(&error.to_string(), func, isa),
    }
}

/// Cranelift panics at combinations that its verifier accepts and the target
/// does not have; `text` is what it says then, or how it answers.
pub(crate) fn of_text(text: &str, func: &Function, isa: &dyn TargetIsa) -> Refusal {
    let target = isa.triple();
    if let Some(inst) = named(text, func) {
        let opcode = func.dfg.insts[inst].opcode();
        let (args, results) = types(func, inst);
        let reason = format!(
            "`{target}` has no code for `{opcode}`{}{}",
            listed(" of ", &args),
            listed(" giving ", &results),
        );
        let types = [args, results].concat();
        return Refusal {
            reason,
            advice: instead(opcode, &types, isa),
        };
    }
    let known = KNOWN.iter().find(|(part, ..)| text.contains(part));
    let (reason, advice) = match known {
        Some((_, reason, advice)) => ((*reason).to_owned(), *advice),
        None => (format!("`{target}` has no code for it"), OTHER),
    };
    let types = func.dfg.values().map(|value| func.dfg.value_type(value));
    let rare = types.filter(|ty| is_rare(*ty)).collect::<Vec<_>>();
    let reason = match (known, suspects(func)) {
        (None, suspects) if !suspects.is_empty() => {
            format!("`{target}` has no code for {suspects}")
        }
        (None, _) if !rare.is_empty() => {
            format!("{reason}; its rare types are{}", listed(" ", &rare))
        }
        _ => reason,
    };
    Refusal { reason, advice }
}

/// Parts of what Cranelift says without naming an instruction, what it means,
/// and what to do.
const KNOWN: [(&str, &str, &str); 6] = [
    (
        "StructArgument parameters are not supported",
        "a struct argument (`sarg`) is passed in memory on x86-64 only",
        "pass a pointer to the struct",
    ),
    (
        "StructArgument size is not properly aligned",
        "a struct argument's size is no multiple of 8 bytes",
        "round the size up",
    ),
    (
        "No return values are allowed when using StructReturn",
        "a function with a struct return argument has results besides",
        "return nothing, or store all results through the argument",
    ),
    (
        "Too many return values",
        "its calling convention has no room for as many results",
        "return a struct through an argument of purpose `sret`",
    ),
    (
        "f16/f128 args/return values",
        "its calling convention passes no f16 or f128",
        "pass a pointer to the value",
    ),
    (
        "Unexpected SSA-value type",
        "a value has a type that the target has no registers for",
        "use vectors of 128 bits, and scalars of at most 128",
    ),
];

/// Most instructions that are suspected.
const SUSPECTS: usize = 3;

/// The instructions that compute with types which not every target has: if
/// Cranelift names none, one of them it is.
fn suspects(func: &Function) -> String {
    let mut found = Vec::<String>::new();
    let blocks = func.layout.blocks();
    for inst in blocks.flat_map(|block| func.layout.block_insts(block)) {
        let opcode = func.dfg.insts[inst].opcode();
        let (args, results) = types(func, inst);
        let is_plain = opcode.is_call() || opcode.is_terminator() || opcode.can_load();
        if is_plain || opcode.can_store() || !args.iter().chain(&results).any(|ty| is_rare(*ty)) {
            continue;
        }
        let (of, giving) = (listed(" of ", &args), listed(" giving ", &results));
        let suspect = format!("`{opcode}`{of}{giving}");
        if !found.contains(&suspect) {
            found.push(suspect);
        }
    }
    if found.len() > SUSPECTS {
        found.truncate(SUSPECTS);
        found.push("another one".to_owned());
    }
    found.join(", or ")
}

/// The instruction that the text shows, if it does.
fn named(text: &str, func: &Function) -> Option<Inst> {
    let shown = ["inst = `", "branch = `"];
    let rest = shown.iter().find_map(|start| text.split_once(start))?.1;
    let (shown, _) = rest.split_once('`')?;
    let mut insts = func
        .layout
        .blocks()
        .flat_map(|block| func.layout.block_insts(block));
    insts.find(|inst| func.dfg.display_inst(*inst).to_string() == shown)
}

fn types(func: &Function, inst: Inst) -> (Vec<Type>, Vec<Type>) {
    let of = |values: &[_]| {
        values
            .iter()
            .map(|value| func.dfg.value_type(*value))
            .collect()
    };
    (
        of(func.dfg.inst_args(inst)),
        of(func.dfg.inst_results(inst)),
    )
}

fn listed(before: &str, types: &[Type]) -> String {
    let mut names = Vec::<String>::new();
    for name in types.iter().map(Type::to_string) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.is_empty() {
        true => String::new(),
        false => format!("{before}{}", names.join(", ")),
    }
}

fn is_rare(ty: Type) -> bool {
    let lane = ty.lane_type();
    lane.bits() == 128 || (lane.is_float() && lane.bits() == 16) || ty.is_vector()
}

fn instead(opcode: Opcode, types: &[Type], isa: &dyn TargetIsa) -> &'static str {
    let any = |wanted: fn(Type) -> bool| types.iter().any(|ty| wanted(*ty));
    let mnemonic = opcode.to_string();
    if mnemonic.starts_with("x86_") {
        return "the instruction exists on x86-64 only; write it with portable ones";
    }
    if mnemonic.starts_with("tls") {
        return "Cranelift has no thread-local data in this target's object format; pass a pointer";
    }
    if mnemonic == "stack_switch" {
        return "stacks are switched on x86-64 other than Windows only";
    }
    if mnemonic.starts_with("atomic") && any(|ty| ty.bits() > 64) {
        return "use atomics of at most 64 bits, or a lock";
    }
    if any(|ty| ty.is_vector() && ty.bits() != 128) {
        return "use vectors of 128 bits in all, or scalars";
    }
    if any(|ty| ty.is_vector()) {
        return match isa.name() {
            "riscv64" => "enable the vector extension (`cranelift.has_v`), or compute lane by lane",
            _ => "compute lane by lane, with `extractlane` and `insertlane`",
        };
    }
    if any(|ty| ty.is_float() && matches!(ty.bits(), 16 | 128)) {
        return "compute with f32 or f64, or call a routine of the compiler's support library";
    }
    if any(|ty| ty.is_int() && ty.bits() == 128) {
        return "compute with two halves of 64 bits (`isplit`, `iconcat`), or call a routine of \
                the compiler's support library, such as `__divti3`";
    }
    OTHER
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use beskid_plugin_api::backend::Optimization;
    use cranelift_codegen::Context;
    use cranelift_codegen::control::ControlPlane;
    use cranelift_reader::parse_functions;

    use super::*;
    use crate::isa;

    /// What becomes of Cranelift's answer for a function.
    fn refused(text: &str, target: &str) -> Refusal {
        let func = parse_functions(text).unwrap().remove(0);
        let isa = isa::for_objects(target, Optimization::None, &BTreeMap::new()).unwrap();
        let mut context = Context::for_function(func);
        let compiled = context.compile(&*isa, &mut ControlPlane::default());
        let error = compiled.unwrap_err().inner;
        of_error(&error, &context.func, &*isa)
    }

    #[test]
    fn an_instruction_without_code_is_named_with_its_types_and_the_target() {
        let divide = "function %f(i128, i128) -> i128 {\nblock0(v0: i128, v1: i128):\n    \
                      v2 = sdiv v0, v1\n    return v2\n}\n";
        let target = "x86_64-unknown-linux-gnu";
        let refusal = refused(divide, target);
        let expected = "`x86_64-unknown-linux-gnu` has no code for `sdiv` of i128 giving i128";
        assert_eq!(refusal.reason, expected);
        assert!(refusal.advice.contains("__divti3"), "{refusal:?}");
        let add = "function %f(f128) -> f128 {\nblock0(v0: f128):\n    v1 = fma v0, v0, v0\n    \
                   return v1\n}\n";
        let refusal = refused(add, target);
        assert!(refusal.reason.contains("`fma` of f128"), "{refusal:?}");
        assert!(refusal.advice.contains("f64"), "{refusal:?}");
    }
}
