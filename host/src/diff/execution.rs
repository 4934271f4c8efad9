//! Running an artifact in one backend, in a process of its own.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use beskid_plugin_api::artifact::{CodegenArtifact, ResultKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::child::run_self;
use crate::end::End;
use crate::scratch::Scratch;

/// What a process that was to run a program tells of it, unless the program
/// ended the process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// The entrypoint returned.
    Returned {
        /// Digest of the artifact that the backend says it compiled.
        digest: String,
        /// The formatted result (BK-9).
        result: String,
    },
    /// Why the program was not run.
    Refused(Diagnostic),
}

impl Report {
    /// Where values of the heap are differs from run to run, so that only whether
    /// there is one tells something of a backend.
    fn without_address(mut self, artifact: &CodegenArtifact) -> Self {
        let entrypoint = artifact.header().entrypoint.as_ref();
        let is_pointer = entrypoint.is_some_and(|entry| entry.result == ResultKind::Pointer);
        if let Self::Returned { result, .. } = &mut self
            && is_pointer
            && result
                .trim_start_matches("0x")
                .contains(|digit| digit != '0')
        {
            "an address".clone_into(result);
        }
        self
    }
}

/// What came of an artifact in one backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The backend.
    pub backend: String,
    /// How the program ended.
    pub end: End,
    /// What the process says of it; `None` if the program ended the process.
    pub report: Option<Report>,
    /// How long it took.
    pub elapsed: Duration,
    /// What the program wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// Runs artifacts in backends.
#[derive(Debug)]
pub struct Runner {
    folder: Scratch,
    /// Arguments of this program for its settings.
    settings: Vec<OsString>,
    /// Arguments of its `run`.
    of_run: Vec<OsString>,
    /// Most time that one run may take.
    pub timeout: Duration,
}

impl Runner {
    /// Each run gets the settings, and at most this time.
    ///
    /// # Errors
    /// E4040 if there is no room for the files that the runs need.
    pub fn new(
        settings: Vec<OsString>,
        of_run: Vec<OsString>,
        timeout: Duration,
    ) -> Result<Self, Diagnostic> {
        Ok(Self {
            folder: Scratch::new()?,
            settings,
            of_run,
            timeout,
        })
    }

    /// Runs an artifact in a backend.
    ///
    /// # Errors
    /// E4040 if the process cannot be started, and why this machine, not the
    /// backend, failed to run the program.
    pub fn run(&self, artifact: &CodegenArtifact, backend: &str) -> Result<Execution, Diagnostic> {
        let input = self.folder.path().join("program.bska");
        std::fs::write(&input, artifact.bytes()).map_err(failed)?;
        let report = self.folder.path().join("report.json");
        std::fs::write(&report, "").map_err(failed)?;
        let mut arguments = self.settings.clone();
        arguments.extend(["--backend", backend, "run"].map(Into::into));
        arguments.extend(self.of_run.iter().cloned());
        arguments.extend(["--report".into(), report.clone().into()]);
        arguments.push(input.into());
        let started = Instant::now();
        let ended = run_self(arguments, self.timeout)?;
        let elapsed = started.elapsed();
        let report = std::fs::read(&report).map_err(failed)?;
        let report = serde_json::from_slice::<Option<Report>>(&report);
        let report = report.ok().flatten();
        let report = report.map(|report| report.without_address(artifact));
        let (end, own) = End::of(&ended);
        let (end, stderr) = match &report {
            None => (end, own.to_vec()),
            Some(Report::Returned { .. }) => (End::Returned, ended.stderr),
            Some(Report::Refused(diagnostic)) if is_of_machine(diagnostic) => {
                return Err(diagnostic.clone());
            }
            // What it wrote there is the refusal.
            Some(Report::Refused(diagnostic)) => {
                (End::Refused(diagnostic.code.to_string()), Vec::new())
            }
        };
        Ok(Execution {
            backend: backend.to_owned(),
            end,
            report,
            elapsed,
            stdout: ended.stdout,
            stderr,
        })
    }
}

/// Whether an error is about files, a full disk for instance: it says nothing
/// of the backend or the program.
fn is_of_machine(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::E4040
}

fn failed(error: std::io::Error) -> Diagnostic {
    let message = format!("cannot keep the files of a comparison: {error}");
    Diagnostic::new(Code::E4040, message)
}
