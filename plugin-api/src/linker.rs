//! The linker-strategy interface: request in, plan out.
//!
//! Planning is pure: a strategy touches no file and runs no tool, so a plan
//! can be printed (`beskid build --print-link-plan`), tested on any machine and
//! compared with a golden plan. The host executes it:
//!
//! 1. It asks each strategy with [`supports`](LinkerStrategy::supports) and takes
//!    the first that says yes, unless the user named one.
//! 2. It makes an empty folder and asks for the [`plan`](LinkerStrategy::plan). The
//!    request's files are not there yet.
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
//!         LinkerDescription {
//!             id: "bare-metal".into(),
//!             version: env!("CARGO_PKG_VERSION").into(),
//!             about: "ELF for machines without a system".into(),
//!         }
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
//!         let mut words = request.tool("ld").unwrap_or(vec!["ld.lld".into()]);
//!         Ok(LinkPlan {
//!             steps: vec![
//!                 LinkStep::WriteFile { path: script, contents: "ENTRY(main)\n".into() },
//!                 LinkStep::Run {
//!                     role: "linker".into(),
//!                     program: words.remove(0),
//!                     args: [words, args].concat(),
//!                     response_file: Some(ResponseFile::Gnu),
//!                 },
//!             ],
//!         })
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
//!     let mut request = LinkRequest {
//!         target: "riscv64gc-unknown-none-elf".into(),
//!         kind: OutputKind::Exe,
//!         objects: vec!["/link/hello.o".into()],
//!         runtime_archive: None,
//!         runtime_objects: vec![],
//!         output: "/link/output".into(),
//!         output_name: "hello".into(),
//!         scratch: "/link".into(),
//!         exports: Exports::All,
//!         mode: LinkMode::Auto,
//!         libraries: vec![],
//!         search: vec![],
//!         rpath: vec![],
//!         tools: [("ld".into(), "/opt/ld".into())].into(),
//!     };
//!     let plan = strategy.plan(&request)?;
//!     let LinkStep::Run { program, args, .. } = &plan.steps[1] else {
//!         unreachable!("the second step runs the linker");
//!     };
//!     assert_eq!(program, "/opt/ld");
//!     assert_eq!(args.join(" "), "--script=/link/layout.ld -o /link/output /link/hello.o");
//!
//!     request.kind = OutputKind::Shared;
//!     assert_eq!(strategy.plan(&request).unwrap_err().code, "E4022");
//!     Ok(())
//! }
//! ```

use std::collections::BTreeMap;
use std::fmt;

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
        Err(Diagnostic::new(
            Code::E4023,
            format!("the linker strategy has no callback step {step}"),
        ))
    }
}

/// What a linker strategy is. Crosses the boundary as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkerDescription {
    /// Unique name, the manifest's: 1 to 64 lowercase letters, digits and `-`.
    pub id: String,
    /// Version of the plugin, the manifest's: `env!("CARGO_PKG_VERSION")`.
    pub version: String,
    /// One line about it.
    pub about: String,
}

/// What to make (BK-5). In JSON and on the command line: `exe`, `shared`,
/// `static`, `object`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputKind {
    /// An executable, which starts at the C entrypoint `main` (BK-6).
    Exe,
    /// A shared library.
    Shared,
    /// A static library: an archive of the program's and the runtime's objects
    /// (LK-2).
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

/// How libraries are preferred (LK-4). In JSON: `auto`, `prefer-static`,
/// `prefer-dynamic`.
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

/// Which symbols a shared library exports (LK-3). For a static library the host
/// has the backend make the others local.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exports {
    /// Exactly these, by their linker names; everything else is private. What
    /// the object format puts before a name is the strategy's to add.
    Only(Vec<String>),
    /// Whatever is defined and visible.
    All,
}

