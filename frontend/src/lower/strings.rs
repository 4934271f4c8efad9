//! Strings: putting them together, comparing them.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Value, types,
};

use beskid_plugin_api::runtime_abi::{PART_SIZE, PART_VALUE_OFFSET, STR_LEN_OFFSET, TextPart};

use super::function::{Lowering, Place};
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind, List, LocalId};
use crate::types::Ty;

/// Parts lie at multiples of 8 bytes.
const PART_ALIGN_SHIFT: u8 = 3;

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
        if let ExprKind::Interpolation(parts) = self.body.get(value).kind
            && let [first, rest @ ..] = self.body.list(parts)
            && matches!(self.body.get(*first).kind, ExprKind::Local(id) if id == local)
            && !rest.is_empty()
        {
            let before = self.scalar(*first)?;
            let more = self.interpolated(rest)?;
            let joined = self.joined(before, more, true)?;
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
        let parts = self.body.list(parts);
        self.interpolated(parts)
    }

    /// The texts of values, one after the other: one string.
    fn interpolated(&mut self, parts: &[ExprId]) -> Lowered<Value> {
        match parts {
            [] => return self.text(""),
            [part] => {
                let value = self.scalar(*part)?;
                return self.text_of(value, self.body.ty(*part));
            }
            _ => {}
        }
        let mut values = Vec::with_capacity(parts.len());
        for part in parts {
            values.push(self.scalar(*part)?);
        }
        let slot = self.part_slot(parts.len());
        for (index, (part, value)) in (0..).zip(parts.iter().zip(values)) {
            let (kind, value) = self.text_part(value, self.body.ty(*part));
            let kind = self.builder.ins().iconst(types::I64, kind);
            let offset = index * PART_SIZE;
            self.builder
                .ins()
                .stack_store(types::I64, kind, slot, offset);
            let offset = offset + PART_VALUE_OFFSET;
            self.builder
                .ins()
                .stack_store(types::I64, value, slot, offset);
        }
        let address = self.builder.ins().stack_addr(types::I64, slot, 0);
        let count = self.builder.ins().iconst(types::I64, parts.len() as i64);
        self.call_runtime("str_interpolate", &[address, count])
    }

    /// Memory for so many parts: no two interpolations fill it at a time.
    fn part_slot(&mut self, count: usize) -> StackSlot {
        if let Some(slot) = self.part_slots.get(&count) {
            return *slot;
        }
        let size = count as u32 * PART_SIZE as u32;
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, PART_ALIGN_SHIFT);
        let slot = self.builder.create_sized_stack_slot(data);
        self.part_slots.insert(count, slot);
        slot
    }

    /// A value as a part: its kind, and 64 bits.
    fn text_part(&mut self, value: Value, ty: Ty) -> (i64, Value) {
        let ins = self.builder.ins();
        match ty {
            Ty::I32 => (TextPart::INTEGER, ins.sextend(types::I64, value)),
            Ty::U8 => (TextPart::INTEGER, ins.uextend(types::I64, value)),
            Ty::I64 => (TextPart::INTEGER, value),
            Ty::BOOL => (TextPart::BOOL, ins.uextend(types::I64, value)),
            Ty::CHAR => (TextPart::CHAR, ins.uextend(types::I64, value)),
            Ty::F64 => {
                let flags = MemFlagsData::new();
                (TextPart::FLOAT, ins.bitcast(types::I64, flags, value))
            }
            _ => (TextPart::STRING, value),
        }
    }

    /// The text of a value alone.
    fn text_of(&mut self, value: Value, ty: Ty) -> Lowered<Value> {
        let (kind, value) = self.text_part(value, ty);
        let symbol = match kind {
            TextPart::INTEGER => "str_from_i64",
            TextPart::BOOL => "str_from_bool",
            TextPart::CHAR => "str_from_char",
            TextPart::FLOAT => "str_of_f64",
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
