//! Calls that are ended from outside: a flag of the program, at which it looks where
//! functions and loops begin.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::boundary;
use super::trap::{Trap, TrapKind};

/// Bits of the flag: somebody wants the call to end; it is late.
const STOP: u64 = 1;
pub(super) const LATE: u64 = 2;

/// The flag of an instance, as long as that is there.
#[derive(Debug, Default)]
pub(super) struct Flag(Mutex<Option<Word>>);

#[derive(Debug, Clone, Copy)]
struct Word(*const AtomicU64);

// SAFETY: the word is written as an atomic by everybody, and no more when `Flag::end` has
// been called.
unsafe impl Send for Word {}

impl Flag {
    /// # Safety
    /// The word is there until [`Flag::end`] is called.
    pub(super) unsafe fn begin(&self, word: *const AtomicU64) {
        *self.word() = Some(Word(word));
    }

    pub(super) fn end(&self) {
        *self.word() = None;
    }

    pub(super) fn set(&self, bits: u64) {
        if let Some(Word(word)) = *self.word() {
            // SAFETY: as `begin` was promised; the lock keeps `end` waiting.
            unsafe { (*word).fetch_or(bits, Ordering::Relaxed) };
        }
    }

    pub(super) fn clear(&self, bits: u64) {
        if let Some(Word(word)) = *self.word() {
            // SAFETY: as in `set`.
            unsafe { (*word).fetch_and(!bits, Ordering::Relaxed) };
        }
    }

    /// Forgets that somebody wanted a call to end.
    pub(super) fn forget(&self) {
        self.clear(STOP);
    }

    fn word(&self) -> std::sync::MutexGuard<'_, Option<Word>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the calls of an instance from another thread. Instances of an engine that is
/// [`interruptible`](super::Config::interruptible) give it.
#[derive(Debug, Clone)]
pub struct InterruptHandle(pub(super) Arc<Flag>);

impl InterruptHandle {
    /// Ends the call that goes on, with [`TrapKind::Interrupted`], where the program
    /// next calls a function or begins a loop anew; if none goes on, the next one. A host
    /// function is not ended, but the call is when it has returned. Does nothing when the
    /// instance is gone.
    pub fn interrupt(&self) {
        self.0.set(STOP);
    }
}

/// What a program calls whose flag is set. The word is its flag.
pub(super) unsafe extern "C" fn stop(word: *const AtomicU64) {
    // SAFETY: the program gives the address of its own flag; `leave` has nothing to
    // destroy here.
    unsafe {
        let bits = (*word).load(Ordering::Relaxed);
        boundary::leave(|_| match bits & STOP {
            0 => Trap::new(
                TrapKind::DeadlineExceeded,
                "the call took longer than it may",
            ),
            _ => Trap::new(TrapKind::Interrupted, "the call was interrupted"),
        });
    }
}
