//! Planning writes nothing, and is the same each time.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;

use beskid_plugin_api::Digest;
use beskid_plugin_api::linker::{LinkRequest, OutputKind};

use super::bench::Bench;
use super::odd;
use super::requests::{KINDS, TARGETS, ordinary, special};
use crate::kit::case::Test;
use crate::kit::held::held;
use crate::kit::outcome::{Checked, Finding, Outcome, holds};
use crate::kit::place::in_empty_folder;
use crate::kit::subject::Subject;

/// The test that says which plans are made in its process.
const PLANS: &str = "plans";
/// A folder that is not there.
const FOLDER: &str = "/kit/build";
/// Threads that plan at once.
const THREADS: usize = 8;
/// How often all is planned to see what grows.
const OFTEN: usize = 10;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "pure/files",
            "planning writes nothing: not here, not where the link is to be",
            files,
        ),
        Test::new(
            "pure/twice",
            "the same plans for the same requests",
            |subject| {
                let bench = Bench::of(subject)?;
                same(&plans(&bench)?, &plans(&bench)?)
            },
        ),
        Test::new(
            "pure/processes",
            "the same plans in another process",
            |subject| {
                let bench = Bench::of(subject)?;
                same(&plans(&bench)?, &subject.told_elsewhere(PLANS)?)
            },
        ),
        Test::new(
            "load/threads",
            "eight threads that plan at once each get what they would alone",
            threads,
        ),
        Test::new(
            "load/repeated",
            "after hundreds of plans there are no more files open and threads than after the first",
            repeated,
        ),
    ]
}

/// What is asked in other processes.
pub(super) fn questions() -> Vec<Test> {
    vec![Test::new(PLANS, "the digest of all plans", |subject| {
        Ok(Outcome::Told(plans(&Bench::of(subject)?)?))
    })]
}

fn all_requests(bench: &Bench<'_>, folder: &str) -> Vec<LinkRequest> {
    let pairs = TARGETS
        .into_iter()
        .flat_map(|target| KINDS.map(|kind| (target, kind)));
    let requests = pairs.flat_map(|(target, kind): (&str, OutputKind)| {
        let first = ordinary(&bench.description, target, kind, folder);
        let more = special(&first).into_iter().map(|(_, request)| request);
        [first.clone()].into_iter().chain(more).collect::<Vec<_>>()
    });
    requests.collect()
}

/// A digest of what is answered to every request.
fn plans(bench: &Bench<'_>) -> Result<String, Finding> {
    let mut text = String::new();
    for request in all_requests(bench, FOLDER) {
        let answer = match bench.ask(&request) {
            Ok(plan) => serde_json::to_string(&plan),
            Err(error) => serde_json::to_string(&error),
        };
        text += &answer.map_err(|error| Finding::new("a plan in JSON", error.to_string()))?;
        text.push('\n');
    }
    Ok(Digest::of(text.as_bytes()).to_string())
}

fn same(first: &str, second: &str) -> Checked {
    holds(
        first == second,
        format!("the plans {first}"),
        format!("the plans {second}"),
    )?;
    Ok(Outcome::Passed)
}

fn threads(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let alone = plans(&bench)?;
    let together = thread::scope(|scope| {
        let threads = (0..THREADS).map(|_| scope.spawn(|| plans(&bench)));
        let threads = threads.collect::<Vec<_>>();
        let results = threads.into_iter().map(|thread| {
            let panicked = |_| Err(Finding::new("a thread to end", "a panic"));
            thread.join().unwrap_or_else(panicked)
        });
        results.collect::<Result<Vec<_>, _>>()
    })?;
    for found in &together {
        same(&alone, found)?;
    }
    Ok(Outcome::Passed)
}

fn repeated(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    plans(&bench)?;
    let before = held();
    for _ in 0..OFTEN {
        plans(&bench)?;
    }
    before.has_not_grown()
}

/// Every path below a folder.
fn below(folder: &Path) -> Result<BTreeSet<PathBuf>, Finding> {
    let unreadable = |error: std::io::Error| Finding::new("a folder to look at", error.to_string());
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            found.extend(below(&path)?);
        }
        found.insert(path);
    }
    Ok(found)
}

fn files(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let unwritable = |error: std::io::Error| Finding::new("a folder to be made", error.to_string());
    let place = tempfile::tempdir().map_err(unwritable)?;
    for folder in ["scratch", "output"] {
        fs::create_dir(place.path().join(folder)).map_err(unwritable)?;
    }
    for file in [
        "scratch/program.o",
        "scratch/second.o",
        "scratch/runtime.o",
        "runtime.a",
    ] {
        fs::write(place.path().join(file), b"kit").map_err(unwritable)?;
    }
    let before = below(place.path())?;
    let requests = all_requests(&bench, &place.path().display().to_string());
    let left = in_empty_folder(|here| {
        // Whoever may write everywhere is found out by what is there afterwards.
        let closed = Permissions::from_mode(0o555);
        fs::set_permissions(here, closed).map_err(unwritable)?;
        for request in &requests {
            let what = format!("{} for {}", request.kind, request.target);
            odd::answered(&what, bench.ask(request).map(drop))?;
        }
        fs::set_permissions(here, Permissions::from_mode(0o755)).map_err(unwritable)
    })?;
    holds(
        left.is_empty(),
        "no files in the working folder",
        left.join(", "),
    )?;
    let after = below(place.path())?;
    let new = after
        .symmetric_difference(&before)
        .map(|path| path.display().to_string());
    let new = new.collect::<Vec<_>>().join(", ");
    holds(
        new.is_empty(),
        "no files where the link is to be",
        new.clone(),
    )?;
    Ok(Outcome::Passed)
}
