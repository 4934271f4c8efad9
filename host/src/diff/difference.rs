//! Where two backends differ.

use std::fmt;

use serde::Serialize;

use super::execution::Execution;

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
}

/// What two backends may differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The artifact that was compiled.
    Digest,
    /// Whether, and how, the program ended.
    Ending,
    /// What it returned.
    Result,
    /// Standard output, from this line on; the first is 1.
    Output(usize),
    /// Standard error, from this line on; the first is 1.
    ErrorOutput(usize),
}

impl Difference {
    /// Whether another difference is of the same kind between the same
    /// backends, wherever in the output it is.
    pub fn is_like(&self, other: &Self) -> bool {
        let kind = std::mem::discriminant::<Aspect>;
        let ending = self.what == Aspect::Ending;
        self.found_by == other.found_by
            && kind(&self.what) == kind(&other.what)
            && (!ending || (&self.expected, &self.found) == (&other.expected, &other.found))
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            Aspect::Digest => f.write_str("the artifact compiled")?,
            Aspect::Ending => f.write_str("the end")?,
            Aspect::Result => f.write_str("the result")?,
            Aspect::Output(line) => write!(f, "line {line} of the output")?,
            Aspect::ErrorOutput(line) => write!(f, "line {line} of the error output")?,
        }
        write!(
            f,
            ": {} {}, {} {}",
            self.expected_by, self.expected, self.found_by, self.found
        )
    }
}

/// Compares every execution with the first one; one difference for each that
/// differs, the most telling.
pub fn differences(executions: &[Execution]) -> Vec<Difference> {
    let Some((first, others)) = executions.split_first() else {
        return Vec::new();
    };
    let found = others.iter().filter_map(|other| {
        let (what, expected, found) = compare(first, other)?;
        Some(Difference {
            expected_by: first.backend.clone(),
            found_by: other.backend.clone(),
            what,
            expected,
            found,
        })
    });
    found.collect()
}

fn compare(first: &Execution, other: &Execution) -> Option<(Aspect, String, String)> {
    let pair = |of: &dyn Fn(&Execution) -> String| (of(first), of(other));
    let (expected, found) = pair(&ending);
    if expected != found {
        return Some((Aspect::Ending, expected, found));
    }
    if let (Some(expected), Some(found)) = (&first.outcome, &other.outcome) {
        if expected.digest != found.digest {
            let digests = (expected.digest.clone(), found.digest.clone());
            return Some((Aspect::Digest, digests.0, digests.1));
        }
        if expected.result != found.result {
            let results = (expected.result.clone(), found.result.clone());
            return Some((Aspect::Result, results.0, results.1));
        }
    }
    if let Some((line, expected, found)) = first_line(&first.stdout, &other.stdout) {
        return Some((Aspect::Output(line), expected, found));
    }
    // A refusal is in the error output, in the backend's own words.
    if first.refusal.is_some() {
        return None;
    }
    let (line, expected, found) = first_line(&first.stderr, &other.stderr)?;
    Some((Aspect::ErrorOutput(line), expected, found))
}

fn ending(execution: &Execution) -> String {
    match &execution.refusal {
        Some(diagnostic) => format!("refused it ({})", diagnostic.code),
        None => execution.ending.to_string(),
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
    use crate::child::Ending;
    use crate::diff::Outcome;
    use beskid_plugin_api::diagnostic::Diagnostic;

    fn execution(backend: &str) -> Execution {
        Execution {
            backend: backend.to_owned(),
            ending: Ending::Exited(0),
            outcome: Some(Outcome {
                digest: "d".to_owned(),
                result: "1".to_owned(),
            }),
            refusal: None,
            elapsed: std::time::Duration::ZERO,
            stdout: b"one\ntwo\n".to_vec(),
            stderr: Vec::new(),
        }
    }

    fn shown(change: impl FnOnce(&mut Execution)) -> Vec<String> {
        let mut other = execution("b");
        change(&mut other);
        let found = differences(&[execution("a"), execution("same"), other]);
        found.iter().map(Difference::to_string).collect()
    }

    #[test]
    fn the_same_is_no_difference() {
        assert_eq!(shown(|_| ()), [""; 0]);
    }

    #[test]
    fn each_aspect_is_found_and_placed() {
        let result = shown(|other| other.outcome.as_mut().unwrap().result = "2".to_owned());
        assert_eq!(result, ["the result: a 1, b 2"]);
        let output = shown(|other| other.stdout = b"one\nthree\n".to_vec());
        assert_eq!(output, ["line 2 of the output: a `two`, b `three`"]);
        let longer = shown(|other| other.stdout.extend(b"more"));
        assert_eq!(longer, ["line 3 of the output: a ``, b `more`"]);
        let error = shown(|other| other.stderr = b"oh".to_vec());
        assert_eq!(error, ["line 1 of the error output: a ``, b `oh`"]);
        let ending = shown(|other| other.ending = Ending::Killed(11));
        assert_eq!(ending, ["the end: a exit status 0, b SIGSEGV"]);
        let refusal = shown(|other| {
            other.ending = Ending::Exited(1);
            other.refusal = Some(Diagnostic::new("E5008", "lacks it"));
        });
        assert_eq!(refusal, ["the end: a exit status 0, b refused it (E5008)"]);
    }
}
