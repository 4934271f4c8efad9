//! Which functions of a program its artifact has.

use std::collections::HashMap;

use super::plan::Plans;
use crate::hir::{ExprKind, Program, Role};

/// What an artifact is for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// To be run, from the function of this index if there is one, or linked.
    Program { start: Option<usize> },
    /// Tests: by their functions' indices, the symbols by which they are called.
    Tests { symbols: HashMap<usize, String> },
}

impl Purpose {
    /// The symbol by which others call a function; `None`: they do not.
    pub(super) fn symbol<'s>(&'s self, program: &'s Program, function: usize) -> Option<&'s str> {
        let own = program.functions[function].symbol.as_deref();
        match self {
            Self::Program { .. } => own,
            Self::Tests { symbols } => symbols.get(&function).map(String::as_str).or(own),
        }
    }

    /// Whether a function is a test of its own.
    pub(super) fn tests(&self, function: usize) -> bool {
        matches!(self, Self::Tests { symbols } if symbols.contains_key(&function))
    }

    /// Whether execution starts at a function.
    pub(super) fn starts_at(&self, function: usize) -> bool {
        matches!(self, Self::Program { start } if *start == Some(function))
    }
}

/// Says of each function whether it is in the artifact: tests, and what is there for
/// them alone, are not, unless the artifact is for them (TST-6).
pub(super) fn wanted(program: &Program, plans: &Plans, purpose: &Purpose) -> Vec<bool> {
    let is_first = |index: usize| {
        let function = &program.functions[index];
        let is_program = matches!(purpose, Purpose::Program { .. });
        function.role == Role::Foreign
            || is_program && function.is_item
            || purpose.symbol(program, index).is_some()
            || purpose.starts_at(index)
    };
    let mut next = (0..program.functions.len())
        .filter(|index| is_first(*index))
        .collect::<Vec<_>>();
    // Whoever makes an object refers to the methods of its contracts.
    for of in &program.types.structs {
        next.extend(of.methods.iter().map(|(_, function)| *function));
    }
    let mut wanted = vec![false; program.functions.len()];
    while let Some(index) = next.pop() {
        if std::mem::replace(&mut wanted[index], true) {
            continue;
        }
        let body = &program.functions[index].body;
        for expr in &plans.of[index].exprs {
            if let ExprKind::Call(function, _)
            | ExprKind::Closure(function, _)
            | ExprKind::FunctionValue(function)
            | ExprKind::Code(function) = body.get(*expr).kind
            {
                next.push(function as usize);
            }
        }
    }
    wanted
}
