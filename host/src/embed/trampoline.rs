//! Where calls of programs begin, so that they can be left from the middle: the
//! registers that a callee must keep, and the stack, as they were.
//!
//! A trampoline is called as what it calls is, with two arguments more behind the
//! integers: the others stay in the registers that they are in. What it has saved it
//! restores only when the call is left, for a callee that returns has kept it. Modes of
//! the processor are not saved: nothing that a program is made of changes them.

use std::arch::naked_asm;

/// Most integers among the arguments of a call: there are two registers more for them.
pub(super) const MOST: usize = 4;

/// The trampolines, by how many integers there are before their own two arguments: the
/// word that the address of the frame to come back to is stored in, and what to call. They
/// return what that does; or, when somebody comes to [`landing`], anything.
pub(super) const ENTER: [unsafe extern "C" fn(); MOST + 1] =
    [enter_0, enter_1, enter_2, enter_3, enter_4];

macro_rules! trampolines {
    ($($name:ident $stack:tt $code:tt $stack_of_x86:tt $code_of_x86:tt;)+) => {$(
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            #[cfg(target_arch = "x86_64")]
            naked_asm!(
                "push rbp",
                "push rbx",
                "push r12",
                "push r13",
                "push r14",
                "push r15",
                "sub rsp, 8",
                concat!("mov [", $stack_of_x86, "], rsp"),
                concat!("call ", $code_of_x86),
                "add rsp, 56",
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
                concat!("str x29, [x", $stack, "]"),
                concat!("blr x", $code),
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
                concat!("sd sp, 0(a", $stack, ")"),
                concat!("jalr a", $code),
                "ld s0, 192(sp)",
                "ld ra, 200(sp)",
                "addi sp, sp, 208",
                "ret",
            );
        }
    )+};
}

trampolines! {
    enter_0 0 1 "rdi" "rsi";
    enter_1 1 2 "rsi" "rdx";
    enter_2 2 3 "rdx" "rcx";
    enter_3 3 4 "rcx" "r8";
    enter_4 4 5 "r8" "r9";
}

/// Where a call is left: comes back from its trampoline. To be jumped to, by the handler
/// of a signal or by [`leave`], with the stack pointer that the trampoline has stored.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn landing() {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(
        "cld",
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
        "ld s0, 192(sp)",
        "ld ra, 200(sp)",
        "addi sp, sp, 208",
        "ret",
    );
}

/// Leaves everything above a frame that a trampoline has stored.
///
/// # Safety
/// That call goes on, on this thread; no frame above it has destructors left to run.
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

    type Enter = unsafe extern "C" fn(*mut Visit, *mut usize, Visitor) -> u64;
    type Visitor = unsafe extern "C" fn(*mut Visit) -> u64;

    unsafe extern "C" fn visit(visit: *mut Visit) -> u64 {
        // SAFETY: the test gives a visit, whose call goes on.
        unsafe {
            (*visit).reached += 1;
            if (*visit).is_left {
                leave((*visit).stack);
            }
            (*visit).reached += 1;
        }
        42
    }

    #[test]
    fn a_call_returns_or_is_left_and_registers_are_as_they_were() {
        // SAFETY: it takes one integer before its own.
        let enter = unsafe { std::mem::transmute::<unsafe extern "C" fn(), Enter>(ENTER[1]) };
        for (is_left, reached) in [(false, 2), (true, 1)] {
            let mut kept = 0_u64;
            for round in 0..100_u64 {
                let mut at = Visit {
                    stack: 0,
                    is_left,
                    reached: 0,
                };
                let at = &raw mut at;
                // SAFETY: `visit` takes a visit, which nobody else has.
                let returned = unsafe { enter(at, &raw mut (*at).stack, visit) };
                assert!(is_left || returned == 42);
                // SAFETY: nobody else has it any more.
                assert_eq!(unsafe { (*at).reached }, reached);
                kept += std::hint::black_box(round);
            }
            assert_eq!(kept, 4950);
        }
    }
}
