//! Many calls, one after the other and at once.

use std::thread;
use std::time::{Duration, Instant};

use beskid_plugin_api::Digest;
use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

use super::bench::{Bench, Made};
use super::samples;
use crate::kit::case::Test;
use crate::kit::held::held;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, made, shown};
use crate::kit::place::in_empty_folder;
use crate::kit::subject::Subject;
use crate::plugins::{PluginServices, Task, Workplace};

/// How often a program is compiled to see what grows.
const OFTEN: usize = 100;
/// How often before that: what is set up once is no growth.
const BEFORE: usize = 4;
/// How many threads compile at once.
const AT_ONCE: usize = 8;
/// Programs that each of them compiles.
const EACH: u32 = 4;
/// Functions of a program that takes a while.
const FUNCTIONS: usize = 400;
/// How long a backend may go on when the user wants to stop.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often that is tried: the machine may have other things to do.
const TRIALS: u32 = 3;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "load/repeated",
            "after a hundred programs there are no more files open and threads than after four",
            repeated,
        ),
        Test::new(
            "load/threads",
            "eight threads that compile at once each get what they would alone",
            at_once,
        ),
        Test::new(
            "load/cancelled",
            "a backend that is asked to stop does, or is done within five seconds",
            cancelled,
        ),
        Test::new(
            "load/folder",
            "nothing is written into the working folder",
            folder,
        ),
    ]
}

fn repeated(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let times = |count| -> Result<(), Finding> {
        for _ in 0..count {
            bench.compile(&program, &bench.request())?;
        }
        Ok(())
    };
    times(BEFORE)?;
    let before = held();
    times(OFTEN)?;
    before.has_not_grown()
}

/// What can be compared of what a backend made.
fn compared(bench: &Bench<'_>, program: &CodegenArtifact) -> Result<String, Finding> {
    match bench.compile(program, &bench.request())? {
        Made::Object(bytes) => Ok(format!("object {}", Digest::of(&bytes))),
        Made::Session(mut session) => {
            let bits = made("the program to be run", session.run())?;
            Ok(format!("result {bits}"))
        }
    }
}

fn at_once(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let mut work = Vec::new();
    for number in 0..AT_ONCE {
        let program = samples::returning(number)?;
        let alone = compared(&bench, &program)?;
        work.push((program, alone));
    }
    let again = |program: &CodegenArtifact| {
        let each = (0..EACH).map(|_| compared(&bench, program));
        each.collect::<Result<Vec<_>, _>>()
    };
    let together = thread::scope(|scope| {
        let again = &again;
        let threads = work.iter();
        let threads = threads.map(|(program, _)| scope.spawn(move || again(program)));
        let threads = threads.collect::<Vec<_>>();
        let results = threads.into_iter().map(|thread| {
            let panicked = |_| Err(Finding::new("a thread to end", "a panic"));
            thread.join().unwrap_or_else(panicked)
        });
        results.collect::<Result<Vec<_>, _>>()
    })?;
    for ((_, alone), found) in work.iter().zip(&together) {
        for found in found {
            holds(found == alone, format!("{alone}, as alone"), found.clone())?;
        }
    }
    Ok(Outcome::Passed)
}

/// A host whose user wants to stop.
struct Stopping;

impl HostServices for Stopping {
    fn log(level: Level, message: &str) {
        PluginServices::log(level, message);
    }

    fn progress(done: u64, total: u64) {
        PluginServices::progress(done, total);
    }

    fn is_cancelled() -> bool {
        true
    }

    fn scratch() -> Result<String, Diagnostic> {
        PluginServices::scratch()
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        PluginServices::run(call)
    }
}

fn cancelled(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::large(FUNCTIONS)?;
    let entry = subject.entry;
    let backend = made("the plugin to be loaded", entry.backend())?;
    let mut least = Duration::MAX;
    for _ in 0..TRIALS {
        let since = Instant::now();
        let workplace = Workplace::open();
        let services = workplace.services::<Stopping>();
        let answer = entry.working(Task::Compile, || {
            backend.compile(program.bytes(), &bench.request(), services)
        });
        least = least.min(since.elapsed());
        if let Err(error) = answer {
            let is_answer = ![Code::E5112, Code::E5113].contains(&error.code);
            holds(
                is_answer,
                "an error that says that it stopped",
                shown(&error),
            )?;
        }
        if least <= PATIENCE {
            return Ok(Outcome::Passed);
        }
    }
    Err(Finding::new(
        format!(
            "an end within {} seconds of being asked",
            PATIENCE.as_secs()
        ),
        format!("{:.1} seconds", least.as_secs_f64()),
    ))
}

fn folder(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let left = in_empty_folder(|_| bench.compile(&program, &bench.request()).map(drop))?;
    holds(
        left.is_empty(),
        "an empty folder to stay so",
        left.join(", "),
    )?;
    Ok(Outcome::Passed)
}
