//! Conditions: an expression that decides where control goes becomes branches, and
//! no value.

use cranelift_codegen::ir::{Block, InstBuilder};

use super::function::{Lowered, Lowering};
use crate::ast::BinaryOp;
use crate::hir::{Expr, ExprKind, Step};

impl Lowering<'_, '_, '_> {
    /// Goes on at `then` if the condition holds, and else at `otherwise`.
    pub(super) fn branch(
        &mut self,
        condition: &Expr,
        then: Block,
        otherwise: Block,
    ) -> Lowered<()> {
        match &condition.kind {
            ExprKind::Not(operand) => self.branch(operand, otherwise, then),
            ExprKind::Chain(first, steps) => match steps.split_last() {
                Some((last, before)) if is_short_circuit(last) => {
                    self.short_branch(first, before, last, then, otherwise)
                }
                _ => self.plain_branch(condition, then, otherwise),
            },
            _ => self.plain_branch(condition, then, otherwise),
        }
    }

    fn plain_branch(&mut self, condition: &Expr, then: Block, otherwise: Block) -> Lowered<()> {
        let condition = self.scalar(condition)?;
        let ins = self.builder.ins();
        ins.brif(condition, then, &[], otherwise, &[]);
        Ok(())
    }

    /// The operands of a chain, which are all joined by the same operator.
    fn short_branch(
        &mut self,
        first: &Expr,
        before: &[Step],
        last: &Step,
        then: Block,
        otherwise: Block,
    ) -> Lowered<()> {
        let steps = before.iter().map(|step| &step.right);
        for operand in std::iter::once(first).chain(steps) {
            let next = self.new_block();
            match last.op {
                BinaryOp::And => self.branch(operand, next, otherwise)?,
                _ => self.branch(operand, then, next)?,
            }
            self.builder.switch_to_block(next);
        }
        self.branch(&last.right, then, otherwise)
    }
}

const fn is_short_circuit(step: &Step) -> bool {
    matches!(step.op, BinaryOp::And | BinaryOp::Or)
}
