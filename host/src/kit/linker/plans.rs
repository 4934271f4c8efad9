//! Every target and kind: what is claimed is planned, what not is refused.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::linker::OutputKind;

use super::bench::Bench;
use super::requests::{KINDS, TARGETS, ordinary, special};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, refused};
use crate::kit::subject::Subject;

/// A folder that is not there.
const FOLDER: &str = "/kit/build";
/// A target that there is not.
const NO_TARGET: &str = "kit-unknown-nothing";
/// How what is not linked is refused.
const REFUSALS: [Code; 2] = [Code::E4022, Code::E4023];

pub(super) fn tests() -> Vec<Test> {
    let pairs = TARGETS
        .into_iter()
        .flat_map(|target| KINDS.map(|kind| (target, kind)));
    let mut all = pairs
        .map(|(target, kind)| {
            Test::new(
                format!("plans/{target}/{kind}"),
                "planned as the host carries it out if it is claimed, refused (E4022, E4023) if not",
                move |subject| check(subject, target, kind),
            )
        })
        .collect::<Vec<_>>();
    all.push(Test::new(
        "refusals/target",
        "a target that there is not is refused (E4023)",
        target,
    ));
    all.push(Test::new(
        "refusals/object",
        "an object file is no output of a strategy (E4022, E4023)",
        object,
    ));
    all
}

fn check(subject: &Subject<'_>, target: &str, kind: OutputKind) -> Checked {
    let bench = Bench::of(subject)?;
    let request = ordinary(&bench.description, target, kind, FOLDER);
    let what = format!("{kind} for {target}");
    let supported = bench.supports(target, kind);
    if supported.is_err() {
        refused(&what, &REFUSALS, supported)?;
        let planned = format!("a plan for {what}, which is not supported,");
        refused(&planned, &REFUSALS, bench.ask(&request))?;
        return Ok(Outcome::Passed);
    }
    bench.plan(&format!("{what}, which is claimed"), &request)?;
    for (more, request) in special(&request) {
        bench.plan_or_refuse(&format!("{what} with {more}"), &request)?;
    }
    Ok(Outcome::Passed)
}

fn target(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    for kind in KINDS {
        let what = format!("{kind} for `{NO_TARGET}`");
        refused(&what, &[Code::E4023], bench.supports(NO_TARGET, kind))?;
        let request = ordinary(&bench.description, NO_TARGET, kind, FOLDER);
        let what = format!("a plan of {what}");
        refused(&what, &[Code::E4023], bench.ask(&request))?;
    }
    Ok(Outcome::Passed)
}

fn object(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let kind = OutputKind::Object;
    for target in TARGETS {
        let what = format!("an object file for {target}");
        refused(&what, &REFUSALS, bench.supports(target, kind))?;
        let request = ordinary(&bench.description, target, kind, FOLDER);
        let what = format!("a plan of {what}");
        refused(&what, &REFUSALS, bench.ask(&request))?;
    }
    Ok(Outcome::Passed)
}
