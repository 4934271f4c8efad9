//! Foreign functions, declared when a program first calls them (FFI-2).

use std::collections::HashMap;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::ImportSource;
use cranelift_codegen::ir::AbiParam;
use cranelift_module::{FuncId, Linkage, Module, ModuleError};

use super::machine_type;
use crate::check::foreign::ABI;
use crate::hir::{Extern, ExternId};
use crate::types::Type;

/// The foreign functions in use.
#[derive(Default)]
pub(super) struct Externs {
    declared: HashMap<ExternId, FuncId>,
}

impl Externs {
    /// The import of a foreign function.
    pub(super) fn import(
        &mut self,
        module: &mut ArtifactModule,
        id: ExternId,
        foreign: &Extern,
    ) -> Result<FuncId, ModuleError> {
        if let Some(declared) = self.declared.get(&id) {
            return Ok(*declared);
        }
        let mut signature = module.make_signature();
        signature.params = foreign.params.iter().copied().filter_map(param).collect();
        let result = machine_type(foreign.result).map(AbiParam::new);
        signature.returns = result.into_iter().collect();
        let declared = module.declare_function(&foreign.symbol, Linkage::Import, &signature)?;
        let source = ImportSource::Extern {
            library: foreign.library.clone(),
            abi: ABI.to_owned(),
        };
        module.set_import_source(declared, source);
        self.declared.insert(id, declared);
        Ok(declared)
    }
}

/// C's compilers count on small integers being extended by the caller.
fn param(ty: Type) -> Option<AbiParam> {
    let param = AbiParam::new(machine_type(ty)?);
    Some(match ty {
        Type::Bool | Type::U8 => param.uext(),
        _ => param,
    })
}
