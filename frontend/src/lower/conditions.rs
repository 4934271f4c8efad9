//! Conditions: an expression that decides where control goes becomes branches, and
//! no value.

use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, List};

impl Lowering<'_, '_, '_> {
    /// Goes on at `then` if the condition holds, and else at `otherwise`.
    pub(super) fn branch(
        &mut self,
        condition: ExprId,
        then: Block,
        otherwise: Block,
    ) -> Lowered<()> {
        match self.body.get(condition).kind {
            ExprKind::Not(operand) => self.branch(operand, otherwise, then),
            ExprKind::And(list) => self.branch_list(list, true, then, otherwise),
            ExprKind::Or(list) => self.branch_list(list, false, then, otherwise),
            ExprKind::Scalar(value) => {
                let target = if value == 0 { otherwise } else { then };
                self.builder.ins().jump(target, &[]);
                Ok(())
            }
            _ => {
                let before = self.here();
                let value = self.scalar(condition)?;
                // It is one instruction with the comparison before it.
                self.go_to(condition);
                self.builder.ins().brif(value, then, &[], otherwise, &[]);
                self.go_back(before);
                Ok(())
            }
        }
    }

    /// Operands that all must hold, or of which one must.
    fn branch_list(&mut self, list: List, all: bool, then: Block, otherwise: Block) -> Lowered<()> {
        let Some((last, before)) = self.body.list(list).split_last() else {
            return Ok(());
        };
        for operand in before {
            let next = self.new_block();
            match all {
                true => self.branch(*operand, next, otherwise)?,
                false => self.branch(*operand, then, next)?,
            }
            self.switch_to(next);
        }
        self.branch(*last, then, otherwise)
    }

    /// The value of operands that all must hold, or of which one must: those behind
    /// the one that decides do not run.
    pub(super) fn short_circuit(&mut self, list: List, all: bool) -> Lowered<Value> {
        let end = self.new_block();
        let result = self.builder.append_block_param(end, types::I8);
        let Some((last, before)) = self.body.list(list).split_last() else {
            return self.scalar_of(None);
        };
        for operand in before {
            let value = self.scalar(*operand)?;
            let next = self.new_block();
            let decided = [value.into()];
            match all {
                true => self.builder.ins().brif(value, next, &[], end, &decided),
                false => self.builder.ins().brif(value, end, &decided, next, &[]),
            };
            self.switch_to(next);
        }
        let value = self.scalar(*last)?;
        self.builder.ins().jump(end, &[value.into()]);
        self.switch_to(end);
        Ok(result)
    }
}
