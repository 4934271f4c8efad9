//! What this process and a plugin's say to each other.

use beskid_plugin_api::Digest;
use beskid_plugin_api::backend::{BackendDescription, CompileRequest, OptionDescription};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkerDescription, OutputKind};
use serde::{Deserialize, Serialize};

/// A request. Bytes beside it are an artifact.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::plugins) enum Call {
    /// Load the plugin, in the same way as here.
    Load,
    /// Say what it is.
    Describe,
    /// Say which options it takes.
    Options,
    /// Compile the bytes to an object.
    Compile(Box<CompileRequest>),
    /// Say whether it links this kind for a target.
    Supports(String, OutputKind),
    /// Plan a link.
    Plan(Box<LinkRequest>),
    /// Do a step of the plan for this request.
    Callback(Box<LinkRequest>, u32),
}

/// What comes back: messages for the log, and then the answer.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::plugins) enum Said {
    /// For the log: severity, as the interface numbers it, and text.
    Log(u8, String),
    /// The answer.
    Answer(Result<Answer, Diagnostic>),
}

/// Answers, each to the request of the same name.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::plugins) enum Answer {
    /// To [`Call::Load`], [`Call::Supports`] and [`Call::Callback`].
    Done,
    /// A backend.
    Backend(BackendDescription),
    /// The options of a backend, if it was built when there was such a question.
    Options(Option<Vec<OptionDescription>>),
    /// A linker strategy.
    Linker(LinkerDescription),
    /// Digest of what was compiled; bytes beside it are the object.
    Object(Digest),
    /// The backend made a session, which nobody can use here.
    Session(Digest),
    /// To [`Call::Plan`].
    Plan(LinkPlan),
}
