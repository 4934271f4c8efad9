//! Where calls of programs begin, so that they can be left from the middle.
//!
//! The call is made by assembly that says of every register that a callee keeps that it
//! is lost. So who calls has in memory what it needs afterwards, and nothing is saved
//! here but what assembly cannot say that of: the stack pointer, the frame pointer, and
//! one register that the compiler keeps for itself. A call that is left goes on behind
//! the instruction that made it, with those as they were. Modes of the processor are not
//! saved: nothing that a program is made of changes them.

use std::arch::{asm, naked_asm};

use super::arguments::{Arguments, Returned};

/// What the code behind a call relies on, and where that is.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Landing {
    /// The stack pointer, below which the program's frames begin; 0 as long as no call
    /// goes on.
    pub(super) stack: usize,
    /// The frame pointer.
    pub(super) frame: usize,
    /// The register that the compiler keeps for itself: `rbx`, `x19`, `s1`.
    pub(super) base: usize,
    /// Where the code goes on.
    pub(super) code: usize,
}

impl Landing {
    /// No call goes on.
    pub(super) const NONE: Self = Self {
        stack: 0,
        frame: 0,
        base: 0,
        code: 0,
    };
}

/// Calls what is there. When somebody leaves the call by the landing, what comes back is
/// anything.
///
/// # Safety
/// `code` is the address of a function of the platform's C convention that takes these
/// arguments and no others; `landing` can be written.
#[inline(always)]
pub(super) unsafe fn enter(
    code: *const u8,
    arguments: Arguments,
    landing: *mut Landing,
) -> Returned {
    let Arguments {
        integers: [i0, i1, i2, i3, i4, i5, i6, i7],
        floats: [f0, f1, f2, f3, f4, f5, f6, f7],
        ..
    } = arguments;
    let (integer, float);
    // SAFETY: the caller's promise. Every register that the callee keeps is lost, or, if
    // the call is left, as it was.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        // They travel by memory, and are none here.
        let _ = (i6, i7);
        asm!(
            "lea rax, [rip + 3f]",
            // What is written is what such a call takes longer for: a loop of calls has
            // written this already.
            "cmp rax, [{landing} + 24]",
            "je 2f",
            "mov [{landing} + 24], rax",
            "2:",
            "mov [{landing}], rsp",
            "mov [{landing} + 8], rbp",
            "mov [{landing} + 16], rbx",
            "call {code}",
            "3:",
            landing = in(reg) landing,
            code = in(reg) code,
            in("rdi") i0,
            in("rsi") i1,
            in("rdx") i2,
            in("rcx") i3,
            in("r8") i4,
            in("r9") i5,
            inlateout("xmm0") f0 => float,
            in("xmm1") f1,
            in("xmm2") f2,
            in("xmm3") f3,
            in("xmm4") f4,
            in("xmm5") f5,
            in("xmm6") f6,
            in("xmm7") f7,
            out("rax") integer,
            lateout("r12") _,
            lateout("r13") _,
            lateout("r14") _,
            lateout("r15") _,
            clobber_abi("C"),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "aarch64")]
    unsafe {
        asm!(
            "mov x9, sp",
            "adr x10, 2f",
            "stp x9, x29, [{landing}]",
            "stp x19, x10, [{landing}, #16]",
            "blr {code}",
            "2:",
            landing = in(reg) landing,
            code = in(reg) code,
            inlateout("x0") i0 => integer,
            in("x1") i1,
            in("x2") i2,
            in("x3") i3,
            in("x4") i4,
            in("x5") i5,
            in("x6") i6,
            in("x7") i7,
            inlateout("v0") f0 => float,
            in("v1") f1,
            in("v2") f2,
            in("v3") f3,
            in("v4") f4,
            in("v5") f5,
            in("v6") f6,
            in("v7") f7,
            out("x9") _,
            out("x10") _,
            lateout("x20") _,
            lateout("x21") _,
            lateout("x22") _,
            lateout("x23") _,
            lateout("x24") _,
            lateout("x25") _,
            lateout("x26") _,
            lateout("x27") _,
            lateout("x28") _,
            clobber_abi("C"),
        );
    }
    // SAFETY: as above.
    #[cfg(target_arch = "riscv64")]
    unsafe {
        asm!(
            "lla t0, 2f",
            "sd sp, 0({landing})",
            "sd s0, 8({landing})",
            "sd s1, 16({landing})",
            "sd t0, 24({landing})",
            "jalr {code}",
            "2:",
            landing = in(reg) landing,
            code = in(reg) code,
            inlateout("a0") i0 => integer,
            in("a1") i1,
            in("a2") i2,
            in("a3") i3,
            in("a4") i4,
            in("a5") i5,
            in("a6") i6,
            in("a7") i7,
            inlateout("fa0") f0 => float,
            in("fa1") f1,
            in("fa2") f2,
            in("fa3") f3,
            in("fa4") f4,
            in("fa5") f5,
            in("fa6") f6,
            in("fa7") f7,
            out("t0") _,
            lateout("s2") _,
            lateout("s3") _,
            lateout("s4") _,
            lateout("s5") _,
            lateout("s6") _,
            lateout("s7") _,
            lateout("s8") _,
            lateout("s9") _,
            lateout("s10") _,
            lateout("s11") _,
            lateout("fs0") _,
            lateout("fs1") _,
            lateout("fs2") _,
            lateout("fs3") _,
            lateout("fs4") _,
            lateout("fs5") _,
            lateout("fs6") _,
            lateout("fs7") _,
            lateout("fs8") _,
            lateout("fs9") _,
            lateout("fs10") _,
            lateout("fs11") _,
            clobber_abi("C"),
        );
    }
    Returned { integer, float }
}

