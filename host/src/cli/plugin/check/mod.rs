//! `beskid plugin check`.

mod junit;
mod report;

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginKind;

use super::super::args::{CheckArgs, Global, MessageFormat, PluginTestArgs, ReportFormat};
use super::super::environment::{Environment, working_directory};
use super::super::render;
use super::kind::kind_of;
use crate::failure::Failure;
use crate::kit::{Expected, Process, Subject, Test, run_all, test_of, tests, unknown};
use crate::output;
use crate::plugins::{Entry, Place, Registry};
use report::Report;

/// What is checked.
struct Target {
    registry: Registry,
    kind: PluginKind,
    name: String,
    /// What names it in another process.
    arguments: Vec<OsString>,
    /// How the user has named it.
    shown: String,
}

/// Puts a plugin to the kit; exit status 1 if something is wrong with it.
///
/// # Errors
/// Why the plugin cannot be used; E5183 for a list of failures, E5184 for a filter
/// that no test has.
pub(super) fn check(
    environment: &Environment,
    global: &Global,
    args: &CheckArgs,
) -> Result<u8, Failure> {
    if let Some(path) = &args.output {
        output::check(path)?;
    }
    let target = Target::of(environment, args)?;
    let corpus = args.corpus.as_deref();
    let mut chosen = tests(target.kind, corpus)?;
    let expected = match &args.expected_failures {
        Some(path) => Expected::read(path)?,
        None => Expected::default(),
    };
    expected.check(chosen.iter().map(|test| &*test.name))?;
    for filter in &args.filter {
        if !chosen.iter().any(|test| is_meant(test, filter, args.exact)) {
            return Err(unknown(filter).into());
        }
    }
    chosen.retain(|test| {
        let mut filters = args.filter.iter();
        args.filter.is_empty() || filters.any(|filter| is_meant(test, filter, args.exact))
    });
    let format = match (args.format, environment.format) {
        (Some(format), _) => format,
        (None, MessageFormat::Json) => ReportFormat::Json,
        (None, _) => ReportFormat::Text,
    };
    if args.list {
        report::list(&chosen, format)?;
        return Ok(0);
    }
    let entry = target.entry()?;
    let mut report = Report::new(entry, &target.shown, args.corpus.clone());
    let shows = format == ReportFormat::Text || args.output.is_some();
    let show = |ran: &_| match shows {
        true => render::line(&report.line(ran)),
        false => Ok(()),
    };
    let process = target.process(global, args);
    let ran = match args.in_process {
        false => run_all(
            &chosen,
            jobs(global),
            &expected,
            |test| process.run(&test.name),
            show,
        )?,
        true => {
            let elsewhere = |name: &str| process.run(name);
            let subject = Subject {
                entry,
                registry: &target.registry,
                config: &environment.config,
                worker: target.worker(global),
                name: &target.name,
                timeout: process.timeout,
                elsewhere: &elsewhere,
            };
            run_all(
                &chosen,
                NonZeroUsize::MIN,
                &expected,
                |test| Ok(test.run(&subject)),
                show,
            )?
        }
    };
    let is_wrong = ran.iter().any(|ran| ran.status.is_wrong());
    report.ran = ran;
    if shows {
        render::line(&report.summary())?;
    }
    let written = match format {
        ReportFormat::Text => report.text(),
        ReportFormat::Json => report.json()?,
        ReportFormat::Junit => junit::write(&report),
    };
    match &args.output {
        Some(path) => output::write(path, written.as_bytes())?,
        None if format == ReportFormat::Text => {}
        None => output::write_stdout(written.as_bytes())?,
    }
    Ok(u8::from(is_wrong))
}

fn is_meant(test: &Test, filter: &str, exact: bool) -> bool {
    match exact {
        true => test.name == filter,
        false => test.name.contains(filter),
    }
}

fn jobs(global: &Global) -> NonZeroUsize {
    let wanted = global
        .jobs
        .and_then(|jobs| usize::try_from(jobs.get()).ok());
    let wanted = wanted.and_then(NonZeroUsize::new);
    wanted.unwrap_or_else(|| thread::available_parallelism().unwrap_or(NonZeroUsize::MIN))
}

