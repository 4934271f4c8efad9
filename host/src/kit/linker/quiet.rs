//! A strategy prints nothing.

use super::bench::Bench;
use super::requests::{KINDS, TARGETS, ordinary};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome};
use crate::kit::printed::in_silence;
use crate::kit::subject::Subject;

/// A folder that is not there.
const FOLDER: &str = "/kit/build";

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "quiet/description",
            "nothing is printed when it is loaded, and asked what it is",
            |subject| {
                in_silence(|| Bench::of(subject).map(drop))?;
                Ok(Outcome::Passed)
            },
        ),
        Test::new(
            "quiet/plan",
            "nothing is printed while it plans, and while it refuses to",
            plan,
        ),
    ]
}

fn plan(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    in_silence(|| {
        for target in TARGETS {
            for kind in KINDS {
                let request = ordinary(&bench.description, target, kind, FOLDER);
                // What it answers is the affair of other tests.
                let _ = bench.supports(target, kind);
                let _ = bench.ask(&request);
            }
        }
        Ok(())
    })?;
    Ok(Outcome::Passed)
}
