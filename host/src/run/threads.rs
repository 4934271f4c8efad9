//! Threads of this process that are about to be gone.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// The flag of the system's for a thread on its way out, `PF_EXITING`.
const LEAVING: u64 = 4;

/// Longest that anybody waits.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits for threads that were joined: the system counts them for a moment more,
/// and refuses to a process of several what it grants to one of a single thread.
/// Threads that stay, such as those of a plugin, are not waited for.
pub(super) fn wait_for_leaving() {
    let since = Instant::now();
    while any_leaving() && since.elapsed() < PATIENCE {
        thread::sleep(Duration::from_micros(20));
    }
}

/// Where the system does not tell, none is.
fn any_leaving() -> bool {
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return false;
    };
    let threads = threads.filter_map(Result::ok).collect::<Vec<_>>();
    threads.len() > 1
        && threads.iter().any(|thread| {
            let stat = fs::read_to_string(thread.path().join("stat"));
            stat.is_ok_and(|stat| is_leaving(&stat))
        })
}

fn is_leaving(stat: &str) -> bool {
    // The second field is the thread's name in parentheses, which may hold
    // anything; the flags are the ninth.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let flags = rest.split_whitespace().nth(6);
    let flags = flags.and_then(|flags| flags.parse::<u64>().ok());
    flags.is_some_and(|flags| flags & LEAVING != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_tell_who_leaves() {
        let stat = |flags| format!("12 (a) b) R 1 12 12 0 -1 {flags} 0 0 0");
        assert!(!is_leaving(&stat(0x40_0040)));
        assert!(is_leaving(&stat(0x40_0044)));
        assert!(!is_leaving(""));
    }
}
