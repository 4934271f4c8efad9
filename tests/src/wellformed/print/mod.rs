//! The text of a program.

mod expressions;
mod items;
mod printer;
mod statements;

use std::fmt::Write as _;

use super::tree::Program;
use printer::Printer;

/// The text of a program.
pub fn print(program: &Program) -> String {
    let mut printer = Printer {
        program,
        out: String::new(),
        depth: 0,
        module: None,
        params: 0,
        locals: &[],
    };
    printer
        .out
        .push_str("unit Say(string line) { __syscall_write(1, \"${line}\\n\"); }\n");
    printer.items(None);
    for (at, name) in program.modules.iter().enumerate() {
        let _ = write!(printer.out, "\nmod {name} {{");
        printer.depth += 1;
        printer.items(Some(at));
        printer.depth -= 1;
        printer.out.push_str("\n}\n");
    }
    printer.out
}
