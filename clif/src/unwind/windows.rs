//! `UNWIND_INFO` of Windows on x86-64.
//!
//! Cranelift writes it too, but the registers that it says a function has saved are not
//! where it says. There the unwinder finds them from the end of the frame's fixed part,
//! as if the prologue were `push rbp; sub rsp, SAVED; lea rbp, [rsp + SAVED]`: that is
//! what is written here, with the same meaning for every address.

use cranelift_codegen::CompiledCode;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::isa::unwind::UnwindInst;

const VERSION: u8 = 1;
const RBP: u8 = 5;
/// Windows' numbers of the registers that DWARF counts from 0.
const REGISTERS: [u8; 8] = [0, 2, 1, 3, 6, 7, 5, 4];
/// DWARF's number of the first vector register.
const VECTORS: u16 = 17;

const PUSH: u8 = 0;
const ALLOCATE: u8 = 1;
const ALLOCATE_LITTLE: u8 = 2;
const SET_FRAME: u8 = 3;
const SAVE: u8 = 4;
const SAVE_VECTOR: u8 = 8;

/// Bytes that one step of the frame pointer's offset counts.
const STEP: u32 = 16;
/// Most that `ALLOCATE_LITTLE` takes.
const LITTLE: u32 = 128;

/// The bytes; `None` for a function that leaves the stack as it was, or saves more than
/// the form has room for.
pub(super) fn info(code: &CompiledCode, isa: &dyn TargetIsa) -> Option<Vec<u8>> {
    let mut steps = Vec::new();
    let mut saved = 0;
    for (offset, step) in &code.buffer.unwind_info {
        // What is that far in is told as if it were done a little earlier.
        let offset = u8::try_from(*offset).unwrap_or(u8::MAX);
        match step {
            UnwindInst::PushFrameRegs { .. } => steps.push(vec![[offset, code_of(PUSH, RBP)]]),
            UnwindInst::DefineNewFrame {
                offset_downward_to_clobbers,
                ..
            } => {
                saved = *offset_downward_to_clobbers;
                steps.extend(allocation(offset, saved));
                steps.push(vec![[offset, code_of(SET_FRAME, 0)]]);
            }
            UnwindInst::SaveReg {
                clobber_offset,
                reg,
            } => {
                let register = isa.map_regalloc_reg_to_dwarf((*reg).into()).ok()?;
                steps.push(save(offset, *clobber_offset, register)?);
            }
            // Counts from the frame pointer where there is one, as always here.
            UnwindInst::StackAlloc { .. } => {}
            UnwindInst::RegStackOffset { .. } | UnwindInst::Aarch64SetPointerAuth { .. } => {
                return None;
            }
        }
    }
    let distance = u8::try_from(saved / STEP)
        .ok()
        .filter(|steps| *steps < 16)?;
    let last = steps.last().and_then(|step| step.first())?[0];
    let words = steps.iter().map(Vec::len).sum::<usize>();
    let mut bytes = vec![
        VERSION,
        last,
        u8::try_from(words).ok()?,
        RBP | (distance << 4),
    ];
    bytes.extend(steps.iter().rev().flatten().flatten());
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    Some(bytes)
}

const fn code_of(operation: u8, info: u8) -> u8 {
    operation | (info << 4)
}

fn allocation(offset: u8, size: u32) -> Option<Vec<[u8; 2]>> {
    let eighths = size / 8;
    match size {
        0 => None,
        1..=LITTLE => {
            let info = (eighths.saturating_sub(1)) as u8;
            Some(vec![[offset, code_of(ALLOCATE_LITTLE, info)]])
        }
        _ => {
            let size = u16::try_from(eighths).unwrap_or(u16::MAX);
            Some(vec![[offset, code_of(ALLOCATE, 0)], size.to_le_bytes()])
        }
    }
}

fn save(offset: u8, place: u32, register: u16) -> Option<Vec<[u8; 2]>> {
    let (operation, register, unit) = match register.checked_sub(VECTORS) {
        Some(vector) => (SAVE_VECTOR, u8::try_from(vector).ok()?, 16),
        None => {
            let register = usize::from(register);
            let known = REGISTERS.get(register).copied();
            (SAVE, known.unwrap_or(register as u8), 8)
        }
    };
    if !place.is_multiple_of(unit) || register > 15 {
        return None;
    }
    let place = u16::try_from(place / unit).ok()?;
    Some(vec![
        [offset, code_of(operation, register)],
        place.to_le_bytes(),
    ])
}
