//! Imports of the runtime, declared when a program first uses them.

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::ImportSource;
use beskid_plugin_api::runtime_abi::{ParamKind, ReturnKind, builtin_spec};
use cranelift_codegen::ir::{AbiParam, types};
use cranelift_module::{FuncId, Linkage, Module, ModuleError};

/// The runtime symbols in use.
#[derive(Default)]
pub(super) struct Runtime {
    declared: HashMap<&'static str, FuncId>,
}

impl Runtime {
    /// The import of a runtime symbol, with the signature of the ABI tables
    /// (ABI-002).
    pub(super) fn import(
        &mut self,
        module: &mut ArtifactModule,
        symbol: &'static str,
    ) -> Result<FuncId, ModuleError> {
        if let Some(id) = self.declared.get(symbol) {
            return Ok(*id);
        }
        let spec = builtin_spec(symbol)
            .ok_or_else(|| ModuleError::Undeclared(format!("runtime symbol {symbol}")))?;
        let mut signature = module.make_signature();
        signature.params = spec
            .params
            .iter()
            .map(|kind| match kind {
                ParamKind::Ptr | ParamKind::I64 => AbiParam::new(types::I64),
            })
            .collect();
        let result = match spec.returns {
            ReturnKind::Void | ReturnKind::Never => None,
            ReturnKind::Ptr | ReturnKind::I64 => Some(types::I64),
            ReturnKind::I32 => Some(types::I32),
        };
        signature.returns = result.map(AbiParam::new).into_iter().collect();
        let id = module.declare_function(symbol, Linkage::Import, &signature)?;
        module.set_import_source(id, ImportSource::Runtime);
        self.declared.insert(symbol, id);
        Ok(id)
    }
}
