//! A spin lock. Critical sections are a few instructions long.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

use crate::{libc, room};

/// Turns of waiting before the processor is given to other threads.
const SPINS: u32 = 64;

/// State that one thread at a time may use.
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    state: UnsafeCell<T>,
}

// SAFETY: `with` lets one thread at a time reach the state, which may move
// between threads.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self {
            taken: AtomicBool::new(false),
            state: UnsafeCell::new(state),
        }
    }

    /// Runs `act` with the state. `act` must not take the same lock. Where the stack
    /// overflows, it does so before the lock is taken.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        room::ensure();
        let mut spins = 0;
        while self.taken.swap(true, Ordering::Acquire) {
            if spins < SPINS {
                spins += 1;
                core::hint::spin_loop();
            } else {
                // The holder may wait for this very processor.
                libc::yield_processor();
            }
        }
        // SAFETY: the flag was clear, so no other reference exists until it is
        // cleared below.
        let result = act(unsafe { &mut *self.state.get() });
        self.taken.store(false, Ordering::Release);
        result
    }
}
