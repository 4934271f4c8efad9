//! What a fault was, and which functions of the program it came through.

use beskid_plugin_api::artifact::{Outline, SymbolKind};
use libc::{SIGFPE, SIGILL};

use super::boundary::Fault;
use super::code::Code;
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
    let names = known.filter_map(|code| name_of(&functions, *code));
    Trap::new(kind, message).through(names.collect())
}

/// The functions of a program that have a name and an address, by address.
fn functions<'a>(artifact: &'a Outline, code: &Code) -> Vec<(usize, &'a str)> {
    let symbols = artifact.module().symbols.iter();
    let defined = symbols.filter(|symbol| {
        symbol.linkage.is_definition() && matches!(symbol.kind, SymbolKind::Function { .. })
    });
    let mut functions = defined
        .filter_map(|symbol| {
            let name = symbol.name.as_deref()?;
            Some((code.function(name)?.addr(), name))
        })
        .collect::<Vec<_>>();
    functions.sort_unstable();
    functions
}

fn name_of(functions: &[(usize, &str)], code: usize) -> Option<String> {
    let behind = functions.partition_point(|(begin, _)| *begin <= code);
    let (begin, name) = functions.get(behind.checked_sub(1)?)?;
    let name = name.strip_prefix(PRIVATE).unwrap_or(name);
    (code - begin < LARGEST).then(|| name.to_owned())
}
