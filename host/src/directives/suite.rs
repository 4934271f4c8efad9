//! A file through every engine: which processes, and what they mean together.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use beskid_clif::text::tests::{Backends, Tests, Variant, Verdict};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use super::INTERPRETER;
use super::settings::{Asked, missing};
use super::worker::Report;
use crate::child::{Ending, run_self};
use crate::end::End;
use crate::failure::Failure;
use crate::lower;
use crate::scratch::Scratch;
use crate::source::Source;

/// How to run files.
#[derive(Debug, Clone)]
pub struct Options {
    /// Backends that run each directive, and the options that each takes.
    pub backends: Vec<(String, BTreeSet<String>)>,
    /// Most time that one process may take.
    pub timeout: Duration,
    /// Arguments of this program that make it a worker, up to the task.
    pub worker: Vec<OsString>,
}

/// What happened to a file or to one of its directives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// Engine, directive, and how it ended.
    Directive {
        /// The engine, and the settings that not every variant has.
        engine: String,
        /// The directive as it is written.
        directive: String,
        /// How it ended.
        outcome: Verdict,
    },
    /// Nothing was run, or not in this engine.
    Skipped {
        /// The engine; `None`: all of them.
        engine: Option<String>,
        /// Why.
        reason: String,
    },
    /// The engine could not run the file's directives.
    Refused {
        /// The engine.
        engine: String,
        /// Number of directives.
        directives: usize,
        /// Why.
        diagnostic: Diagnostic,
    },
}

/// Runs the directives of a file.
///
/// # Errors
/// What is wrong with the file.
pub fn run_file(path: &Path, options: &Options) -> Result<Vec<Event>, Failure> {
    let source = Source::read(path)?;
    refuse_stream(&source)?;
    let tests = lower::directives(&source)?;
    let mut run = FileRun {
        path,
        source: &source,
        checked: false,
        tests: &tests,
        options,
        events: Vec::new(),
        digests: BTreeMap::new(),
    };
    let interpreted = tests.interpreted();
    match tests.backends() {
        _ if tests.count() == 0 => run.skip(None, "it has no run directive".to_owned()),
        Backends::Skip(reason) if !interpreted => run.skip(None, reason.clone()),
        Backends::Skip(_) => run.engine(INTERPRETER, INTERPRETER.to_owned(), 0)?,
        Backends::Run(variants) => {
            for index in 0..variants.len() {
                run.variant(variants, index)?;
            }
            if interpreted {
                run.engine(INTERPRETER, INTERPRETER.to_owned(), 0)?;
            }
        }
    }
    Ok(run.events)
}

/// Each engine is a process that reads the file again.
fn refuse_stream(source: &Source) -> Result<(), Diagnostic> {
    if !source.is_stream() {
        return Ok(());
    }
    let message = format!("`{}` can be read only once", source.path().display());
    Err(Diagnostic::new(Code::E4041, message).help("keep the directives in a file"))
}

struct FileRun<'r> {
    path: &'r Path,
    source: &'r Source,
    /// Whether the file is known to make up an artifact.
    checked: bool,
    tests: &'r Tests,
    options: &'r Options,
    events: Vec<Event>,
    /// What the first engine says it ran when it ran these directives.
    digests: BTreeMap<Vec<usize>, String>,
}

