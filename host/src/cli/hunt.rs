//! `beskid hunt`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use beskid_plugin_api::artifact::Feature;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use clap::ValueEnum;

use super::args::{Global, MessageFormat};
use super::environment::Environment;
use super::hunt_args::{HuntArgs, HuntWorkerArgs};
use super::inputs;
use super::render;
use crate::config::OptLevel;
use crate::failure::Failure;
use crate::hunt::{Finding, Hunt, INTERPRETER, Limits, Source, Tally, serve};
use crate::lower::lower;

/// Seconds of a hunt that has no other limit.
const SECONDS: u64 = 60;
/// The option that says how much to optimize.
const OPTIMIZE: &str = "--optimize";
/// Columns of the table of mnemonics.
const COLUMNS: usize = 4;

/// Hunts; exit status 1 if anything was found.
pub(super) fn hunt(
    environment: &Environment,
    global: &Global,
    args: &HuntArgs,
) -> Result<u8, Failure> {
    let claimed = claimed(environment, args)?;
    let source = match &args.replay {
        Some(path) => Source::Given(Box::new(lower(inputs::file(environment, path)?, None)?)),
        None => Source::Generated {
            features: features(args, claimed)?,
            seed: args.seed.unwrap_or_else(|| RandomState::new().hash_one(0)),
            first: args.first,
        },
    };
    let time = args.seconds.or(match args.count {
        Some(_) => None,
        None => Some(SECONDS),
    });
    let limits = Limits {
        time: time.map(Duration::from_secs),
        count: args.count,
        timeout: Duration::from_secs(args.timeout),
        reduction: Duration::from_secs(args.reduce),
    };
    let folder = args.replay.is_none().then(|| args.output.clone());
    let format = environment.format;
    let engines = args.backends.iter().map(|name| engine(global, name));
    let engines = engines.collect::<Result<Vec<_>, _>>()?;
    let mut hunt = Hunt::new(engines, folder, command(global, args), limits)?;
    if let (Source::Generated { seed, .. }, false) = (&source, format == MessageFormat::Json) {
        render::line(&format!("seed: {seed}"))?;
    }
    let mut told = 0;
    let ran = hunt.run(&source, &mut |finding| {
        told += 1;
        show(told, finding, format)
    });
    if ran.is_ok() {
        refuse_if_nothing_compared(hunt.tally())?;
    }
    summarize(&hunt, &source, format)?;
    ran?;
    Ok(u8::from(!hunt.findings().is_empty()))
}

/// The features that all backends claim.
fn claimed(environment: &Environment, args: &HuntArgs) -> Result<BTreeSet<Feature>, Diagnostic> {
    let names = args.backends.iter().collect::<BTreeSet<_>>();
    if names.len() < 2 || names.len() < args.backends.len() {
        let message = "a hunt needs at least two engines, each named once";
        return Err(Diagnostic::new(Code::E4041, message)
            .help("name them, for instance `--backends jit,aot`"));
    }
    let mut claimed = Feature::ALL.into_iter().collect::<BTreeSet<_>>();
    for name in names.into_iter().filter(|name| *name != INTERPRETER) {
        let backend = environment.registry.backend(level(name)?.0)?.backend()?;
        let own = backend.describe()?.features;
        claimed.retain(|feature| own.contains(feature));
    }
    Ok(claimed)
}

/// The features that artifacts may need.
fn features(args: &HuntArgs, claimed: BTreeSet<Feature>) -> Result<BTreeSet<Feature>, Diagnostic> {
    let Some(names) = &args.features else {
        return Ok(claimed);
    };
    let mut features = BTreeSet::new();
    for name in names.iter().map(|name| name.trim()) {
        let known = Feature::ALL.into_iter().find(|known| known.name() == name);
        let Some(feature) = known.filter(|known| claimed.contains(known)) else {
            let message = match known {
                Some(_) => format!("not every backend of the hunt claims the feature `{name}`"),
                None => format!("there is no feature `{name}`"),
            };
            let claimed = claimed.iter().map(|known| known.name());
            let claimed = claimed.collect::<Vec<_>>().join(", ");
            return Err(Diagnostic::new(Code::E4041, message)
                .help(format!("choose among those that all claim: {claimed}")));
        };
        features.insert(feature);
    }
    Ok(features)
}

/// The backend of an engine, and how much it is to optimize if that is said:
/// `NAME:LEVEL`.
fn level(name: &str) -> Result<(&str, Option<&str>), Diagnostic> {
    let Some((backend, level)) = name.rsplit_once(':') else {
        return Ok((name, None));
    };
    if OptLevel::from_str(level, false).is_err() || backend == INTERPRETER {
        let message = format!("`{name}` is no backend and a level of optimization");
        return Err(Diagnostic::new(Code::E4041, message)
            .help("write a backend's name and `:none`, `:speed` or `:size`"));
    }
    Ok((backend, Some(level)))
}

