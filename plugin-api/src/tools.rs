//! Tools: programs that the host runs for a plugin.
//!
//! A linker strategy plans them ([`LinkStep`](crate::linker::LinkStep)); a backend
//! has them run while it compiles ([`Services::run`](crate::services::Services::run)).
//! Either way the host runs them as it runs its own: without a shell and without
//! input, in its working folder, with their messages in English (`LC_ALL=C`,
//! `LANG=C`), ended when the user wants to stop, and with what they write bounded.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A tool to run. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// Role of the tool, for messages: `C driver`, `archiver`.
    pub role: String,
    /// Program: an absolute path, or a name to be found in `PATH`. What the user
    /// chose for a role may be a relative path, too.
    pub program: String,
    /// Arguments. They never pass through a shell.
    pub args: Vec<String>,
    /// How the tool reads arguments from a file, `@FILE`; the host does so if there
    /// are too many for a command line. `None`: it cannot.
    #[serde(default)]
    pub response_file: Option<ResponseFile>,
    /// Variables of its environment, besides those of the host, in place of those
    /// of the same name. `LC_ALL` and `LANG` are the host's to set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
}

impl ToolCall {
    /// A call of a program. `words` are the program and the arguments that come
    /// before all others, as [`LinkRequest::tool`](crate::linker::LinkRequest::tool)
    /// gives them, or a program alone.
    pub fn new(
        role: impl Into<String>,
        words: impl IntoIterator<Item = impl Into<String>>,
        args: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let mut words = words.into_iter().map(Into::into);
        let program = words.next().unwrap_or_default();
        Self {
            role: role.into(),
            program,
            args: words.chain(args.into_iter().map(Into::into)).collect(),
            response_file: None,
            env: BTreeMap::new(),
        }
    }

    /// Says how the tool reads arguments from a file.
    #[must_use]
    pub const fn with_response_file(mut self, style: ResponseFile) -> Self {
        self.response_file = Some(style);
        self
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn with_env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.env.insert(name.into(), value.into());
        self
    }
}

/// How a response file is written: an argument a line, in double quotes. The
/// host uses one for more than 30000 bytes of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ResponseFile {
    /// As GNU's and LLVM's tools read it: `\` before every `"` and `\`.
    Gnu,
    /// As the tools of Microsoft read it: `\` before a `"`, and every `\` that
    /// stands before a `"` twice.
    Windows,
}

/// How a tool ended that ran for a backend. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolOutput {
    /// Exit status; `None` if a signal ended it.
    pub status: Option<i32>,
    /// What it wrote to standard output, as far as the host keeps it; bytes that
    /// are not UTF-8 are replaced.
    pub stdout: String,
    /// The same of standard error.
    pub stderr: String,
}

impl ToolOutput {
    /// A tool that has ended.
    pub const fn new(status: Option<i32>, stdout: String, stderr: String) -> Self {
        Self {
            status,
            stdout,
            stderr,
        }
    }

    /// Whether the exit status is 0.
    pub fn succeeded(&self) -> bool {
        self.status == Some(0)
    }
}
