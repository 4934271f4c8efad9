//! How a program ended, by what its process left behind: what the program
//! did, and no words of the host's.

use std::fmt;

use crate::child::{Ended, Ending};

/// Exit status of a program that panicked.
const PANICKED: i32 = 101;
/// What the runtime writes before the message of a panic.
const PANIC: &[u8] = b"panic: ";
/// What it writes before the address that a program must not have used. Each
/// process has its own addresses.
const FAULT: &[u8] = b"memory fault at 0x";
/// The message of a panic for want of stack. Where it came is chance.
const OVERFLOW: &str = "stack overflow";

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Its entrypoint returned.
    Returned,
    /// It ended its process with this status.
    Exited(i32),
    /// It panicked with this message.
    Panicked(String),
    /// It had no stack left.
    StackOverflow,
    /// This signal ended it: a trap of compiled code, or one that was sent.
    Killed(i32),
    /// It was stopped: it took longer than it may.
    TimedOut,
    /// It was not run, because of an error of this code.
    Refused(String),
}

impl End {
    /// The end of a program whose entrypoint did not return, and what of the
    /// error output is the program's own.
    pub fn of(ended: &Ended) -> (Self, &[u8]) {
        let stderr = ended.stderr.as_slice();
        match ended.ending {
            Ending::TimedOut => (Self::TimedOut, stderr),
            Ending::Exited(PANICKED) => match last(stderr, PANIC) {
                Some((own, words)) => (Self::panicked(words), own),
                None => (Self::Exited(PANICKED), stderr),
            },
            Ending::Exited(status) => (Self::Exited(status), stderr),
            Ending::Killed(signal @ (libc::SIGSEGV | libc::SIGBUS)) => {
                let own = last(stderr, FAULT).map_or(stderr, |(own, _)| own);
                (Self::Killed(signal), own)
            }
            Ending::Killed(signal) => (Self::Killed(signal), stderr),
        }
    }

    /// Whether compiled code ended it by a trap: an instruction that traps, a
    /// division that the processor refuses, an address that is not there. A
    /// program that sends itself one of these signals ends in the same way.
    pub const fn is_trap(&self) -> bool {
        use libc::{SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
        matches!(
            self,
            Self::Killed(SIGILL | SIGFPE | SIGTRAP | SIGSEGV | SIGBUS)
        )
    }

    fn panicked(words: &[u8]) -> Self {
        let message = String::from_utf8_lossy(words);
        let message = message.trim_end();
        if message.lines().next() == Some(OVERFLOW) {
            return Self::StackOverflow;
        }
        // What it came through depends on which functions were put into others.
        let end = message.find("\n  at ").map(|at| at + 1);
        let end = end.and_then(|at| Some(at + message[at..].find('\n')?));
        Self::Panicked(message[..end.unwrap_or(message.len())].to_owned())
    }
}

/// The last part of an output that begins with a mark, and all before it.
fn last<'o>(output: &'o [u8], mark: &[u8]) -> Option<(&'o [u8], &'o [u8])> {
    let at = output.windows(mark.len()).rposition(|part| part == mark)?;
    Some((&output[..at], &output[at + mark.len()..]))
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned => f.write_str("returned"),
            Self::Exited(status) => Ending::Exited(*status).fmt(f),
            Self::Panicked(message) => write!(f, "panic `{}`", message.escape_debug()),
            Self::StackOverflow => f.write_str(OVERFLOW),
            Self::Killed(signal) => Ending::Killed(*signal).fmt(f),
            Self::TimedOut => Ending::TimedOut.fmt(f),
            Self::Refused(code) => write!(f, "refused it ({code})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(ending: Ending, stderr: &str) -> (End, String) {
        let ended = Ended {
            ending,
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
        };
        let (end, own) = End::of(&ended);
        (end, String::from_utf8_lossy(own).into_owned())
    }

    #[test]
    fn a_panic_is_its_message_and_not_part_of_the_output() {
        let found = end(Ending::Exited(101), "mine\npanic: no\n  at a.bd:1:2\n");
        let message = "no\n  at a.bd:1:2".to_owned();
        assert_eq!(found, (End::Panicked(message), "mine\n".to_owned()));
    }

    #[test]
    fn only_the_status_of_a_panic_makes_one() {
        let said = "panic: no\n";
        let found = end(Ending::Exited(3), said);
        assert_eq!(found, (End::Exited(3), said.to_owned()));
        let found = end(Ending::Exited(101), "mine");
        assert_eq!(found, (End::Exited(101), "mine".to_owned()));
    }

    #[test]
    fn an_overflow_is_one_wherever_it_came() {
        for said in ["panic: stack overflow\n", "panic: stack overflow\n  at f\n"] {
            let found = end(Ending::Exited(101), said);
            assert_eq!(found, (End::StackOverflow, String::new()), "{said}");
        }
    }

    #[test]
    fn addresses_of_faults_are_not_compared() {
        let killed = Ending::Killed(libc::SIGSEGV);
        for address in ["0x0", "0x7f001234"] {
            let found = end(killed, &format!("mine\nmemory fault at {address}\n"));
            let expected = (End::Killed(libc::SIGSEGV), "mine\n".to_owned());
            assert_eq!(found, expected);
        }
    }
}
