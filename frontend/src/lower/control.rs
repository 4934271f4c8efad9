//! Lowering what decides where control goes: blocks, branches, loops.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::function::{Loop, Lowering, Place};
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, List, LocalId};
use crate::types::Ty;

/// Where the values of several ways go.
#[derive(Clone, Copy)]
pub(super) enum Goal {
    /// A block, whose parameter is the value if there is one.
    Join(Block, Option<Value>),
    /// Out of the function.
    Return,
}

impl Lowering<'_, '_, '_> {
    /// One after the other; what comes after one that does not go on is left out.
    pub(super) fn sequence(&mut self, list: List) -> Lowered<Option<Value>> {
        let mut value = None;
        for expr in self.body.list(list) {
            value = self.expr(*expr)?;
            if self.body.ty(*expr) == Ty::NEVER {
                return Ok(None);
            }
        }
        Ok(value)
    }

    /// The same with a scope of its own.
    pub(super) fn block(&mut self, list: List) -> Lowered<Option<Value>> {
        let scopes = self.open_scopes();
        let value = self.sequence(list);
        self.close_scopes(scopes);
        value
    }

    /// A block where several values of a type meet: it has a parameter for them if
    /// the type has values.
    fn join(&mut self, ty: Ty) -> (Block, Option<Value>) {
        let end = self.new_block();
        let machine = self.machine_type(ty);
        let value = machine.map(|machine| self.builder.append_block_param(end, machine));
        (end, value)
    }

    /// Goes on where several values meet.
    fn jump_with(&mut self, end: Block, wants: Option<Value>, value: Option<Value>) {
        match (wants, value) {
            (None, _) => {
                self.builder.ins().jump(end, &[]);
            }
            (Some(_), Some(value)) => {
                self.builder.ins().jump(end, &[value.into()]);
            }
            (Some(_), None) => self.never(),
        }
    }

    /// One way out of several: an expression, and where its value goes. Returns
    /// whether the end is reached.
    pub(super) fn arm(&mut self, expr: ExprId, goal: Goal) -> Lowered<bool> {
        let Goal::Join(end, wants) = goal else {
            return self.return_from(Some(expr)).map(|()| false);
        };
        let value = self.expr(expr)?;
        if self.body.ty(expr) == Ty::NEVER {
            return Ok(false);
        }
        self.jump_with(end, wants, value);
        Ok(true)
    }

    /// A place where several values of a type meet.
    pub(super) fn goal(&mut self, ty: Ty) -> Goal {
        let (end, value) = self.join(ty);
        Goal::Join(end, value)
    }

    /// Goes on where several ways meet, if one leads there.
    pub(super) fn finish(&mut self, goal: Goal, reached: bool) -> Option<Value> {
        let Goal::Join(end, value) = goal else {
            self.diverge();
            return None;
        };
        self.finish_at(end, reached);
        value.filter(|_| reached)
    }

    /// Goes on at the end of several ways, if one leads there.
    fn finish_at(&mut self, end: Block, reached: bool) {
        if reached {
            self.switch_to(end);
        } else {
            self.diverge();
        }
    }

    pub(super) fn if_else(&mut self, list: List, goal: Goal) -> Lowered<Option<Value>> {
        let mut reached = false;
        let arms = self.body.list(list).chunks_exact(2);
        let otherwise = arms.remainder().first();
        for arm in arms {
            let (then, next) = (self.new_block(), self.new_block());
            self.go_to(arm[0]);
            self.branch(arm[0], then, next)?;
            self.switch_to(then);
            reached |= self.arm(arm[1], goal)?;
            self.switch_to(next);
        }
        match (otherwise, goal) {
            (Some(otherwise), _) => reached |= self.arm(*otherwise, goal)?,
            (None, Goal::Join(end, value)) => {
                self.jump_with(end, value, None);
                reached = true;
            }
            (None, Goal::Return) => self.return_value(None),
        }
        Ok(self.finish(goal, reached))
    }

    /// Leaves the function. Each way out of a branch leaves by itself.
    pub(super) fn return_from(&mut self, value: Option<ExprId>) -> Lowered<()> {
        let Some(expr) = value else {
            self.return_value(None);
            return Ok(());
        };
        match self.body.get(expr).kind {
            ExprKind::If(list) => self.if_else(list, Goal::Return).map(|_| ()),
            ExprKind::Match(value, arms) => self.match_value(value, arms, Goal::Return).map(|_| ()),
            _ => {
                let value = self.expr(expr)?;
                self.return_value(value);
                Ok(())
            }
        }
    }

    fn return_value(&mut self, value: Option<Value>) {
        let wants = self.builder.func.signature.returns.len();
        let values = value.into_iter().take(wants).collect::<Vec<_>>();
        if values.len() == wants {
            self.builder.ins().return_(&values);
            self.diverge();
        } else {
            self.never();
        }
    }

    pub(super) fn jump_out(&mut self, target: impl Fn(Loop) -> Block) -> Lowered<()> {
        // The checker has refused jumps outside loops.
        if let Some(target) = self.loops.last().copied().map(target) {
            self.stop_at_jump();
            self.builder.ins().jump(target, &[]);
            self.diverge();
        }
        Ok(())
    }

    /// A loop's body, which goes on at `next`.
    fn turn(&mut self, body: ExprId, exit: Block, next: Block) -> Lowered<()> {
        self.loops.push(Loop { exit, next });
        self.expr(body)?;
        if self.body.ty(body) != Ty::NEVER {
            self.builder.ins().jump(next, &[]);
        }
        self.loops.pop();
        Ok(())
    }

    /// The condition stands twice, before the loop and at its end, so that each
    /// turn jumps once.
    pub(super) fn while_loop(&mut self, condition: ExprId, body: ExprId) -> Lowered<()> {
        let (inside, next, exit) = (self.new_block(), self.new_block(), self.new_block());
        self.forget_assigned(condition);
        self.forget_assigned(body);
        self.go_to(condition);
        self.branch(condition, inside, exit)?;
        self.switch_to(inside);
        let proven = self.prove_while(condition);
        self.turn(body, exit, next)?;
        self.proven.truncate(proven);
        self.switch_to(next);
        self.go_to(condition);
        self.branch(condition, inside, exit)?;
        self.switch_to(exit);
        Ok(())
    }

    pub(super) fn count_loop(
        &mut self,
        id: ExprId,
        local: LocalId,
        from: ExprId,
        to: ExprId,
        body: ExprId,
    ) -> Lowered<()> {
        self.forget_assigned(body);
        let ty = self.body.ty(from);
        let first = self.scalar(from)?;
        let last = self.scalar(to)?;
        let scopes = self.open_scopes();
        // A local that others may see does not count by itself.
        let seen = match self.places[local as usize] {
            Place::Variable(variable) => {
                self.show_local(local);
                Ok(variable)
            }
            _ => Err(self.builder.func.dfg.value_type(first)),
        };
        let variable = match seen {
            Ok(variable) => variable,
            Err(machine) => self.builder.declare_var(machine),
        };
        let (inside, next, exit) = (self.new_block(), self.new_block(), self.new_block());
        let less = match ty {
            Ty::U8 => IntCC::UnsignedLessThan,
            _ => IntCC::SignedLessThan,
        };
        self.define(variable, first);
        let enters = self.builder.ins().icmp(less, first, last);
        self.builder.ins().brif(enters, inside, &[], exit, &[]);
        self.switch_to(inside);
        if seen.is_err() {
            let index = self.builder.use_var(variable);
            self.set_local(local, index)?;
        }
        let proven = self.prove_count(local, from, to);
        self.turn(body, exit, next)?;
        self.proven.truncate(proven);
        // The index is below the end, so that it cannot overflow.
        self.switch_to(next);
        self.go_to(id);
        let index = self.builder.use_var(variable);
        let one = self.one_like(index);
        let index = self.builder.ins().iadd(index, one);
        self.define(variable, index);
        let again = self.builder.ins().icmp(less, index, last);
        self.builder.ins().brif(again, inside, &[], exit, &[]);
        self.close_scopes(scopes);
        self.switch_to(exit);
        Ok(())
    }

    /// The elements of an array, whose length is read once.
    pub(super) fn each_loop(
        &mut self,
        id: ExprId,
        local: LocalId,
        array: ExprId,
        body: ExprId,
    ) -> Lowered<()> {
        self.forget_assigned(body);
        let ty = self.body.ty(array);
        let array = self.scalar(array)?;
        let length = self.array_length(array);
        let scopes = self.open_scopes();
        let variable = self.builder.declare_var(types::I64);
        let zero = self.builder.ins().iconst(types::I64, 0);
        let (inside, next, exit) = (self.new_block(), self.new_block(), self.new_block());
        self.builder.def_var(variable, zero);
        self.builder.ins().brif(length, inside, &[], exit, &[]);
        self.switch_to(inside);
        let index = self.builder.use_var(variable);
        if let Some(value) = self.element_at(array, ty, index, self.body.get(id).span)? {
            self.set_local(local, value)?;
        }
        self.turn(body, exit, next)?;
        self.switch_to(next);
        self.go_to(id);
        let index = self.builder.use_var(variable);
        let index = self.builder.ins().iadd_imm_u(index, 1);
        self.builder.def_var(variable, index);
        let again = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedLessThan, index, length);
        self.builder.ins().brif(again, inside, &[], exit, &[]);
        self.close_scopes(scopes);
        self.switch_to(exit);
        Ok(())
    }
}
