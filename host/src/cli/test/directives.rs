//! `beskid test` of `.clif` files: their run directives, through every backend.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use beskid_clif::text::tests::Verdict;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::shorten_places;
use rayon::prelude::*;

use super::super::args::{Global, MessageFormat, TestArgs, TestWorkerArgs};
use super::super::environment::Environment;
use super::super::render;
use crate::directives::{Event, Options, Task, run_file, work};
use crate::failure::Failure;
use crate::plugins::accepted_options;
use crate::signals;

/// The backends that run each directive if none is named.
const DEFAULT_BACKENDS: [&str; 2] = ["jit", "aot"];

/// How many directives ended how; what is skipped counts once for each file,
/// engine and settings.
#[derive(Debug, Default)]
struct Count {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// How to run files, by the arguments of `test`.
///
/// # Errors
/// E5108 if there is no such backend; why one cannot be loaded.
fn options(
    environment: &Environment,
    global: &Global,
    args: &TestArgs,
) -> Result<Options, Diagnostic> {
    let with_options = |id: &String| {
        let backend = environment.registry.backend(id)?;
        Ok((id.clone(), accepted_options(backend)?))
    };
    let backends = match args.backends.is_empty() {
        true => DEFAULT_BACKENDS.map(str::to_owned).to_vec(),
        false => args.backends.clone(),
    };
    let backends = backends.iter().map(with_options);
    let backends = backends.collect::<Result<_, Diagnostic>>()?;
    let mut worker = global.arguments();
    // As many workers run at once as there are processors.
    worker.extend(["--jobs", "1"].map(OsString::from));
    worker.push("test-worker".into());
    worker.extend(args.link.arguments());
    Ok(Options {
        backends,
        timeout: Duration::from_secs(args.timeout),
        worker,
    })
}

/// Runs the directives of all files; exit status 1 if any failed.
pub(super) fn test(
    environment: &Environment,
    global: &Global,
    args: &TestArgs,
    inputs: &[PathBuf],
) -> Result<u8, Failure> {
    let options = options(environment, global, args)?;
    let mut count = Count::default();
    let files = files(inputs)?;
    let report = |path: &Path, ran: Result<Vec<Event>, Failure>| match ran {
        Ok(events) => {
            for event in &events {
                count.add(event);
                show(path, event, environment.format)?;
            }
            Ok(())
        }
        Err(failure) => {
            render::failure(&failure, environment.format);
            count.failed += 1;
            match environment.format {
                MessageFormat::Json => Ok(()),
                _ => render::line(&format!("FAIL {}", path.display())),
            }
        }
    };
    run_files(&files, &options, report)?;
    let Count {
        passed,
        failed,
        skipped,
    } = count;
    render::line(&match environment.format {
        MessageFormat::Human | MessageFormat::Plain => {
            format!("{passed} passed, {failed} failed, {skipped} skipped")
        }
        MessageFormat::Json => serde_json::json!({
            "passed": passed, "failed": failed, "skipped": skipped,
        })
        .to_string(),
    })?;
    Ok(u8::from(failed > 0))
}

/// Runs as many files at a time as keep the processors busy, and reports each
/// as soon as those before it are done.
fn run_files(
    files: &[PathBuf],
    options: &Options,
    mut report: impl FnMut(&Path, Result<Vec<Event>, Failure>) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        scope.spawn(move || {
            let files = files.iter().enumerate().par_bridge();
            // Nobody takes results any more once the user wants to stop.
            files.try_for_each_with(done, |done, (index, path)| {
                done.send((index, run_file(path, options)))
            })
        });
        let mut early = BTreeMap::new();
        let mut left = files.iter().enumerate().peekable();
        for (index, ran) in results {
            signals::check()?;
            early.insert(index, ran);
            while let Some((index, path)) = left.peek()
                && let Some(ran) = early.remove(index)
            {
                report(path, ran)?;
                left.next();
            }
        }
        Ok(())
    })
}

impl Count {
    fn add(&mut self, event: &Event) {
        match event {
            Event::Directive {
                outcome: Verdict::Failed(_),
                ..
            } => self.failed += 1,
            Event::Directive { .. } => self.passed += 1,
            Event::Skipped { .. } => self.skipped += 1,
            Event::Refused { directives, .. } => self.failed += directives,
        }
    }
}

fn show(path: &Path, event: &Event, format: MessageFormat) -> Result<(), Diagnostic> {
    let path = path.display();
    if format == MessageFormat::Json {
        let mut line = serde_json::json!({ "path": path.to_string(), "event": event });
        if let Event::Refused { diagnostic, .. } = event
            && let Some(found) = line.pointer_mut("/event/refused/diagnostic")
        {
            *found = serde_json::json!(render::Message::from(diagnostic));
        }
        return render::line(&line.to_string());
    }
    match event {
        Event::Directive {
            engine,
            directive,
            outcome,
        } => match outcome {
            Verdict::Passed => Ok(()),
            Verdict::Printed(values) => {
                render::line(&format!("{path} [{engine}]: {directive} -> {values}"))
            }
            Verdict::Failed(found) => render::line(&format!(
                "FAIL {path} [{engine}]: {directive}, found {found}"
            )),
        },
        Event::Skipped {
            engine: None,
            reason,
        } => render::line(&format!("SKIP {path}: {reason}")),
        Event::Skipped {
            engine: Some(engine),
            reason,
        } => render::line(&format!("SKIP {path} [{engine}]: {reason}")),
        Event::Refused {
            engine, diagnostic, ..
        } => {
            let notes = diagnostic.notes.iter().map(|note| {
                let indented = note.replace('\n', "\n    ");
                format!("\n  note: {indented}")
            });
            let notes = notes.collect::<String>();
            let text = format!("FAIL {path} [{engine}]: {diagnostic}{notes}");
            render::line(&shorten_places(&text))
        }
    }
}

/// Does the part of `test` that this process was started for.
pub(in crate::cli) fn worker(
    environment: &Environment,
    args: &TestWorkerArgs,
) -> Result<(), Failure> {
    let task = Task {
        input: args.input.clone(),
        engine: args.engine.clone(),
        variant: args.variant,
        directives: args.directives.clone(),
        extra: args.link.extra(),
    };
    let report = work(&task, |engine| environment.toolchain_with(engine))?;
    Ok(render::json_file(&args.report, &report)?)
}

/// The files named, and the `.clif` files of the folders named, by name.
///
/// # Errors
/// E4040 for a folder that cannot be read, E4041 for one that has none.
fn files(inputs: &[PathBuf]) -> Result<Vec<PathBuf>, Diagnostic> {
    let mut files = Vec::new();
    for input in inputs {
        if !input.is_dir() {
            files.push(input.clone());
            continue;
        }
        let found = below(input)?;
        if found.is_empty() {
            return Err(nothing_in(input));
        }
        files.extend(found);
    }
    Ok(files)
}

fn below(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message)
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(below(&path)?);
        } else if path.extension().is_some_and(|end| end == "clif") {
            files.push(path);
        }
    }
    Ok(files)
}

fn nothing_in(folder: &Path) -> Diagnostic {
    let shown = folder.display();
    let message = format!("`{shown}` has nothing to test: no project and no `.clif` file");
    Diagnostic::new(Code::E4041, message)
        .path(shown.to_string())
        .help(
            "name sources `.bd` one by one, or the folder of a `Project.proj`, which `beskid init` \
             writes",
        )
}
