//! Which functions take the context: those in which the collector may run.

use std::collections::HashSet;

use super::plan::Plans;
use super::unit::is_called_back;
use crate::builtins::Operation;
use crate::hir::{BinaryOp, Body, Expr, ExprKind, FunctionId, Program, Role};
use crate::types::Ty;

/// The runtime's functions that may collect.
const SAFEPOINTS: [&str; 24] = [
    "alloc",
    "str_new",
    "str_concat",
    "array_new",
    "syscall_read",
    "str_from_i64",
    "str_from_bool",
    "str_from_char",
    "str_of_f64",
    "str_slice",
    "str_from_bytes_utf8",
    "syscall_read_bytes",
    "fs_read_bytes",
    "env_get",
    "env_getcwd",
    "fs_read_text",
    "rt_arg",
    "event_subscribe",
    "gc_alloc",
    "gc_array",
    "gc_append",
    "str_interpolate",
    "gc_collect",
    "event_snapshot",
];

/// Whether a function of the runtime may collect.
pub(super) fn is_safepoint(symbol: &str) -> bool {
    SAFEPOINTS.contains(&symbol)
}

/// Says of each function of a program whether its first parameter is the context:
/// if it may collect by itself or by what it calls. Closures always take it.
pub(super) fn users(program: &Program, plans: &Plans) -> Vec<bool> {
    let functions = &program.functions;
    let mut users = vec![false; functions.len()];
    let called_back = is_called_back(program);
    let mut callers = vec![Vec::new(); functions.len()];
    let mut found = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        if may_collect(program, plans, index as FunctionId, called_back) {
            found.push(index);
        }
        for expr in &plans.of[index].exprs {
            match function.body.get(*expr).kind {
                ExprKind::Call(callee, _) => callers[callee as usize].push(index),
                ExprKind::Closure(lambda, _) if plans.direct.contains(&lambda) => {
                    callers[lambda as usize].push(index);
                }
                _ => {}
            }
        }
    }
    while let Some(index) = found.pop() {
        if !std::mem::replace(&mut users[index], true) {
            found.extend_from_slice(&callers[index]);
        }
    }
    users
}

fn may_collect(program: &Program, plans: &Plans, id: FunctionId, called_back: bool) -> bool {
    let function = &program.functions[id as usize];
    let body = &function.body;
    let closure = matches!(function.role, Role::Lambda { .. }) && !plans.direct.contains(&id);
    if closure || function.locals.iter().any(|local| local.boxed) {
        return true;
    }
    // Expressions that make no objects, and calls of what is known.
    let mut harmless = HashSet::new();
    let exprs = &plans.of[id as usize].exprs;
    for expr in exprs {
        match body.get(*expr).kind {
            ExprKind::SetLocal(local, value) if plans.is_scattered(id, local) => {
                harmless.insert(value.0);
            }
            ExprKind::CallClosure(closure, _) => match body.get(closure).kind {
                ExprKind::Local(local) if plans.is_scattered(id, local) => {
                    harmless.insert(expr.0);
                }
                _ => {}
            },
            _ => {}
        }
    }
    let mut exprs = exprs.iter().filter(|expr| !harmless.contains(&expr.0));
    exprs.any(|expr| expr_may_collect(program, body, &body.get(*expr), called_back))
}

fn expr_may_collect(program: &Program, body: &Body, expr: &Expr, called_back: bool) -> bool {
    match expr.kind {
        ExprKind::Struct(_)
        | ExprKind::Array(_)
        | ExprKind::NewArray(_)
        | ExprKind::NewCell(_)
        | ExprKind::CellOfField(..)
        | ExprKind::CellOfElement(..)
        | ExprKind::CallClosure(..)
        | ExprKind::CallContract(..)
        | ExprKind::Raise(..)
        | ExprKind::Subscribe(..) => true,
        ExprKind::Variant(_, payload) => payload.len > 0,
        ExprKind::Closure(_, captures) => captures.len > 0,
        ExprKind::Interpolation(parts) => {
            let parts = body.list(parts);
            parts.len() > 1 || parts.iter().any(|part| body.ty(*part) != Ty::STR)
        }
        ExprKind::Chain(_, steps) => {
            let mut steps = body.steps(steps).iter();
            steps.any(|step| step.op == BinaryOp::Add && step.operands == Ty::STR)
        }
        ExprKind::Builtin(builtin, _) => match builtin.does {
            Operation::Runtime(symbol) => is_safepoint(symbol),
            _ => false,
        },
        // Structs that come back are made anew.
        ExprKind::Foreign(id, _) => {
            let result = program.foreign[id as usize].signature.result;
            called_back || program.types.is_managed(result)
        }
        ExprKind::Callback(index, _) => {
            let result = program.callbacks[index as usize].signature.result;
            called_back || program.types.is_managed(result)
        }
        _ => false,
    }
}
