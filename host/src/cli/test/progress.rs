//! A line about what runs now, on a terminal, where tests take their time.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::super::render::escape_line;
use super::super::terminal::is_dumb;

/// How long nothing is shown.
const PATIENCE: Duration = Duration::from_secs(1);
/// Most tests that are named.
const MOST_NAMES: usize = 2;

/// The line, which is there while tests run.
pub(super) struct Progress {
    is_wanted: bool,
    is_shown: bool,
    since: Instant,
    all: usize,
    done: usize,
    running: BTreeSet<String>,
}

impl Progress {
    /// None yet; none at all without a terminal, or where it is not wanted.
    pub(super) fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted: is_wanted && io::stderr().is_terminal() && !is_dumb(),
            is_shown: false,
            since: Instant::now(),
            all: 0,
            done: 0,
            running: BTreeSet::new(),
        }
    }

    /// So many tests are to be run.
    pub(super) fn begin(&mut self, all: usize) {
        self.all = all;
        self.done = 0;
        self.running.clear();
        self.since = Instant::now();
    }

    /// A test begins.
    pub(super) fn begun(&mut self, name: &str) {
        if self.is_wanted {
            self.running.insert(name.to_owned());
        }
    }

    /// A test has ended.
    pub(super) fn ended(&mut self, name: &str) {
        self.running.remove(name);
        self.done += 1;
    }

    /// Shows the line as it is now, if tests have run for a while.
    pub(super) fn show(&mut self) {
        let since = self.since.elapsed();
        if !self.is_wanted || since < PATIENCE {
            return;
        }
        self.is_shown = true;
        let line = self.line(since);
        // Nobody is left to be told that the terminal is gone.
        let _ = write!(io::stderr(), "\r\x1b[K{line}");
    }

    fn line(&self, since: Duration) -> String {
        let names = self.running.iter().take(MOST_NAMES);
        let names = names.map(|name| escape_line(name).into_owned());
        let mut names = names.collect::<Vec<_>>().join(", ");
        let more = self.running.len().saturating_sub(MOST_NAMES);
        if more > 0 {
            names.push_str(&format!(" and {more} more"));
        }
        let (done, all, seconds) = (self.done, self.all, since.as_secs());
        format!("{done} of {all} tests, {seconds} s: {names}")
    }

    /// Takes the line away.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_names_some_of_the_tests_that_run() {
        let mut progress = Progress::new(false);
        progress.is_wanted = true;
        progress.begin(9);
        for name in ["A", "B", "C"] {
            progress.begun(name);
        }
        progress.ended("B");
        progress.begun("D");
        let line = progress.line(Duration::from_secs(3));
        assert_eq!(line, "1 of 9 tests, 3 s: A, C and 1 more");
    }
}
