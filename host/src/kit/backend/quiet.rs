//! A backend prints nothing.

use beskid_plugin_api::abi::HostServices;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Level;
use beskid_plugin_api::tools::{ToolCall, ToolOutput};

use super::bench::Bench;
use super::samples;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, made};
use crate::kit::printed::in_silence;
use crate::kit::subject::Subject;
use crate::plugins::{PluginServices, Task, Workplace};

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "quiet/description",
            "nothing is printed when it is loaded, and asked what it is and which options it has",
            description,
        ),
        Test::new(
            "quiet/compile",
            "nothing is printed while a program is compiled, and while one is refused",
            compile,
        ),
    ]
}

fn description(subject: &Subject<'_>) -> Checked {
    in_silence(|| {
        let backend = made("the plugin to be loaded", subject.entry.backend())?;
        made("a description", backend.describe())?;
        made("its options", backend.options())
    })?;
    Ok(Outcome::Passed)
}

/// A host that shows nothing.
struct Quiet;

impl HostServices for Quiet {
    fn log(_: Level, _: &str) {}

    fn progress(_: u64, _: u64) {}

    fn is_cancelled() -> bool {
        PluginServices::is_cancelled()
    }

    fn scratch() -> Result<String, Diagnostic> {
        PluginServices::scratch()
    }

    fn run(call: &ToolCall) -> Result<ToolOutput, Diagnostic> {
        PluginServices::run(call)
    }
}

fn compile(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let entry = subject.entry;
    let backend = made("the plugin to be loaded", entry.backend())?;
    let workplace = Workplace::open();
    let ask = |bytes: &[u8]| {
        let services = workplace.services::<Quiet>();
        let compile = || backend.compile(bytes, &bench.request(), services);
        entry.working(Task::Compile, compile)
    };
    in_silence(|| {
        made("the program to be compiled", ask(program.bytes()).map(drop))?;
        // Whatever it says of no program at all, it says as an error.
        Ok(ask(b"no program").is_ok())
    })?;
    Ok(Outcome::Passed)
}
