//! A spin lock. Critical sections are a few instructions long.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicBool, Ordering};

/// State that one thread at a time may use.
pub(crate) struct Lock<T> {
    taken: AtomicBool,
    state: UnsafeCell<T>,
}

// SAFETY: `with` lets one thread at a time reach the state, and the states
// used here hold addresses of memory that is never freed.
unsafe impl<T> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self {
            taken: AtomicBool::new(false),
            state: UnsafeCell::new(state),
        }
    }

    /// Runs `act` with the state. `act` must not take the same lock.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        while self.taken.swap(true, Ordering::Acquire) {
            core::hint::spin_loop();
        }
        // SAFETY: the flag was clear, so no other reference exists until it is
        // cleared below.
        let result = act(unsafe { &mut *self.state.get() });
        self.taken.store(false, Ordering::Release);
        result
    }
}
