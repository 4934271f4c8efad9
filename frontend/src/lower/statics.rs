//! Objects that are constant data: variants without payload, closures without
//! captures. Each is one object, defined when a program first uses it.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use cranelift_module::{DataDescription, DataId, FuncId, Module, ModuleResult};

use crate::types::{EnumId, Layout, WORD};

/// The static objects in use.
#[derive(Default)]
pub(super) struct Statics {
    pub(super) variants: HashMap<(EnumId, u32), DataId>,
    closures: HashMap<FuncId, DataId>,
}

impl Statics {
    /// Defines the object of a variant without payload.
    pub(super) fn define_variant(
        &mut self,
        module: &mut ArtifactModule,
        (id, variant): (EnumId, u32),
        layout: &Layout,
        descriptor: DataId,
    ) -> ModuleResult<DataId> {
        let mut contents = vec![0; layout.size as usize];
        contents[layout.base as usize..][..4].copy_from_slice(&variant.to_le_bytes());
        let object = module.declare_anonymous_data(false, false)?;
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(u64::from(layout.align.max(WORD)));
        let descriptor = module.declare_data_in_data(descriptor, &mut data);
        data.write_data_addr(0, descriptor, 0);
        module.define_data(object, &data)?;
        self.variants.insert((id, variant), object);
        Ok(object)
    }

    /// The object of a closure that has nothing but code.
    pub(super) fn closure(
        &mut self,
        module: &mut ArtifactModule,
        code: FuncId,
    ) -> ModuleResult<DataId> {
        if let Some(known) = self.closures.get(&code) {
            return Ok(*known);
        }
        let object = module.declare_anonymous_data(false, false)?;
        let mut data = DataDescription::new();
        data.define(vec![0; 2 * WORD as usize].into_boxed_slice());
        data.set_align(u64::from(WORD));
        let function = module.declare_func_in_data(code, &mut data);
        data.write_function_addr(WORD, function);
        module.define_data(object, &data)?;
        self.closures.insert(code, object);
        Ok(object)
    }
}
