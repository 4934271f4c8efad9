//! What a strategy plans.

use serde::{Deserialize, Serialize};

use crate::tools::ToolCall;

/// The steps that make an output, in order.
///
/// The host looks through all of them before it carries out the first, and refuses
/// a plan (E5203) that names no output, runs a program without a name, by a relative
/// path that is not the user's choice, or a shell with a command, passes a NUL
/// or a variable without a name, writes somewhere else than directly in the scratch
/// folder, or writes over an input.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkPlan {
    /// The steps; they end at the first that fails.
    pub steps: Vec<LinkStep>,
}

impl LinkPlan {
    /// A plan of these steps.
    pub fn new(steps: impl IntoIterator<Item = LinkStep>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
        }
    }
}

/// One step of a plan. A host refuses a step that it does not know (E5113).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkStep {
    /// Write a text file directly in the scratch folder; anywhere else is
    /// refused (E5203).
    WriteFile {
        /// Absolute path: [`LinkRequest::scratch`](super::LinkRequest::scratch),
        /// `/` and a name.
        path: String,
        /// Its text.
        contents: String,
    },
    /// Run a tool. The step fails if the tool cannot be run (E4020) or its exit
    /// status is not 0 (E4021, with the command and the tool's messages).
    Run(ToolCall),
    /// Have a C driver link, as [`Self::Run`] would. The host may ask the driver
    /// once which linker it runs for such arguments, and then run that linker
    /// itself, where the output is the same byte for byte. It runs the driver
    /// where that is not known, where the linker fails, and where the user wants
    /// it so.
    Drive(ToolCall),
    /// Ask a tool for something that later steps need to know.
    Query(Query),
    /// Call the strategy back.
    Callback {
        /// Which of its steps, a number of the strategy's.
        step: u32,
        /// What it does, for messages.
        purpose: String,
    },
}

/// A question to a tool, such as `cc -print-file-name=Scrt1.o`. Later steps write
/// the answer as its [placeholder](Self::placeholder): in arguments, variables and
/// the contents of files.
///
/// ```
/// use beskid_plugin_api::linker::{LinkStep, Query, ToolCall};
///
/// let start = Query::new("start", ToolCall::new("C driver", ["cc"], ["-print-file-name=Scrt1.o"]));
/// assert_eq!(start.placeholder(), "@{start}");
/// let linker = ToolCall::new("linker", ["ld"], ["-o", "/w/out", &start.placeholder(), "/w/a.o"]);
/// let steps = [LinkStep::Query(start), LinkStep::Run(linker)];
/// # let _ = steps;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Query {
    /// Name of the answer: letters, digits, `-`, `_` and `.`. Each query of a plan
    /// has its own.
    pub name: String,
    /// The tool. It fails the step as in [`LinkStep::Run`]. Its standard output must
    /// be one line of UTF-8, of 1 to 4096 bytes (E5180), which is the answer.
    pub call: ToolCall,
}

impl Query {
    /// A question to a tool.
    pub fn new(name: impl Into<String>, call: ToolCall) -> Self {
        Self {
            name: name.into(),
            call,
        }
    }

    /// What stands for the answer in later steps: the name between `@{` and `}`. A
    /// request that holds such a text itself is refused (E5203).
    pub fn placeholder(&self) -> String {
        format!("@{{{}}}", self.name)
    }
}
