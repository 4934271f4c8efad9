//! Names of scratch: they tell whose it is.

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What every name begins with.
const PREFIX: &str = "beskid-scratch-";

/// The process that a name is of: its id, and when it started, since ids are
/// used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    id: u32,
    start: u64,
}

impl Owner {
    /// Whether the process still runs. One of another container is not seen.
    pub(super) fn is_alive(self) -> bool {
        started(self.id) == Some(self.start)
    }
}

/// A name that nothing has, of this process.
pub(super) fn new() -> String {
    let id = std::process::id();
    let start = started(id).unwrap_or_default();
    let random = RandomState::new().build_hasher().finish();
    format!("{PREFIX}{id}-{start}-{random:016x}")
}

/// Whose scratch a file name is, if it is one.
pub(super) fn owner(name: &str) -> Option<Owner> {
    let name = name.strip_prefix('.').unwrap_or(name);
    let mut parts = name.strip_prefix(PREFIX)?.splitn(3, '-');
    let id = parts.next()?.parse().ok()?;
    let start = parts.next()?.parse().ok()?;
    parts.next()?;
    Some(Owner { id, start })
}

/// When a process started, in ticks since the machine did.
fn started(id: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may hold
    // anything; the start is the 22nd.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_owner() {
        let found = owner(&new()).unwrap();
        assert_eq!(found.id, std::process::id());
        assert!(found.is_alive());
        let hidden = owner(&format!(".{}", new())).unwrap();
        assert_eq!(hidden, found);
        let earlier = Owner {
            start: found.start.wrapping_sub(1),
            ..found
        };
        assert!(!earlier.is_alive());
    }

    #[test]
    fn two_names_differ() {
        assert_ne!(new(), new());
    }

    #[test]
    fn other_names_have_no_owner() {
        for name in [
            "beskid-scratch-",
            "beskid-scratch-1-2",
            "other",
            "beskid-scratch-x-1-a",
        ] {
            assert_eq!(owner(name), None, "{name}");
        }
    }
}
