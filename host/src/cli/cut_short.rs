//! A process that a plugin ends while it is at work: no command has come to its
//! end, so this is an error.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::args::{Cli, Command, MessageFormat};
use super::{FAILED, render};
use crate::at_exit::{at_exit, end_now};
use crate::diff::Report;
use crate::plugins::{ended_by, tell_crash};
use crate::scratch;

/// To whom the end is reported.
struct Readers {
    format: MessageFormat,
    /// The file of another process of this program.
    report: Option<PathBuf>,
}

static READERS: OnceLock<Readers> = OnceLock::new();

/// Reports such an end from now on. The process that only loads a plugin is left
/// out: whoever has started it says more.
pub(super) fn watch(cli: &Cli) {
    let report = match &cli.command {
        Command::PluginServe(_) => return,
        Command::Run(args) => args.report.clone(),
        _ => None,
    };
    // Who reads a report sees the signal.
    if report.is_none() {
        scratch::tell_crashes(tell_crash);
    }
    let format = cli.global.format();
    READERS.get_or_init(|| Readers { format, report });
    at_exit(report_end);
}

fn report_end() {
    let (Some(readers), Some(diagnostic)) = (READERS.get(), ended_by()) else {
        return;
    };
    if let Some(path) = &readers.report {
        let report = Some(Report::Refused(diagnostic.clone()));
        if let Err(error) = render::json_file(path, &report) {
            render::message(&(&error).into(), readers.format);
        }
    }
    render::message(&(&diagnostic).into(), readers.format);
    end_now(FAILED);
}
