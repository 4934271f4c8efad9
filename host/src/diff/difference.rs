//! Where two backends differ.

use std::fmt;

use serde::Serialize;

use super::execution::{Execution, Report};
use crate::end::End;

/// A way in which a backend differs from the first one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The first backend.
    pub expected_by: String,
    /// The backend that differs from it.
    pub found_by: String,
    /// What differs.
    pub what: Aspect,
    /// What the first backend made of the program.
    pub expected: String,
    /// What the other one made of it.
    pub found: String,
    /// How the program ended in the two.
    #[serde(skip)]
    pub ends: (End, End),
}

/// What two backends may differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The artifact that was compiled.
    Digest,
    /// Whether, and how, the program ended.
    End,
    /// What it returned.
    Result,
    /// Standard output, from this line on; the first is 1.
    Output(usize),
    /// Standard error, from this line on; the first is 1.
    ErrorOutput(usize),
    /// Nothing can be compared: the other backend refused the program.
    Refusal,
}

impl Difference {
    /// Whether another difference is of the same kind between the same
    /// backends: the same aspect, of programs that end in the same two ways,
    /// wherever in the output and in whatever values it is.
    pub fn is_like(&self, other: &Self) -> bool {
        let kind = std::mem::discriminant::<Aspect>;
        self.found_by == other.found_by
            && kind(&self.what) == kind(&other.what)
            && self.ends == other.ends
    }

    /// Whether nothing was compared, because a backend refused the program.
    pub fn is_refusal(&self) -> bool {
        self.what == Aspect::Refusal
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Aspect::Digest => f.write_str("the artifact compiled")?,
            Aspect::End => f.write_str("the end")?,
            Aspect::Result => f.write_str("the result")?,
            Aspect::Output(line) => write!(f, "line {line} of the output")?,
            Aspect::ErrorOutput(line) => write!(f, "line {line} of the error output")?,
            Aspect::Refusal => return write!(f, "{} {}", self.found_by, self.found),
        }
        write!(
            f,
            ": {} {}, {} {}",
            self.expected_by, self.expected, self.found_by, self.found
        )
    }
}

/// Compares every execution with the first one of a backend that takes the
/// program; one difference for each that differs, the most telling.
pub fn differences(executions: &[Execution]) -> Vec<Difference> {
    let taken = |execution: &&Execution| !matches!(execution.end, End::Refused(_));
    let Some(first) = executions.iter().find(taken) else {
        return Vec::new();
    };
    let found = executions.iter().filter_map(|other| {
        let (what, expected, found) = compare(first, other)?;
        Some(Difference {
            expected_by: first.backend.clone(),
            found_by: other.backend.clone(),
            what,
            expected,
            found,
            ends: (first.end.clone(), other.end.clone()),
        })
    });
    found.collect()
}

fn compare(first: &Execution, other: &Execution) -> Option<(Aspect, String, String)> {
    if first.end != other.end {
        let what = match other.end {
            End::Refused(_) => Aspect::Refusal,
            _ => Aspect::End,
        };
        return Some((what, first.end.to_string(), other.end.to_string()));
    }
    if let (Some(expected), Some(found)) = (returned(first), returned(other)) {
        for (what, expected, found) in [
            (Aspect::Digest, expected.0, found.0),
            (Aspect::Result, expected.1, found.1),
        ] {
            if expected != found {
                return Some((what, expected.to_owned(), found.to_owned()));
            }
        }
    }
    if let Some((line, expected, found)) = first_line(&first.stdout, &other.stdout) {
        return Some((Aspect::Output(line), expected, found));
    }
    let (line, expected, found) = first_line(&first.stderr, &other.stderr)?;
    Some((Aspect::ErrorOutput(line), expected, found))
}

/// Digest and result of a program that came to its end.
fn returned(execution: &Execution) -> Option<(&str, &str)> {
    match &execution.report {
        Some(Report::Returned { digest, result }) => Some((digest, result)),
        _ => None,
    }
}

