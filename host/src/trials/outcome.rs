//! What came of a test.

use std::time::Duration;

use crate::child::{Ended, Ending};
use crate::end::End;
use crate::run::Called;

/// Why a skipped test is skipped that does not say it.
const SKIPPED: &str = "skip.condition is true";

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It returned.
    Passed,
    /// It did not; why.
    Failed(String),
    /// It was not run, as it says itself; why.
    Skipped(String),
    /// It was not run, since it was not asked for.
    FilteredOut,
}

/// A test, with what came of it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// What came of it.
    pub outcome: Outcome,
    /// What it wrote last to standard output.
    pub stdout: String,
    /// What it wrote last to standard error, without the words of its end.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Tried {
    /// A test without a process.
    pub(super) const fn not_run(outcome: Outcome) -> Self {
        Self {
            outcome,
            stdout: String::new(),
            stderr: String::new(),
            took: Duration::ZERO,
        }
    }

    /// A test that says itself that it is not to be run.
    pub(super) fn skipped(reason: &str) -> Self {
        let reason = match reason.trim() {
            "" => SKIPPED,
            reason => reason,
        };
        Self::not_run(Outcome::Skipped(reason.to_owned()))
    }
}

/// What a call of a test's function shows: why it failed, if it did, and what is the
/// test's own of its error output.
pub(super) fn judge(called: &Called, timeout: Duration) -> (Option<String>, String) {
    let own = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if called.returned {
        return (None, own(&called.ended.stderr));
    }
    let (end, stderr) = End::of(&called.ended);
    (Some(reason(&end, &called.ended, timeout)), own(stderr))
}

fn reason(end: &End, ended: &Ended, timeout: Duration) -> String {
    match end {
        End::TimedOut => no_end(timeout),
        End::Panicked(words) => panicked(words),
        End::StackOverflow => "panic: stack overflow".to_owned(),
        End::Killed(_) => match said(&ended.stderr) {
            Some(said) => format!("{end}: {said}"),
            None => end.to_string(),
        },
        End::Exited(_) => format!("{end} before its end"),
        End::Returned | End::Refused(_) => end.to_string(),
    }
}

/// Why a test failed that was stopped.
pub(super) fn no_end(timeout: Duration) -> String {
    format!("no end within {} s", timeout.as_secs_f64())
}

/// The message of a panic, and where it came from, in one line.
fn panicked(words: &str) -> String {
    // The place comes first, then what the panic came through.
    match words.split_once("\n  at ") {
        Some((message, rest)) => {
            let place = rest.lines().next().unwrap_or_default();
            format!("panic: {message} ({place})")
        }
        None => format!("panic: {words}"),
    }
}

/// What the runtime says of a bad access.
fn said(stderr: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().rev();
    let line = lines.find(|line| line.starts_with("memory fault at "))?;
    Some(line.to_owned())
}

/// Why a test failed that ended the process above its own.
pub(super) fn ended_all(ending: Ending) -> String {
    format!("it ended the process that runs the tests: {ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(ending: Ending, stderr: &str) -> (String, String) {
        let called = Called {
            returned: false,
            ended: Ended {
                ending,
                stdout: Vec::new(),
                stderr: stderr.as_bytes().to_vec(),
            },
            took: Duration::ZERO,
        };
        let (reason, own) = judge(&called, Duration::from_secs(2));
        (reason.unwrap(), own)
    }

    #[test]
    fn pan_3_the_reason_says_how_a_test_ended() {
        for (ending, stderr, reason, own) in [
            (
                Ending::Exited(101),
                "mine\npanic: no\n  at a.bd:1:2\n",
                "panic: no (a.bd:1:2)",
                "mine\n",
            ),
            (Ending::Exited(101), "panic: no\n", "panic: no", ""),
            (
                Ending::Exited(101),
                "panic: stack overflow\n",
                "panic: stack overflow",
                "",
            ),
            (Ending::Exited(0), "", "exit status 0 before its end", ""),
            (
                Ending::Exited(3),
                "mine",
                "exit status 3 before its end",
                "mine",
            ),
            (Ending::Killed(libc::SIGABRT), "", "SIGABRT", ""),
            (
                Ending::Killed(libc::SIGSEGV),
                "memory fault at 0x0\n",
                "SIGSEGV: memory fault at 0x0",
                "",
            ),
            (Ending::TimedOut, "mine", "no end within 2 s", "mine"),
        ] {
            let expected = (reason.to_owned(), own.to_owned());
            assert_eq!(judged(ending, stderr), expected);
        }
    }
}
