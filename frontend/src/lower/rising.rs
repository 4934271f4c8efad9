//! Locals that count upwards in `while i < a.len() { … i += 1; … }`: they begin at a
//! literal, and are added to only where they were less than a length in this turn of the
//! loop, so that they are never negative and never overflow.

use crate::hir::{BinaryOp, Body, ExprId, ExprKind, Function, LocalId, Pattern, Role};
use crate::types::Ty;

/// Most that is added at one place: a loop's turn adds less than what an i64 holds beyond
/// any length.
const MOST: i64 = 1 << 31;

/// Which locals of a function count upwards.
pub(super) fn rising(function: &Function) -> Vec<bool> {
    let body = &function.body;
    let plain = function.locals.iter();
    let plain = plain.map(|local| local.ty == Ty::I64 && !local.boxed && !local.addressed);
    let mut rising = plain.collect::<Vec<_>>();
    for id in given(function) {
        rising[id as usize] = false;
    }
    // Each expression with the loop that it is in.
    let mut next = vec![(function.root, None)];
    while let Some((id, around)) = next.pop() {
        let inside = match body.get(id).kind {
            ExprKind::SetLocal(local, value) => {
                rising[local as usize] &= is_start(body, value)
                    || is_step(body, local, value) && is_bounded(body, local, around);
                around
            }
            ExprKind::Count { local, .. } | ExprKind::Each { local, .. } => {
                rising[local as usize] = false;
                Some(id)
            }
            ExprKind::While { condition, body } => {
                // What a condition adds is bounded by nothing.
                next.extend([(condition, Some(condition)), (body, Some(id))]);
                continue;
            }
            _ => around,
        };
        body.each_part(id, |part| next.push((part, inside)));
    }
    rising
}

/// The locals that get a value by no assignment.
fn given(function: &Function) -> impl Iterator<Item = LocalId> {
    let captures = match &function.role {
        Role::Lambda { captures } => captures.as_slice(),
        Role::Plain | Role::Foreign => &[],
    };
    let patterns = function.body.patterns.iter();
    let bound = patterns.filter_map(|pattern| match pattern {
        Pattern::Bind(id) => Some(*id),
        _ => None,
    });
    let called = function.params.iter().chain(captures).copied();
    called.chain(bound)
}

fn is_start(body: &Body, value: ExprId) -> bool {
    body.literal(value).is_some_and(|value| value >= 0)
}

/// Whether a value is a local and something more.
fn is_step(body: &Body, local: LocalId, value: ExprId) -> bool {
    let ExprKind::Chain(first, steps) = body.get(value).kind else {
        return false;
    };
    let [step] = body.steps(steps) else {
        return false;
    };
    is_local(body, first, local)
        && step.op == BinaryOp::Add
        && body
            .literal(step.right)
            .is_some_and(|more| (1..=MOST).contains(&more))
}

/// Whether a turn of a loop begins with a local that is less than a length.
fn is_bounded(body: &Body, local: LocalId, around: Option<ExprId>) -> bool {
    let Some(ExprKind::While { condition, .. }) = around.map(|id| body.get(id).kind) else {
        return false;
    };
    bounds(body, condition)
        .any(|(index, end)| index == local && matches!(body.get(end).kind, ExprKind::Length(_)))
}

/// What holds where a condition does: locals that are less than something.
pub(super) fn bounds(body: &Body, condition: ExprId) -> impl Iterator<Item = (LocalId, ExprId)> {
    let all = match body.get(condition).kind {
        ExprKind::And(list) => body.list(list).to_vec(),
        _ => vec![condition],
    };
    all.into_iter().filter_map(|id| {
        let ExprKind::Chain(first, steps) = body.get(id).kind else {
            return None;
        };
        match (body.get(first).kind, body.steps(steps)) {
            (ExprKind::Local(index), [step]) if step.op == BinaryOp::Less => {
                Some((index, step.right))
            }
            _ => None,
        }
    })
}

fn is_local(body: &Body, expr: ExprId, local: LocalId) -> bool {
    matches!(body.get(expr).kind, ExprKind::Local(id) if id == local)
}
