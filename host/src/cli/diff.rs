//! `beskid diff`.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use beskid_clif::reduce::reduce;
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::shorten_places;

use super::args::{DiffArgs, Global, MessageFormat};
use super::environment::Environment;
use super::inputs;
use super::render;
use crate::diff::{Difference, Execution, Report, Runner, differences};
use crate::entrypoint::entrypoint;
use crate::failure::Failure;
use crate::lower::lower;
use crate::output;

/// Exit status if nothing differs that was compared, and a backend refused the
/// program.
const NOT_COMPARED: u8 = 3;

/// Runs a program in several backends; exit status 1 if they differ.
pub(super) fn diff(
    environment: &Environment,
    global: &Global,
    args: &DiffArgs,
) -> Result<u8, Failure> {
    for backend in &args.backends {
        environment.registry.backend(backend)?;
    }
    if args.backends.len() < 2 {
        let message = "a comparison needs at least two backends";
        return Err(Diagnostic::new(Code::E4041, message)
            .help("name them, for instance `--backends jit,aot`")
            .into());
    }
    let source = inputs::file(environment, &args.input)?;
    if args.reduce {
        match &args.output {
            Some(output) => output::refuse_stdout(output, "the artifact that is left")?,
            // It is named after the source.
            None => source.stem().map(|_| ())?,
        }
    }
    let small = small_path(&args.input, args.output.as_deref());
    if args.reduce {
        output::check(&small)?;
    }
    let artifact = lower(source, args.entrypoint.as_deref())?;
    entrypoint(&artifact)?;
    let runner = Runner::new(
        global.arguments(),
        args.link.arguments(),
        Duration::from_secs(args.timeout),
    )?;
    let executions = args.backends.iter();
    let executions = executions.map(|backend| runner.run(&artifact, backend));
    let executions = executions.collect::<Result<Vec<_>, _>>()?;
    for execution in &executions {
        show(execution, environment.format)?;
    }
    refuse_if_none_ran(&executions)?;
    let found = differences(&executions);
    for difference in &found {
        show_difference(difference, environment.format)?;
    }
    // What is compared tells more than what is not.
    let (refusals, real): (Vec<_>, Vec<_>) = found.iter().partition(|found| found.is_refusal());
    let Some(difference) = real.iter().chain(&refusals).next() else {
        if environment.format != MessageFormat::Json {
            render::line("no difference")?;
        }
        return Ok(0);
    };
    if args.reduce {
        let reduced = smallest(runner, &artifact, &executions, difference)?;
        output::write(&small, reduced.bytes())?;
        if environment.format != MessageFormat::Json {
            render::line(&format!(
                "reduced: {} of {} bytes, {} of {} functions, in {}",
                reduced.bytes().len(),
                artifact.bytes().len(),
                reduced.functions().len(),
                artifact.functions().len(),
                small.display()
            ))?;
        }
    }
    Ok(if real.is_empty() { NOT_COMPARED } else { 1 })
}

fn show_difference(difference: &Difference, format: MessageFormat) -> Result<(), Diagnostic> {
    let refusal = difference.is_refusal();
    render::line(&match (format, refusal) {
        (MessageFormat::Json, true) => {
            serde_json::json!({ "uncompared": difference.found_by }).to_string()
        }
        (MessageFormat::Json, false) => serde_json::json!({ "difference": difference }).to_string(),
        (_, true) => format!("not compared: {difference}"),
        (_, false) => format!("different: {difference}"),
    })
}

/// The smallest artifact found that still has a difference like this one.
fn smallest(
    mut runner: Runner,
    artifact: &CodegenArtifact,
    executions: &[Execution],
    difference: &Difference,
) -> Result<CodegenArtifact, Diagnostic> {
    // A smaller program may loop where this one does not.
    let longest = executions.iter().map(|execution| execution.elapsed).max();
    let patience = longest.unwrap_or_default() * 3 + Duration::from_millis(200);
    runner.timeout = runner.timeout.min(patience);
    let shows = |candidate: &CodegenArtifact| -> Result<bool, Diagnostic> {
        let expected = runner.run(candidate, &difference.expected_by)?;
        let found = runner.run(candidate, &difference.found_by)?;
        let left = differences(&[expected, found]);
        Ok(left.iter().any(|other| other.is_like(difference)))
    };
    let mut failure = None;
    let reduced = reduce(artifact, &mut |candidate| match shows(candidate) {
        Ok(shown) => ControlFlow::Continue(shown),
        Err(diagnostic) => {
            failure = Some(diagnostic);
            ControlFlow::Break(())
        }
    })?;
    match failure {
        Some(diagnostic) => Err(diagnostic),
        None => Ok(reduced),
    }
}

/// A program that no backend takes is an error of its own, not a comparison.
fn refuse_if_none_ran(executions: &[Execution]) -> Result<(), Diagnostic> {
    let mut first = None;
    for execution in executions {
        match &execution.report {
            Some(Report::Refused(refusal)) => first = first.or(Some(refusal)),
            _ => return Ok(()),
        }
    }
    first.map_or(Ok(()), |refusal| {
        Err(refusal.clone().note("no backend ran the program"))
    })
}

fn show(execution: &Execution, format: MessageFormat) -> Result<(), Diagnostic> {
    let backend = &execution.backend;
    let output = execution.stdout.len();
    if format == MessageFormat::Json {
        let (digest, result, refusal) = match &execution.report {
            Some(Report::Returned { digest, result }) => (Some(digest), Some(result), None),
            Some(Report::Refused(refusal)) => (None, None, Some(refusal)),
            None => (None, None, None),
        };
        let line = serde_json::json!({
            "backend": backend,
            "digest": digest,
            "result": result,
            "ending": execution.end.to_string(),
            "refusal": refusal.map(render::Message::from),
            "output_bytes": output,
        });
        return render::line(&line.to_string());
    }
    render::line(&match &execution.report {
        Some(Report::Returned { digest, result }) => {
            let digest = digest.get(..12).unwrap_or(digest);
            format!("{backend}: artifact {digest}, result {result}, {output} bytes of output")
        }
        Some(Report::Refused(refusal)) => {
            shorten_places(&format!("{backend}: {refusal}")).into_owned()
        }
        None => format!("{backend}: {}, {output} bytes of output", execution.end),
    })
}

/// Where the reduced artifact goes: beside nothing of the user's.
fn small_path(input: &Path, output: Option<&Path>) -> PathBuf {
    output.map_or_else(
        || {
            let stem = input.file_stem().unwrap_or_default();
            let mut name = stem.to_owned();
            name.push(".reduced.bska");
            PathBuf::from(name)
        },
        Path::to_owned,
    )
}
