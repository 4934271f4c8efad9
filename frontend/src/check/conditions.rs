//! Conditions of `if` and `while` (STM-4).

use beskid_syntax::views::Assign;
use beskid_syntax::{Node, TokenKind};

use super::assignment::inside;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::ExprId;
use crate::types::Ty;

/// Longest condition that is shown in a help.
const LONGEST: usize = 32;

impl<'t> Checker<'t> {
    /// A condition. In one that is wrong, `=` was to be `==`.
    pub(super) fn condition(&mut self, node: Node<'t>) -> ExprId {
        let before = self.diagnostics.len();
        let value = self.expr(node, Some(Ty::BOOL));
        let ty = self.type_of(value);
        let told = self.diagnostics.len();
        let value = self.coerce_of(node, value, Ty::BOOL, codes::BAD_CONDITION);
        if ty.is_integer()
            && let Some(last) = self.diagnostics.get_mut(told)
        {
            let text = node.text();
            let is_short = text.len() <= LONGEST && !text.contains('\n');
            let shown = if is_short { text } else { "value" };
            last.set_help(Some(format!("a condition is a bool: `{shown} != 0`")));
        }
        if self.diagnostics.len() > before
            && let Some(assign) = plain_assignment(node)
        {
            self.compares(node, assign, before);
        }
        value
    }

    /// Says once that `==` compares, where problems of an assignment were reported.
    fn compares(&mut self, node: Node<'t>, assign: Assign<'t>, before: usize) {
        let (Some(target), Some(value)) = (assign.target(), assign.value()) else {
            return;
        };
        let places = [self.span(node), self.span(target), self.span(value)];
        let problems = [
            codes::BAD_CONDITION,
            codes::NOT_MUTABLE,
            codes::NOT_A_PLACE,
            codes::TYPE_MISMATCH,
        ];
        let is_of_it = |found: &SourceDiagnostic| {
            places.contains(&found.span()) && problems.contains(&found.diagnostic.code)
        };
        let mut found = self.diagnostics.split_off(before);
        // The last says that it is no condition, if it is none.
        if let Some(last) = found.iter().rposition(is_of_it)
            && found[last].diagnostic.code != codes::TYPE_MISMATCH
        {
            let help = format!(
                "`==` compares: write `{} == {}`",
                target.text(),
                value.text()
            );
            found[last].set_help(Some(help));
            let mut at = 0..found.len();
            found.retain(|found| at.next() == Some(last) || !is_of_it(found));
        }
        self.diagnostics.append(&mut found);
    }
}

/// The assignment by `=` that a condition is.
fn plain_assignment(node: Node<'_>) -> Option<Assign<'_>> {
    let assign = inside(node).and_then(Assign::cast)?;
    let operator = assign.operator()?;
    (operator.kind() == TokenKind::Eq).then_some(assign)
}
