//! The symbols of an artifact by their ids in a module.

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::ir;
use cranelift_module::{DataId, FuncId};

use crate::unwind::Frame;

/// Where an artifact's symbols went.
#[derive(Debug)]
pub struct Defined {
    pub(crate) ids: Vec<Id>,
    pub(crate) weak: Option<FuncId>,
    pub(crate) frames: Vec<Frame>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Id {
    Function(FuncId),
    Data(DataId),
}

impl Defined {
    /// The module's id of a function symbol.
    pub fn function(&self, symbol: SymbolId) -> Option<FuncId> {
        match self.ids.get(symbol as usize)? {
            Id::Function(id) => Some(*id),
            Id::Data(_) => None,
        }
    }

    /// The module's id of a data symbol.
    pub fn data(&self, symbol: SymbolId) -> Option<DataId> {
        match self.ids.get(symbol as usize)? {
            Id::Data(id) => Some(*id),
            Id::Function(_) => None,
        }
    }

    /// The functions that have machine code, ours among them.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// The import to which the object's reference must be weak.
    pub const fn weak(&self) -> Option<FuncId> {
        self.weak
    }

    pub(crate) fn external(&self, symbol: SymbolId) -> ir::UserExternalName {
        let (namespace, index) = match self.ids[symbol as usize] {
            Id::Function(id) => (0, id.as_u32()),
            Id::Data(id) => (1, id.as_u32()),
        };
        ir::UserExternalName { namespace, index }
    }
}
