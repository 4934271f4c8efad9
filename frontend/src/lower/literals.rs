//! String literals: constant `BeskidStr`s, one for each text.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::DataRole;
use cranelift_module::{DataDescription, DataId, Module, ModuleError};

/// Size of a `BeskidStr` on a 64-bit target.
const HEADER: usize = 16;

/// The literals in use.
#[derive(Default)]
pub(super) struct Literals {
    defined: HashMap<String, DataId>,
}

impl Literals {
    /// The data object of a text: a `BeskidStr` that points to the bytes right
    /// behind it.
    pub(super) fn get(
        &mut self,
        module: &mut ArtifactModule,
        text: &str,
    ) -> Result<DataId, ModuleError> {
        if let Some(id) = self.defined.get(text) {
            return Ok(*id);
        }
        let id = module.declare_anonymous_data(false, false)?;
        let mut contents = vec![0; HEADER];
        contents[8..].copy_from_slice(&(text.len() as u64).to_le_bytes());
        contents.extend_from_slice(text.as_bytes());
        let mut data = DataDescription::new();
        data.define(contents.into_boxed_slice());
        data.set_align(8);
        let itself = module.declare_data_in_data(id, &mut data);
        data.write_data_addr(0, itself, HEADER as i64);
        module.set_data_role(id, DataRole::StringLiteral);
        module.define_data(id, &data)?;
        self.defined.insert(text.to_owned(), id);
        Ok(id)
    }
}
