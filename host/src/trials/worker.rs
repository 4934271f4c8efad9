//! The process that runs tests: it compiles them once, and calls each in a process
//! that is forked from it.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use beskid_frontend::test_symbol;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::stdio::{self, dup2_stdout};

use super::outcome::judge;
use super::wire::{Said, Task};
use crate::foreign::Extra;
use crate::reuse::BuildCache;
use crate::run::{Capture, Invocation, Limits, Told, call_apart, load};
use crate::timings;
use crate::toolchain::Toolchain;

/// Does the task that a file describes, and says on standard output what comes of it.
/// `toolchain` gives the backend by its name.
///
/// # Errors
/// E4040 if the task cannot be read, or nobody listens.
pub fn work<'t>(
    task: &Path,
    toolchain: impl FnOnce(&str) -> Result<Toolchain<'t>, Diagnostic>,
) -> Result<(), Diagnostic> {
    let bytes = std::fs::read(task).map_err(failed)?;
    let task = serde_json::from_slice::<Task>(&bytes).map_err(|error| failed(error.into()))?;
    let mut speaker = Speaker::new().map_err(failed)?;
    let cache = task.program.and_then(|_| BuildCache::open());
    let ran = toolchain(&task.backend).and_then(|mut tools| {
        tools.cache = cache.as_ref();
        tools.program = task.program;
        run(&task, tools, &mut speaker)
    });
    match ran {
        Ok(()) => Ok(()),
        Err(diagnostic) => speaker.say(&Said::Refused(diagnostic)).map_err(failed),
    }
}

fn run(task: &Task, tools: Toolchain<'_>, speaker: &mut Speaker) -> Result<(), Diagnostic> {
    let extra = Extra {
        libraries: task.libraries.clone(),
        search: task.search.iter().map(PathBuf::from).collect(),
    };
    let artifact = Outline::decode(std::fs::read(&task.artifact).map_err(failed)?)?;
    let symbols = task.tests.iter().map(|test| test_symbol(*test));
    let symbols = symbols.collect::<Vec<_>>();
    let arguments = [task.path.clone()];
    let invocation = Invocation {
        arguments: &arguments,
        runtime: None,
        extra: &extra,
        capture: Capture::Result,
    };
    timings::show(timings::Shown::Kept);
    let functions = load(tools, &artifact, &tools.settings()?, invocation, &symbols)?;
    for timed in timings::kept() {
        speaker.say(&Said::Timed(timed)).map_err(failed)?;
    }
    let limits = Limits {
        jobs: task.jobs,
        timeout: task.timeout,
    };
    let private = speaker.file.as_raw_fd();
    let told = call_apart(&functions, limits, private, |index, told| {
        let test = task.tests[index];
        speaker.say(&match told {
            Told::Begun => Said::Begun(test),
            Told::Ended(called) => Said::Ended(test, judge(&called, task.timeout)),
        })
    });
    told.map_err(failed)
}

/// The stream to whoever has started this process.
struct Speaker {
    file: File,
}

impl Speaker {
    /// Takes standard output, so that nothing else is written there.
    fn new() -> io::Result<Self> {
        const ABOVE_STREAMS: i32 = 3;
        let file = File::from(fcntl_dupfd_cloexec(stdio::stdout(), ABOVE_STREAMS)?);
        dup2_stdout(stdio::stderr())?;
        Ok(Self { file })
    }

    fn say(&mut self, said: &Said) -> io::Result<()> {
        let mut line = serde_json::to_vec(said)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }
}

fn failed(error: io::Error) -> Diagnostic {
    Diagnostic::new(Code::E4040, format!("cannot run tests: {error}"))
}
