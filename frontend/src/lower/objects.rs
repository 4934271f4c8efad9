//! Heap objects: their type descriptors, their making, their fields.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::DataRole;
use beskid_plugin_api::runtime_abi::{
    DESCRIPTOR_ALIGN_OFFSET, DESCRIPTOR_OFFSETS_OFFSET, DESCRIPTOR_POINTERS_OFFSET,
    DESCRIPTOR_SIZE_OFFSET, TypeDescriptor,
};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use cranelift_module::{DataDescription, DataId, Module, ModuleError};

use super::function::{Lowered, Lowering};
use super::machine_type;
use crate::hir::Expr;
use crate::structs::{Struct, is_managed};
use crate::types::{StructId, Type};

/// The type descriptors in use.
#[derive(Default)]
pub(super) struct Descriptors {
    defined: HashMap<StructId, DataId>,
}

impl Descriptors {
    /// The descriptor of a struct, with the offsets of its pointers behind it.
    fn get(
        &mut self,
        module: &mut ArtifactModule,
        id: StructId,
        of: &Struct,
    ) -> Result<DataId, ModuleError> {
        if let Some(defined) = self.defined.get(&id) {
            return Ok(*defined);
        }
        let data_id = module.declare_anonymous_data(false, false)?;
        let offsets = of.pointers().collect::<Vec<_>>();
        let mut contents = vec![0; size_of::<TypeDescriptor>()];
        let mut word = |offset: usize, value: u64| {
            contents[offset..][..8].copy_from_slice(&value.to_le_bytes());
        };
        word(DESCRIPTOR_SIZE_OFFSET, of.object_size().into());
        word(DESCRIPTOR_ALIGN_OFFSET, of.align.max(8).into());
        word(DESCRIPTOR_POINTERS_OFFSET, offsets.len() as u64);
        let behind = contents.len() as i64;
        for offset in &offsets {
            contents.extend_from_slice(&u64::from(*offset).to_le_bytes());
        }
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(8);
        if !offsets.is_empty() {
            let itself = module.declare_data_in_data(data_id, &mut data);
            data.write_data_addr(DESCRIPTOR_OFFSETS_OFFSET as u32, itself, behind);
        }
        module.set_data_role(data_id, DataRole::TypeDescriptor);
        module.define_data(data_id, &data)?;
        self.defined.insert(id, data_id);
        Ok(data_id)
    }
}

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
