//! What a host asks of a backend.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What the host asks of a backend. Crosses the boundary as JSON; a field that
/// is missing there has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CompileRequest {
    /// An object file, or a session in this process.
    pub output: OutputForm,
    /// Target triple, such as `aarch64-unknown-linux-gnu`; `None`: the host's.
    /// A session has none: it runs on the host (BK-8). The target's pointer
    /// width must be the artifact's (E4041).
    pub target: Option<String>,
    /// How much to optimize.
    pub optimization: Optimization,
    /// How the entrypoint is reached from outside. Objects only; a session is
    /// run through [`Session::run`](super::Session::run).
    pub entry_shim: EntryShim,
    /// Whether the process is the runtime's. [`EntryShim::Checked`] then calls
    /// [`START_SYMBOL`](crate::runtime_abi::START_SYMBOL), which for
    /// [`EntryShim::Callable`] its caller does. With either, functions that C may
    /// call on a thread of its own (those whose addresses a program with foreign
    /// functions takes) should first call
    /// [`THREAD_SYMBOL`](crate::runtime_abi::THREAD_SYMBOL). Objects only; in a
    /// session they should if that symbol is among the imports.
    pub start_runtime: RuntimeStart,
    /// The exported symbols that stay so; the others become local, so that
    /// they cannot take the place of another library's symbols. `None`: all of
    /// them stay. Objects only.
    pub exports: Option<BTreeSet<String>>,
    /// No part of the JSON of this type: only the boundary itself carries addresses.
    #[serde(skip)]
    imports: BTreeMap<String, u64>,
    /// The plugin's own options, from `[backend-options]` of the user's
    /// configuration and from `--backend-option`: those that
    /// [`Backend::options`](super::Backend::options) lists. Refuse values that the
    /// backend does not take, and options that it does not know (E4004): a host of
    /// another kind may check less.
    pub options: BTreeMap<String, String>,
    /// Most threads that may work at once; 0 means the same as 1. It changes no
    /// byte of what is made.
    pub jobs: u32,
}

impl Default for CompileRequest {
    fn default() -> Self {
        Self {
            output: OutputForm::Object,
            target: None,
            optimization: Optimization::None,
            entry_shim: EntryShim::None,
            start_runtime: RuntimeStart::Never,
            exports: None,
            imports: BTreeMap::new(),
            options: BTreeMap::new(),
            jobs: 1,
        }
    }
}

impl CompileRequest {
    /// An object file for this target triple; `None`: for the host's.
    pub fn object(target: Option<&str>) -> Self {
        Self {
            target: target.map(str::to_owned),
            ..Self::default()
        }
    }

    /// A session without imports.
    pub fn session() -> Self {
        Self {
            output: OutputForm::Session,
            ..Self::default()
        }
    }

    /// Address in this process of each import, by its linker name; there may be
    /// more than the artifact imports. Sessions only; a session must refuse an
    /// import that is not here before it finalizes any code (EXT-001, E5120).
    pub const fn imports(&self) -> &BTreeMap<String, u64> {
        &self.imports
    }

    /// Gives the [imports](Self::imports) of a session, in place of those before.
    ///
    /// # Safety
    /// Each address is that of a function which does what programs expect of the
    /// import, with the signature and the calling convention that the artifact
    /// declares for it, and stays so until the session that is made of this request
    /// has been dropped: a backend calls what it finds here.
    #[must_use]
    pub unsafe fn with_imports(mut self, imports: BTreeMap<String, u64>) -> Self {
        self.imports = imports;
        self
    }
}

/// What to make of an artifact. In JSON: `object`, `session`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutputForm {
    /// A relocatable object file in the target's format.
    Object,
    /// Code in the memory of this process.
    Session,
}

/// How much to optimize. In JSON: `none`, `speed`, `speed-and-size`. It changes
/// no result of a program.
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
/// and a message if they differ (ABI-003); then it calls `rt_start` with its own
/// arguments as the request's [`start_runtime`](CompileRequest::start_runtime) says;
/// then it calls the artifact's entrypoint and returns the exit status: a result of kind `I32` as it is, of
/// kind `I64` its low 32 bits, and 0 for every other kind.
///
/// [`EntryPlan`](super::EntryPlan) has all of that in steps.
///
/// A backend refuses the three that need an entrypoint if the artifact has none,
/// or has a symbol of the function's name already (E5007). In JSON: `none`,
/// `checked`, `bare`, `callable`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EntryShim {
    /// None.
    None,
    /// The C entrypoint `main`, with the version check if the artifact requires
    /// a runtime, and the runtime's start if the request says so.
    Checked,
    /// The C entrypoint `main` without either, for programs without the runtime.
    Bare,
    /// The exported function [`CALLABLE_ENTRY`], which calls the entrypoint
    /// and returns its result as it is. Its caller checks the version.
    Callable,
}

/// Whether a program calls [`START_SYMBOL`](crate::runtime_abi::START_SYMBOL) and
/// [`THREAD_SYMBOL`](crate::runtime_abi::THREAD_SYMBOL), additive symbols that older
/// runtimes lack. In JSON: `never`, `linked`, `if-loaded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuntimeStart {
    /// It does not.
    Never,
    /// It does: the runtime that is linked has the symbols.
    Linked,
    /// It does if the runtime with which the program is loaded has the symbol in
    /// question: the reference is a weak one. Formats without such references make
    /// do without the call.
    IfLoaded,
}
