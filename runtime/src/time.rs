//! The clock and the scheduler.

use core::ffi::c_int;

use crate::libc;

/// Milliseconds on a clock that never goes back.
#[unsafe(no_mangle)]
pub extern "C" fn rt_now_millis() -> i64 {
    clock_monotonic_nanos() / 1_000_000
}

/// Nanoseconds on a clock that never goes back.
#[unsafe(no_mangle)]
pub extern "C" fn clock_monotonic_nanos() -> i64 {
    nanoseconds(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds since the begin of 1970, by the clock of the system.
#[unsafe(no_mangle)]
pub extern "C" fn clock_realtime_nanos() -> i64 {
    nanoseconds(libc::CLOCK_REALTIME)
}

fn nanoseconds(clock: c_int) -> i64 {
    let mut time = libc::Timespec::default();
    // SAFETY: the clock exists on every supported system, and `time` is ours.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.seconds * 1_000_000_000 + time.nanoseconds
}

/// Lets other threads run.
#[unsafe(no_mangle)]
pub extern "C" fn rt_yield() {
    libc::yield_processor();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_never_goes_back() {
        let first = rt_now_millis();
        rt_yield();
        assert!(first > 0 && rt_now_millis() >= first);
    }

    #[test]
    fn the_time_of_day_is_that_of_the_system() {
        use std::time::{Duration, UNIX_EPOCH};
        let before = UNIX_EPOCH.elapsed().unwrap();
        let now = Duration::from_nanos(clock_realtime_nanos().unsigned_abs());
        assert!(before <= now && now <= UNIX_EPOCH.elapsed().unwrap());
        let first = clock_monotonic_nanos();
        assert!(first / 1_000_000 <= rt_now_millis());
    }
}
