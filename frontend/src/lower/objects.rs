//! Heap objects: their making, their parts.

use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::descriptors::Shape;
use super::function::Lowering;
use super::unit::Lowered;
use crate::hir::{ExprId, ExprKind};
use crate::types::{EnumId, Kind, StructId, Ty};

/// Values with the byte offsets at which they are in an object.
pub(super) type Values = Vec<(u32, Value)>;

impl Lowering<'_, '_, '_> {
    /// A new object with these parts.
    pub(super) fn object(&mut self, shape: Shape, parts: &Values) -> Lowered<Value> {
        let object = self.allocate(shape)?;
        for (offset, value) in parts {
            self.store(*value, object, *offset as i32);
        }
        Ok(object)
    }

    /// A struct: indices of fields and their values by turns.
    pub(super) fn structure(&mut self, ty: Ty, fields: &[ExprId]) -> Lowered<Value> {
        let Kind::Struct(id) = self.types.kind(ty) else {
            return self.scalar_of(None);
        };
        let shape = Shape::Struct(id);
        let layout = self.unit.layout(shape);
        let mut parts = Values::with_capacity(fields.len() / 2);
        for pair in fields.chunks_exact(2) {
            if let ExprKind::Scalar(index) = self.body.get(pair[0]).kind
                && let Some(value) = self.expr(pair[1])?
            {
                parts.push((layout.offsets[index as usize], value));
            }
        }
        if !layout.events.is_empty() {
            let zero = self.builder.ins().iconst(types::I64, 0);
            for event in &layout.events {
                parts.extend([0, 8, 16].map(|word| (event + word, zero)));
            }
        }
        self.object(shape, &parts)
    }

    /// An object of an enum.
    pub(super) fn variant(&mut self, ty: Ty, variant: u32, payload: &[ExprId]) -> Lowered<Value> {
        let Kind::Enum(id) = self.types.kind(ty) else {
            return self.scalar_of(None);
        };
        let shape = Shape::Variant(id, variant);
        let layout = self.unit.layout(shape);
        let mut parts = Values::with_capacity(payload.len() + 1);
        for (expr, offset) in payload.iter().zip(&layout.offsets) {
            if let Some(value) = self.expr(*expr)? {
                parts.push((*offset, value));
            }
        }
        if parts.is_empty() {
            let object = self.unit.static_variant(id, variant)?;
            return Ok(self.data_address(object));
        }
        let tag = self.builder.ins().iconst(types::I32, i64::from(variant));
        parts.push((layout.base, tag));
        self.object(shape, &parts)
    }

    /// The tag of an enum's object.
    pub(super) fn tag(&mut self, object: Value, id: EnumId) -> Value {
        let layout = self.unit.layout(Shape::Variant(id, 0));
        self.load(types::I32, object, layout.base as i32)
    }

    /// Reads a part of an object.
    pub(super) fn part(&mut self, object: Value, ty: Ty, offset: u32) -> Option<Value> {
        let machine = self.machine_type(ty)?;
        let value = self.load(machine, object, offset as i32);
        if self.types.is_managed(ty) {
            self.manage(value);
        }
        Some(value)
    }

    /// Reads a field.
    pub(super) fn field(&mut self, object: ExprId, index: u32) -> Lowered<Option<Value>> {
        let Kind::Struct(id) = self.types.kind(self.body.ty(object)) else {
            return Ok(None);
        };
        if let Some(part) = self.part_of(object, index) {
            return Ok(part.map(|variable| self.builder.use_var(variable)));
        }
        let object = self.scalar(object)?;
        let (ty, offset) = self.field_at(id, index);
        Ok(self.part(object, ty, offset))
    }

    /// Writes a field.
    pub(super) fn set_field(&mut self, object: ExprId, index: u32, value: ExprId) -> Lowered<()> {
        let Kind::Struct(id) = self.types.kind(self.body.ty(object)) else {
            return Ok(());
        };
        if let Some(part) = self.part_of(object, index) {
            if let (Some(variable), Some(value)) =
                (part, self.assigned_field(object, index, value)?)
            {
                self.define(variable, value);
            }
            return Ok(());
        }
        let target = self.scalar(object)?;
        let Some(value) = self.assigned_field(object, index, value)? else {
            return Ok(());
        };
        let (ty, offset) = self.field_at(id, index);
        self.set_part(target, ty, offset, value)
    }

    /// Writes a part of an object that is not new.
    pub(super) fn set_part(
        &mut self,
        object: Value,
        ty: Ty,
        offset: u32,
        value: Value,
    ) -> Lowered<()> {
        if self.types.is_managed(ty) {
            self.barrier(object, value)?;
        }
        self.store(value, object, offset as i32);
        Ok(())
    }

    fn field_at(&mut self, id: StructId, index: u32) -> (Ty, u32) {
        let ty = self.types.structure(id).fields[index as usize].ty;
        let layout = self.unit.layout(Shape::Struct(id));
        (ty, layout.offsets[index as usize])
    }
}
