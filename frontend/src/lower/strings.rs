//! Strings: putting them together, comparing them.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use beskid_plugin_api::runtime_abi::STR_LEN_OFFSET;

use super::function::{Lowering, Place};
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, List, LocalId};
use crate::types::Ty;

impl Lowering<'_, '_, '_> {
    /// The value that a local gets. One that a string is added to leaves room for
    /// more behind it.
    pub(super) fn assigned(&mut self, local: LocalId, value: ExprId) -> Lowered<Option<Value>> {
        if matches!(self.places[local as usize], Place::Parts(..)) {
            return self.set_parts(local, value);
        }
        if let ExprKind::Chain(first, steps) = self.body.get(value).kind
            && self.body.ty(value) == Ty::STR
            && matches!(self.body.get(first).kind, ExprKind::Local(id) if id == local)
        {
            let steps = self.body.steps(steps);
            let joined = self.chain(first, steps, true)?;
            self.manage(joined);
            return Ok(Some(joined));
        }
        self.expr(value)
    }

    /// The value that a field gets, in the same way.
    pub(super) fn assigned_field(
        &mut self,
        object: ExprId,
        index: u32,
        value: ExprId,
    ) -> Lowered<Option<Value>> {
        let local = |id: ExprId| match self.body.get(id).kind {
            ExprKind::Local(local) => Some(local),
            _ => None,
        };
        if let ExprKind::Chain(first, steps) = self.body.get(value).kind
            && self.body.ty(value) == Ty::STR
            && let ExprKind::Field(of, read) = self.body.get(first).kind
            && read == index
            && local(of).is_some()
            && local(of) == local(object)
        {
            let steps = self.body.steps(steps);
            let joined = self.chain(first, steps, true)?;
            self.manage(joined);
            return Ok(Some(joined));
        }
        self.expr(value)
    }

    pub(super) fn interpolation(&mut self, parts: List) -> Lowered<Value> {
        let mut text = None;
        let parts = self.body.list(parts);
        for part in parts {
            let value = self.scalar(*part)?;
            let piece = self.text_of(value, self.body.ty(*part))?;
            text = Some(match text {
                None => piece,
                Some(before) => self.joined(before, piece, parts.len() > 2)?,
            });
        }
        match text {
            Some(text) => Ok(text),
            None => self.text(""),
        }
    }

    fn text_of(&mut self, value: Value, ty: Ty) -> Lowered<Value> {
        let (symbol, value) = match ty {
            Ty::I32 => (
                "str_from_i64",
                self.builder.ins().sextend(types::I64, value),
            ),
            Ty::U8 => (
                "str_from_i64",
                self.builder.ins().uextend(types::I64, value),
            ),
            Ty::BOOL => (
                "str_from_bool",
                self.builder.ins().uextend(types::I64, value),
            ),
            Ty::CHAR => (
                "str_from_char",
                self.builder.ins().uextend(types::I64, value),
            ),
            Ty::F64 => {
                let flags = MemFlagsData::new();
                (
                    "str_of_f64",
                    self.builder.ins().bitcast(types::I64, flags, value),
                )
            }
            Ty::I64 => ("str_from_i64", value),
            _ => return Ok(value),
        };
        self.call_runtime(symbol, &[value])
    }

    /// Whether two strings have the same bytes.
    pub(super) fn equal_texts(&mut self, left: Value, right: Value) -> Lowered<Value> {
        let (compare, end) = (self.new_block(), self.new_block());
        let result = self.builder.append_block_param(end, types::I8);
        let lengths = [left, right].map(|text| self.load_constant(text, STR_LEN_OFFSET));
        let alike = self
            .builder
            .ins()
            .icmp(IntCC::Equal, lengths[0], lengths[1]);
        let decided = [alike.into()];
        self.builder.ins().brif(alike, compare, &[], end, &decided);
        self.switch_to(compare);
        let equal = self.call_runtime("str_eq", &[left, right])?;
        let equal = self.builder.ins().ireduce(types::I8, equal);
        self.builder.ins().jump(end, &[equal.into()]);
        self.switch_to(end);
        Ok(result)
    }

    /// Whether two values are one object. All empty strings are (EQ-3).
    pub(super) fn same(&mut self, left: Value, right: Value, ty: Ty) -> Value {
        let same = self.builder.ins().icmp(IntCC::Equal, left, right);
        if ty != Ty::STR {
            return same;
        }
        let lengths = [left, right].map(|text| self.load_constant(text, STR_LEN_OFFSET));
        let bytes = self.builder.ins().bor(lengths[0], lengths[1]);
        let empty = self.builder.ins().icmp_imm_u(IntCC::Equal, bytes, 0);
        self.builder.ins().bor(same, empty)
    }
}
