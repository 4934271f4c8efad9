//! What engines made of one artifact, and where they disagree.

use std::fmt;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use crate::end::End;

/// Codes by which a backend says that it does not take an artifact.
const REFUSALS: [Code; 4] = [Code::E4002, Code::E5006, Code::E5008, Code::E5114];

/// What an engine made of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its `main` returned this.
    Returned(String),
    /// It trapped.
    Trapped,
    /// Neither; it cannot happen to an artifact of a hunt.
    Ended(End),
    /// The engine said that it does not take the artifact.
    Refused(Diagnostic),
    /// The same of the interpreter.
    GaveUp(String),
}

/// A way in which engines disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Another result.
    Result,
    /// One traps, the other one returns.
    Trap,
    /// The engine, or what it compiled, ended the process.
    Crash,
    /// There was no end in time.
    Hang,
    /// The engine failed where it may not: it panicked, or broke the interface.
    Fault,
}

/// An engine that disagrees with another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// How.
    pub kind: Kind,
    /// The engine that most agree with, or else the first.
    pub expected_by: String,
    /// What it made of the artifact.
    pub expected: String,
    /// The other one.
    pub found_by: String,
    /// What that made of it.
    pub found: String,
}

impl Outcome {
    /// How a process ended that ran an artifact.
    pub(super) fn of(end: End) -> Self {
        match end {
            End::Killed(libc::SIGILL | libc::SIGFPE | libc::SIGTRAP) => Self::Trapped,
            end => Self::Ended(end),
        }
    }

    /// Whether other engines must come to the same.
    pub(super) const fn is_comparable(&self) -> bool {
        matches!(self, Self::Returned(_) | Self::Trapped)
    }

    /// Whether nothing is to be said of the engine: it does not take the artifact, and
    /// says so as it may.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Refused(diagnostic) => REFUSALS.contains(&diagnostic.code),
            Self::GaveUp(_) => true,
            _ => false,
        }
    }

    fn kind(&self, expected: Option<&Self>) -> Kind {
        match (self, expected) {
            (Self::Ended(End::TimedOut), _) => Kind::Hang,
            (Self::Ended(_), _) => Kind::Crash,
            (Self::Refused(_) | Self::GaveUp(_), _) => Kind::Fault,
            (Self::Returned(_), Some(Self::Returned(_))) => Kind::Result,
            (Self::Returned(_) | Self::Trapped, _) => Kind::Trap,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(result) => f.write_str(result),
            Self::Trapped => f.write_str("a trap"),
            Self::Ended(end) => end.fmt(f),
            Self::Refused(diagnostic) => {
                write!(f, "error {}: {}", diagnostic.code, diagnostic.message)
            }
            Self::GaveUp(reason) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Result => "result",
            Self::Trap => "trap",
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Fault => "fault",
        })
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} {}, {} {}",
            self.kind, self.expected_by, self.expected, self.found_by, self.found
        )
    }
}

/// Every engine that disagrees with what most of them say.
pub(super) fn disagreements(outcomes: &[(String, Outcome)]) -> Vec<Disagreement> {
    let same = |outcome: &Outcome| {
        outcomes
            .iter()
            .filter(|(_, other)| other == outcome)
            .count()
    };
    let comparable = outcomes
        .iter()
        .filter(|(_, outcome)| outcome.is_comparable());
    // Of equally many, the first.
    let most = comparable.rev().max_by_key(|(_, outcome)| same(outcome));
    let expected = most.map(|(_, outcome)| outcome);
    let differs = |outcome: &Outcome| !outcome.is_refusal() && Some(outcome) != expected;
    let found = outcomes.iter().filter(|(_, outcome)| differs(outcome));
    let by = expected.and_then(|expected| outcomes.iter().find(|(_, other)| other == expected));
    let by = by.map_or("nobody", |(name, _)| name);
    let shown = expected.map_or_else(|| "ran it".to_owned(), Outcome::to_string);
    let found = found.map(|(name, outcome)| Disagreement {
        kind: outcome.kind(expected),
        expected_by: by.to_owned(),
        expected: shown.clone(),
        found_by: name.clone(),
        found: outcome.to_string(),
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returned(result: &str) -> Outcome {
        Outcome::Returned(result.to_owned())
    }

    fn shown(outcomes: &[Outcome]) -> Vec<String> {
        let outcomes = ["a", "b", "c"]
            .map(str::to_owned)
            .into_iter()
            .zip(outcomes.iter().cloned());
        let found = disagreements(&outcomes.collect::<Vec<_>>());
        found.iter().map(Disagreement::to_string).collect()
    }

    #[test]
    fn the_odd_one_out_is_named() {
        assert_eq!(shown(&[returned("1"), returned("1")]), [""; 0]);
        let found = shown(&[returned("1"), returned("2"), returned("2")]);
        assert_eq!(found, ["result: b 2, a 1"]);
        let found = shown(&[returned("1"), returned("2")]);
        assert_eq!(found, ["result: a 1, b 2"]);
    }

    #[test]
    fn every_way_of_failing_is_a_kind() {
        let found = shown(&[returned("1"), Outcome::Trapped]);
        assert_eq!(found, ["trap: a 1, b a trap"]);
        let found = shown(&[Outcome::Ended(End::TimedOut), returned("1")]);
        assert_eq!(found, ["hang: b 1, a no end in time"]);
        let killed = Outcome::of(End::Killed(libc::SIGSEGV));
        assert_eq!(shown(&[returned("1"), killed])[0], "crash: a 1, b SIGSEGV");
        let panic = Outcome::Refused(Diagnostic::new(Code::E5112, "no such register"));
        let found = shown(&[panic, Outcome::of(End::Killed(libc::SIGILL))]);
        assert_eq!(found, ["fault: b a trap, a error E5112: no such register"]);
        let alone = Outcome::Ended(End::Killed(libc::SIGABRT));
        assert_eq!(shown(&[alone])[0], "crash: nobody ran it, a SIGABRT");
    }

    #[test]
    fn a_refusal_is_none() {
        let refused = Outcome::Refused(Diagnostic::new(Code::E5008, "no vectors"));
        let gave_up = Outcome::GaveUp("no data".to_owned());
        assert_eq!(shown(&[returned("1"), refused, gave_up]), [""; 0]);
    }
}
