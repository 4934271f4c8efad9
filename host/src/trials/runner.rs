//! Has other processes run tests, and goes on with the rest where one of those ends.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::outcome::{Outcome, Tried, ended_all, no_end};
use super::wire::{Ran, Said, Task};
use crate::child::{Ending, ending, own_command, wait};
use crate::foreign::Extra;
use crate::scratch::Scratch;
use crate::signals::{self, Group, Kind};
use crate::timings::Timed;

/// Time between two looks at what goes on.
const TICK: Duration = Duration::from_millis(100);
/// How much longer than a test a process may say nothing.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a process may take to end that was asked to.
const GRACE: Duration = Duration::from_secs(1);
/// Most bytes of the last words of a process that are shown.
const MOST_WORDS: u64 = 4 << 10;

/// How tests are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Arguments of this program that have it run tests, up to the task.
    pub worker: Vec<OsString>,
    /// Most tests at a time.
    pub jobs: usize,
    /// Most time that a test may take.
    pub timeout: Duration,
    /// Whether programs collect garbage at every allocation.
    pub gc_stress: bool,
    /// What is linked or loaded besides what the program names.
    pub extra: Extra,
}

/// What happens while tests run; tests are given by their places in the program.
#[derive(Debug)]
pub enum Event {
    /// A test begins.
    Begun(usize),
    /// A test has ended.
    Ended(usize, Tried),
    /// A phase has ended before the first of them.
    Timed(Timed),
    /// Some time has passed.
    Tick,
}

/// Whoever is told.
pub type Tell<'t> = dyn FnMut(Event) -> Result<(), Diagnostic> + 't;

/// Tests of a program that are to be run: their artifact is in a file for other
/// processes.
#[derive(Debug)]
pub struct Prepared {
    scratch: Scratch,
    path: PathBuf,
    /// Which program it is, if what is made of it may be kept.
    program: Option<Digest>,
    tests: Vec<usize>,
}

/// What a process has left.
struct Left {
    /// Tests that it did not begin.
    waiting: Vec<usize>,
    /// Tests that it began and did not end.
    begun: Vec<usize>,
    /// How the process ended, if that was before the end of its tests.
    died: Option<Died>,
}

struct Died {
    ending: Ending,
    words: String,
}

impl Prepared {
    pub(super) fn new(
        path: &Path,
        artifact: &Outline,
        program: Option<Digest>,
        tests: Vec<usize>,
    ) -> Result<Self, Diagnostic> {
        let prepared = Self {
            scratch: Scratch::new()?,
            path: path.to_owned(),
            program,
            tests,
        };
        std::fs::write(prepared.artifact(), artifact.bytes()).map_err(failed)?;
        Ok(prepared)
    }

    fn artifact(&self) -> PathBuf {
        self.scratch.path().join("tests.bska")
    }

    /// Their places in the program.
    pub fn tests(&self) -> &[usize] {
        &self.tests
    }

