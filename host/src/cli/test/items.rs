//! Running `test` items, and telling what comes of them in the order of the source.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::super::args::{Global, MessageFormat, TestArgs, TestItemsArgs};
use super::super::environment::Environment;
use super::super::inputs::{self, Program};
use super::super::render;
use super::broken::Broken;
use super::junit;
use super::progress::Progress;
use super::report::{Entry, Report};
use crate::failure::Failure;
use crate::foreign::Extra;
use crate::output;
use crate::signals;
use crate::trials::{Event, Filter, Options, Prepared, Suite, Tried, work};

/// The backend that runs tests if none is chosen.
const DEFAULT_BACKEND: &str = "jit";

/// Runs the tests of programs; exit status 1 if any failed.
pub(super) fn test(
    environment: &Environment,
    global: &Global,
    args: &TestArgs,
    inputs: &[PathBuf],
) -> Result<u8, Failure> {
    if let Some(path) = &args.items.junit {
        output::check(path)?;
    }
    let mut report = Report::default();
    let ran = Run::new(environment, global, args, &mut report).and_then(|run| run.all(inputs));
    if let Err(failure) = ran {
        if report.broken.is_empty() {
            let input = inputs.first().map_or(Path::new("."), PathBuf::as_path);
            report.broken.push(Broken::new(input, None, &failure));
        }
        // A report tells of this command, however it ends, and never of the one before.
        if let Err(unwritten) = report_to_files(&report, args) {
            render::failure(&unwritten.into(), environment.format);
        }
        return Err(failure);
    }
    report_to_files(&report, args)?;
    if !args.items.json {
        report.show_summary(environment.format)?;
    }
    Ok(u8::from(report.has_failed()))
}

/// Writes the reports for other programs that are asked for.
fn report_to_files(report: &Report, args: &TestArgs) -> Result<(), Diagnostic> {
    if let Some(path) = &args.items.junit {
        output::write(path, junit::write(report).as_bytes())?;
    }
    match args.items.json {
        true => report.show_document(),
        false => Ok(()),
    }
}

/// Does the part of `test` that this process was started for.
pub(in crate::cli) fn worker(
    environment: &Environment,
    args: &TestItemsArgs,
) -> Result<(), Failure> {
    Ok(work(&args.task, |backend| {
        environment.toolchain_with(backend)
    })?)
}

/// Programs whose tests run.
struct Run<'r> {
    environment: &'r Environment,
    args: &'r TestArgs,
    format: MessageFormat,
    filter: Filter,
    backends: Vec<String>,
    options: Options,
    report: &'r mut Report,
    progress: Progress,
}

