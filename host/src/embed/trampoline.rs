//! Where calls of programs begin, so that they can be left from the middle: the
//! registers that a callee must keep, and the stack, as they were.

use std::arch::naked_asm;
use std::ffi::c_void;

/// What is called: a function without destructors, for its frame may be left.
pub(super) type Work = unsafe extern "C" fn(*mut c_void);

/// Calls `work` with `data`, and has the address of the frame to come back to stored in
/// `stack` before. Returns 0 when `work` returns, and 1 when somebody comes to
/// [`landing`].
///
/// # Safety
/// `stack` can be written, and `work` may be called with `data`.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn enter(stack: *mut usize, work: Work, data: *mut c_void) -> usize {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "stmxcsr [rsp]",
        "mov [rdi], rsp",
        "mov rdi, rdx",
        "call rsi",
        "xor eax, eax",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    );
    #[cfg(target_arch = "aarch64")]
    naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x29, [x0]",
        "mov x0, x2",
        "blr x1",
        // What a callee keeps, this one has kept.
        "mov x0, #0",
        "ldp x29, x30, [sp], #160",
        "ret",
    );
    #[cfg(target_arch = "riscv64")]
    naked_asm!(
        "addi sp, sp, -208",
        "sd ra, 200(sp)",
        "sd s0, 192(sp)",
        "sd s1, 0(sp)",
        "sd s2, 8(sp)",
        "sd s3, 16(sp)",
        "sd s4, 24(sp)",
        "sd s5, 32(sp)",
        "sd s6, 40(sp)",
        "sd s7, 48(sp)",
        "sd s8, 56(sp)",
        "sd s9, 64(sp)",
        "sd s10, 72(sp)",
        "sd s11, 80(sp)",
        "fsd fs0, 88(sp)",
        "fsd fs1, 96(sp)",
        "fsd fs2, 104(sp)",
        "fsd fs3, 112(sp)",
        "fsd fs4, 120(sp)",
        "fsd fs5, 128(sp)",
        "fsd fs6, 136(sp)",
        "fsd fs7, 144(sp)",
        "fsd fs8, 152(sp)",
        "fsd fs9, 160(sp)",
        "fsd fs10, 168(sp)",
        "fsd fs11, 176(sp)",
        "addi s0, sp, 208",
        "sd sp, 0(a0)",
        "mv a0, a2",
        "jalr a1",
        "li a0, 0",
        "ld s0, 192(sp)",
        "ld ra, 200(sp)",
        "addi sp, sp, 208",
        "ret",
    );
}

/// Where a call is left: comes back from [`enter`] with 1. To be jumped to, by the
/// handler of a signal or by [`leave`], with the stack pointer that `enter` has stored.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn landing() {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(
        "cld",
        "ldmxcsr [rsp]",
        "mov eax, 1",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    );
    #[cfg(target_arch = "aarch64")]
    naked_asm!(
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "mov x0, #1",
        "ldp x29, x30, [sp], #160",
        "ret",
    );
    #[cfg(target_arch = "riscv64")]
    naked_asm!(
        "ld s1, 0(sp)",
        "ld s2, 8(sp)",
        "ld s3, 16(sp)",
        "ld s4, 24(sp)",
        "ld s5, 32(sp)",
        "ld s6, 40(sp)",
        "ld s7, 48(sp)",
        "ld s8, 56(sp)",
        "ld s9, 64(sp)",
        "ld s10, 72(sp)",
        "ld s11, 80(sp)",
        "fld fs0, 88(sp)",
        "fld fs1, 96(sp)",
        "fld fs2, 104(sp)",
        "fld fs3, 112(sp)",
        "fld fs4, 120(sp)",
        "fld fs5, 128(sp)",
        "fld fs6, 136(sp)",
        "fld fs7, 144(sp)",
        "fld fs8, 152(sp)",
        "fld fs9, 160(sp)",
        "fld fs10, 168(sp)",
        "fld fs11, 176(sp)",
        "li a0, 1",
        "ld s0, 192(sp)",
        "ld ra, 200(sp)",
        "addi sp, sp, 208",
        "ret",
    );
}

/// Leaves everything above a frame that [`enter`] has stored.
///
/// # Safety
/// That call of `enter` goes on, on this thread; no frame above it has destructors left
/// to run.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn leave(stack: usize) -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!("mov rsp, rdi", "jmp {}", sym landing);
    #[cfg(target_arch = "aarch64")]
    naked_asm!("mov sp, x0", "b {}", sym landing);
    #[cfg(target_arch = "riscv64")]
    naked_asm!("mv sp, a0", "tail {}", sym landing);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where to come back to, and whether to.
    struct Visit {
        stack: usize,
        is_left: bool,
        reached: u32,
    }

    unsafe extern "C" fn visit(data: *mut c_void) {
        let visit = data.cast::<Visit>();
        // SAFETY: the test gives a visit, and its `enter` goes on.
        unsafe {
            (*visit).reached += 1;
            if (*visit).is_left {
                leave((*visit).stack);
            }
            (*visit).reached += 1;
        }
    }

    #[test]
    fn a_call_returns_or_is_left_and_registers_are_as_they_were() {
        for (is_left, expected) in [(false, (0, 2)), (true, (1, 1))] {
            let mut kept = 0_u64;
            for round in 0..100_u64 {
                let mut at = Visit {
                    stack: 0,
                    is_left,
                    reached: 0,
                };
                let at = &raw mut at;
                // SAFETY: `visit` takes a visit.
                let left = unsafe { enter(&raw mut (*at).stack, visit, at.cast()) };
                // SAFETY: nobody else has it any more.
                assert_eq!((left, unsafe { (*at).reached }), expected);
                kept += std::hint::black_box(round);
            }
            assert_eq!(kept, 4950);
        }
    }
}
