//! What came of a test.

use std::time::Duration;

use super::wire::Ran;
use crate::child::{Ended, Ending};
use crate::end::End;
use crate::run::Called;

/// Why a skipped test is skipped that does not say it.
const SKIPPED: &str = "skip.condition is true";
/// How the lines begin that tell a place or a function.
const AT: &str = "  at ";

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
    /// What its end came through, if it failed: lines, as the runtime writes them.
    pub backtrace: String,
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
            backtrace: String::new(),
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

/// What a call of a test's function shows.
pub(super) fn judge(called: &Called, timeout: Duration) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let ended = &called.ended;
    let mut ran = Ran {
        reason: None,
        stdout: text(&ended.stdout),
        stderr: String::new(),
        backtrace: String::new(),
        took: called.took,
    };
    if called.returned {
        ran.stderr = text(&ended.stderr);
        return ran;
    }
    let (end, own) = End::of(ended);
    ran.reason = Some(reason(&end, ended, timeout));
    ran.stderr = text(own);
    let words = ended.stderr.get(own.len()..).unwrap_or_default();
    ran.backtrace = backtrace(&end, &text(words));
    ran
}

/// The lines about what the end came through, among its words.
fn backtrace(end: &End, words: &str) -> String {
    let mut lines = words.lines();
    let first = lines.by_ref().find(|line| line.starts_with(AT));
    // The place of a panic is part of its reason.
    let first = first.filter(|_| !matches!(end, End::Panicked(_)));
    let mut text = String::new();
    for line in first.into_iter().chain(lines) {
        text += line;
        text.push('\n');
    }
    text
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

    fn judged(ending: Ending, stderr: &str) -> [String; 3] {
        let called = Called {
            returned: false,
            ended: Ended {
                ending,
                stdout: Vec::new(),
                stderr: stderr.as_bytes().to_vec(),
            },
            took: Duration::ZERO,
        };
        let ran = judge(&called, Duration::from_secs(2));
        [ran.reason.unwrap(), ran.stderr, ran.backtrace]
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
            assert_eq!(judged(ending, stderr), [reason, own, ""]);
        }
    }

    #[test]
    fn pan_1_the_backtrace_is_told_without_the_place_of_the_panic() {
        let frames = "  at F (a.bd:1)\n  … 7 more\n  at T (a.bd:3)\n";
        for (ending, words, reason) in [
            (
                Ending::Exited(101),
                "panic: no\n  at a.bd:1:2\n",
                "panic: no (a.bd:1:2)",
            ),
            (
                Ending::Exited(101),
                "panic: stack overflow\n",
                "panic: stack overflow",
            ),
            (
                Ending::Killed(libc::SIGSEGV),
                "memory fault at 0x10\n",
                "SIGSEGV: memory fault at 0x10",
            ),
        ] {
            let found = judged(ending, &format!("mine\n{words}{frames}"));
            assert_eq!(found, [reason, "mine\n", frames]);
        }
        let mine = "  at mine\n";
        assert_eq!(judged(Ending::Exited(3), mine)[1..], [mine, ""]);
    }
}
