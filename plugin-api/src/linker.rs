//! The linker-strategy interface: request in, plan out.
//!
//! Planning is pure: a strategy touches no file and runs no tool, so a plan
//! can be printed, tested on any machine and compared with a golden plan. The
//! host executes it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;

/// A linker strategy. Plugins implement this; see
/// [`linker_plugin!`](crate::linker_plugin).
pub trait LinkerStrategy: Sync {
    /// What the strategy is. Must agree with the plugin's manifest.
    fn describe(&self) -> LinkerDescription;

    /// Whether it can link `kind` for `target`.
    ///
    /// # Errors
    /// E4023 if the strategy is not one for the target, E4022 if it is but
    /// does not make this kind; the message says what is supported.
    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic>;

    /// The steps that make the output.
    ///
    /// # Errors
    /// As [`Self::supports`], or E4041 for a request that contradicts itself.
    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic>;

    /// Does a [`LinkStep::Callback`] of a plan of this strategy.
    ///
    /// # Errors
    /// A [`Diagnostic`] if the step fails.
    fn callback(&self, request: &LinkRequest, step: u32) -> Result<(), Diagnostic> {
        let _ = request;
        Err(Diagnostic::new(
            "E4023",
            format!("the linker strategy has no callback step {step}"),
        ))
    }
}

/// What a linker strategy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkerDescription {
    /// Unique name, the manifest's.
    pub id: String,
    /// Version of the plugin, the manifest's.
    pub version: String,
    /// One line about it.
    pub about: String,
}

/// What to make (BK-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// An executable.
    Exe,
    /// A shared library.
    Shared,
    /// A static library.
    Static,
    /// An object file; never reaches a linker strategy.
    Object,
}

impl fmt::Display for OutputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exe => "exe",
            Self::Shared => "shared",
            Self::Static => "static",
            Self::Object => "object",
        })
    }
}

/// How libraries are preferred (LK-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkMode {
    /// As the tool does by default.
    #[default]
    Auto,
    /// Static libraries where there are both.
    PreferStatic,
    /// Shared libraries where there are both.
    PreferDynamic,
}

/// Which symbols an output exports (LK-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exports {
    /// Exactly these; everything else is private.
    Only(Vec<String>),
    /// Whatever is defined and visible.
    All,
}

/// What the host wants linked. Paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRequest {
    /// Target triple.
    pub target: String,
    /// What to make.
    pub kind: OutputKind,
    /// The program's object files.
    pub objects: Vec<String>,
    /// The runtime; `None` for a standalone program (LK-5).
    pub runtime_archive: Option<String>,
    /// For a static library: the members of that archive, as objects with
    /// names that differ from one another and from the program's (LK-2).
    pub runtime_objects: Vec<String>,
    /// Where the output is to be written. It does not exist yet.
    pub output: String,
    /// File name under which the user will see the output.
    pub output_name: String,
    /// An empty folder for the strategy's own files.
    pub scratch: String,
    /// What is exported.
    pub exports: Exports,
    /// How libraries are preferred.
    pub mode: LinkMode,
    /// Libraries to link, by the name that `-l` takes.
    pub libraries: Vec<String>,
    /// Folders to search for libraries.
    pub search: Vec<String>,
    /// Tools that the user chose: role (`cc`, `ar`, `ranlib`, …) to program.
    pub tools: BTreeMap<String, String>,
}

/// The steps that make an output, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkPlan {
    /// The steps.
    pub steps: Vec<LinkStep>,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkStep {
    /// Write a text file in the scratch folder.
    WriteFile {
        /// Absolute path.
        path: String,
        /// Its text.
        contents: String,
    },
    /// Run a tool. Arguments never pass through a shell.
    Run {
        /// Role of the tool, for messages: `C driver`, `archiver`.
        role: String,
        /// Program: a path, or a name to be found in `PATH`.
        program: String,
        /// Arguments.
        args: Vec<String>,
        /// How the tool reads arguments from a file, `@FILE`; the host does so
        /// if there are too many for a command line. `None`: it cannot.
        #[serde(default)]
        response_file: Option<ResponseFile>,
    },
    /// Call the strategy back.
    Callback {
        /// Which of its steps.
        step: u32,
        /// What it does, for messages.
        purpose: String,
    },
}

/// How a response file is written: an argument a line, quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ResponseFile {
    /// As GNU's and LLVM's tools read it: `\` escapes any character.
    Gnu,
    /// As the tools of Microsoft read it: `"` around, `\"` for a quote.
    Windows,
}
