//! A spin lock. Critical sections are a few instructions long.
//!
//! A thread that faults with a lock may be taken back to before that, by who embeds its
//! program. What the lock protects is half done then, and nobody gets it any more.

use core::cell::UnsafeCell;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::fail::fail;
use crate::{libc, room};

/// Turns of waiting before the processor is given to other threads.
const SPINS: u32 = 64;

/// Nobody has the lock. No thread has this identifier, nor the next one.
const FREE: usize = 0;
/// Nobody gets it any more.
const BROKEN: usize = usize::MAX;

/// State that one thread at a time may use.
pub(crate) struct Lock<T> {
    /// The identifier of the thread that has it.
    holder: AtomicUsize,
    state: UnsafeCell<T>,
}

// SAFETY: `with` lets one thread at a time reach the state, which may move
// between threads.
unsafe impl<T: Send> Sync for Lock<T> {}

impl<T> Lock<T> {
    pub(crate) const fn new(state: T) -> Self {
        Self {
            holder: AtomicUsize::new(FREE),
            state: UnsafeCell::new(state),
        }
    }

    /// Runs `act` with the state. `act` must not take the same lock. Where the stack
    /// overflows, it does so before the lock is taken. Ends the program if a call was left
    /// that had it.
    #[inline]
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut T) -> R) -> R {
        match self.if_whole(act) {
            Some(result) => result,
            None => broken(),
        }
    }

    /// The same, for who can do without: `None` if a call was left that had it.
    #[inline]
    pub(crate) fn if_whole<R>(&self, act: impl FnOnce(&mut T) -> R) -> Option<R> {
        room::ensure();
        let (own, mut spins) = (libc::this_thread(), 0);
        let (success, failure) = (Ordering::Acquire, Ordering::Relaxed);
        while let Err(holder) = self.holder.compare_exchange(FREE, own, success, failure) {
            if holder == BROKEN {
                return None;
            }
            if spins < SPINS {
                spins += 1;
                core::hint::spin_loop();
            } else {
                // The holder may wait for this very processor.
                libc::yield_processor();
            }
        }
        // SAFETY: nobody had the lock, so no other reference exists until it is given
        // back below.
        let result = act(unsafe { &mut *self.state.get() });
        self.holder.store(FREE, Ordering::Release);
        Some(result)
    }

    /// Says that nothing of this thread goes on that may have the lock: if it has it, it
    /// was left in the middle.
    pub(crate) fn abandon(&self) {
        let (success, failure) = (Ordering::AcqRel, Ordering::Relaxed);
        // One that others have, or nobody, is as it should be.
        let _ = self
            .holder
            .compare_exchange(libc::this_thread(), BROKEN, success, failure);
    }
}

#[cold]
fn broken() -> ! {
    fail(b"the runtime's memory cannot be used any more: a fault was in the middle of a change of it")
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::thread;

    use super::*;

    #[test]
    fn a_lock_that_was_left_is_nobodys_any_more() {
        let lock = Lock::new(1);
        let leaving = || lock.with(|_| resume_unwind(std::boxed::Box::new(())));
        catch_unwind(AssertUnwindSafe(leaving)).unwrap_err();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                // It is another thread's.
                lock.abandon();
                lock.if_whole(|state| *state)
            });
            thread::sleep(std::time::Duration::from_millis(10));
            assert!(!waiting.is_finished());
            lock.abandon();
            assert_eq!(waiting.join().unwrap(), None);
        });
        assert_eq!(lock.if_whole(|state| *state), None);
    }

    #[test]
    fn a_lock_that_is_free_or_anothers_is_not_abandoned() {
        let lock = Lock::new(1);
        lock.abandon();
        lock.with(|state| {
            thread::scope(|scope| {
                scope.spawn(|| lock.abandon());
            });
            *state += 1;
        });
        assert_eq!(lock.if_whole(|state| *state), Some(2));
    }
}
