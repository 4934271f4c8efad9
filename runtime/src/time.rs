//! The clock and the scheduler.

use crate::libc;

/// Milliseconds on a clock that never goes back.
#[unsafe(no_mangle)]
pub extern "C" fn rt_now_millis() -> i64 {
    let mut time = libc::Timespec::default();
    // SAFETY: the clock exists on every supported system, and `time` is ours.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time) };
    time.seconds * 1000 + time.nanoseconds / 1_000_000
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
}