/// Leaves a call.
///
/// # Safety
/// It goes on, on this thread, and the landing is its own; no frame of it has destructors
/// left to run.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn leave(landing: *const Landing) -> ! {
    #[cfg(target_arch = "x86_64")]
    naked_asm!(
        "mov rsp, [rdi]",
        "mov rbp, [rdi + 8]",
        "mov rbx, [rdi + 16]",
        "jmp [rdi + 24]",
    );
    #[cfg(target_arch = "aarch64")]
    naked_asm!(
        "ldp x9, x29, [x0]",
        "ldp x19, x10, [x0, #16]",
        "mov sp, x9",
        "ret x10",
    );
    #[cfg(target_arch = "riscv64")]
    naked_asm!(
        "ld sp, 0(a0)",
        "ld s0, 8(a0)",
        "ld s1, 16(a0)",
        "ld t0, 24(a0)",
        "jr t0",
    );
}

#[cfg(test)]
mod tests {
    use super::super::arguments::Register as _;
    use super::*;

    /// Where to come back to, and whether to.
    struct Visit {
        landing: Landing,
        is_left: bool,
        reached: u32,
    }

    unsafe extern "C" fn visit(visit: *mut Visit, more: u64) -> u64 {
        // Registers that a callee keeps are needed here.
        let mut filled = std::hint::black_box([more; 16]);
        for (index, word) in (0..).zip(&mut filled) {
            *word = word.wrapping_mul(index);
        }
        // SAFETY: the test gives a visit, whose call goes on.
        unsafe {
            (*visit).reached += 1;
            if (*visit).is_left {
                leave(&raw const (*visit).landing);
            }
            (*visit).reached += 1;
        }
        filled.iter().sum()
    }

    #[test]
    fn a_call_returns_or_is_left_and_the_caller_has_what_it_had() {
        for (is_left, reached) in [(false, 2), (true, 1)] {
            let mut kept = std::hint::black_box([0_u64; 16]);
            let mut sum = std::hint::black_box(0.0);
            for round in 0..100_u64 {
                let mut at = Visit {
                    landing: Landing::NONE,
                    is_left,
                    reached: 0,
                };
                let at = &raw mut at;
                let mut arguments = Arguments::new();
                (at.expose_provenance() as u64).pass(&mut arguments);
                round.pass(&mut arguments);
                // SAFETY: `visit` takes a visit, which nobody else has, and a number.
                let by = unsafe { enter(visit as *const u8, arguments, &raw mut (*at).landing) };
                assert!(is_left || u64::returned(by) == round * 120);
                // SAFETY: nobody else has it any more.
                assert_eq!(unsafe { (*at).reached }, reached);
                for (index, word) in (0..).zip(&mut kept) {
                    *word += round * index;
                }
                sum += round as f64;
            }
            for (index, word) in (0..).zip(kept) {
                assert_eq!(word, 4950 * index);
            }
            assert_eq!(sum, 4950.0);
        }
    }

    extern "C" fn weighted(a: f64, b: u64, c: f32, d: u64) -> f64 {
        a + 10.0 * b as f64 + 100.0 * f64::from(c) + 1000.0 * d as f64
    }

    extern "C" fn halved(a: f32) -> f32 {
        a / 2.0
    }

    #[test]
    fn arguments_take_the_registers_of_their_kinds() {
        let mut landing = Landing::NONE;
        let mut arguments = Arguments::new();
        0.5.pass(&mut arguments);
        1_u64.pass(&mut arguments);
        2.25_f32.pass(&mut arguments);
        3_u64.pass(&mut arguments);
        assert!(arguments.have_registers());
        // SAFETY: it takes these.
        let by = unsafe { enter(weighted as *const u8, arguments, &raw mut landing) };
        assert_eq!(f64::returned(by), 3235.5);
        let mut arguments = Arguments::new();
        5.0_f32.pass(&mut arguments);
        // SAFETY: it takes this.
        let by = unsafe { enter(halved as *const u8, arguments, &raw mut landing) };
        assert_eq!(f32::returned(by), 2.5);
        assert_ne!(landing.stack, 0);
    }
}
