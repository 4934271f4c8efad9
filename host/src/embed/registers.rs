//! The registers of code that a signal has interrupted, in what the kernel gives to a
//! handler.

use std::ffi::c_void;

use libc::ucontext_t;

/// Where code was interrupted, or is to go on.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    pub(super) code: usize,
    pub(super) stack: usize,
    pub(super) frame: usize,
}

/// Calls `work` with the words that hold the address of the code, the stack pointer and
/// the frame pointer.
///
/// # Safety
/// `context` is what the kernel gave to a handler that is running.
unsafe fn with<R>(context: *mut c_void, work: impl FnOnce([*mut u64; 3]) -> R) -> R {
    let context = context.cast::<ucontext_t>();
    // SAFETY: the caller's promise; only addresses are taken here.
    unsafe {
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        let words = {
            let registers = &raw mut (*context).uc_mcontext.gregs;
            let word = |index: i32| registers.cast::<u64>().add(index as usize);
            [libc::REG_RIP, libc::REG_RSP, libc::REG_RBP].map(word)
        };
        #[cfg(all(target_os = "linux", target_arch = "aarch64"))]
        let words = {
            let machine = &raw mut (*context).uc_mcontext;
            let frame = (&raw mut (*machine).regs).cast::<u64>().add(29);
            [&raw mut (*machine).pc, &raw mut (*machine).sp, frame]
        };
        #[cfg(all(target_os = "linux", target_arch = "riscv64"))]
        let words = {
            let registers = (&raw mut (*context).uc_mcontext.__gregs).cast::<u64>();
            [registers, registers.add(2), registers.add(8)]
        };
        #[cfg(all(target_vendor = "apple", target_arch = "x86_64"))]
        let words = {
            let state = &raw mut (*(*context).uc_mcontext).__ss;
            [
                &raw mut (*state).__rip,
                &raw mut (*state).__rsp,
                &raw mut (*state).__rbp,
            ]
        };
        #[cfg(all(target_vendor = "apple", target_arch = "aarch64"))]
        let words = {
            let state = &raw mut (*(*context).uc_mcontext).__ss;
            [
                &raw mut (*state).__pc,
                &raw mut (*state).__sp,
                &raw mut (*state).__fp,
            ]
        };
        work(words)
    }
}

/// # Safety
/// `context` is what the kernel gave to a handler that is running.
pub(super) unsafe fn read(context: *mut c_void) -> Registers {
    // SAFETY: the caller's promise.
    let [code, stack, frame] = unsafe { with(context, |words| words.map(|word| *word as usize)) };
    Registers { code, stack, frame }
}

/// Has the code that was interrupted go on elsewhere.
///
/// # Safety
/// As for [`read`]; code may go on there with that stack.
pub(super) unsafe fn divert(context: *mut c_void, code: usize, stack: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        with(context, |[to, with_stack, _]| {
            *to = code as u64;
            *with_stack = stack as u64;
        });
    }
}
