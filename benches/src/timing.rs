//! Two sides take turns, and the medians are compared.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Rounds of each comparison.
const ROUNDS: usize = 5;

/// The time of the processor that this process has used.
pub fn processor() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Seconds of `call`, on the wall or of the processor; what it makes is dropped after that.
pub fn timed<T>(wall: bool, call: impl FnOnce() -> T) -> f64 {
    if wall {
        let start = Instant::now();
        let made = call();
        let time = start.elapsed();
        drop(made);
        return time.as_secs_f64();
    }
    let start = processor();
    let made = call();
    let time = processor().saturating_sub(start);
    drop(made);
    time.as_secs_f64()
}

/// The one in the middle.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The median of each side, in seconds.
pub fn compare(mut ours: impl FnMut() -> f64, mut theirs: impl FnMut() -> f64) -> (f64, f64) {
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        times.0.push(ours());
        times.1.push(theirs());
    }
    (median(times.0), median(times.1))
}
