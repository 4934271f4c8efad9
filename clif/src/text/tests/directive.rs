//! One directive: a call, and what should come of it.

use std::fmt;

use cranelift_codegen::data_value::{DataValue, DisplayDataValues};
use cranelift_codegen::ir;
use cranelift_reader::{Invocation, RunCommand, parse_run_command};
use serde::{Deserialize, Serialize};

use crate::text::SourceError;
use crate::text::file::File;

/// How a directive ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The results are as expected.
    Passed,
    /// It asked for the results to be printed.
    Printed(String),
    /// The results are not as expected; what they are.
    Failed(String),
}

/// A call, and what should come of it.
#[derive(Debug)]
pub(super) struct Directive {
    /// Number of the function in its file, which is its symbol too.
    pub(super) function: usize,
    /// Types of what the function returns.
    pub(super) returns: Vec<ir::Type>,
    expected: Expected,
}

#[derive(Debug)]
enum Expected {
    /// What Cranelift's own directives ask for.
    Results(RunCommand),
    /// The call traps.
    Trap(Invocation),
}

impl Directive {
    pub(super) fn args(&self) -> &[DataValue] {
        match &self.expected {
            Expected::Results(RunCommand::Print(invocation) | RunCommand::Run(invocation, ..))
            | Expected::Trap(invocation) => &invocation.args,
        }
    }

    pub(super) const fn traps(&self) -> bool {
        matches!(self.expected, Expected::Trap(_))
    }

    pub(super) fn verdict(&self, actual: &[DataValue]) -> Verdict {
        let shown = || DisplayDataValues(actual).to_string();
        match &self.expected {
            Expected::Results(RunCommand::Print(_)) => Verdict::Printed(shown()),
            Expected::Results(run) => match run.run(|_, _| Ok(actual.to_vec())) {
                Ok(()) => Verdict::Passed,
                Err(_) => Verdict::Failed(shown()),
            },
            Expected::Trap(_) => Verdict::Failed(format!("a return of {}", shown())),
        }
    }
}

impl fmt::Display for Directive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.expected {
            Expected::Results(command) => command.fmt(f),
            Expected::Trap(invocation) => write!(f, "trap: {invocation}"),
        }
    }
}

/// The directives in the comments behind the functions of a file.
pub(super) fn read(file: &File) -> Result<Vec<Directive>, SourceError> {
    let mut directives = Vec::new();
    for (function, text) in file.functions.iter().enumerate() {
        let func = &text.func;
        for comment in &text.comments {
            let refused = |message| SourceError::Syntax {
                line: comment.line,
                message,
            };
            let Some(expected) = parse(&comment.text, &func.signature).map_err(refused)? else {
                continue;
            };
            let returns = func.signature.returns.iter();
            let directive = Directive {
                function,
                returns: returns.map(|result| result.value_type).collect(),
                expected,
            };
            let (found, wanted) = (directive.args().len(), func.signature.params.len());
            if found != wanted {
                let message = format!("the function takes {wanted} arguments, not {found}");
                return Err(refused(message));
            }
            directives.push(directive);
        }
    }
    Ok(directives)
}

fn parse(comment: &str, signature: &ir::Signature) -> Result<Option<Expected>, String> {
    let parse = |text: &str| {
        let command = parse_run_command(text, signature);
        command.map_err(|error| error.message)
    };
    let words = comment.trim_start_matches(';').trim_start();
    let Some(call) = words.strip_prefix("trap:") else {
        return Ok(parse(comment)?.map(Expected::Results));
    };
    match parse(&format!("; print: {call}"))? {
        Some(RunCommand::Print(invocation)) => Ok(Some(Expected::Trap(invocation))),
        _ => Err("expected a call, as in `trap: %f(0)`".to_owned()),
    }
}
