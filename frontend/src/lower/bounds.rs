//! Elements that are known to be there: `a[i]` in a loop over `range(0, a.len())`
//! (or up to a local that has this length), where neither changes in the loop; and in
//! `while i < a.len()`, where `i` only counts upwards, before it does.

use super::function::{Lowering, Place, Proven};
use super::plan::{Settled, assigns};
use super::rising::bounds;
use crate::hir::{ExprId, ExprKind, LocalId};
use crate::types::Ty;

/// No local: of what is not known any more.
const FORGOTTEN: LocalId = LocalId::MAX;

/// Most conversions and names between an index and the local that it is.
const MOST_STEPS: usize = 8;

impl Lowering<'_, '_, '_> {
    /// Notes what the bounds of a loop's local prove within its body. Returns how
    /// much was known before.
    pub(super) fn prove_count(&mut self, index: LocalId, from: ExprId, to: ExprId) -> usize {
        let before = self.proven.len();
        // Others may change a local that is in memory.
        if matches!(self.places[index as usize], Place::Variable(_))
            && self.body.literal(from).is_some_and(|from| from >= 0)
            && let Some(of) = self.settled_length(to)
        {
            self.proven.push(Proven { index, of });
        }
        before
    }

    /// Notes what the condition of a loop proves within its body. Returns how much was
    /// known before.
    pub(super) fn prove_while(&mut self, condition: ExprId) -> usize {
        let before = self.proven.len();
        for (index, end) in bounds(self.body, condition) {
            if self.plan.rising[index as usize]
                && matches!(self.places[index as usize], Place::Variable(_))
                && !assigns(self.body, condition, index)
                && let Some(of) = self.settled_length(end)
            {
                self.proven.push(Proven { index, of });
            }
        }
        before
    }

    /// Forgets what is known of the indices that an expression assigns: before a loop,
    /// whose next turn comes behind its assignments.
    pub(super) fn forget_assigned(&mut self, expr: ExprId) {
        for at in 0..self.proven.len() {
            let index = self.proven[at].index;
            if index != FORGOTTEN
                && self.plan.rising[index as usize]
                && assigns(self.body, expr, index)
            {
                self.forget(index);
            }
        }
    }

    /// Forgets what is known of an index. What was proven around stays in its place.
    pub(super) fn forget(&mut self, index: LocalId) {
        for known in &mut self.proven {
            if known.index == index {
                known.index = FORGOTTEN;
            }
        }
    }

    /// The settled local whose length an expression is: an array, a string, or a
    /// number.
    fn settled_length(&self, length: ExprId) -> Option<LocalId> {
        match self.body.get(length).kind {
            ExprKind::Length(of) => self.settled_local(of),
            ExprKind::Local(id) if self.is_settled(id) => {
                let id = self.alias(id);
                match self.plan.settled[id as usize] {
                    Settled::By(value) => match self.body.get(value).kind {
                        ExprKind::Length(of) => self.settled_local(of).or(Some(id)),
                        _ => Some(id),
                    },
                    _ => Some(id),
                }
            }
            ExprKind::Convert(of) if self.body.ty(of).is_integer() && widens(self, of, length) => {
                self.settled_length(of)
            }
            _ => None,
        }
    }

    fn settled_local(&self, of: ExprId) -> Option<LocalId> {
        match self.body.get(of).kind {
            ExprKind::Local(id) if self.is_settled(id) => Some(self.alias(id)),
            _ => None,
        }
    }

    fn is_settled(&self, id: LocalId) -> bool {
        self.plan.settled[id as usize] != Settled::No
    }

    /// Whether an index is known to be within the bounds of an array or a string.
    pub(super) fn is_proven(&self, of: ExprId, index: ExprId) -> bool {
        let Some(of) = self.settled_local(of) else {
            return false;
        };
        let Some(index) = self.counted(index) else {
            return false;
        };
        let mut proven = self.proven.iter().filter(|known| known.index == index);
        proven.any(|known| known.of == of || self.is_made_with(of, known.of))
    }

    /// The local that an index is, through conversions and other names.
    fn counted(&self, index: ExprId) -> Option<LocalId> {
        let mut index = index;
        for _ in 0..MOST_STEPS {
            match self.body.get(index).kind {
                ExprKind::Convert(inner) if widens(self, inner, index) => index = inner,
                ExprKind::Local(id) if self.is_settled(id) => {
                    let id = self.alias(id);
                    match self.plan.settled[id as usize] {
                        Settled::By(value) => match self.body.get(value).kind {
                            ExprKind::Convert(_) => index = value,
                            _ => return Some(id),
                        },
                        _ => return Some(id),
                    }
                }
                ExprKind::Local(id) if self.plan.rising[id as usize] => return Some(id),
                _ => return None,
            }
        }
        None
    }

    fn alias(&self, id: LocalId) -> LocalId {
        self.plan.aliases[id as usize]
    }

    /// Whether a local is an array that was made with as many elements as another
    /// local says.
    fn is_made_with(&self, array: LocalId, length: LocalId) -> bool {
        let Settled::By(value) = self.plan.settled[array as usize] else {
            return false;
        };
        match self.body.get(value).kind {
            ExprKind::NewArray(made) => self.settled_length(made) == Some(length),
            _ => false,
        }
    }
}

/// Whether a conversion keeps the value of an integer.
fn widens(lowering: &Lowering<'_, '_, '_>, from: ExprId, to: ExprId) -> bool {
    let (from, to) = (lowering.body.ty(from), lowering.body.ty(to));
    from.is_integer() && to.is_integer() && (to == Ty::I64 || from == to || from == Ty::U8)
}
