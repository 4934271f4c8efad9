//! What the process that runs tests is told, and what it says.

use std::ffi::OsString;
use std::time::Duration;

use beskid_plugin_api::Digest;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::{Deserialize, Serialize};

use crate::timings::Timed;

/// What the process is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// The path of the artifact of the tests. Paths are no texts: they may be of any bytes.
    pub(super) artifact: OsString,
    /// The program's path, which is its first argument.
    pub(super) path: OsString,
    /// Which tests of which program they are, if code of them may be kept.
    pub(super) program: Option<Digest>,
    /// The backend.
    pub(super) backend: String,
    /// Tests, by their places in the program.
    pub(super) tests: Vec<usize>,
    /// Most of them at a time.
    pub(super) jobs: usize,
    /// Most time that one of them may take.
    pub(super) timeout: Duration,
    /// What is linked or loaded besides what the program names: libraries, and folders
    /// of libraries.
    pub(super) libraries: Vec<String>,
    pub(super) search: Vec<OsString>,
}

/// What it says, a line of JSON each.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Said {
    /// A phase has ended.
    Timed(Timed),
    /// A test begins.
    Begun(usize),
    /// A test has ended.
    Ended(usize, Ran),
    /// No test can be run; why.
    Refused(Diagnostic),
}

/// A test that was run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ran {
    /// Why it failed, if it did.
    pub(super) reason: Option<String>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    pub(super) backtrace: String,
    pub(super) took: Duration,
}
