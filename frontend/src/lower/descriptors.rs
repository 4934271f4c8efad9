//! The type descriptors of heap objects, defined when a program first uses them.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::DataRole;
use beskid_plugin_api::runtime_abi::{
    DESCRIPTOR_ALIGN_OFFSET, DESCRIPTOR_OFFSETS_OFFSET, DESCRIPTOR_POINTERS_OFFSET,
    DESCRIPTOR_SIZE_OFFSET, TypeDescriptor,
};
use cranelift_module::{DataDescription, DataId, Module, ModuleError};

use crate::types::StructId;
use crate::types::structs::Struct;

/// The type descriptors in use.
#[derive(Default)]
pub(super) struct Descriptors {
    defined: HashMap<StructId, DataId>,
}

impl Descriptors {
    /// The descriptor of a struct, with the offsets of its pointers behind it.
    pub(super) fn get(
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
