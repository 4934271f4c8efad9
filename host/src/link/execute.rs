//! Carrying out the steps of a plan.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep};

use super::failure::Tool;
use super::scan::SymbolScan;
use super::{failure, response};
use crate::child::run_tool;
use crate::plugins::{Entry, Task};
use crate::signals;

/// Runs the steps in order, up to the first that fails; `scan` is asked only
/// then.
pub(super) fn execute(
    plan: &LinkPlan,
    request: &LinkRequest,
    strategy: &Entry,
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
            } => {
                let line = failure::command_line(program, args);
                if let Some(show) = &mut show {
                    show(&line);
                }
                let file = response_file.filter(|_| response::is_needed(args));
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
            let stderr = String::from_utf8_lossy(&output.stderr);
            if !stderr.trim().is_empty() {
                tracing::warn!(role, "{}", by_own_names(scratch, stderr.trim_end()));
            }
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
