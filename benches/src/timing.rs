//! Two sides take turns, and are compared turn by turn.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// Rounds of each comparison.
const ROUNDS: usize = 11;

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

/// Both sides, in seconds, of the turn whose ratio is in the middle. A machine that
/// is slower for a while is slower for both sides of a turn.
pub fn compare(mut ours: impl FnMut() -> f64, mut theirs: impl FnMut() -> f64) -> (f64, f64) {
    let mut turns = Vec::new();
    for round in 0..ROUNDS {
        turns.push(if round % 2 == 0 {
            let ours = ours();
            (ours, theirs())
        } else {
            let theirs = theirs();
            (ours(), theirs)
        });
    }
    turns.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    turns[ROUNDS / 2]
}
