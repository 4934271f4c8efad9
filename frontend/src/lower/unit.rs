//! The program being lowered, and what it has declared so far.

use beskid_clif::ArtifactModule;
use cranelift_module::FuncId;

use super::descriptors::Descriptors;
use super::imports::ForeignImports;
use super::literals::Literals;
use super::runtime::Runtime;
use crate::hir;

/// The program being lowered.
pub(super) struct Unit<'p> {
    pub(super) program: &'p hir::Program,
    pub(super) module: ArtifactModule,
    pub(super) functions: Vec<FuncId>,
    pub(super) literals: Literals,
    pub(super) runtime: Runtime,
    pub(super) foreign: ForeignImports,
    pub(super) descriptors: Descriptors,
}