impl Target {
    /// What the arguments name: a file, or else a plugin in reach.
    fn of(environment: &Environment, args: &CheckArgs) -> Result<Self, Diagnostic> {
        let registry = environment.look_around(Some(working_directory()?))?;
        let shown = args.subject.display().to_string();
        let wanted = args.kind.map(kind_of);
        if args.subject.exists() {
            return Self::of_file(registry, &args.subject, wanted, shown);
        }
        let backend = || registry.backend(&shown).map(|_| PluginKind::Backend);
        let linker = || registry.linker(&shown).map(|_| PluginKind::Linker);
        let kind = match wanted {
            Some(PluginKind::Backend) => backend()?,
            Some(PluginKind::Linker) => linker()?,
            None => match (backend(), linker()) {
                (Ok(_), Ok(_)) => return Err(ambiguous(&shown)),
                (Ok(kind), _) | (_, Ok(kind)) => kind,
                (Err(error), Err(other)) if error.code == Code::E5108 => {
                    return Err(match other.code == Code::E5108 {
                        true => nothing(&shown),
                        false => other,
                    });
                }
                (Err(error), _) => return Err(error),
            },
        };
        Ok(Self {
            registry,
            kind,
            name: shown.clone(),
            arguments: Vec::new(),
            shown,
        })
    }

    fn of_file(
        mut registry: Registry,
        path: &Path,
        wanted: Option<PluginKind>,
        shown: String,
    ) -> Result<Self, Diagnostic> {
        registry.add_file(path, Place::Option)?;
        let manifest = registry.vet(path)?.manifest().clone();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != manifest.kind) {
            let message = format!("`{shown}` is no {wanted}, but a {}", manifest.kind);
            return Err(Diagnostic::new(Code::E5114, message)
                .path(shown)
                .help("leave out `--kind`"));
        }
        Ok(Self {
            registry,
            kind: manifest.kind,
            name: format!("{}@{}", manifest.id, manifest.version),
            arguments: vec!["--plugin".into(), path.into()],
            shown,
        })
    }

    fn entry(&self) -> Result<&Entry, Diagnostic> {
        match self.kind {
            PluginKind::Backend => self.registry.backend(&self.name),
            PluginKind::Linker => self.registry.linker(&self.name),
        }
    }

    /// What makes another process of this program one of `beskid test`.
    fn worker(&self, global: &Global) -> Vec<OsString> {
        let mut arguments = global.arguments();
        arguments.extend(self.arguments.clone());
        worker(arguments)
    }

    /// What makes another process of this program run one test.
    fn process(&self, global: &Global, args: &CheckArgs) -> Process {
        let mut arguments = global.arguments();
        arguments.extend(self.arguments.clone());
        let kind = self.kind.to_string();
        let seconds = args.timeout.to_string();
        let words = [
            "plugin-test",
            &self.name,
            "--kind",
            &kind,
            "--timeout",
            &seconds,
        ];
        arguments.extend(words.map(OsString::from));
        if let Some(folder) = &args.corpus {
            arguments.extend(["--corpus".into(), folder.into()]);
        }
        Process {
            arguments,
            timeout: Duration::from_secs(args.timeout),
        }
    }
}

fn worker(mut arguments: Vec<OsString>) -> Vec<OsString> {
    arguments.extend(["--jobs", "1", "test-worker"].map(OsString::from));
    arguments
}

fn nothing(name: &str) -> Diagnostic {
    let message = format!("`{name}` is no file, and no plugin in reach");
    Diagnostic::new(Code::E5108, message).help("`beskid plugin list` shows every plugin")
}

fn ambiguous(name: &str) -> Diagnostic {
    let message = format!("`{name}` is a backend and a linker strategy");
    Diagnostic::new(Code::E5107, message).help("say which with `--kind`")
}

/// Runs the one test that this process was started for.
pub(in super::super) fn test_one(
    environment: &Environment,
    global: &Global,
    args: &PluginTestArgs,
) -> Result<(), Diagnostic> {
    let kind = kind_of(args.kind);
    let entry = match kind {
        PluginKind::Backend => environment.registry.backend(&args.name)?,
        PluginKind::Linker => environment.registry.linker(&args.name)?,
    };
    let test = test_of(kind, args.corpus.as_deref(), &args.test)?;
    let mut arguments = global.arguments();
    let seconds = args.timeout.to_string();
    let kind = kind.to_string();
    let words = [
        "plugin-test",
        &args.name,
        "--kind",
        &kind,
        "--timeout",
        &seconds,
    ];
    arguments.extend(words.map(OsString::from));
    let process = Process {
        arguments,
        timeout: Duration::from_secs(args.timeout),
    };
    let checked = test.run(&Subject {
        entry,
        registry: &environment.registry,
        config: &environment.config,
        worker: worker(global.arguments()),
        name: &args.name,
        timeout: process.timeout,
        elsewhere: &|name| process.run(name),
    });
    render::json_file(&args.report, &checked)
}
