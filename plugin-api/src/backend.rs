//! The backend interface: artifact bytes in, object file or session out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::artifact::{CodegenArtifact, Feature};
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::services::Services;

/// A code-generation backend. Plugins implement this; see
/// [`backend_plugin!`](crate::backend_plugin).
pub trait Backend: Sync {
    /// What the backend is and can do. Must not fail, and must agree with the
    /// plugin's manifest.
    fn describe(&self) -> BackendDescription;

    /// Compiles an artifact.
    ///
    /// The backend decodes `artifact` itself, and reports the digest of what
    /// it compiled, so that the host can prove that every backend was given
    /// the identical bytes (BK-2).
    ///
    /// # Errors
    /// A [`Diagnostic`]; the host reports it and never tries another backend
    /// (BK-7).
    fn compile(
        &self,
        artifact: &[u8],
        request: &CompileRequest,
        services: &Services,
    ) -> Result<Compiled, Diagnostic>;
}

/// Code in memory, ready to run. Dropping it frees the code.
pub trait Session: Send {
    /// Address of an exported symbol or of the entrypoint.
    fn symbol(&self, name: &str) -> Option<u64>;

    /// Calls the entrypoint and returns the bits of its result, zero-extended
    /// to 64 bits; 0 for no result.
    ///
    /// # Errors
    /// A [`Diagnostic`] if there is no entrypoint.
    fn run(&mut self) -> Result<u64, Diagnostic>;
}

/// What a backend is and can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendDescription {
    /// Unique name, the manifest's.
    pub id: String,
    /// Version of the plugin, the manifest's.
    pub version: String,
    /// One line about it.
    pub about: String,
    /// It can make object files.
    pub emits_objects: bool,
    /// It can run code in this process.
    pub executes: bool,
    /// Architectures that it compiles for, as in target triples.
    pub architectures: Vec<String>,
    /// Optional features that it supports.
    pub features: BTreeSet<Feature>,
}

/// What the host asks of a backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompileRequest {
    /// An object file, or a session in this process.
    pub output: OutputForm,
    /// Target triple; `None`: the host's. A session has none.
    pub target: Option<String>,
    /// How much to optimize.
    pub optimization: Optimization,
    /// How the entrypoint is reached from outside. Objects only.
    pub entry_shim: EntryShim,
    /// The exported symbols that stay so; the others become local, so that
    /// they cannot take the place of another library's symbols. `None`: all of
    /// them stay. Objects only.
    pub exports: Option<BTreeSet<String>>,
    /// Address of each import. Sessions only; a session must refuse an import
    /// that is not here before it finalizes any code.
    pub imports: BTreeMap<String, u64>,
    /// The plugin's own options, from the user's configuration.
    pub options: BTreeMap<String, String>,
}

impl Default for CompileRequest {
    fn default() -> Self {
        Self {
            output: OutputForm::Object,
            target: None,
            optimization: Optimization::None,
            entry_shim: EntryShim::None,
            exports: None,
            imports: BTreeMap::new(),
            options: BTreeMap::new(),
        }
    }
}

/// What to make of an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutputForm {
    /// A relocatable object file.
    Object,
    /// Code in memory.
    Session,
}

/// How much to optimize.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Optimization {
    /// Fast compilation.
    None,
    /// Fast code.
    Speed,
    /// Fast and small code.
    SpeedAndSize,
}

/// Linker name of the function that [`EntryShim::Callable`] defines.
pub const CALLABLE_ENTRY: &str = "beskid_entry";

/// Which function, if any, the object defines so that the entrypoint can be
/// reached from outside.
///
/// The C entrypoint `main` first compares `beskid_runtime_abi_version()` with the
/// version that the artifact requires, and ends the process with status 101
/// and a message if they differ (ABI-003); then it calls the artifact's
/// entrypoint and returns its result as the exit status: an integer result,
/// or 0 for every other kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryShim {
    /// None.
    None,
    /// The C entrypoint `main`, with the version check.
    Checked,
    /// The C entrypoint `main` without it, for programs without the runtime.
    Bare,
    /// The exported function [`CALLABLE_ENTRY`], which calls the entrypoint
    /// and returns its result as it is.
    Callable,
}

/// What a backend made.
pub enum Compiled {
    /// An object file.
    Object {
        /// Digest of the artifact that was compiled.
        digest: Digest,
        /// The file.
        object: Vec<u8>,
    },
    /// Code in memory.
    Session {
        /// Digest of the artifact that was compiled.
        digest: Digest,
        /// The code.
        session: Box<dyn Session>,
    },
}

/// Decodes an artifact, and refuses one that needs a feature which the backend
/// lacks. Backends call this before they compile anything.
///
/// # Errors
/// Why the bytes are no artifact; E5008 names every missing feature.
pub fn accept(
    backend: &BackendDescription,
    artifact: &[u8],
) -> Result<CodegenArtifact, Diagnostic> {
    let artifact = CodegenArtifact::decode(artifact)?;
    let needed = &artifact.header().features;
    let missing = needed
        .difference(&backend.features)
        .map(|feature| feature.name());
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(artifact);
    }
    let message = format!("backend `{}` lacks: {}", backend.id, missing.join(", "));
    Err(Diagnostic::new("E5008", message)
        .help("choose another backend; `beskid plugin list` shows them"))
}

/// ABI-003: the runtime has another version than the artifact requires.
pub fn version_mismatch(found: u32, required: u32) -> Diagnostic {
    Diagnostic::new(
        "E4012",
        format!("the runtime has ABI version {found}, the artifact requires version {required}"),
    )
    .help("align the releases of the beskid CLI and of the runtime")
}
