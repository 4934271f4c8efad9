//! What CLIF's rules ask of the target.

use cranelift_codegen::ir;
use cranelift_codegen::isa::TargetIsa;

/// A target, as far as the rules ask.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) pointer: ir::Type,
    /// Bits of an address; `None` is none that anything has.
    pub(super) width: Option<u32>,
    pub(super) pinned_register: bool,
    pub(super) frame_pointers: bool,
}

impl Target {
    pub(super) fn of(isa: &dyn TargetIsa) -> Self {
        let width = isa.triple().pointer_width();
        Self {
            pointer: isa.pointer_type(),
            width: width.ok().map(|width| u32::from(width.bits())),
            pinned_register: isa.flags().enable_pinned_reg(),
            frame_pointers: isa.flags().preserve_frame_pointers(),
        }
    }
}
