//! Carrying out the steps of a plan.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep};

use super::direct::{Direct, direct};
use super::failure::Tool;
use super::scan::SymbolScan;
use super::{failure, response};
use crate::child::run_tool;
use crate::plugins::{Entry, Task};
use crate::signals;

/// The driver's output, while another is compared with it.
const BY_DRIVER: &str = "by-driver";

/// What becomes of a [`LinkStep::Drive`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Driver {
    /// The driver runs.
    Run,
    /// The driver is asked what it runs, and that runs, where it is known.
    Asked,
}

/// Runs the steps in order, up to the first that fails; `scan` is asked only
/// then.
pub(super) fn execute(
    plan: &LinkPlan,
    request: &LinkRequest,
    strategy: &Entry,
    how: Driver,
    scan: &dyn Fn() -> Option<SymbolScan>,
    mut show: Option<&mut dyn FnMut(&str)>,
) -> Result<(), Diagnostic> {
    for step in &plan.steps {
        match step {
            LinkStep::WriteFile { path, contents } => write_file(request, path, contents)?,
            LinkStep::Run {
                role,
                program,
                args,
                response_file,
            }
            | LinkStep::Drive {
                role,
                program,
                args,
                response_file,
            } => {
                let line = failure::command_line(program, args);
                if let Some(show) = &mut show {
                    show(&line);
                }
                let file = response_file.filter(|_| response::is_needed(args));
                let is_asked = how == Driver::Asked && matches!(step, LinkStep::Drive { .. });
                let direct = match is_asked && file.is_none() {
                    true => direct(program, args, &request.scratch),
                    false => None,
                };
                if let Some(direct) = direct.as_ref().filter(|direct| direct.is_proven())
                    && instead(direct, role, request, &mut show)?
                {
                    continue;
                }
                let args = match file {
                    Some(style) => &[response::write(request, args, style)?],
                    None => args.as_slice(),
                };
                let tool = Tool {
                    role,
                    program,
                    line: &line,
                };
                run(tool, args, &request.scratch, scan)?;
                if let Some(direct) = direct.filter(|direct| !direct.is_proven()) {
                    prove(&direct, request)?;
                }
            }
            LinkStep::Callback { step, purpose } => {
                if let Some(show) = &mut show {
                    show(&format!("callback {step}: {purpose}"));
                }
                let client = strategy.linker()?;
                let callback = || client.callback(request, *step);
                let done = strategy.working(Task::Callback, callback);
                done.map_err(|error| without(&request.scratch, error))?;
            }
            _ => {
                let message = "the linker strategy planned a step that this host does not know";
                return Err(Diagnostic::new(Code::E5203, message)
                    .help("use a release of beskid as new as the strategy"));
            }
        }
    }
    Ok(())
}

/// Runs what a driver would run. `false` leaves the link to the driver, which
/// says better what is wrong.
fn instead(
    direct: &Direct,
    role: &str,
    request: &LinkRequest,
    show: &mut Option<&mut dyn FnMut(&str)>,
) -> Result<bool, Diagnostic> {
    let line = failure::command_line(&direct.program, &direct.args);
    if let Some(show) = show {
        show(&format!("instead: {line}"));
    }
    tracing::debug!(role, "instead: {line}");
    let mut command = Command::new(&direct.program);
    command.args(&direct.args).env("LC_ALL", "C");
    let output = run_tool(&mut command);
    signals::check()?;
    match output {
        Ok(output) if output.status.success() => {
            warn(role, &output.stderr, &request.scratch);
            Ok(true)
        }
        _ => {
            tracing::debug!(role, "it failed, so the driver runs");
            match fs::remove_file(&request.output) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(
                    crate::output::unwritable(Path::new(&request.output), &error),
                ),
                _ => Ok(false),
            }
        }
    }
}

/// Keeps what a driver would run if it gives the bytes that the driver gave. The
/// output is the driver's, whatever comes of it.
fn prove(direct: &Direct, request: &LinkRequest) -> Result<(), Diagnostic> {
    let output = Path::new(&request.output);
    let aside = Path::new(&request.scratch).join(BY_DRIVER);
    if fs::rename(output, &aside).is_err() {
        return Ok(());
    }
    let mut command = Command::new(&direct.program);
    command.args(&direct.args).env("LC_ALL", "C");
    let ended = run_tool(&mut command);
    let is_same = ended.is_ok_and(|ended| ended.status.success())
        && matches!((fs::read(output), fs::read(&aside)), (Ok(one), Ok(other)) if one == other);
    if is_same {
        direct.keep();
    }
    fs::rename(&aside, output).map_err(|error| crate::output::unwritable(output, &error))?;
    signals::check()
}

fn warn(role: &str, stderr: &[u8], scratch: &str) {
    let stderr = String::from_utf8_lossy(stderr);
    if !stderr.trim().is_empty() {
        tracing::warn!(role, "{}", by_own_names(scratch, stderr.trim_end()));
    }
}

/// The scratch folder is gone when its name is read: what lies in it goes by
/// its own name.
fn without(scratch: &str, mut diagnostic: Diagnostic) -> Diagnostic {
    let texts = std::iter::once(&mut diagnostic.message).chain(&mut diagnostic.notes);
    for text in texts {
        *text = by_own_names(scratch, text);
    }
    diagnostic
}

fn by_own_names(scratch: &str, text: &str) -> String {
    text.replace(&format!("{scratch}/"), "")
}

/// A strategy writes the output and inside its scratch folder, and nowhere else.
fn write_file(request: &LinkRequest, path: &str, contents: &str) -> Result<(), Diagnostic> {
    let path = Path::new(path);
    let in_scratch = path.parent() == Some(Path::new(&request.scratch));
    if !in_scratch && path != Path::new(&request.output) {
        let message = format!("the linker strategy wants to write `{}`", path.display());
        return Err(Diagnostic::new(Code::E5203, message)
            .note(format!(
                "it may write files directly in `{}`",
                request.scratch
            ))
            .help("report this to the author of the strategy"));
    }
    fs::write(path, contents).map_err(|error| crate::output::unwritable(path, &error))
}

fn run(
    tool: Tool<'_>,
    args: &[String],
    scratch: &str,
    scan: &dyn Fn() -> Option<SymbolScan>,
) -> Result<(), Diagnostic> {
    let Tool {
        role,
        program,
        line,
    } = tool;
    tracing::debug!(role, "{line}");
    let mut command = Command::new(program);
    // Messages are classified by their English wording.
    command.args(args).env("LC_ALL", "C");
    let output = run_tool(&mut command);
    // What a tool says that was told to stop is of no interest.
    signals::check()?;
    match output {
        Ok(output) if output.status.success() => {
            warn(role, &output.stderr, scratch);
            Ok(())
        }
        Ok(output) => {
            let failed = failure::failed(tool, &output, scan().as_ref());
            Err(without(scratch, failed))
        }
        Err(error) => Err(unavailable(role, program, &error)),
    }
}

fn unavailable(role: &str, program: &str, error: &std::io::Error) -> Diagnostic {
    let reason = match error.kind() {
        ErrorKind::NotFound if program.contains('/') => "it does not exist".to_owned(),
        ErrorKind::NotFound => "it is not in `PATH`".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::new(
        Code::E4020,
        format!("the {role} `{program}` cannot be run: {reason}"),
    )
    .help(
        "install it, or name another program: under `[tools]` in the configuration (`cc`, `ar`, \
         `ranlib`, `libtool`, `link`), or with `CC`, `AR` and `RANLIB`",
    )
}
