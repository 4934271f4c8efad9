//! The linker-strategy interface: request in, plan out.
//!
//! Planning is pure: a strategy touches no file and runs no tool, so a plan
//! can be printed (`beskid build --print-link-plan`), tested on any machine and
//! compared with a golden plan. The host executes it:
//!
//! 1. It asks each strategy with [`supports`](LinkerStrategy::supports) and takes
//!    the first that says yes, unless the user named one.
//! 2. It makes an empty folder and asks for the [`plan`](LinkerStrategy::plan). The
//!    request's files are not there yet. It checks the whole [`LinkPlan`] (E5203).
//! 3. It writes the objects, then carries out the steps in order, up to the first
//!    that fails. The tools get no input and the host's working folder.
//! 4. The output must then exist under its temporary name (E4021). The host
//!    inspects it (LK-7, E5201) and puts it in place. The folder is removed
//!    whatever happens, so a failed link leaves nothing behind (LK-6).
//!
//! # Example
//!
//! A strategy that links executables for a bare machine with `ld.lld`.
//!
//! ```
//! use beskid_plugin_api::abi::LinkerClient;
//! use beskid_plugin_api::diagnostic::Diagnostic;
//! use beskid_plugin_api::linker::*;
//! use beskid_plugin_api::target::{System, Target};
//!
//! pub struct BareMetal;
//!
//! impl LinkerStrategy for BareMetal {
//!     fn describe(&self) -> LinkerDescription {
//!         let about = "ELF for machines without a system";
//!         LinkerDescription::new("bare-metal", env!("CARGO_PKG_VERSION"), about)
//!             .with_tool(ToolDescription::new("ld", "linker", "ld.lld"))
//!     }
//!
//!     fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
//!         if *Target::of(target).system() != System::None {
//!             let message = format!("`bare-metal` does not link for `{target}`");
//!             return Err(Diagnostic::new("E4023", message));
//!         }
//!         match kind {
//!             OutputKind::Exe => Ok(()),
//!             kind => {
//!                 let message = format!("`bare-metal` does not make {kind} outputs");
//!                 Err(Diagnostic::new("E4022", message).help("it makes: exe"))
//!             }
//!         }
//!     }
//!
//!     fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
//!         self.supports(&request.target, request.kind)?;
//!         let script = format!("{}/layout.ld", request.scratch);
//!         let mut args = vec![format!("--script={script}"), "-o".into(), request.output.clone()];
//!         args.extend(request.objects.iter().cloned());
//!         args.extend(request.runtime_archive.clone());
//!         args.extend(request.search.iter().map(|folder| format!("-L{folder}")));
//!         args.extend(request.libraries.iter().map(|library| format!("-l{library}")));
//!         args.extend(request.link_args.iter().cloned());
//!         let words = request.tool("ld").unwrap_or(vec!["ld.lld".into()]);
//!         let linker = ToolCall::new("linker", words, args).with_response_file(ResponseFile::Gnu);
//!         Ok(LinkPlan::new([
//!             LinkStep::WriteFile { path: script, contents: "ENTRY(main)\n".into() },
//!             LinkStep::Run(linker),
//!         ]))
//!     }
//! }
//!
//! beskid_plugin_api::linker_plugin!(
//!     pub mod plugin,
//!     id = "bare-metal",
//!     strategy = super::BareMetal
//! );
//!
//! // A plan needs no linker, no object and no file, so a test needs none either.
//! fn main() -> Result<(), Diagnostic> {
//!     let strategy = LinkerClient::new(plugin::root_module());
//!     let target = "riscv64gc-unknown-none-elf";
//!     let mut request = LinkRequest::new(target, OutputKind::Exe, "/link/hello", "/link");
//!     request.objects.push("/link/hello.o".into());
//!     request.tools.insert("ld".into(), "/opt/ld".into());
//!     let plan = strategy.plan(&request)?;
//!     let LinkStep::Run(linker) = &plan.steps[1] else {
//!         unreachable!("the second step runs the linker");
//!     };
//!     assert_eq!(linker.program, "/opt/ld");
//!     assert_eq!(linker.args.join(" "), "--script=/link/layout.ld -o /link/hello /link/hello.o");
//!
//!     request.kind = OutputKind::Shared;
//!     assert_eq!(strategy.plan(&request).unwrap_err().code, "E4022");
//!     Ok(())
//! }
//! ```