/// What the host wants linked. Crosses the boundary as JSON.
///
/// Paths are UTF-8 and absolute, but those of `search` and `tools`, which are as
/// the user gave them, relative to the host's working folder. They may contain
/// spaces and every other character that a file name can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRequest {
    /// Target triple.
    pub target: String,
    /// What to make.
    pub kind: OutputKind,
    /// The program's object files, in the scratch folder.
    pub objects: Vec<String>,
    /// The runtime, an archive; `None` for a standalone program (LK-5).
    pub runtime_archive: Option<String>,
    /// For a static library: the members of that archive, as objects in the
    /// scratch folder with names that differ from one another and from the
    /// program's (LK-2). Empty for the other kinds. In ELF and Mach-O the names by
    /// which the program's object and these refer to one another are not those of
    /// `runtime_archive`, so that a C program may use those itself: merge these.
    pub runtime_objects: Vec<String>,
    /// Where the output is to be written: a temporary name in the scratch
    /// folder. It does not exist yet.
    pub output: String,
    /// File name under which the user will see the output, for what a tool
    /// writes into it, such as a soname.
    pub output_name: String,
    /// The folder of this link: objects, output and the strategy's own files.
    /// Nothing else is in it; it goes away afterwards. Own files have names of
    /// their own, and not `arguments.rsp`.
    pub scratch: String,
    /// What is exported.
    pub exports: Exports,
    /// How libraries are preferred.
    pub mode: LinkMode,
    /// Libraries to link, by the name that `-l` takes (FFI-2).
    pub libraries: Vec<String>,
    /// Folders to search for libraries, as `-L` takes them (FFI-2).
    pub search: Vec<String>,
    /// Folders in which the loader searches too when the output runs, because
    /// the program names its libraries by these paths. ELF and Mach-O have such
    /// a list; strategies for other formats ignore it.
    #[serde(default)]
    pub rpath: Vec<String>,
    /// Tools that the user chose: role (`cc`, `ar`, `ranlib`, …) to program, a
    /// path or a name to be found in `PATH`, and arguments of its own. The words
    /// are quoted as for a shell; [`Self::tool`] gives them one by one. The roles
    /// are the strategy's.
    pub tools: BTreeMap<String, String>,
}

impl LinkRequest {
    /// The words of the tool that the user chose for a role: a program, and the
    /// arguments that come before all others, as in `ccache gcc`. `None` if
    /// nothing was chosen.
    pub fn tool(&self, role: &str) -> Option<Vec<String>> {
        let command = self.tools.get(role)?;
        // The host has checked the quotes; another producer's may be wrong.
        let words = shell_words::split(command)
            .unwrap_or_else(|_| command.split_whitespace().map(str::to_owned).collect());
        Some(words).filter(|words| words.first().is_some_and(|program| !program.is_empty()))
    }
}

/// The steps that make an output, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkPlan {
    /// The steps; they end at the first that fails.
    pub steps: Vec<LinkStep>,
}

/// One step of a plan. A host refuses a step that it does not know (E5203).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LinkStep {
    /// Write a text file directly in the scratch folder; anywhere else is
    /// refused (E5203).
    WriteFile {
        /// Absolute path: [`LinkRequest::scratch`], `/` and a name.
        path: String,
        /// Its text.
        contents: String,
    },
    /// Run a tool. Arguments never pass through a shell. The step fails if the
    /// tool cannot be run (E4020) or its exit status is not 0 (E4021, with the
    /// command and the tool's messages).
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
    /// Have a C driver link, as [`Self::Run`] would. The host may ask the driver
    /// once which linker it runs for such arguments, and then run that linker
    /// itself, where the output is the same byte for byte. It runs the driver
    /// where that is not known, where the linker fails, and where the user wants
    /// it so.
    Drive {
        /// Role of the tool, for messages.
        role: String,
        /// Program: a path, or a name to be found in `PATH`.
        program: String,
        /// Arguments.
        args: Vec<String>,
        /// How the driver reads arguments from a file.
        #[serde(default)]
        response_file: Option<ResponseFile>,
    },
    /// Call the strategy back.
    Callback {
        /// Which of its steps, a number of the strategy's.
        step: u32,
        /// What it does, for messages.
        purpose: String,
    },
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
