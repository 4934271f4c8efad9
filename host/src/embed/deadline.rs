//! The clock of an engine: it sets the flags of instances whose calls are late.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::interrupt::{Flag, LATE};

/// A thread that waits for deadlines, once there is one; it ends with the clock.
#[derive(Debug, Default)]
pub(super) struct Clock(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    armed: BTreeMap<(Instant, u64), Armed>,
    count: u64,
    has_thread: bool,
    is_over: bool,
}

#[derive(Debug)]
struct Armed {
    flag: Arc<Flag>,
    is_late: bool,
}

/// A deadline, until it is dropped.
pub(super) struct Deadline {
    clock: Arc<Shared>,
    key: (Instant, u64),
}

impl Clock {
    /// Sets a flag when so much time has passed, until the deadline is dropped.
    pub(super) fn arm(&self, flag: &Arc<Flag>, after: Duration) -> Deadline {
        let now = Instant::now();
        // A time that no clock comes to is as good as a century.
        let at = now
            .checked_add(after)
            .unwrap_or(now + Duration::from_secs(60 * 60 * 24 * 36525));
        let mut state = self.0.lock();
        state.count += 1;
        let key = (at, state.count);
        let flag = Arc::clone(flag);
        state.armed.insert(
            key,
            Armed {
                flag,
                is_late: false,
            },
        );
        if !state.has_thread {
            let shared = Arc::clone(&self.0);
            let started = thread::Builder::new()
                .name("deadlines".to_owned())
                .spawn(move || shared.wait());
            state.has_thread = started.is_ok();
        }
        drop(state);
        self.0.changed.notify_one();
        Deadline {
            clock: Arc::clone(&self.0),
            key,
        }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.0.lock().is_over = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        let mut state = self.lock();
        while !state.is_over {
            let now = Instant::now();
            let mut next = None;
            for ((at, _), armed) in &mut state.armed {
                if *at > now {
                    next = Some(*at - now);
                    break;
                }
                if !armed.is_late {
                    armed.is_late = true;
                    armed.flag.set(LATE);
                }
            }
            state = match next {
                Some(time) => {
                    let waited = self.changed.wait_timeout(state, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let waited = self.changed.wait(state);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        let mut state = self.clock.lock();
        let Some(ended) = state.armed.remove(&self.key) else {
            return;
        };
        let mut others = state.armed.values();
        let is_late = |other: &Armed| other.is_late && Arc::ptr_eq(&other.flag, &ended.flag);
        // A call around this one may be late as well.
        if ended.is_late && !others.any(is_late) {
            ended.flag.clear(LATE);
        }
    }
}