mod plan;
mod request;

pub use crate::tools::{ResponseFile, ToolCall};
pub use plan::{LinkPlan, LinkStep, Query};
pub use request::{Exports, LinkMode, LinkRequest, OutputKind, Strip};

use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// A linker strategy (LK-1). Plugins implement this; see
/// [`linker_plugin!`](crate::linker_plugin). Several threads may call it at
/// once.
pub trait LinkerStrategy: Sync {
    /// What the strategy is. Must not fail, and must agree with the plugin's
    /// manifest in id and version (E5111).
    fn describe(&self) -> LinkerDescription;

    /// Whether it can link `kind` for `target`, a triple, which
    /// [`Target`](crate::target::Target) reads.
    ///
    /// # Errors
    /// E4023 if the strategy is not one for the target, or links this kind
    /// nowhere; E4022 if it is one but does not make this kind. The message says
    /// what is supported. The host prefers to show an E4022.
    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic>;

    /// The steps that make [`LinkRequest::output`]. The same request gives the
    /// same plan.
    ///
    /// # Errors
    /// As [`Self::supports`]; E4041 for a request that contradicts itself or
    /// that no tool can express; E4020 if the user has named no tool and the
    /// strategy knows none for the target. This machine's own tools are no tools
    /// for another system: what they link runs there only.
    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic>;

    /// Does a [`LinkStep::Callback`] of a plan of this strategy, for what neither
    /// a file nor a tool can do. `request` is the plan's request. It may read the
    /// request's files and write in the scratch folder.
    ///
    /// # Errors
    /// A [`Diagnostic`] if the step fails. Unless it is implemented, E4023.
    fn callback(&self, request: &LinkRequest, step: u32) -> Result<(), Diagnostic> {
        let _ = request;
        Err(no_callback(step))
    }
}

/// What a strategy without such steps says.
pub(crate) fn no_callback(step: u32) -> Diagnostic {
    let message = format!("the linker strategy has no callback step {step}");
    Diagnostic::new(Code::E4023, message)
}

/// What a linker strategy is. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkerDescription {
    /// Unique name, the manifest's: 1 to 64 lowercase letters, digits and `-`.
    pub id: String,
    /// Version of the plugin, the manifest's: `env!("CARGO_PKG_VERSION")`.
    pub version: String,
    /// One line about it.
    pub about: String,
    /// The keys of [`LinkRequest::tools`] that it reads. For people: `beskid plugin
    /// inspect` shows them.
    #[serde(default)]
    pub tools: Vec<ToolDescription>,
}

impl LinkerDescription {
    /// A strategy that reads no key of [`LinkRequest::tools`].
    pub fn new(
        id: impl Into<String>,
        version: impl Into<String>,
        about: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            version: version.into(),
            about: about.into(),
            tools: Vec::new(),
        }
    }

    /// It reads this key, besides those before.
    #[must_use]
    pub fn with_tool(mut self, tool: ToolDescription) -> Self {
        self.tools.push(tool);
        self
    }
}

/// A tool of a linker strategy, or a choice of it that stands under `[tools]`
/// too. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolDescription {
    /// Its key under `[tools]` of the configuration.
    pub key: String,
    /// What it is for, in one line.
    pub help: String,
    /// What is used where the user names nothing, for people; empty: nothing.
    #[serde(default)]
    pub default: String,
}

impl ToolDescription {
    /// A key, what it is for, and what is used where the user names nothing.
    pub fn new(
        key: impl Into<String>,
        help: impl Into<String>,
        default: impl Into<String>,
    ) -> Self {
        Self {
            key: key.into(),
            help: help.into(),
            default: default.into(),
        }
    }
}
