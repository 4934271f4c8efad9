//! What a command takes: time on the wall, of the processor, and memory.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one run of a command took, with all that it waited for.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "not every bench asks for all of it")]
pub struct Usage {
    /// Seconds on the wall.
    pub wall: f64,
    /// Seconds of the processor, in the program and in the kernel.
    pub processor: f64,
    /// Bytes that were in memory at once, of the largest of its processes.
    pub peak: f64,
}

/// Runs a command to its end, its output thrown away; a failure ends the bench.
#[allow(clippy::zombie_processes, reason = "`wait4` waits for it")]
pub fn run(command: &mut Command) -> Usage {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    let child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let id = i32::try_from(child.id()).unwrap();
    let mut status = 0;
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the process is our child, which nobody else waits for, and both
    // pointers are to places of the right type.
    let waited = unsafe { libc::wait4(id, &raw mut status, 0, usage.as_mut_ptr()) };
    let wall = start.elapsed().as_secs_f64();
    assert_eq!(waited, id, "{command:?} cannot be waited for");
    assert_eq!(status, 0, "{command:?} failed");
    // SAFETY: all zeroes are a value of this type, and the system has filled it.
    let usage = unsafe { usage.assume_init() };
    let seconds = |time: libc::timeval| {
        Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000).as_secs_f64()
    };
    Usage {
        wall,
        processor: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        peak: usage.ru_maxrss as f64 * 1024.0,
    }
}