impl<'r> Run<'r> {
    fn new(
        environment: &'r Environment,
        global: &Global,
        args: &'r TestArgs,
        report: &'r mut Report,
    ) -> Result<Self, Failure> {
        let mut backends = args.backends.clone();
        if backends.is_empty() {
            let configured = environment.config.backend.as_deref();
            backends.push(configured.unwrap_or(DEFAULT_BACKEND).to_owned());
        }
        for backend in &backends {
            environment.registry.backend(backend)?;
        }
        let jobs = environment.config.jobs.map(|jobs| jobs.get() as usize);
        let jobs = jobs.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from));
        let mut worker = global.arguments();
        worker.extend(["--jobs".into(), jobs.to_string().into()]);
        worker.push("test-items".into());
        let items = &args.items;
        let is_for_people = environment.format == MessageFormat::Human && !items.json;
        Ok(Self {
            environment,
            args,
            format: environment.format,
            filter: Filter {
                include_tags: items.include_tag.clone(),
                exclude_tags: items.exclude_tag.clone(),
                group: items.group.clone(),
                names: items.filter.clone(),
            },
            options: Options {
                worker,
                jobs,
                timeout: Duration::from_secs(args.timeout),
                gc_stress: items.gc_stress,
                extra: Extra::default(),
            },
            report,
            progress: Progress::new(is_for_people),
            backends,
        })
    }

    /// The tests of all programs that the inputs lead to. The only one fails the command.
    fn all(mut self, inputs: &[PathBuf]) -> Result<(), Failure> {
        let inputs = match inputs {
            [] => vec![None],
            inputs => inputs.iter().map(|input| Some(input.as_path())).collect(),
        };
        for input in &inputs {
            let named = input.or(self.args.project.place.project.as_deref());
            let programs = inputs::tests(self.environment, &self.args.project, *input);
            let programs = match programs {
                Ok(programs) => programs,
                Err(failure) => {
                    let path = named.unwrap_or(Path::new("."));
                    self.broken(path, None, failure, inputs.len() == 1)?;
                    continue;
                }
            };
            let is_alone = inputs.len() == 1 && programs.len() == 1;
            for program in programs {
                let path = program.source.path().to_owned();
                if let Err(failure) = self.program(program) {
                    self.broken(&path, None, failure, is_alone)?;
                }
            }
        }
        Ok(())
    }

    /// The tests of one program.
    fn program(&mut self, mut program: Program) -> Result<(), Failure> {
        program.source = program.source.with_debug_info(self.args.debug.if_asked());
        let (source, cache) = (&program.source, self.environment.cache());
        let suite = Suite::of(source, &self.args.lints.lints()?, &self.filter, cache)?;
        self.options.extra = program.linked_with(self.args.link.extra());
        let prepared = suite.prepare()?;
        let mut order = (0..suite.count()).collect::<VecDeque<_>>();
        let mut early = suite.not_run().collect::<BTreeMap<_, _>>();
        let Some(prepared) = prepared else {
            return Ok(self.show_next(&suite, None, &mut order, &mut early)?);
        };
        for backend in self.backends.clone() {
            if order.is_empty() {
                // What is not run was told already.
                order = prepared.tests().iter().copied().collect();
            }
            let ran = self.by_backend(&suite, &prepared, &backend, &mut order, &mut early);
            match ran {
                Ok(()) => {}
                Err(diagnostic) if self.backends.len() == 1 => return Err(diagnostic.into()),
                Err(diagnostic) => {
                    self.broken(suite.path(), Some(&backend), diagnostic.into(), false)?;
                    early.clear();
                    order.clear();
                }
            }
        }
        Ok(())
    }

    fn by_backend(
        &mut self,
        suite: &Suite,
        prepared: &Prepared,
        backend: &str,
        order: &mut VecDeque<usize>,
        early: &mut BTreeMap<usize, Tried>,
    ) -> Result<(), Diagnostic> {
        self.progress.begin(prepared.tests().len());
        let options = self.options.clone();
        let told = prepared.run(backend, &options, &mut |event| {
            match event {
                Event::Begun(test) => self.progress.begun(suite.item(test).qualified_name),
                Event::Ended(test, tried) => {
                    self.progress.ended(suite.item(test).qualified_name);
                    early.insert(test, tried);
                    self.show_next(suite, Some(backend), order, early)?;
                }
                Event::Timed(timed) => {
                    self.progress.clear();
                    timed.tell();
                }
                Event::Tick => self.progress.show(),
            }
            Ok(())
        });
        self.progress.clear();
        told?;
        self.show_next(suite, Some(backend), order, early)
    }

    /// Tells of all tests of which those before them are told.
    fn show_next(
        &mut self,
        suite: &Suite,
        backend: Option<&str>,
        order: &mut VecDeque<usize>,
        early: &mut BTreeMap<usize, Tried>,
    ) -> Result<(), Diagnostic> {
        let backend = backend.filter(|_| self.backends.len() > 1);
        while let Some(test) = order.front()
            && let Some(tried) = early.remove(test)
        {
            let entry = Entry::new(suite.path(), suite.item(*test), backend, tried);
            order.pop_front();
            if !self.args.items.json {
                self.progress.clear();
                entry.show(self.format, self.args.items.show_output)?;
            }
            self.report.add(entry);
        }
        Ok(())
    }

    /// Keeps in mind what failed, and tells of it, unless it fails the command.
    fn broken(
        &mut self,
        path: &Path,
        backend: Option<&str>,
        failure: Failure,
        is_last: bool,
    ) -> Result<(), Failure> {
        let broken = Broken::new(path, backend, &failure);
        self.report.broken.push(broken);
        self.progress.clear();
        if is_last {
            return Err(failure);
        }
        signals::check()?;
        render::failure(&failure, self.format);
        Ok(())
    }
}
