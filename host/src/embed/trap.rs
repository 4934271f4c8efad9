//! How calls end that do not return.

use std::fmt;

/// Why a call of a program's function did not return.
///
/// A trap ends the call, not the process: the program's frames are left, its data stays
/// as it was at that moment, and the instance can be called again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trap(Box<Parts>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    kind: TrapKind,
    message: String,
    position: Option<String>,
    backtrace: Vec<String>,
}

/// What kind of end it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TrapKind {
    /// The program panicked, or the runtime did for it.
    Panic,
    /// The program executed a trap instruction: an unreachable place, or a check of its
    /// own that failed.
    Unreachable,
    /// An integer was divided by zero, or the quotient does not fit.
    Arithmetic,
    /// The program read or wrote memory that is not its own, at this address if the
    /// system tells it.
    MemoryFault(Option<usize>),
    /// The calls of the program were deeper than its stack.
    StackOverflow,
    /// A host function panicked.
    HostPanic,
    /// A host function returned an error.
    HostError,
    /// Somebody asked for it with an [`InterruptHandle`](super::InterruptHandle).
    Interrupted,
    /// The call took longer than it may.
    DeadlineExceeded,
    /// The call wanted more memory than the [limit](super::Config::memory_limit).
    MemoryLimit,
    /// The instance is inside a host function, which calls it through its
    /// [`Caller`](super::Caller) only.
    Busy,
}

impl Trap {
    pub(super) fn new(kind: TrapKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind,
            message: message.into(),
            position: None,
            backtrace: Vec::new(),
        }))
    }

    pub(super) fn at(mut self, position: Option<String>) -> Self {
        self.0.position = position;
        self
    }

    pub(super) fn through(mut self, backtrace: Vec<String>) -> Self {
        self.0.backtrace = backtrace;
        self
    }

    /// What kind of end it was.
    pub fn kind(&self) -> TrapKind {
        self.0.kind
    }

    /// What happened, in one line.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where in the source, as `file:line:column`, if the program says so.
    pub fn position(&self) -> Option<&str> {
        self.0.position.as_deref()
    }

    /// The program's functions that the call had come through, the innermost first, as
    /// far as they are known.
    pub fn backtrace(&self) -> &[String] {
        &self.0.backtrace
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        match &self.0.position {
            Some(position) => write!(f, " at {position}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Trap {}
