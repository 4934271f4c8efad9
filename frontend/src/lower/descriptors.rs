//! The type descriptors of heap objects, defined when a program first uses them.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::DataRole;
use beskid_plugin_api::runtime_abi::{
    DESCRIPTOR_ALIGN_OFFSET, DESCRIPTOR_OFFSETS_OFFSET, DESCRIPTOR_POINTERS_OFFSET,
    DESCRIPTOR_SIZE_OFFSET, TypeDescriptor,
};
use cranelift_module::{DataDescription, DataId, FuncId, Module, ModuleError};

use crate::hir::FunctionId;
use crate::types::{EnumId, Layout, StructId, Ty, WORD};

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    Struct(StructId),
    Variant(EnumId, u32),
    /// A closure over a lambda's captures.
    Closure(FunctionId),
    Cell(Ty),
}

/// The type descriptors in use.
#[derive(Default)]
pub(super) struct Descriptors {
    defined: HashMap<Shape, DataId>,
}

/// Byte offset in a descriptor of the code of the first of the contracts' methods.
pub(super) const METHODS: u32 = size_of::<TypeDescriptor>() as u32;

impl Descriptors {
    pub(super) fn known(&self, shape: Shape) -> Option<DataId> {
        self.defined.get(&shape).copied()
    }

    /// Defines the descriptor of a shape: behind it are the code of its contracts'
    /// methods, each at the place of its number, and the offsets of its pointers.
    pub(super) fn define(
        &mut self,
        module: &mut ArtifactModule,
        shape: Shape,
        layout: &Layout,
        methods: &[(u32, FuncId)],
    ) -> Result<DataId, ModuleError> {
        let id = module.declare_anonymous_data(false, false)?;
        let table = methods.last().map_or(0, |(number, _)| number + 1);
        let behind = METHODS + table * WORD;
        let mut contents = vec![0; behind as usize];
        let mut word = |offset: usize, value: u64| {
            contents[offset..][..8].copy_from_slice(&value.to_le_bytes());
        };
        word(DESCRIPTOR_SIZE_OFFSET, layout.size.into());
        word(DESCRIPTOR_ALIGN_OFFSET, layout.align.max(WORD).into());
        word(DESCRIPTOR_POINTERS_OFFSET, layout.pointers.len() as u64);
        for offset in &layout.pointers {
            contents.extend_from_slice(&u64::from(*offset).to_le_bytes());
        }
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(u64::from(WORD));
        for (number, code) in methods {
            let code = module.declare_func_in_data(*code, &mut data);
            data.write_function_addr(METHODS + number * WORD, code);
        }
        if !layout.pointers.is_empty() {
            let itself = module.declare_data_in_data(id, &mut data);
            let offset = DESCRIPTOR_OFFSETS_OFFSET as u32;
            data.write_data_addr(offset, itself, i64::from(behind));
        }
        module.set_data_role(id, DataRole::TypeDescriptor);
        module.define_data(id, &data)?;
        self.defined.insert(shape, id);
        Ok(id)
    }
}
