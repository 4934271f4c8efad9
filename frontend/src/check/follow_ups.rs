//! What follows from a problem that was reported, and is no problem of its own: each has one
//! message (SYN-8).

use beskid_syntax::{Node, NodeKind};
use rustc_hash::FxHashSet;

use super::state::Checker;
use crate::codes;
use crate::hir::{ExprId, ExprKind};
use crate::resolve::ItemId;
use crate::types::Ty;

impl Checker<'_> {
    /// Whether a member of a type may be declared in what could not be read.
    pub(super) fn may_have(&self, ty: Ty, name: &str) -> bool {
        let item = self.item_of(ty);
        self.names.unread.contains(name) || item.is_some_and(|item| self.is_partly_unread(item))
    }

    /// Whether one of the parts of a type could not be read.
    pub(super) fn is_partly_unread(&self, item: ItemId) -> bool {
        let mut parts = self.names.item(item).node.parts();
        parts.any(|part| part.kind() == NodeKind::Error)
    }

    /// Whether something in a node could not be read, or where it ends.
    pub(super) fn is_unread_in(&self, node: Node<'_>) -> bool {
        let inside = node.span().range();
        let open = node.first_token().span();
        let mut errors = node.tree().errors().iter();
        errors.any(|error| {
            inside.contains(&(error.span.start as usize)) || error.related == Some(open)
        })
    }

    /// Whether a block ends with a statement of which something was reported: nobody knows
    /// whether it comes to its end.
    pub(super) fn ends_broken(&mut self, block: ExprId) -> bool {
        let body = &self.frame().body;
        let ExprKind::Block(list) = body.get(block).kind else {
            return false;
        };
        let last = body.list(list).last();
        last.is_some_and(|last| body.ty(*last) == Ty::ERROR)
    }

    /// The names that help with names which mean nothing: what was probably meant is used.
    pub(super) fn probably_meant(&self) -> FxHashSet<String> {
        let reported = self.diagnostics.iter();
        let unknown = reported.filter(|found| codes::is_about_unknown(&found.diagnostic.code));
        let helps = unknown.filter_map(|found| found.diagnostic.help.as_deref());
        let quoted = helps.flat_map(|help| help.split('`').skip(1).step_by(2));
        quoted.map(str::to_owned).collect()
    }
}
