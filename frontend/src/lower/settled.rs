//! Which locals get their value at one place.

use super::function::Settled;
use crate::hir::{ExprKind, Function, LocalId};

/// For each local of a function.
pub(super) fn settled(function: &Function) -> Vec<Settled> {
    let mut settled = vec![Settled::Nowhere; function.locals.len()];
    let mut set = |id: LocalId, by| {
        let known = &mut settled[id as usize];
        *known = match *known {
            Settled::Nowhere => by,
            Settled::By(_) | Settled::No => Settled::No,
        };
    };
    for expr in &function.body.exprs {
        match expr.kind {
            ExprKind::SetLocal(id, value) => set(id, Settled::By(value)),
            ExprKind::Address(id) | ExprKind::CellOf(id) => set(id, Settled::No),
            _ => {}
        }
    }
    for id in &function.params {
        if settled[*id as usize] != Settled::Nowhere {
            settled[*id as usize] = Settled::No;
        }
    }
    settled
}
