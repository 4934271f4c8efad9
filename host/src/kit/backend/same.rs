//! The same bytes each time.

use beskid_plugin_api::Digest;

use super::bench::{Bench, no_objects};
use super::samples;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, holds};
use crate::kit::subject::Subject;

/// The test that says which object is made in its process.
const OBJECT: &str = "object";
/// Threads that may work at once.
const JOBS: u32 = 8;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "deterministic/twice",
            "the same object for the same artifact and request",
            |subject| compared(subject, 1),
        ),
        Test::new(
            "deterministic/jobs",
            "the same object with one thread and with eight",
            |subject| compared(subject, JOBS),
        ),
        Test::new(
            "deterministic/processes",
            "the same object in another process",
            processes,
        ),
    ]
}

/// What is asked in other processes.
pub(super) fn questions() -> Vec<Test> {
    vec![Test::new(OBJECT, "the digest of an object", |subject| {
        let bench = Bench::of(subject)?;
        Ok(Outcome::Told(Digest::of(&object(&bench, 1)?).to_string()))
    })]
}

fn object(bench: &Bench<'_>, jobs: u32) -> Result<Vec<u8>, Finding> {
    let mut request = bench.request();
    request.jobs = jobs;
    let program = samples::plain()?;
    bench.object(&program, &request)
}

fn compared(subject: &Subject<'_>, jobs: u32) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let [first, other] = [object(&bench, 1)?, object(&bench, jobs)?];
    same(
        &Digest::of(&first).to_string(),
        &Digest::of(&other).to_string(),
    )
}

fn processes(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let here = Digest::of(&object(&bench, 1)?).to_string();
    same(&here, &subject.told_elsewhere(OBJECT)?)
}

fn same(first: &str, second: &str) -> Checked {
    holds(
        first == second,
        format!("object {first}"),
        format!("object {second}"),
    )?;
    Ok(Outcome::Passed)
}
