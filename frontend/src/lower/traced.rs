//! What the table of the program's functions lists.

use cranelift_module::{DataId, FuncId};

/// The table, if anything names it.
#[derive(Default)]
pub(super) struct Trace {
    pub(super) table: Option<DataId>,
    /// All functions that were defined.
    pub(super) built: Vec<FuncId>,
}
