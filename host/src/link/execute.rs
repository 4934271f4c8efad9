//! Carrying out the steps of a plan.

use std::borrow::Cow;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep, ToolCall};

use super::answers::{self, Answers};
use super::check::{self, refused};
use super::direct::{Direct, direct};
use super::failure;
use super::failure::Tool;
use super::scan::SymbolScan;
use super::told::{Told, Warning};
use crate::child::{ask_tool, run_tool};
use crate::output::unwritable;
use crate::plugins::{Entry, Task};
use crate::tools::response;
use crate::{signals, tools};

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
) -> Result<Told, Diagnostic> {
    let inputs = Inputs::now(request);
    let mut answers = Answers::default();
    let mut told = Told::default();
    for (index, step) in plan.steps.iter().enumerate() {
        match step {
            LinkStep::WriteFile { path, contents } => {
                let path = Path::new(path);
                let written = fs::write(path, answers.fill(contents));
                written.map_err(|error| unwritable(path, &error))?;
            }
            LinkStep::Run(call) => {
                let call = answers.fill_call(call);
                let line = shown(&call, &mut show);
                told.warnings.extend(run(&call, &line, request, scan)?);
            }
            LinkStep::Drive(call) => {
                let call = answers.fill_call(call);
                let driven = drive(&call, request, how, scan, &mut show)?;
                told.warnings.extend(driven.warnings);
                told.seen = driven.seen.or(told.seen);
            }
            LinkStep::Query(query) => {
                let call = answers.fill_call(&query.call);
                let line = shown(&call, &mut show);
                let written = ask(&call, &line, request, scan)?;
                let added = answers.add(query, &written);
                added.map_err(|error| error.plugin(&strategy.manifest().id))?;
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
            // The plan was looked through.
            _ => {}
        }
        if let Some(input) = inputs.changed() {
            let reason = format!("step {} wrote over the input `{input}`", index + 1);
            return Err(refused(&strategy.manifest().id, &reason));
        }
    }
    Ok(told)
}

/// Shows a command as one would type it into a shell.
fn shown(call: &ToolCall, show: &mut Option<&mut dyn FnMut(&str)>) -> String {
    let line = failure::command_line(call);
    if let Some(show) = show {
        show(&line);
    }
    line
}

/// Has the driver link, or what it would run.
fn drive(
    call: &ToolCall,
    request: &LinkRequest,
    how: Driver,
    scan: &dyn Fn() -> Option<SymbolScan>,
    show: &mut Option<&mut dyn FnMut(&str)>,
) -> Result<Told, Diagnostic> {
    let line = shown(call, show);
    // What the user's own arguments or a variable mean is not understood.
    let is_asked = how == Driver::Asked
        && request.link_args.is_empty()
        && call.env.is_empty()
        && response::style(call).is_none();
    let direct = match is_asked {
        true => direct(&call.program, &call.args, &request.scratch),
        false => None,
    };
    let seen = direct.as_ref().map(|direct| direct.seen.clone());
    let told = |warning: Option<Warning>| Told {
        warnings: Vec::from_iter(warning),
        seen,
    };
    if let Some(direct) = direct.as_ref().filter(|direct| direct.is_proven())
        && let Some(warning) = instead(direct, &call.role, request, show)?
    {
        return Ok(told(warning));
    }
    let warning = run(call, &line, request, scan)?;
    if let Some(direct) = direct.filter(|direct| !direct.is_proven()) {
        prove(&direct, request)?;
    }
    Ok(told(warning))
}

/// The arguments of a call, in a file if there are too many.
fn arguments<'c>(
    call: &'c ToolCall,
    request: &LinkRequest,
) -> Result<Cow<'c, [String]>, Diagnostic> {
    // One step comes after the other.
    response::arguments(call, || Ok(PathBuf::from(&request.scratch)), 0)
}

