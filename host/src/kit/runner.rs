//! Tests in processes of their own, as many at a time as may be.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::case::Test;
use super::expected::Expected;
use super::outcome::{Checked, Finding, Outcome};
use crate::child::{Ended, Ending, run_self};
use crate::scratch::Scratch;
use crate::signals;

/// Most characters of a plugin's last words in a finding.
const MOST_WORDS: usize = 300;

/// How a test is run in another process.
#[derive(Debug, Clone)]
pub(crate) struct Process {
    /// Arguments of this program, up to the test.
    pub(crate) arguments: Vec<OsString>,
    /// Most time that it may take.
    pub(crate) timeout: Duration,
}

impl Process {
    /// Runs the test of a name. That its process does not come to its end is a finding.
    ///
    /// # Errors
    /// E4040 if there can be no such process, E4044 if the user wants to stop.
    pub(crate) fn run(&self, name: &str) -> Result<Checked, Diagnostic> {
        let failed = |error: std::io::Error| {
            Diagnostic::new(Code::E4040, format!("cannot keep a report: {error}"))
        };
        let scratch = Scratch::new()?;
        let report = scratch.path().join("report.json");
        let mut arguments = self.arguments.clone();
        arguments.extend(["--report".into(), report.clone().into()]);
        arguments.extend(["--test".into(), name.into()]);
        let ended = run_self(arguments, self.timeout)?;
        let bytes = match std::fs::read(&report) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed)?,
        };
        if ended.ending != Ending::Exited(0) || bytes.is_empty() {
            return Ok(Err(self.died(&ended)));
        }
        serde_json::from_slice(&bytes).map_err(|error| {
            let message = format!("the report of a process of beskid is malformed: {error}");
            Diagnostic::new(Code::E4040, message)
        })
    }

    fn died(&self, ended: &Ended) -> Finding {
        if ended.ending == Ending::TimedOut {
            let expected = format!("an end within {} seconds", self.timeout.as_secs());
            return Finding::new(expected, "none");
        }
        let words = String::from_utf8_lossy(&ended.stderr);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = words.chars().take(MOST_WORDS).collect::<String>();
        Finding::new(
            "the process to go on",
            match words.is_empty() {
                true => ended.ending.to_string(),
                false => format!("{}: {words}", ended.ending),
            },
        )
    }
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    /// The plugin does as it must.
    Passed,
    /// It does not.
    Failed(Finding),
    /// There was nothing to test; why.
    Skipped(String),
    /// It fails, as the list says.
    FailedAsExpected(Finding),
    /// It does not fail, though the list says so.
    PassedUnexpectedly,
}

impl Status {
    /// Whether something is wrong.
    pub(crate) const fn is_wrong(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::PassedUnexpectedly)
    }

    fn of(checked: Checked, is_to_fail: bool) -> Self {
        match (checked, is_to_fail) {
            (Err(finding), false) => Self::Failed(finding),
            (Err(finding), true) => Self::FailedAsExpected(finding),
            (Ok(_), true) => Self::PassedUnexpectedly,
            (Ok(Outcome::Skipped(reason)), false) => Self::Skipped(reason),
            (Ok(_), false) => Self::Passed,
        }
    }
}

/// A test that was run.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// Its name.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) status: Status,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Runs tests, so many at a time, and reports each as soon as those before it are
/// done.
///
/// # Errors
/// The first that `run` or `report` gives; E4044 if the user wants to stop.
pub(crate) fn run_all(
    tests: &[Test],
    jobs: NonZeroUsize,
    expected: &Expected,
    run: impl Fn(&Test) -> Result<Checked, Diagnostic> + Sync,
    mut report: impl FnMut(&Ran) -> Result<(), Diagnostic>,
) -> Result<Vec<Ran>, Diagnostic> {
    let next = AtomicUsize::new(0);
    let work = |done: mpsc::Sender<(usize, Result<Ran, Diagnostic>)>| {
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(test) = tests.get(index)
        {
            let since = Instant::now();
            let ran = run(test).map(|checked| Ran {
                name: test.name.clone(),
                status: Status::of(checked, expected.has(&test.name)),
                took: since.elapsed(),
            });
            // Nobody takes results any more once something is wrong.
            if done.send((index, ran)).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        for _ in 0..jobs.get().min(tests.len()) {
            let done = done.clone();
            scope.spawn(|| work(done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut all = Vec::new();
        for (index, ran) in results {
            signals::check()?;
            early.insert(index, ran?);
            while let Some(ran) = early.remove(&all.len()) {
                report(&ran)?;
                all.push(ran);
            }
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tests(count: usize) -> Vec<Test> {
        let test = |number| Test::new(format!("t{number}"), "", |_| Ok(Outcome::Passed));
        (0..count).map(test).collect()
    }

    fn finding() -> Finding {
        Finding::new("a", "b")
    }

    #[test]
    fn results_come_in_order_however_long_each_takes() {
        let tests = tests(9);
        let mut seen = Vec::new();
        let run = |test: &Test| {
            let number = test.name[1..].parse::<u64>().unwrap();
            thread::sleep(Duration::from_millis(9 - number));
            Ok(Ok(Outcome::Passed))
        };
        let jobs = NonZeroUsize::new(4).unwrap();
        let ran = run_all(&tests, jobs, &Expected::default(), run, |ran| {
            seen.push(ran.name.clone());
            Ok(())
        });
        let names = tests.iter().map(|test| test.name.clone());
        assert_eq!(seen, names.collect::<Vec<_>>());
        assert_eq!(ran.unwrap().len(), tests.len());
    }

    #[test]
    fn what_hinders_a_test_ends_all() {
        let run = |_: &Test| Err(Diagnostic::new(Code::E4040, "no process"));
        let jobs = NonZeroUsize::new(2).unwrap();
        let ran = run_all(&tests(5), jobs, &Expected::default(), run, |_| Ok(()));
        assert_eq!(ran.unwrap_err().code, Code::E4040);
    }

    #[test]
    fn a_list_turns_the_verdict_around() {
        let skipped = || Ok(Outcome::Skipped("no".to_owned()));
        let of = Status::of;
        assert_eq!(of(Ok(Outcome::Passed), false), Status::Passed);
        assert_eq!(of(skipped(), false), Status::Skipped("no".to_owned()));
        assert_eq!(of(Err(finding()), false), Status::Failed(finding()));
        assert_eq!(
            of(Err(finding()), true),
            Status::FailedAsExpected(finding())
        );
        for passes in [Ok(Outcome::Passed), skipped()] {
            let status = of(passes, true);
            assert_eq!(status, Status::PassedUnexpectedly);
            assert!(status.is_wrong());
        }
    }
}
