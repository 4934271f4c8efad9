//! Which signals this process ignores, as whoever started it wants.

use std::ffi::c_int;
use std::fs;

/// The mask of ignored signals; where the system does not tell, none is.
pub(super) fn mask() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    of(&status)
}

/// Whether a mask holds a signal.
pub(super) const fn holds(mask: u64, signal: c_int) -> bool {
    mask >> (signal - 1) & 1 == 1
}

fn of(status: &str) -> u64 {
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nohup_ignores_the_first_signal() {
        let mask = of("Name:\tbeskid\nSigIgn:\t0000000000001001\nSigCgt:\t0\n");
        assert!(holds(mask, 1) && holds(mask, 13));
        assert!(!holds(mask, 2));
        assert_eq!(of("Name:\tbeskid\n"), 0);
    }
}
