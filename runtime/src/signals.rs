//! Signals and alternate stacks of the C library, declared by hand for each
//! system.

use core::ffi::{c_int, c_void};
use core::ptr;

/// `SIG_DFL`.
pub(crate) const SIG_DFL: usize = 0;
pub(crate) const SIGSEGV: c_int = 11;
/// Code of a fault without a known address, on Linux.
pub(crate) const SI_KERNEL: c_int = 0x80;

#[cfg(target_os = "linux")]
mod system {
    use core::ffi::c_int;

    pub(crate) const SIGBUS: c_int = 7;
    pub(crate) const SS_DISABLE: c_int = 2;
    pub(super) const SA_SIGINFO: c_int = 4;
    pub(super) const SA_ONSTACK: c_int = 0x0800_0000;

    /// `struct sigaction`.
    #[repr(C)]
    pub(crate) struct SignalAction {
        pub(crate) handler: usize,
        pub(super) mask: [u64; 16],
        pub(super) flags: c_int,
        pub(super) restorer: usize,
    }

    impl SignalAction {
        pub(super) const fn new(handler: usize, flags: c_int) -> Self {
            Self {
                handler,
                mask: [0; 16],
                flags,
                restorer: 0,
            }
        }
    }

    /// The begin of `siginfo_t`.
    #[repr(C)]
    pub(crate) struct SignalInfo {
        signal: c_int,
        error: c_int,
        pub(crate) code: c_int,
        pub(crate) address: usize,
    }

    /// Offsets in `ucontext_t`, in bytes: of the stack pointer, of the frame pointer,
    /// and of the address of the code.
    pub(super) const REGISTERS: [usize; 3] = if cfg!(target_arch = "x86_64") {
        [160, 120, 168]
    } else if cfg!(target_arch = "aarch64") {
        [432, 416, 440]
    } else {
        // Of RISC-V.
        [192, 240, 176]
    };
}

#[cfg(target_vendor = "apple")]
mod system {
    use core::ffi::c_int;

    pub(crate) const SIGBUS: c_int = 10;
    pub(crate) const SS_DISABLE: c_int = 4;
    pub(super) const SA_SIGINFO: c_int = 0x40;
    pub(super) const SA_ONSTACK: c_int = 1;

    /// `struct sigaction`.
    #[repr(C)]
    pub(crate) struct SignalAction {
        pub(crate) handler: usize,
        pub(super) mask: u32,
        pub(super) flags: c_int,
    }

    impl SignalAction {
        pub(super) const fn new(handler: usize, flags: c_int) -> Self {
            Self {
                handler,
                mask: 0,
                flags,
            }
        }
    }

    /// The begin of `siginfo_t`.
    #[repr(C)]
    pub(crate) struct SignalInfo {
        signal: c_int,
        error: c_int,
        pub(crate) code: c_int,
        sender: [c_int; 3],
        pub(crate) address: usize,
    }

    /// Offset of the machine's context in `ucontext_t`, in bytes.
    pub(super) const MACHINE: usize = 48;
    /// Offsets there, in bytes: of the stack pointer, of the frame pointer, and of the
    /// address of the code.
    pub(super) const REGISTERS: [usize; 3] = if cfg!(target_arch = "x86_64") {
        [72, 64, 144]
    } else {
        [264, 248, 272]
    };
}

pub(crate) use system::*;

/// A handler that is told the reason and the registers.
pub(crate) type Handler = extern "C" fn(c_int, *const SignalInfo, *const c_void);

impl SignalAction {
    /// Calls a handler on the alternate stack.
    pub(crate) fn on_alternate_stack(handler: Handler) -> Self {
        Self::new(handler as usize, SA_SIGINFO | SA_ONSTACK)
    }

    /// What happens without a handler.
    pub(crate) const fn default_action() -> Self {
        Self::new(SIG_DFL, 0)
    }
}

/// `stack_t`.
#[repr(C)]
pub(crate) struct Stack {
    pub(crate) memory: *mut c_void,
    #[cfg(not(target_vendor = "apple"))]
    pub(crate) flags: c_int,
    pub(crate) size: usize,
    #[cfg(target_vendor = "apple")]
    pub(crate) flags: c_int,
}

impl Stack {
    pub(crate) const fn new(memory: *mut c_void, size: usize) -> Self {
        Self {
            memory,
            flags: 0,
            size,
        }
    }

    /// That of a thread without one.
    pub(crate) const fn none() -> Self {
        Self {
            memory: ptr::null_mut(),
            flags: SS_DISABLE,
            size: 0,
        }
    }
}

/// Registers of the code that was interrupted.
pub(crate) struct Registers {
    pub(crate) stack: usize,
    pub(crate) frame: usize,
    /// The address of the code.
    pub(crate) code: usize,
}

/// The registers of the code that was interrupted.
///
/// # Safety
/// `context` is what the kernel gave to a handler.
pub(crate) unsafe fn registers(context: *const c_void) -> Registers {
    let context = context.cast::<u8>();
    // SAFETY: the caller's promise; the offsets are those of the system.
    unsafe {
        #[cfg(target_vendor = "apple")]
        let context = context.add(MACHINE).cast::<*const u8>().read();
        let [stack, frame, code] =
            REGISTERS.map(|offset| context.add(offset).cast::<usize>().read());
        Registers { stack, frame, code }
    }
}

unsafe extern "C" {
    pub(crate) fn sigaction(
        signal: c_int,
        new: *const SignalAction,
        old: *mut SignalAction,
    ) -> c_int;
    pub(crate) fn sigaltstack(new: *const Stack, old: *mut Stack) -> c_int;
    pub(crate) fn raise(signal: c_int) -> c_int;
}