/// Runs what a driver would run; gives what it warns of. `None` leaves the link to the
/// driver, which says better what is wrong.
fn instead(
    direct: &Direct,
    role: &str,
    request: &LinkRequest,
    show: &mut Option<&mut dyn FnMut(&str)>,
) -> Result<Option<Option<Warning>>, Diagnostic> {
    let call = ToolCall::new(role, [&direct.program], &direct.args);
    let line = failure::command_line(&call);
    if let Some(show) = show {
        show(&format!("instead: {line}"));
    }
    tracing::debug!(role, "instead: {line}");
    let output = run_tool(&mut tools::command(&call, &call.args));
    signals::check()?;
    match output {
        Ok(output) if output.status.success() => {
            Ok(Some(warn(role, &output.stderr, &request.scratch)))
        }
        _ => {
            tracing::debug!(role, "it failed, so the driver runs");
            match fs::remove_file(&request.output) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    Err(unwritable(Path::new(&request.output), &error))
                }
                _ => Ok(None),
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
    let call = ToolCall::new("linker", [&direct.program], &direct.args);
    let ended = run_tool(&mut tools::command(&call, &call.args));
    let is_same = ended.is_ok_and(|ended| ended.status.success())
        && matches!((fs::read(output), fs::read(&aside)), (Ok(one), Ok(other)) if one == other);
    if is_same {
        direct.keep();
    }
    fs::rename(&aside, output).map_err(|error| unwritable(output, &error))?;
    signals::check()
}

fn warn(role: &str, stderr: &[u8], scratch: &str) -> Option<Warning> {
    let stderr = String::from_utf8_lossy(stderr);
    let said = Some(stderr.trim_end()).filter(|said| !said.trim().is_empty())?;
    let warning = Warning::new(role, by_own_names(scratch, said));
    warning.tell();
    Some(warning)
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

fn run(
    call: &ToolCall,
    line: &str,
    request: &LinkRequest,
    scan: &dyn Fn() -> Option<SymbolScan>,
) -> Result<Option<Warning>, Diagnostic> {
    let ToolCall { role, program, .. } = call;
    tracing::debug!(role, "{line}");
    let args = arguments(call, request)?;
    let output = run_tool(&mut tools::command(call, &*args));
    // What a tool says that was told to stop is of no interest.
    signals::check()?;
    match output {
        Ok(output) if output.status.success() => Ok(warn(role, &output.stderr, &request.scratch)),
        Ok(output) => Err(failed(call, line, &output, request, scan)),
        Err(error) => Err(tools::unavailable(role, program, &error)),
    }
}

/// Asks a tool; gives what it wrote to standard output, or a little more than an
/// answer may have.
fn ask(
    call: &ToolCall,
    line: &str,
    request: &LinkRequest,
    scan: &dyn Fn() -> Option<SymbolScan>,
) -> Result<Vec<u8>, Diagnostic> {
    let ToolCall { role, program, .. } = call;
    tracing::debug!(role, "{line}");
    let args = arguments(call, request)?;
    let output = ask_tool(&mut tools::command(call, &*args), answers::MOST_BYTES);
    signals::check()?;
    match output {
        Ok(output) if output.stdout.len() > answers::MOST_BYTES => Ok(output.stdout),
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => Err(failed(call, line, &output, request, scan)),
        Err(error) => Err(tools::unavailable(role, program, &error)),
    }
}

fn failed(
    call: &ToolCall,
    line: &str,
    output: &Output,
    request: &LinkRequest,
    scan: &dyn Fn() -> Option<SymbolScan>,
) -> Diagnostic {
    let tool = Tool {
        role: &call.role,
        program: &call.program,
        line,
    };
    without(
        &request.scratch,
        failure::failed(tool, output, scan().as_ref()),
    )
}

/// What the inputs of a link are before its first step.
struct Inputs<'r> {
    files: Vec<(&'r String, Option<State>)>,
}

/// What changes when a file is written.
type State = (u64, u64, u64, i64, i64);

impl<'r> Inputs<'r> {
    fn now(request: &'r LinkRequest) -> Self {
        let files = check::inputs(request).map(|path| (path, state(path)));
        Self {
            files: files.collect(),
        }
    }

    /// An input that is another one now.
    fn changed(&self) -> Option<&'r str> {
        let mut files = self.files.iter();
        let changed = files.find(|(path, before)| state(path) != *before);
        changed.map(|(path, _)| path.as_str())
    }
}

fn state(path: &str) -> Option<State> {
    let meta = fs::metadata(path).ok()?;
    Some((
        meta.dev(),
        meta.ino(),
        meta.len(),
        meta.mtime(),
        meta.mtime_nsec(),
    ))
}
