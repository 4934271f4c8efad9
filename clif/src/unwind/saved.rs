//! Which registers a function saves before it uses them.

use cranelift_codegen::CompiledCode;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInst;

/// What a function has saved: DWARF's numbers of registers, and how far below the frame
/// pointer they are.
pub(crate) fn saved(code: &CompiledCode, isa: &dyn TargetIsa) -> Vec<(u16, u32)> {
    let mut saved = Vec::new();
    let mut down = 0;
    for (_, step) in &code.buffer.unwind_info {
        match step {
            UnwindInst::DefineNewFrame {
                offset_downward_to_clobbers,
                ..
            } => down = *offset_downward_to_clobbers,
            UnwindInst::SaveReg {
                clobber_offset,
                reg,
            } => {
                let register = isa.map_regalloc_reg_to_dwarf((*reg).into());
                let offset = down.checked_sub(*clobber_offset);
                saved.extend(register.ok().zip(offset));
            }
            _ => {}
        }
    }
    saved
}