    /// Runs them by a backend.
    ///
    /// # Errors
    /// What keeps it from running any; E4044 if the user wants to stop; what whoever is
    /// told says.
    pub fn run(
        &self,
        backend: &str,
        options: &Options,
        tell: &mut Tell<'_>,
    ) -> Result<(), Diagnostic> {
        let mut waiting = self.tests.clone();
        while !waiting.is_empty() {
            let left = self.process(&waiting, backend, options, options.jobs, tell)?;
            waiting = left.waiting;
            let Some(died) = left.died else {
                break;
            };
            match left.begun.as_slice() {
                [] => return Err(no_process(backend, &died)),
                [test] => blame(*test, &died, options, tell)?,
                // One of them is to blame; alone, each shows what it does.
                several => {
                    for test in several {
                        let left = self.process(&[*test], backend, options, 1, tell)?;
                        match left.died {
                            Some(died) if left.begun.is_empty() => {
                                return Err(no_process(backend, &died));
                            }
                            Some(died) => blame(*test, &died, options, tell)?,
                            None => {}
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Has one process run tests.
    fn process(
        &self,
        tests: &[usize],
        backend: &str,
        options: &Options,
        jobs: usize,
        tell: &mut Tell<'_>,
    ) -> Result<Left, Diagnostic> {
        let task = self.scratch.path().join("task.json");
        let bytes = serde_json::to_vec(&Task {
            artifact: self.artifact().into(),
            path: self.path.clone().into(),
            program: self.program,
            backend: backend.to_owned(),
            tests: tests.to_vec(),
            jobs,
            timeout: options.timeout,
            libraries: options.extra.libraries.clone(),
            search: options.extra.search.iter().map(OsString::from).collect(),
        });
        let bytes = bytes.map_err(|error| failed(error.into()))?;
        std::fs::write(&task, bytes).map_err(failed)?;
        let process = Process::start(&task, options)?;
        process.follow(tests, options.timeout.saturating_add(PATIENCE), tell)
    }
}

/// A test has ended the process above its own.
fn blame(
    test: usize,
    died: &Died,
    options: &Options,
    tell: &mut Tell<'_>,
) -> Result<(), Diagnostic> {
    let reason = match died.ending {
        Ending::TimedOut => no_end(options.timeout),
        ending => ended_all(ending),
    };
    tell(Event::Ended(test, Tried::not_run(Outcome::Failed(reason))))
}

/// E5140: no test has begun.
fn no_process(backend: &str, died: &Died) -> Diagnostic {
    let ending = died.ending;
    let message = format!("the process that compiles the tests ended before the first: {ending}");
    let mut diagnostic = Diagnostic::new(Code::E5140, message).plugin(backend);
    let words = died.words.trim();
    if !words.is_empty() {
        diagnostic = diagnostic.note(words);
    }
    diagnostic.help("report this to the author of the backend, or use another: `--backends`")
}

/// A process of this program that runs tests.
struct Process {
    child: Child,
    group: Group,
    said: Receiver<Said>,
    stderr: File,
}

impl Process {
    fn start(task: &Path, options: &Options) -> Result<Self, Diagnostic> {
        signals::check()?;
        let stderr = tempfile::tempfile().map_err(failed)?;
        let mut command = own_command().map_err(failed)?;
        command
            .args(&options.worker)
            .arg("--task")
            .arg(task)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr.try_clone().map_err(failed)?);
        if options.gc_stress {
            command.env("BESKID_GC_STRESS", "1");
        }
        let (mut child, group) = Group::spawn(&mut command, Kind::Own).map_err(failed)?;
        let stdout = child.stdout.take();
        let (sender, said) = mpsc::channel();
        let reading = thread::Builder::new().spawn(move || read(stdout, &sender));
        if let Err(error) = reading {
            group.kill();
            let _ = child.wait();
            return Err(failed(error));
        }
        Ok(Self {
            child,
            group,
            said,
            stderr,
        })
    }

    /// Tells what it says, to its end.
    fn follow(
        mut self,
        tests: &[usize],
        patience: Duration,
        tell: &mut Tell<'_>,
    ) -> Result<Left, Diagnostic> {
        let followed = self.listen(tests, patience, tell);
        let is_late = matches!(followed, Ok((_, true)));
        // Whoever was not heard to the end is not waited for.
        let status = match is_late || followed.is_err() {
            true => None,
            false => wait(&mut self.child, GRACE).map_err(failed)?,
        };
        let ended = match status {
            Some(status) => ending(status),
            None => {
                self.stop().map_err(failed)?;
                Ending::TimedOut
            }
        };
        signals::check()?;
        let (mut left, _) = followed?;
        if !left.waiting.is_empty() || !left.begun.is_empty() {
            left.died = Some(Died {
                ending: ended,
                words: self.words(),
            });
        }
        Ok(left)
    }

    /// Tells what it says; says what it has left, and whether it said nothing for too
    /// long.
    fn listen(
        &mut self,
        tests: &[usize],
        patience: Duration,
        tell: &mut Tell<'_>,
    ) -> Result<(Left, bool), Diagnostic> {
        let mut waiting = tests.iter().copied().collect::<BTreeSet<_>>();
        let mut begun = BTreeSet::new();
        let mut heard = Instant::now();
        let mut is_late = false;
        loop {
            match self.said.recv_timeout(TICK) {
                Ok(Said::Begun(test)) => {
                    if waiting.remove(&test) {
                        begun.insert(test);
                        tell(Event::Begun(test))?;
                    }
                    heard = Instant::now();
                }
                Ok(Said::Ended(test, ran)) => {
                    if begun.remove(&test) {
                        tell(Event::Ended(test, tried(ran)))?;
                    }
                    heard = Instant::now();
                }
                Ok(Said::Timed(timed)) => tell(Event::Timed(timed))?,
                Ok(Said::Refused(diagnostic)) => return Err(diagnostic),
                Err(RecvTimeoutError::Timeout) => {
                    signals::check()?;
                    tell(Event::Tick)?;
                    is_late = heard.elapsed() > patience;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if is_late {
                break;
            }
        }
        let left = Left {
            waiting: waiting.into_iter().collect(),
            begun: begun.into_iter().collect(),
            died: None,
        };
        Ok((left, is_late))
    }

    /// Ends it: it ends its tests itself, if it can.
    fn stop(&mut self) -> io::Result<()> {
        self.group.stop();
        if wait(&mut self.child, GRACE)?.is_none() {
            self.group.kill();
            self.child.wait()?;
        }
        Ok(())
    }

    /// What it has written to standard error.
    fn words(&mut self) -> String {
        let mut words = Vec::new();
        let read = self.stderr.rewind();
        let read = read.and_then(|()| (&self.stderr).take(MOST_WORDS).read_to_end(&mut words));
        match read {
            Ok(_) => String::from_utf8_lossy(&words).into_owned(),
            Err(_) => String::new(),
        }
    }
}

fn tried(ran: Ran) -> Tried {
    Tried {
        outcome: ran.reason.map_or(Outcome::Passed, Outcome::Failed),
        stdout: ran.stdout,
        stderr: ran.stderr,
        backtrace: ran.backtrace,
        took: ran.took,
    }
}

/// Reads to the end, or to what is none of its lines.
fn read(stdout: Option<ChildStdout>, sender: &mpsc::Sender<Said>) {
    let Some(stdout) = stdout else { return };
    for line in BufReader::new(stdout).split(b'\n') {
        let said = line
            .ok()
            .and_then(|line| serde_json::from_slice(&line).ok());
        let Some(said) = said else { return };
        // Nobody listens any more to a process that is stopped.
        if sender.send(said).is_err() {
            return;
        }
    }
}

fn failed(error: io::Error) -> Diagnostic {
    Diagnostic::new(
        Code::E4040,
        format!("cannot run tests in another process: {error}"),
    )
}
