//! Objects that are constant data: variants without payload, closures without
//! captures. Each is one object, defined when a program first uses it.

use std::collections::HashMap;

use cranelift_module::{DataDescription, DataId, FuncId, Module};

use super::descriptors::Shape;
use super::unit::{Lowered, Unit};
use crate::types::{EnumId, WORD};

/// The static objects in use.
#[derive(Default)]
pub(super) struct Statics {
    variants: HashMap<(EnumId, u32), DataId>,
    closures: HashMap<FuncId, DataId>,
}

impl Unit<'_> {
    /// The object of a variant without payload.
    pub(super) fn static_variant(&mut self, id: EnumId, variant: u32) -> Lowered<DataId> {
        if let Some(known) = self.statics.variants.get(&(id, variant)) {
            return Ok(*known);
        }
        let shape = Shape::Variant(id, variant);
        let layout = self.layout(shape);
        let descriptor = self.descriptor(shape)?;
        let mut contents = vec![0; layout.size as usize];
        contents[layout.base as usize..][..4].copy_from_slice(&variant.to_le_bytes());
        let object = self.module.declare_anonymous_data(false, false)?;
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(u64::from(layout.align.max(WORD)));
        let descriptor = self.module.declare_data_in_data(descriptor, &mut data);
        data.write_data_addr(0, descriptor, 0);
        self.module.define_data(object, &data)?;
        self.statics.variants.insert((id, variant), object);
        Ok(object)
    }

    /// The object of a closure that has nothing but code.
    pub(super) fn static_closure(&mut self, code: FuncId) -> Lowered<DataId> {
        if let Some(known) = self.statics.closures.get(&code) {
            return Ok(*known);
        }
        let object = self.module.declare_anonymous_data(false, false)?;
        let mut data = DataDescription::new();
        data.define(vec![0; 2 * WORD as usize].into_boxed_slice());
        data.set_align(u64::from(WORD));
        let function = self.module.declare_func_in_data(code, &mut data);
        data.write_function_addr(WORD, function);
        self.module.define_data(object, &data)?;
        self.statics.closures.insert(code, object);
        Ok(object)
    }
}