impl FileRun<'_> {
    fn variant(&mut self, variants: &[Variant], index: usize) -> Result<(), Failure> {
        let variant = &variants[index];
        let common = |setting| {
            variants
                .iter()
                .all(|other| other.settings.contains(setting))
        };
        let own = variant.settings.iter().filter(|setting| !common(setting));
        let own = own.collect::<Vec<_>>();
        for (backend, accepted) in &self.options.backends {
            let asked = Asked::of(variant, accepted);
            let before = variants[..index].iter();
            if before
                .clone()
                .any(|other| Asked::of(other, accepted) == asked)
            {
                // It would be the same run again.
                continue;
            }
            let mut engine = backend.clone();
            for (name, value) in &own {
                let sign = if value.is_empty() { "" } else { "=" };
                engine.push_str(&format!(" {name}{sign}{value}"));
            }
            match missing(variant, accepted) {
                Some(feature) => {
                    self.skip(Some(engine), format!("this machine lacks {feature}"));
                }
                None => self.engine(backend, engine, index)?,
            }
        }
        Ok(())
    }

    fn skip(&mut self, engine: Option<String>, reason: String) {
        self.events.push(Event::Skipped { engine, reason });
    }

    /// All directives in one engine: those that return in one process, and
    /// each of those that trap in its own.
    fn engine(&mut self, engine: &str, label: String, variant: usize) -> Result<(), Failure> {
        let (trapping, returning): (Vec<_>, Vec<_>) =
            (0..self.tests.count()).partition(|index| self.tests.traps(*index));
        if !self.checked {
            // What is wrong with the file is better said once, with its place.
            let all = (0..self.tests.count()).collect::<Vec<_>>();
            lower::directives_artifact(self.source, self.tests, &all)?;
            self.checked = true;
        }
        if !returning.is_empty() {
            match self.process(engine, variant, &returning)? {
                Answer::Report(report) => {
                    // What refuses these refuses the others too.
                    if self.report(&label, &returning, self.tests.count(), report) {
                        return Ok(());
                    }
                }
                // One of them is to blame; alone, each shows what it does.
                Answer::Died(..) => {
                    for directive in returning {
                        self.alone(engine, &label, variant, directive)?;
                    }
                }
            }
        }
        for directive in trapping {
            self.alone(engine, &label, variant, directive)?;
        }
        Ok(())
    }

    fn alone(
        &mut self,
        engine: &str,
        label: &str,
        variant: usize,
        directive: usize,
    ) -> Result<(), Diagnostic> {
        let outcome = match self.process(engine, variant, &[directive])? {
            Answer::Report(report) => {
                self.report(label, &[directive], 1, report);
                return Ok(());
            }
            Answer::Died(end) if end.is_trap() && self.tests.traps(directive) => Verdict::Passed,
            Answer::Died(end) => Verdict::Failed(end.to_string()),
        };
        self.directive(label, directive, outcome);
        Ok(())
    }

    /// Notes what a process says; a refusal counts for so many directives.
    /// Whether it is one, so that there is no use in asking the engine again.
    fn report(
        &mut self,
        label: &str,
        directives: &[usize],
        refused: usize,
        report: Report,
    ) -> bool {
        let engine = label.to_owned();
        match report.verdicts {
            Ok(outcomes) => {
                for (directive, outcome) in directives.iter().zip(outcomes) {
                    self.directive(label, *directive, outcome);
                }
                false
            }
            Err(diagnostic) if diagnostic.code == Code::E5008 => {
                self.skip(Some(engine), diagnostic.message);
                true
            }
            Err(diagnostic) => {
                self.events.push(Event::Refused {
                    engine,
                    directives: refused,
                    diagnostic,
                });
                true
            }
        }
    }

    fn directive(&mut self, label: &str, directive: usize, outcome: Verdict) {
        self.events.push(Event::Directive {
            engine: label.to_owned(),
            directive: self.tests.text(directive),
            outcome,
        });
    }

    fn process(
        &mut self,
        engine: &str,
        variant: usize,
        directives: &[usize],
    ) -> Result<Answer, Diagnostic> {
        let failed = |error: std::io::Error| {
            Diagnostic::new(Code::E4040, format!("cannot keep a report: {error}"))
        };
        let scratch = Scratch::new()?;
        let report = scratch.path().join("report.json");
        let mut arguments = self.options.worker.clone();
        arguments.extend(["--engine".into(), engine.into()]);
        arguments.extend(["--variant".into(), variant.to_string().into()]);
        arguments.extend(["--report".into(), report.clone().into()]);
        let numbers = directives.iter().map(usize::to_string).collect::<Vec<_>>();
        arguments.extend(["--directives".into(), numbers.join(",").into()]);
        arguments.extend(["--".into(), self.path.into()]);
        let ended = run_self(arguments, self.options.timeout)?;
        let bytes = match std::fs::read(&report) {
            Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed)?,
        };
        if ended.ending != Ending::Exited(0) || bytes.is_empty() {
            let (end, own) = End::of(&ended);
            tracing::debug!(%end, "{}", String::from_utf8_lossy(own));
            return Ok(Answer::Died(end));
        }
        let report = serde_json::from_slice::<Report>(&bytes).map_err(|error| {
            let message = format!("the report of a process of beskid is malformed: {error}");
            Diagnostic::new(Code::E4040, message)
        })?;
        self.check_digest(directives, &report)?;
        Ok(Answer::Report(report))
    }

    /// BK-2: every engine ran the identical bytes.
    fn check_digest(&mut self, directives: &[usize], report: &Report) -> Result<(), Diagnostic> {
        let first = self.digests.entry(directives.to_vec());
        let first = first.or_insert_with(|| report.digest.clone());
        if *first == report.digest {
            return Ok(());
        }
        let message = format!(
            "one engine ran artifact {first}, another {}: `{}` changed meanwhile",
            report.digest,
            self.path.display()
        );
        Err(Diagnostic::new(Code::E5115, message).help("run the test again"))
    }
}

enum Answer {
    Report(Report),
    Died(End),
}
