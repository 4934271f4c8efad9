//! Lowering matches: what a value is decides at once, by its tag or its number,
//! which arm is the first that may fit; then the arm's own tests run.

use std::collections::BTreeMap;

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use cranelift_frontend::Switch;
use rustc_hash::FxHashMap;

use super::control::Goal;
use super::function::{Lowering, UNREACHABLE};
use super::unit::Lowered;
use crate::hir::{Arm, ExprId, Pattern, PatternId, Range};
use crate::types::{EnumId, Kind, Ty};

/// A match while it is lowered.
struct Match<'b> {
    value: Option<Value>,
    ty: Ty,
    arms: &'b [Arm],
    /// Where each arm's tests begin.
    entries: Vec<Block>,
    /// Of each arm, the next one that may fit a value for which it is no match.
    next: Vec<Option<usize>>,
    /// The position of all that finds the arm.
    place: Option<u32>,
}

/// What an arm's pattern wants of a value at first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Anything,
    /// This variant or number, which a switch has found out.
    Key(u64),
    /// What only a comparison finds out.
    Compared,
}

impl Lowering<'_, '_, '_> {
    pub(super) fn match_value(
        &mut self,
        value: ExprId,
        arms: Range,
        goal: Goal,
    ) -> Lowered<Option<Value>> {
        let of = self.body.ty(value);
        let place = self.here();
        let value = self.expr(value)?;
        if of == Ty::NEVER {
            return Ok(None);
        }
        let arms = self.body.arms(arms);
        let entries = arms.iter().map(|_| self.new_block()).collect();
        let found = Match {
            value,
            ty: of,
            arms,
            entries,
            next: self.next_arms(arms, of),
            place,
        };
        self.dispatch(&found, 0)?;
        let mut reached = false;
        for index in 0..arms.len() {
            reached |= self.match_arm(&found, index, goal)?;
        }
        Ok(self.finish(goal, reached))
    }

    fn wanted(&self, arm: &Arm, ty: Ty) -> Wanted {
        match self.body.pattern(arm.pattern) {
            Pattern::Any | Pattern::Bind(_) => Wanted::Anything,
            Pattern::Variant(variant, _) => Wanted::Key(u64::from(variant)),
            Pattern::Scalar(value) => {
                let bits = self.types.size(ty) * 8;
                Wanted::Key(value as u64 & (u64::MAX >> (64 - bits.clamp(8, 64))))
            }
            Pattern::Float(_) | Pattern::Text(_) => Wanted::Compared,
        }
    }

    /// Goes to the first arm from an index on that may fit.
    fn dispatch(&mut self, found: &Match<'_>, from: usize) -> Lowered<()> {
        let mut keys = BTreeMap::new();
        let mut otherwise = None;
        for (arm, entry) in found.arms.iter().zip(&found.entries).skip(from) {
            match self.wanted(arm, found.ty) {
                Wanted::Key(key) => {
                    keys.entry(key).or_insert(*entry);
                    continue;
                }
                Wanted::Anything | Wanted::Compared => otherwise = Some(*entry),
            }
            break;
        }
        // Without an arm for everything, there is one for each value.
        let otherwise = match otherwise {
            Some(otherwise) => otherwise,
            None => match keys.pop_last() {
                Some((_, last)) => last,
                None => {
                    self.builder.ins().trap(UNREACHABLE);
                    return Ok(());
                }
            },
        };
        if keys.is_empty() {
            self.builder.ins().jump(otherwise, &[]);
            return Ok(());
        }
        let value = self.scalar_of(found.value)?;
        let value = match self.types.kind(found.ty) {
            Kind::Enum(id) => self.tag(value, id),
            _ => value,
        };
        let mut switch = Switch::new();
        for (key, entry) in keys {
            switch.set_entry(u128::from(key), entry);
        }
        switch.emit(&mut self.builder, value, otherwise);
        Ok(())
    }

    /// Of each arm, the next one that may fit a value for which it is no match.
    fn next_arms(&self, arms: &[Arm], ty: Ty) -> Vec<Option<usize>> {
        let mut next = vec![None; arms.len()];
        let mut same = FxHashMap::default();
        let mut other = None;
        for (index, arm) in arms.iter().enumerate().rev() {
            match self.wanted(arm, ty) {
                Wanted::Key(key) => {
                    let same = same.insert(key, index);
                    next[index] = same.into_iter().chain(other).min();
                }
                Wanted::Anything | Wanted::Compared => {
                    next[index] = Some(index + 1).filter(|next| *next < arms.len());
                    other = Some(index);
                }
            }
        }
        next
    }

    /// An arm: its tests, its guard, its body. Returns whether it comes to an end.
    fn match_arm(&mut self, found: &Match<'_>, index: usize, goal: Goal) -> Lowered<bool> {
        let arm = found.arms[index];
        let next = found.next[index];
        self.switch_to(found.entries[index]);
        // The arm before may have left the function.
        self.go_back(found.place);
        let scopes = self.open_scopes();
        let fail = next.map(|_| self.new_block());
        self.test_first(found, arm.pattern, fail)?;
        if let (Some(guard), Some(fail)) = (arm.guard, fail) {
            let holds = self.new_block();
            self.branch(guard, holds, fail)?;
            self.switch_to(holds);
        }
        let reached = self.arm(arm.body, goal)?;
        self.close_scopes(scopes);
        if let (Some(fail), Some(next)) = (fail, next) {
            self.switch_to(fail);
            self.go_back(found.place);
            match self.wanted(&arm, found.ty) {
                Wanted::Anything => self.dispatch(found, next)?,
                Wanted::Key(_) | Wanted::Compared => {
                    self.builder.ins().jump(found.entries[next], &[]);
                }
            }
        }
        Ok(reached)
    }

    /// What a switch has not found out.
    fn test_first(
        &mut self,
        found: &Match<'_>,
        pattern: PatternId,
        fail: Option<Block>,
    ) -> Lowered<()> {
        match (self.body.pattern(pattern), self.types.kind(found.ty)) {
            (Pattern::Scalar(_), _) => Ok(()),
            (Pattern::Variant(variant, _), Kind::Enum(id)) => {
                let value = self.scalar_of(found.value)?;
                self.test_payload(value, (id, variant), pattern, fail)
            }
            _ => self.test(found.value, found.ty, pattern, fail),
        }
    }

    /// Goes on if a value fits a pattern, whose locals get their values, and else at
    /// `fail`. Without that it is known to fit.
    fn test(
        &mut self,
        value: Option<Value>,
        ty: Ty,
        pattern: PatternId,
        fail: Option<Block>,
    ) -> Lowered<()> {
        let Some(value) = value else { return Ok(()) };
        let fits = match self.body.pattern(pattern) {
            Pattern::Any => return Ok(()),
            Pattern::Bind(local) => return self.set_local(local, value),
            Pattern::Variant(variant, _) => {
                let Kind::Enum(id) = self.types.kind(ty) else {
                    return Ok(());
                };
                if let Some(fail) = fail
                    && self.types.enumeration(id).variants.len() > 1
                {
                    let tag = self.tag(value, id);
                    let ins = self.builder.ins();
                    let fits = ins.icmp_imm_u(IntCC::Equal, tag, i64::from(variant));
                    self.go_on_if(fits, fail);
                }
                return self.test_payload(value, (id, variant), pattern, fail);
            }
            _ if fail.is_none() => return Ok(()),
            Pattern::Scalar(number) => {
                let Some(number) = self.constant(number, ty) else {
                    return Ok(());
                };
                self.builder.ins().icmp(IntCC::Equal, value, number)
            }
            Pattern::Float(bits) => {
                let number = self.builder.ins().f64const(f64::from_bits(bits));
                self.builder.ins().fcmp(FloatCC::Equal, value, number)
            }
            Pattern::Text(index) => {
                let body = self.body;
                let text = self.text(&body.texts[index as usize])?;
                self.equal_texts(value, text)?
            }
        };
        if let Some(fail) = fail {
            self.go_on_if(fits, fail);
        }
        Ok(())
    }

    fn go_on_if(&mut self, fits: Value, fail: Block) {
        let next = self.new_block();
        self.builder.ins().brif(fits, next, &[], fail, &[]);
        self.switch_to(next);
    }

    fn test_payload(
        &mut self,
        value: Value,
        (id, variant): (EnumId, u32),
        pattern: PatternId,
        fail: Option<Block>,
    ) -> Lowered<()> {
        let Pattern::Variant(_, patterns) = self.body.pattern(pattern) else {
            return Ok(());
        };
        let payload = &self.types.enumeration(id).variants[variant as usize].payload;
        let shape = super::descriptors::Shape::Variant(id, variant);
        let layout = self.unit.layout(shape);
        let parts = payload.iter().zip(&layout.offsets);
        for ((ty, offset), pattern) in parts.zip(self.body.patterns(patterns)) {
            if !matches!(self.body.pattern(*pattern), Pattern::Any) {
                let part = self.part(value, *ty, *offset);
                self.test(part, *ty, *pattern, fail)?;
            }
        }
        Ok(())
    }
}
