//! Running an artifact in one backend, in a process of its own.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::child::{Ended, Ending, run_self};

/// What a program that ended in good order tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Digest of the artifact that the backend says it compiled.
    pub digest: String,
    /// The formatted result (BK-9).
    pub result: String,
}

/// What came of an artifact in one backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// The backend.
    pub backend: String,
    /// How the process ended.
    pub ending: Ending,
    /// Its result; `None` if the program never came to its end.
    pub outcome: Option<Outcome>,
    /// Why the program was not run at all.
    pub refusal: Option<Diagnostic>,
    /// How long it took.
    pub elapsed: Duration,
    /// What it wrote to standard output.
    pub stdout: Vec<u8>,
    /// What it wrote to standard error.
    pub stderr: Vec<u8>,
}

/// Runs artifacts in backends.
#[derive(Debug)]
pub struct Runner {
    folder: tempfile::TempDir,
    /// Arguments of this program for its settings.
    settings: Vec<OsString>,
    /// Most time that one run may take.
    pub timeout: Duration,
}

impl Runner {
    /// Each run gets the settings, and at most this time.
    ///
    /// # Errors
    /// E4040 if there is no room for the files that the runs need.
    pub fn new(settings: Vec<OsString>, timeout: Duration) -> Result<Self, Diagnostic> {
        Ok(Self {
            folder: tempfile::tempdir().map_err(failed)?,
            settings,
            timeout,
        })
    }

    /// Runs an artifact in a backend.
    ///
    /// # Errors
    /// E4040 if the process cannot be started.
    pub fn run(&self, artifact: &CodegenArtifact, backend: &str) -> Result<Execution, Diagnostic> {
        let input = self.folder.path().join("program.bska");
        std::fs::write(&input, artifact.bytes()).map_err(failed)?;
        let report = self.folder.path().join("report.json");
        std::fs::write(&report, "").map_err(failed)?;
        let mut arguments = self.settings.clone();
        arguments.extend(["--message-format", "json", "--backend", backend, "run"].map(Into::into));
        arguments.extend(["--report".into(), report.clone().into()]);
        arguments.extend(["--".into(), input.into()]);
        let started = Instant::now();
        let Ended {
            ending,
            stdout,
            stderr,
        } = run_self(arguments, self.timeout)?;
        let report = std::fs::read(&report).map_err(failed)?;
        let outcome = serde_json::from_slice(&report).ok();
        let refusal = match (ending, &outcome) {
            (Ending::Exited(1), None) => refusal(&stderr),
            _ => None,
        };
        Ok(Execution {
            backend: backend.to_owned(),
            ending,
            outcome,
            refusal,
            elapsed: started.elapsed(),
            stdout,
            stderr,
        })
    }
}

/// The diagnostic that ended a process of this program.
fn refusal(stderr: &[u8]) -> Option<Diagnostic> {
    let last = stderr
        .split(|byte| *byte == b'\n')
        .rfind(|line| !line.is_empty())?;
    serde_json::from_slice(last).ok()
}

fn failed(error: std::io::Error) -> Diagnostic {
    let message = format!("cannot keep the files of a comparison: {error}");
    Diagnostic::new("E4040", message)
}
