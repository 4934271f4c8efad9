//! What a lambda returns by all of its `return`s (LAM-3).

use beskid_syntax::{Node, NodeKind};

use super::lambdas::Taken;
use super::outcome::PendingTry;
use super::sought::{Partly, SoughtResult};
use super::state::Checker;
use super::turn::Turn;
use crate::hir::ExprId;
use crate::types::Ty;

impl<'t> Checker<'t> {
    /// The type that the `return`s of a lambda's block have together, if one of them alone
    /// may not say it: they are checked once for it, each by itself.
    pub(super) fn returned(
        &mut self,
        lambda: Node<'t>,
        body: Option<Node<'t>>,
        taken: &Taken<'t>,
    ) -> Option<Ty> {
        let body = body.filter(|body| body.kind() == NodeKind::Block)?;
        if !has_several(body) {
            return None;
        }
        let key = (
            lambda.id(),
            self.lambdas_around(taken.types.iter().copied()),
        );
        if let Some(known) = self.outermost().returned.get(&key) {
            return *known;
        }
        let found = self.tried(|checker| {
            let mut frame = checker.lambda_frame(taken);
            frame.sought = Some(SoughtResult::default());
            checker.frames.push(frame);
            checker.body_block(body);
            let mut frame = checker.frames.pop().unwrap_or_default();
            let sought = frame.sought.take().unwrap_or_default();
            let tries = std::mem::take(&mut frame.tries);
            checker.close_frame(frame);
            checker.together(sought, &tries)
        });
        self.outermost().returned.insert(key, found);
        found
    }

    /// The type that returned values have together.
    fn together(&mut self, mut sought: SoughtResult, tries: &[PendingTry]) -> Option<Ty> {
        sought.types.sort_by_key(|(adapts, _)| *adapts);
        let mut common = None;
        for (adapts, ty) in sought.types {
            if common.is_none() || !adapts {
                common = Some(self.join(common, ty));
            }
        }
        if common.is_some() {
            return common;
        }
        // Each says a part: one the type of a value, another that of an error.
        sought.parts.sort_by_key(|(adapts, _)| *adapts);
        let mut parts = sought.parts.into_iter().map(|(_, partly)| partly);
        let mut all = parts.next()?;
        let others = parts.filter(|partly| partly.item == all.item);
        for partly in others.collect::<Vec<_>>() {
            for (known, new) in all.known.known.iter_mut().zip(partly.known.known) {
                *known = known.or(new);
            }
        }
        self.find_failure(&mut all, tries);
        let args = all.known.complete()?;
        Some(self.applied(all.item, args))
    }

    /// What leaves by a `?` has the error of the result (ERR-3).
    fn find_failure(&mut self, partly: &mut Partly, tries: &[PendingTry]) {
        let open = self.declared[partly.item as usize].ty;
        let Some(declared) = open.and_then(|open| self.outcome(open)) else {
            return;
        };
        let owner = open.and_then(|open| self.owner_of(open));
        let mut same = tries
            .iter()
            .filter(|tried| self.owner_of(tried.ty) == owner);
        if let (Some(index), Some(tried)) = (partly.known.index(declared.failure), same.next()) {
            partly.known.known[index].get_or_insert(tried.outcome.failure);
        }
    }

    /// A value that is returned where the type of the result is sought.
    pub(super) fn sought_value(&mut self, value: Option<Node<'t>>) -> Option<ExprId> {
        let (adapts, ty, value) = match value {
            Some(node) => {
                self.sought(|sought| sought.last = None);
                let value = self.expr(node, None);
                let adapts = self.turn(node) >= Turn::Third;
                (adapts, self.type_of(value), Some(value))
            }
            None => (false, Ty::UNIT, None),
        };
        self.sought(|sought| match (ty, sought.last.take()) {
            (Ty::ERROR, Some(partly)) => sought.parts.push((adapts, partly)),
            (Ty::ERROR | Ty::NEVER, _) => {}
            _ => sought.types.push((adapts, ty)),
        });
        value
    }

    /// Notes a value of an enum of which not all type arguments are known.
    pub(super) fn says_partly(&mut self, partly: Partly) {
        self.sought(|sought| sought.last = Some(partly));
    }

    fn sought(&mut self, note: impl FnOnce(&mut SoughtResult)) {
        if let Some(sought) = self.frame().sought.as_mut() {
            note(sought);
        }
    }
}

/// Whether a body has several `return`s of its own, or one and a `?`.
fn has_several(body: Node<'_>) -> bool {
    let mut open = vec![body];
    let (mut returns, mut tries) = (0, 0);
    while let Some(node) = open.pop() {
        returns += usize::from(node.kind() == NodeKind::Return);
        tries += usize::from(node.kind() == NodeKind::Try);
        if returns > 0 && returns + tries > 1 {
            return true;
        }
        let inner = node.children();
        open.extend(inner.filter(|inner| inner.kind() != NodeKind::Lambda));
    }
    false
}
