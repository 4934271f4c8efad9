//! What a fault was, and which functions of the program it came through.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::debug::{DebugInfo, Scope};
use beskid_plugin_api::artifact::{Outline, SymbolId, SymbolKind};
use libc::{SIGFPE, SIGILL};

use super::boundary::Fault;
use super::code::Code;
use super::told::Told;
use super::trap::{Trap, TrapKind};

/// Most bytes of code of one function; what is farther from its begin is other code.
const LARGEST: usize = 16 << 20;
/// What Beskid's functions that are not exported have before their names.
const PRIVATE: &str = "bd.";

/// The trap that a fault is.
pub(super) fn trap_of(fault: &Fault, artifact: &Outline, code: &Code) -> Trap {
    let (kind, message) = match fault.signal {
        SIGFPE => (
            TrapKind::Arithmetic,
            "division by zero, or overflow of one".to_owned(),
        ),
        SIGILL => (
            TrapKind::Unreachable,
            "the program reached a trap".to_owned(),
        ),
        _ if fault.is_overflow => (TrapKind::StackOverflow, "stack overflow".to_owned()),
        _ => {
            let message = match fault.address {
                Some(address) => format!("memory fault at {address:#018x}"),
                None => "memory fault at an address that no process has".to_owned(),
            };
            (TrapKind::MemoryFault(fault.address), message)
        }
    };
    let functions = functions(artifact, code);
    let known = fault.frames.iter().take(fault.known);
    let told = known.filter_map(|code| function_at(&functions, *code));
    Trap::new(kind, message).through(told.collect())
}

/// The functions of a program that have a name and an address, by address.
fn functions<'a>(artifact: &'a Outline, code: &Code) -> Vec<(usize, Told<'a>)> {
    let declared = artifact.debug().map(declarations).unwrap_or_default();
    let mut functions = Vec::new();
    for (id, symbol) in (0..).zip(&artifact.module().symbols) {
        let is_function = matches!(symbol.kind, SymbolKind::Function { .. });
        let Some(name) = symbol.name.as_deref().filter(|_| is_function) else {
            continue;
        };
        if let Some(begin) = code
            .function(name)
            .filter(|_| symbol.linkage.is_definition())
        {
            let name = name.strip_prefix(PRIVATE).unwrap_or(name);
            let declared = declared.get(&id).copied();
            functions.push((begin.addr(), Told { name, declared }));
        }
    }
    functions.sort_unstable_by_key(|(begin, _)| *begin);
    functions
}

/// The file and the line in which functions are declared.
fn declarations(info: &DebugInfo) -> BTreeMap<SymbolId, (&str, u64)> {
    let functions = info.scopes.iter().filter_map(|scope| match scope {
        Scope::Function(function) => Some((function.symbol?, function.declared)),
        Scope::Block { .. } => None,
    });
    let places = functions.filter_map(|(symbol, at)| {
        let file = info.files.get(at.file as usize)?;
        Some((symbol, (file.path.as_str(), u64::from(at.line))))
    });
    places.collect()
}

fn function_at(functions: &[(usize, Told<'_>)], code: usize) -> Option<String> {
    let behind = functions.partition_point(|(begin, _)| *begin <= code);
    let (begin, told) = functions.get(behind.checked_sub(1)?)?;
    (code - begin < LARGEST).then(|| told.at(code, *begin))
}
