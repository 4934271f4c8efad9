//! What is planned for this machine is carried out, and what comes of it runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkMode, OutputKind, Strip};
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::target::Target;

use super::bench::Bench;
use crate::build::{BuildRequest, build};
use crate::child::run_tool;
use crate::config::Config;
use crate::exports::ExportPolicy;
use crate::foreign::Extra;
use crate::input::read_bounded;
use crate::inspect::{MAX_IMAGE, inspect};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, made};
use crate::kit::subject::Subject;
use crate::lower::outline;
use crate::plugins::Registry;
use crate::run::{Capture, Invocation, execute};
use crate::runtime_archive::RuntimeChoice;
use crate::source::Source;
use crate::toolchain::Toolchain;

/// The built-in backend that compiles the programs.
const BACKEND: &str = "aot";
/// A program that returns [`RESULT`].
const PROGRAM: &str = include_str!("../samples/linked.bd");
/// The same, which prints [`PRINTED`] before.
const PRINTS: &str = include_str!("../samples/linked_prints.bd");
/// What [`PROGRAM`] exports.
const EXPORTED: &str = "twice";
const RESULT: i32 = 42;
const PRINTED: &str = "linked\n";
/// What stands in an error when a tool of a tool is not there.
const MISSING: &str = "cause: missing tool";

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "links/exe",
            "an executable for this machine is linked, and prints and returns what it should",
            exe,
        ),
        Test::new(
            "links/shared",
            "a shared library for this machine is linked, and returns what it should when it is loaded",
            shared,
        ),
        Test::new(
            "links/static",
            "a static library for this machine is made, with the program and the runtime in it",
            archive,
        ),
    ]
}

/// What came of a link.
enum Linked<T> {
    Done(T),
    /// It could not be tried; why.
    Untried(String),
}

fn exe(subject: &Subject<'_>) -> Checked {
    let own = |error: std::io::Error| Finding::new("a folder to link in", error.to_string());
    let place = tempfile::tempdir().map_err(own)?;
    let output = place.path().join("product");
    let done = linked(
        subject,
        OutputKind::Exe,
        place.path(),
        PRINTS,
        |tools, program| build(tools, program, &request(OutputKind::Exe, &output), None).map(drop),
    )?;
    if let Linked::Untried(reason) = done {
        return Ok(Outcome::Skipped(reason));
    }
    let ran = run_tool(&mut Command::new(&output));
    let ran = ran.map_err(|error| Finding::new("an executable", error.to_string()))?;
    let printed = String::from_utf8_lossy(&ran.stdout);
    holds(
        ran.status.code() == Some(RESULT) && printed == PRINTED,
        format!("the executable to print {PRINTED:?} and end with status {RESULT}"),
        format!("{printed:?} and {}", ran.status),
    )?;
    Ok(Outcome::Passed)
}

fn shared(subject: &Subject<'_>) -> Checked {
    let own = |error: std::io::Error| Finding::new("a folder to link in", error.to_string());
    let place = tempfile::tempdir().map_err(own)?;
    let done = linked(
        subject,
        OutputKind::Shared,
        place.path(),
        PROGRAM,
        |tools, program| {
            let invocation = Invocation {
                arguments: &[],
                runtime: None,
                extra: &Extra::default(),
                capture: Capture::Result,
            };
            execute(tools, program, &tools.settings()?, invocation)
        },
    )?;
    let finished = match done {
        Linked::Done(finished) => finished,
        Linked::Untried(reason) => return Ok(Outcome::Skipped(reason)),
    };
    holds(
        finished.text == RESULT.to_string(),
        format!("the library to return {RESULT}"),
        finished.text,
    )?;
    Ok(Outcome::Passed)
}

fn archive(subject: &Subject<'_>) -> Checked {
    let own = |error: std::io::Error| Finding::new("a folder to link in", error.to_string());
    let place = tempfile::tempdir().map_err(own)?;
    let kind = OutputKind::Static;
    let output = place
        .path()
        .join(Target::of(TARGET).file_name("product", kind));
    let done = linked(subject, kind, place.path(), PROGRAM, |tools, program| {
        build(tools, program, &request(kind, &output), None).map(drop)
    })?;
    if let Linked::Untried(reason) = done {
        return Ok(Outcome::Skipped(reason));
    }
    let report = read_bounded(&output, MAX_IMAGE).and_then(|bytes| inspect(&bytes)?.into_one());
    let report = made("a static library", report)?;
    holds(
        report.exports.iter().any(|name| name == EXPORTED),
        format!("`{EXPORTED}`, which the program exports, in the library"),
        format!("{:?}, which has no such symbol", report.members),
    )?;
    Ok(Outcome::Passed)
}

/// Links a program, as a user of the strategy would.
fn linked<T>(
    subject: &Subject<'_>,
    kind: OutputKind,
    place: &Path,
    text: &str,
    link: impl FnOnce(Toolchain<'_>, &Outline) -> Result<T, Diagnostic>,
) -> Result<Linked<T>, Finding> {
    let bench = Bench::of(subject)?;
    if let Err(error) = bench.supports(TARGET, kind) {
        return Ok(Linked::Untried(error.message));
    }
    // What has no default is the user's to name.
    let mut unnamed = bench.description.tools.iter();
    let is_unnamed = |key: &String| !subject.config.tools.contains_key(key);
    if let Some(tool) = unnamed.find(|tool| tool.default.is_empty() && is_unnamed(&tool.key)) {
        let reason = format!("nobody has named its tool `{}`", tool.key);
        return Ok(Linked::Untried(reason));
    }
    let path = place.join("program.bd");
    let program = fs::write(&path, text)
        .map_err(|error| own(&error.to_string()))
        .and_then(|()| Source::read(&path).map_err(|error| own(&error.message)))?;
    let (program, _) =
        outline(program, None, &Default::default(), None).map_err(|_| own("it is none"))?;
    let registry = Registry::with_builtins().map_err(|error| own(&error.message))?;
    let backend = registry.backend(BACKEND);
    let config = Config {
        linker: Some(subject.name.to_owned()),
        ..subject.config.clone()
    };
    let tools = Toolchain {
        registry: subject.registry,
        config: &config,
        backend: backend.map_err(|error| own(&error.message))?,
        cache: None,
        program: None,
    };
    match link(tools, &program) {
        Ok(done) => Ok(Linked::Done(done)),
        Err(error) if is_missing(&error) => Ok(Linked::Untried(error.message)),
        Err(mut error) => {
            // Of what tools write, the beginning says what it is about.
            for note in &mut error.notes {
                note.truncate(note.lines().next().map_or(0, str::len));
            }
            Err(Finding::error(
                format!("{kind} for {TARGET} to be linked"),
                &error,
            ))
        }
    }
}

/// Whether a tool of the plan, or one that it runs, is not there.
fn is_missing(error: &Diagnostic) -> bool {
    let mut notes = error.notes.iter();
    error.code == Code::E4020
        || (error.code == Code::E4021 && notes.any(|note| note.starts_with(MISSING)))
}

fn request(kind: OutputKind, output: &Path) -> BuildRequest {
    BuildRequest {
        kind,
        target: TARGET.to_owned(),
        output: output.to_owned(),
        object_output: None,
        runtime: RuntimeChoice::Embedded,
        exports: ExportPolicy::Public,
        mode: LinkMode::Auto,
        extra: Extra::default(),
        link_args: Vec::new(),
        strip: Strip::None,
        debug: false,
    }
}

fn own(error: &str) -> Finding {
    Finding::new("the kit's own program to be one", error)
}
