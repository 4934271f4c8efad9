//! The registers of code that a signal has interrupted, in what the kernel gives to a
//! handler.

use std::ffi::c_void;

use libc::ucontext_t;

use super::entry::Landing;

/// Where code was interrupted.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    pub(super) code: usize,
    pub(super) stack: usize,
    pub(super) frame: usize,
}

/// Calls `work` with the words that hold the address of the code, the stack pointer, the
/// frame pointer, and the register that the compiler keeps for itself.
///
/// # Safety
/// `context` is what the kernel gave to a handler that is running.
unsafe fn with<R>(context: *mut c_void, work: impl FnOnce([*mut u64; 4]) -> R) -> R {
    let context = context.cast::<ucontext_t>();
    // SAFETY: the caller's promise; only addresses are taken here.
    unsafe {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        let words = {
            let registers = &raw mut (*context).uc_mcontext.gregs;
            let word = |index: i32| registers.cast::<u64>().add(index as usize);
            [libc::REG_RIP, libc::REG_RSP, libc::REG_RBP, libc::REG_RBX].map(word)
        };
        #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
        let words = {
            let machine = &raw mut (*context).uc_mcontext;
            let registers = (&raw mut (*machine).regs).cast::<u64>();
            [
                &raw mut (*machine).pc,
                &raw mut (*machine).sp,
                registers.add(29),
                registers.add(19),
            ]
        };
        #[cfg(all(target_os = "linux", target_arch = "riscv64"))]
        let words = {
            let registers = (&raw mut (*context).uc_mcontext.__gregs).cast::<u64>();
            [
                registers,
                registers.add(2),
                registers.add(8),
                registers.add(9),
            ]
        };
        #[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
        let words = {
            let state = &raw mut (*(*context).uc_mcontext).__ss;
            [
                &raw mut (*state).__rip,
                &raw mut (*state).__rsp,
                &raw mut (*state).__rbp,
                &raw mut (*state).__rbx,
            ]
        };
        #[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
        let words = {
            let state = &raw mut (*(*context).uc_mcontext).__ss;
            [
                &raw mut (*state).__pc,
                &raw mut (*state).__sp,
                &raw mut (*state).__fp,
                (&raw mut (*state).__x).cast::<u64>().add(19),
            ]
        };
        work(words)
    }
}

/// # Safety
/// `context` is what the kernel gave to a handler that is running.
pub(super) unsafe fn read(context: *mut c_void) -> Registers {
    // SAFETY: the caller's promise.
    let [code, stack, frame, _] =
        unsafe { with(context, |words| words.map(|word| *word as usize)) };
    Registers { code, stack, frame }
}

/// Has the code that was interrupted go on elsewhere.
///
/// # Safety
/// As for [`read`]; code may go on at the landing.
pub(super) unsafe fn divert(context: *mut c_void, landing: &Landing) {
    let Landing {
        stack,
        frame,
        base,
        code,
    } = *landing;
    // SAFETY: the caller's promise.
    unsafe {
        with(context, |words| {
            for (word, value) in words.into_iter().zip([code, stack, frame, base]) {
                *word = value as u64;
            }
        });
        forwards(context);
    }
}

/// Has instructions on strings go forwards again, as code of C expects.
///
/// # Safety
/// As for [`read`].
#[cfg(target_arch = "x86_64")]
unsafe fn forwards(context: *mut c_void) {
    const BACKWARDS: u64 = 1 << 10;
    let context = context.cast::<ucontext_t>();
    // SAFETY: the caller's promise.
    unsafe {
        #[cfg(target_os = "linux")]
        let flags = (&raw mut (*context).uc_mcontext.gregs)
            .cast::<u64>()
            .add(libc::REG_EFL as usize);
        #[cfg(target_vendor = "apple")]
        let flags = &raw mut (*(*context).uc_mcontext).__ss.__rflags;
        *flags &= !BACKWARDS;
    }
}

/// There is no such mode.
///
/// # Safety
/// None.
#[cfg(not(target_arch = "x86_64"))]
const unsafe fn forwards(_: *mut c_void) {}
