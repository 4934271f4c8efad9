//! The imports of foreign functions, declared when a program first uses them.

use std::collections::HashMap;
use std::rc::Rc;

use beskid_clif::ArtifactModule;
use beskid_plugin_api::artifact::{Feature, ImportSource};
use cranelift_codegen::ir::Signature;
use cranelift_module::{FuncId, Linkage, Module, ModuleError};

use super::sysv::Crossing;
use crate::hir::{ForeignFunction, ForeignId};
use crate::symbols::ABI;
use crate::types::{Signature as Type, Types};

/// The foreign functions in use, and how their values cross.
#[derive(Default)]
pub(super) struct ForeignImports {
    declared: HashMap<ForeignId, (FuncId, Rc<Crossing>)>,
}

impl ForeignImports {
    /// The import of a foreign function.
    pub(super) fn import(
        &mut self,
        module: &mut ArtifactModule,
        types: &Types,
        id: ForeignId,
        foreign: &ForeignFunction,
    ) -> Result<(FuncId, Rc<Crossing>), ModuleError> {
        if let Some((declared, crossing)) = self.declared.get(&id) {
            return Ok((*declared, Rc::clone(crossing)));
        }
        let (crossing, signature) = signature(module, types, &foreign.signature);
        let crossing = Rc::new(crossing);
        let declared = module.declare_function(&foreign.symbol, Linkage::Import, &signature)?;
        let source = ImportSource::Extern {
            library: foreign.library.clone(),
            abi: ABI.to_owned(),
        };
        module.set_import_source(declared, source);
        self.declared.insert(id, (declared, Rc::clone(&crossing)));
        Ok((declared, crossing))
    }
}

/// The machine signature of a function that crosses the boundary.
pub(super) fn signature(
    module: &mut ArtifactModule,
    types: &Types,
    of: &Type,
) -> (Crossing, Signature) {
    let crossing = crossing(types, of);
    if crossing.has_structs() {
        module.require(Feature::SysvAmd64);
    }
    let mut signature = module.make_signature();
    signature.params.clone_from(&crossing.machine);
    signature.returns.clone_from(&crossing.returns);
    (crossing, signature)
}

/// How the values of a signature cross the boundary.
pub(super) fn crossing(types: &Types, of: &Type) -> Crossing {
    Crossing::of(types, of)
}