/// An engine, and the arguments that make another process of this program it.
fn engine(global: &Global, name: &str) -> Result<(String, Vec<OsString>), Diagnostic> {
    let (backend, level) = level(name)?;
    let mut arguments = global.arguments();
    if let Some(level) = level {
        let own = arguments.iter().position(|word| word == OPTIMIZE);
        own.map(|at| arguments.drain(at..at + 2));
        arguments.extend([OPTIMIZE, level].map(OsString::from));
    }
    arguments.extend(["--jobs", "1"].map(OsString::from));
    arguments.extend(["hunt-worker", "--engine", backend].map(OsString::from));
    Ok((name.to_owned(), arguments))
}

/// What a command that shows a finding again has before its file.
fn command(global: &Global, args: &HuntArgs) -> String {
    let arguments = global.arguments();
    let arguments = arguments.iter().map(|argument| argument.to_string_lossy());
    let words = arguments.map(|word| shell_words::quote(&word).into_owned());
    let words = std::iter::once("beskid".to_owned()).chain(words);
    let words = words.collect::<Vec<_>>().join(" ");
    format!(
        "{words} hunt --backends {} --replay",
        args.backends.join(",")
    )
}

fn show(number: usize, finding: &Finding, format: MessageFormat) -> Result<(), Diagnostic> {
    if format == MessageFormat::Json {
        return render::line(&serde_json::json!({ "finding": finding }).to_string());
    }
    let (before, after) = finding.bytes;
    let mut lines = vec![format!("finding {number}: {}", finding.disagreement)];
    if finding.file.is_some() {
        lines.push(match finding.is_repeatable {
            true => format!(
                "  artifact {}, reduced from {before} to {after} bytes",
                finding.artifact
            ),
            false => format!(
                "  artifact {}, not seen again in new processes",
                finding.artifact
            ),
        });
        lines.push(format!("  again: {}", finding.command));
    }
    lines.iter().try_for_each(|line| render::line(line))
}

fn summarize(hunt: &Hunt, source: &Source, format: MessageFormat) -> Result<(), Diagnostic> {
    let tally = hunt.tally();
    if format == MessageFormat::Json {
        let mut value = serde_json::json!(tally);
        value["executions_per_second"] = serde_json::json!(tally.rate());
        return render::line(&serde_json::json!({ "hunted": value }).to_string());
    }
    if matches!(source, Source::Given(_)) {
        return match hunt.findings() {
            [] => render::line("no difference"),
            _ => Ok(()),
        };
    }
    for line in lines(tally) {
        render::line(&line)?;
    }
    Ok(())
}

/// What was done, for people.
fn lines(tally: &Tally) -> Vec<String> {
    let mut lines = vec![format!(
        "hunted: {} artifacts, {} executions ({} traps) in {:.1} s, {:.0} a second",
        tally.artifacts,
        tally.executions,
        tally.traps,
        tally.seconds,
        tally.rate()
    )];
    lines.push(format!(
        "found: {} findings, seen again {} times",
        tally.findings, tally.duplicates
    ));
    for (engine, (times, reason)) in &tally.refusals {
        lines.push(format!(
            "not compared: {engine} did not take {times} artifacts, the last because of {reason}"
        ));
    }
    lines.push(format!("instructions: {} kinds", tally.mnemonics.len()));
    let cells = tally.mnemonics.iter();
    let cells = cells.map(|(mnemonic, times)| format!("{mnemonic:<22}{times:>9}"));
    let cells = cells.collect::<Vec<_>>();
    let rows = cells.chunks(COLUMNS);
    lines.extend(rows.map(|row| format!("  {}", row.join("   "))));
    lines
}

fn refuse_if_nothing_compared(tally: &Tally) -> Result<(), Diagnostic> {
    if tally.artifacts > tally.uncompared || tally.findings > 0 {
        return Ok(());
    }
    let message = format!(
        "nothing was compared: of {} artifacts none was taken by two engines",
        tally.artifacts
    );
    let reasons = tally.refusals.iter();
    let reasons = reasons.map(|(engine, (_, reason))| format!("{engine}: {reason}"));
    let refusal = Diagnostic::new(Code::E5190, message)
        .help("choose engines that have more in common, or fewer `--features`");
    Err(reasons.fold(refusal, Diagnostic::note))
}

/// Does what this process was started for.
pub(super) fn worker(environment: &Environment, args: &HuntWorkerArgs) -> Result<(), Diagnostic> {
    serve(&args.engine, |engine| environment.toolchain_with(engine))
}
