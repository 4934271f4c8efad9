//! Running a program: in memory, or from a verified image.

mod apart;
mod defined_by;
mod dynamic;
mod execute;
mod in_memory;
mod outside;
mod process;
mod result;
mod shared_image;
mod shared_runtime;
mod stress;
mod symbol_kind;
mod threads;

pub(crate) use apart::{Called, Limits, Told, call_apart, load};
pub use execute::execute;
pub(crate) use execute::image;
pub(crate) use in_memory::session_request;
pub use in_memory::{run_in_memory, runtime_symbols};
pub use result::ReturnValue;
pub use shared_image::run_image;
pub(crate) use stress::collect_always;

use std::ffi::OsString;

use beskid_plugin_api::artifact::ResultKind;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::foreign::{Extra, Policy};
use crate::runtime_archive::SharedRuntime;

/// A program that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// What it returned.
    pub returned: ReturnValue,
    /// The formatted result (BK-9).
    pub text: String,
    /// The memory that was asked for with [`Capture::Memory`].
    pub memory: Vec<u8>,
    /// What went wrong when the backend freed it, which changes no result.
    pub fault: Option<Diagnostic>,
}

/// What is kept of a program's memory when it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capture {
    /// Nothing but the result itself.
    Result,
    /// This many bytes at the address that the entrypoint returns. Only for
    /// programs of this host's own making, which return such an address.
    Memory(usize),
}

/// What happens to foreign functions of a program in memory (EXT-001).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// The backend refuses the program and lists them.
    Refused,
    /// Their libraries are loaded.
    Loaded,
}

/// How a program is called.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// The arguments of its process, its own path first.
    pub arguments: &'a [OsString],
    /// What is linked or loaded besides what the program names.
    pub extra: &'a Extra,
    /// The runtime of a program in memory; `None`: the one in this process.
    pub runtime: Option<&'a SharedRuntime>,
    /// What is kept of its memory.
    pub capture: Capture,
}

/// Where a program in memory finds its imports.
#[derive(Debug, Clone, Copy)]
pub struct Imports<'a> {
    /// Foreign functions.
    pub foreign: Foreign,
    /// Which imports may leave the program.
    pub policy: &'a Policy,
}

impl Capture {
    const fn len(self) -> usize {
        match self {
            Self::Result => 0,
            Self::Memory(len) => len,
        }
    }
}

impl Finished {
    /// A program that returned these bits.
    ///
    /// # Safety
    /// A string result is a handle whose memory is still there, and so is the
    /// memory that is asked for.
    unsafe fn new(bits: u64, kind: ResultKind, capture: Capture) -> Self {
        let returned = ReturnValue::new(bits, kind);
        // SAFETY: the caller's promise.
        let (text, memory) = unsafe { (returned.format(), returned.memory(capture.len())) };
        Self {
            returned,
            text,
            memory,
            fault: None,
        }
    }
}
