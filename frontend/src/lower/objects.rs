//! Heap objects: their making, their fields.

use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::function::{Lowered, Lowering};
use super::machine::machine_type;
use crate::hir::Expr;
use crate::types::structs::is_managed;
use crate::types::{StructId, Type};

impl Lowering<'_, '_, '_> {
    /// A new object, its fields zeroed.
    pub(super) fn new_object(&mut self, id: StructId) -> Lowered<Value> {
        let program = self.unit.program;
        let of = program.types.get(id);
        let module = &mut self.unit.module;
        let descriptor = self.unit.descriptors.get(module, id, of)?;
        let descriptor = self.data_address(descriptor);
        let size = self
            .builder
            .ins()
            .iconst(types::I64, i64::from(of.object_size()));
        self.call_runtime("alloc", &[size, descriptor])
    }

    /// An object from the values of its fields.
    pub(super) fn object(&mut self, id: StructId, fields: &[(usize, Expr)]) -> Lowered<Value> {
        let mut values = Vec::with_capacity(fields.len());
        for (index, value) in fields {
            values.push((*index, self.scalar(value)?));
        }
        let object = self.new_object(id)?;
        for (index, value) in values {
            let offset = self.unit.program.types.get(id).fields[index].offset;
            let flags = MemFlagsData::new();
            self.builder
                .ins()
                .store(flags, value, object, offset as i32);
        }
        Ok(object)
    }

    /// The fields of these indices, each of the one before.
    pub(super) fn field(&mut self, object: &Expr, path: &[usize]) -> Lowered<Option<Value>> {
        let mut value = self.scalar(object)?;
        let mut ty = object.ty;
        for index in path {
            let Type::Struct(id) = ty else { break };
            let field = &self.unit.program.types.get(id).fields[*index];
            ty = field.ty;
            let Some(machine) = machine_type(ty) else {
                break;
            };
            let offset = field.offset as i32;
            let flags = MemFlagsData::new();
            value = self.builder.ins().load(machine, flags, value, offset);
        }
        Ok(Some(value))
    }

    /// Writes a field.
    pub(super) fn set_field(&mut self, object: &Expr, field: usize, value: &Expr) -> Lowered<()> {
        let Type::Struct(id) = object.ty else {
            return Ok(());
        };
        let object = self.scalar(object)?;
        let value = self.scalar(value)?;
        let field = &self.unit.program.types.get(id).fields[field];
        let flags = MemFlagsData::new();
        let offset = field.offset as i32;
        self.builder.ins().store(flags, value, object, offset);
        if is_managed(field.ty) {
            let barrier = self.runtime("gc_write_barrier")?;
            self.builder.ins().call(barrier, &[object, value]);
        }
        Ok(())
    }
}
