//! Lowering statements. Each method says whether control falls through; what
//! comes after a statement that does not is unreachable and left out.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, condcodes::IntCC};

use super::function::{Loop, Lowered, Lowering, Place, UNREACHABLE};
use crate::hir::{Expr, LocalId, Statement};
use crate::types::Type;

impl Lowering<'_, '_, '_> {
    pub(super) fn statements(&mut self, statements: &[Statement]) -> Lowered<bool> {
        for statement in statements {
            if !self.statement(statement)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn statement(&mut self, statement: &Statement) -> Lowered<bool> {
        match statement {
            Statement::Set(local, value) => {
                if let Some(value) = self.expr(value)? {
                    self.set_local(*local, value);
                }
                Ok(true)
            }
            Statement::SetField(object, field, value) => {
                self.set_field(object, *field, value)?;
                Ok(true)
            }
            Statement::Store(reference, value) => {
                let address = self.scalar(reference)?;
                let value = self.scalar(value)?;
                let flags = MemFlagsData::new();
                self.builder.ins().store(flags, value, address, 0);
                Ok(true)
            }
            Statement::If { arms, otherwise } => self.if_statement(arms, otherwise),
            Statement::While { condition, body } => self.while_loop(condition, body),
            Statement::For {
                variable,
                from,
                to,
                body,
            } => self.for_loop(*variable, from, to, body),
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.expr(value)?,
                    None => None,
                };
                self.return_value(value);
                Ok(false)
            }
            Statement::Break => Ok(self.jump_out(|target| target.exit)),
            Statement::Continue => Ok(self.jump_out(|target| target.next)),
            Statement::Expr(expr) => {
                self.expr(expr)?;
                if expr.ty == Type::Never {
                    self.builder.ins().trap(UNREACHABLE);
                    return Ok(false);
                }
                Ok(true)
            }
            Statement::Block(statements) => self.statements(statements),
        }
    }

    fn jump_out(&mut self, target: impl Fn(Loop) -> cranelift_codegen::ir::Block) -> bool {
        // The checker has refused jumps outside loops.
        if let Some(target) = self.loops.last().copied().map(target) {
            self.builder.ins().jump(target, &[]);
        }
        false
    }

    fn if_statement(
        &mut self,
        arms: &[(Expr, Vec<Statement>)],
        otherwise: &[Statement],
    ) -> Lowered<bool> {
        let end = self.new_block();
        let mut reached = false;
        for (condition, body) in arms {
            let (then, next) = (self.new_block(), self.new_block());
            self.branch(condition, then, next)?;
            self.builder.switch_to_block(then);
            if self.statements(body)? {
                self.builder.ins().jump(end, &[]);
                reached = true;
            }
            self.builder.switch_to_block(next);
        }
        if self.statements(otherwise)? {
            self.builder.ins().jump(end, &[]);
            reached = true;
        }
        if reached {
            self.builder.switch_to_block(end);
        }
        Ok(reached)
    }

    /// The condition stands twice, before the loop and at its end, so that each
    /// turn jumps once.
    fn while_loop(&mut self, condition: &Expr, body: &[Statement]) -> Lowered<bool> {
        let (inside, next, exit) = (self.new_block(), self.new_block(), self.new_block());
        self.branch(condition, inside, exit)?;
        self.builder.switch_to_block(inside);
        self.loops.push(Loop { exit, next });
        if self.statements(body)? {
            self.builder.ins().jump(next, &[]);
        }
        self.loops.pop();
        self.builder.switch_to_block(next);
        self.branch(condition, inside, exit)?;
        self.builder.switch_to_block(exit);
        Ok(true)
    }

    fn for_loop(
        &mut self,
        variable: LocalId,
        from: &Expr,
        to: &Expr,
        body: &[Statement],
    ) -> Lowered<bool> {
        let ty = from.ty;
        let from = self.scalar(from)?;
        let to = self.scalar(to)?;
        let Place::Variable(variable) = self.places[variable] else {
            return Ok(true);
        };
        let (inside, next, exit) = (self.new_block(), self.new_block(), self.new_block());
        let less = match ty {
            Type::U8 => IntCC::UnsignedLessThan,
            _ => IntCC::SignedLessThan,
        };
        self.builder.def_var(variable, from);
        let first = self.builder.ins().icmp(less, from, to);
        self.builder.ins().brif(first, inside, &[], exit, &[]);
        self.builder.switch_to_block(inside);
        self.loops.push(Loop { exit, next });
        if self.statements(body)? {
            self.builder.ins().jump(next, &[]);
        }
        self.loops.pop();
        // The index is below `to`, so that it cannot overflow.
        self.builder.switch_to_block(next);
        let index = self.builder.use_var(variable);
        let one = self.one_like(index);
        let index = self.builder.ins().iadd(index, one);
        self.builder.def_var(variable, index);
        let again = self.builder.ins().icmp(less, index, to);
        self.builder.ins().brif(again, inside, &[], exit, &[]);
        self.builder.switch_to_block(exit);
        Ok(true)
    }
}