/// The first line in which two outputs differ.
fn first_line(expected: &[u8], found: &[u8]) -> Option<(usize, String, String)> {
    let lines = |output| <[u8]>::split(output, |byte: &u8| *byte == b'\n');
    let shown = |line: Option<&[u8]>| match line {
        Some(line) => format!("`{}`", String::from_utf8_lossy(line).escape_debug()),
        None => "nothing".to_owned(),
    };
    let (mut expected, mut found) = (lines(expected), lines(found));
    for number in 1.. {
        match (expected.next(), found.next()) {
            (None, None) => return None,
            (left, right) if left != right => return Some((number, shown(left), shown(right))),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn returned(result: &str) -> Option<Report> {
        let (digest, result) = ("d".to_owned(), result.to_owned());
        Some(Report::Returned { digest, result })
    }

    fn execution(backend: &str) -> Execution {
        Execution {
            backend: backend.to_owned(),
            end: End::Returned,
            report: returned("1"),
            elapsed: std::time::Duration::ZERO,
            stdout: b"one\ntwo\n".to_vec(),
            stderr: Vec::new(),
        }
    }

    fn found(change: impl FnOnce(&mut Execution)) -> Vec<Difference> {
        let mut other = execution("b");
        change(&mut other);
        differences(&[execution("a"), execution("same"), other])
    }

    fn shown(change: impl FnOnce(&mut Execution)) -> Vec<String> {
        found(change).iter().map(Difference::to_string).collect()
    }

    #[test]
    fn the_same_is_no_difference() {
        assert_eq!(shown(|_| ()), [""; 0]);
    }

    #[test]
    fn each_aspect_is_found_and_placed() {
        let result = shown(|other| other.report = returned("2"));
        assert_eq!(result, ["the result: a 1, b 2"]);
        let output = shown(|other| other.stdout = b"one\nthree\n".to_vec());
        assert_eq!(output, ["line 2 of the output: a `two`, b `three`"]);
        let longer = shown(|other| other.stdout.extend(b"more"));
        assert_eq!(longer, ["line 3 of the output: a ``, b `more`"]);
        let error = shown(|other| other.stderr = b"oh".to_vec());
        assert_eq!(error, ["line 1 of the error output: a ``, b `oh`"]);
        let ending = shown(|other| other.end = End::Killed(11));
        assert_eq!(ending, ["the end: a returned, b SIGSEGV"]);
    }

    #[test]
    fn a_refusal_is_no_difference_and_the_others_are_compared() {
        let refused = |other: &mut Execution| other.end = End::Refused("E5008".to_owned());
        let found = found(refused);
        assert_eq!(found[0].to_string(), "b refused it (E5008)");
        assert!(found[0].is_refusal());
        let mut first = execution("a");
        refused(&mut first);
        let mut third = execution("c");
        third.report = returned("2");
        let found = differences(&[first, execution("b"), third]);
        let shown = found.iter().map(Difference::to_string);
        let shown = shown.collect::<Vec<_>>();
        assert_eq!(shown, ["a refused it (E5008)", "the result: b 1, c 2"]);
    }

    #[test]
    fn a_difference_of_another_kind_is_not_alike() {
        let [result] = &found(|other| other.report = returned("2"))[..] else {
            panic!("one difference");
        };
        let [same] = &found(|other| other.report = returned("3"))[..] else {
            panic!("one difference");
        };
        assert!(result.is_like(same));
        let ends = [
            End::Killed(11),
            End::StackOverflow,
            End::Panicked("no".to_owned()),
            End::Panicked("yes".to_owned()),
            End::Exited(101),
        ];
        let ends = ends.map(|end| found(|other| other.end = end).remove(0));
        for (index, one) in ends.iter().enumerate() {
            assert!(!one.is_like(result));
            for (other, another) in ends.iter().enumerate() {
                assert_eq!(one.is_like(another), index == other);
            }
        }
    }
}
