//! Runs a program on its own tree.

mod expressions;
mod machine;
mod operators;
mod statements;
mod stop;

use super::tree::Program;
use super::value::Value;
use machine::Machine;
use stop::Stop;

/// What a program does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it prints.
    pub output: String,
    /// What `main` returns, or the message of the panic.
    pub end: Result<i64, String>,
}

/// Runs `main`.
///
/// # Errors
/// Why the program is not fit for a test, in a word.
pub fn evaluate(program: &Program) -> Result<Outcome, &'static str> {
    let mut machine = Machine {
        program,
        output: String::new(),
        steps: 0,
        depth: 0,
    };
    let main = program.functions.len() - 1;
    let end = match machine.call(main, Vec::new()) {
        Ok(Value::Int(_, value)) => Ok(value),
        Ok(_) => return Err("main has no number"),
        Err(Stop::Panic(message)) => Err(message),
        Err(Stop::Leave(_)) => return Err("main has no number"),
        Err(Stop::Unfit(why)) => return Err(why),
    };
    Ok(Outcome {
        output: machine.output,
        end,
    })
}
