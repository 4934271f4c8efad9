//! Run directives: what programs compute.

use std::fs;
use std::path::{Path, PathBuf};

use beskid_clif::text::tests::Verdict;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::samples;
use crate::directives::{Event, INTERPRETER, Options, run_file};
use crate::failure::Failure;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, is_lack, made, shown};
use crate::kit::subject::Subject;
use crate::plugins::accepted_options;

include!(concat!(env!("OUT_DIR"), "/corpus.rs"));

/// The directives of the kit, and those of a folder.
///
/// # Errors
/// E4040 if the folder cannot be read, E5185 if it has no programs.
pub(super) fn tests(folder: Option<&Path>) -> Result<Vec<Test>, Diagnostic> {
    let plain = Test::new(
        "results/plain",
        "integers, branches and calls compute what they should, and are not refused",
        |subject| match embedded(subject, "plain", samples::PLAIN)? {
            Outcome::Skipped(reason) => Err(Finding::new("plain programs to be compiled", reason)),
            outcome => Ok(outcome),
        },
    );
    let own = CORPUS.iter().map(|(name, text)| {
        Test::new(
            format!("results/{name}"),
            "what is not refused computes what it should",
            |subject| embedded(subject, name, text),
        )
    });
    let mut all = vec![plain];
    all.extend(own);
    let programs = folder.map_or(Ok(Vec::new()), files)?;
    if let Some(folder) = folder.filter(|_| programs.is_empty()) {
        let shown = folder.display().to_string();
        let message = format!("there are no programs in `{shown}`");
        return Err(Diagnostic::new(Code::E5185, message)
            .path(shown)
            .help("programs are files `*.clif` with run directives, there and in its folders"));
    }
    for path in programs {
        let base = folder.and_then(|folder| path.strip_prefix(folder).ok());
        let name = base.unwrap_or(&path).with_extension("");
        all.push(Test::new(
            format!("corpus/{}", name.display()),
            "what is not refused computes what it should",
            move |subject| run(subject, &path),
        ));
    }
    Ok(all)
}

/// The `.clif` files of a folder and of those in it, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read `{}`: {error}", folder.display());
        Diagnostic::new(Code::E4040, message)
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "clif")
        {
            found.push(path);
        }
    }
    Ok(found)
}

fn embedded(subject: &Subject<'_>, name: &str, text: &str) -> Checked {
    let unwritable =
        |error: std::io::Error| Finding::new("a file to be written", error.to_string());
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let path = folder.path().join(format!("{name}.clif"));
    fs::write(&path, text).map_err(unwritable)?;
    run(subject, &path)
}

fn run(subject: &Subject<'_>, path: &Path) -> Checked {
    let options = made("its options", accepted_options(subject.entry))?;
    let options = Options {
        backends: vec![(subject.name.to_owned(), options)],
        timeout: subject.timeout,
        worker: subject.worker.clone(),
    };
    let events = run_file(path, &options).map_err(|failure| match failure {
        Failure::Diagnostic(error) => Finding::error("a file of directives", &error),
        Failure::Source(files) => {
            let path = files.first().map_or("", |file| &file.path);
            Finding::new("a file of directives", format!("`{path}` is none"))
        }
    })?;
    let mut passed = false;
    let mut lacks = Vec::new();
    for event in events {
        match event {
            Event::Directive { engine, .. } if engine.starts_with(INTERPRETER) => {}
            Event::Directive {
                directive, outcome, ..
            } => match outcome {
                Verdict::Failed(found) => {
                    let directive = directive.trim_start_matches("run:").trim();
                    return Err(Finding::new(format!("`{directive}`"), found));
                }
                _ => passed = true,
            },
            Event::Skipped { reason, .. } => lacks.push(reason),
            Event::Refused { diagnostic, .. } if is_lack(&diagnostic) => {
                lacks.push(shown(&diagnostic))
            }
            Event::Refused { diagnostic, .. } => {
                return Err(Finding::error(
                    "a result, or what the backend lacks",
                    &diagnostic,
                ));
            }
        }
    }
    match (passed, lacks.into_iter().next()) {
        (false, Some(lack)) => Ok(Outcome::Skipped(lack)),
        (false, None) => Ok(Outcome::Skipped(
            "it has no directive for this machine".to_owned(),
        )),
        (true, _) => Ok(Outcome::Passed),
    }
}
