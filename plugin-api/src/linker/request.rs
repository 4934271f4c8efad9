//! What a host wants linked.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::diagnostic::Diagnostic;

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

/// What is taken out of an output. In JSON and on the command line: `none`,
/// `debug`, `symbols`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Strip {
    /// Nothing.
    #[default]
    None,
    /// What debuggers read.
    Debug,
    /// That, and the names of everything that is not exported.
    Symbols,
}

/// What the host wants linked. Crosses the boundary as JSON.
///
/// Paths are UTF-8 and absolute, but those of `search` and `tools`, which are as
/// the user gave them, relative to the host's working folder. They may contain
/// spaces and every other character that a file name can have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
    /// Arguments of the user's for the tool that links, `--link-arg`: behind all
    /// others, in this order. A strategy that links nothing (a static library is
    /// no link) refuses them with E4041.
    #[serde(default)]
    pub link_args: Vec<String>,
    /// What is taken out of the output.
    #[serde(default)]
    pub strip: Strip,
    /// The user wants to debug the output: a tool that drops what debuggers read
    /// unless it is asked to keep it is asked.
    #[serde(default)]
    pub debug: bool,
}

impl LinkRequest {
    /// A request for an output at this path, named as its last part is, with
    /// nothing to link yet.
    pub fn new(
        target: impl Into<String>,
        kind: OutputKind,
        output: impl Into<String>,
        scratch: impl Into<String>,
    ) -> Self {
        let output = output.into();
        let output_name = output.rsplit(['/', '\\']).next().unwrap_or(&output);
        Self {
            target: target.into(),
            kind,
            objects: Vec::new(),
            runtime_archive: None,
            runtime_objects: Vec::new(),
            output_name: output_name.to_owned(),
            output,
            scratch: scratch.into(),
            exports: Exports::All,
            mode: LinkMode::Auto,
            libraries: Vec::new(),
            search: Vec::new(),
            rpath: Vec::new(),
            tools: BTreeMap::new(),
            link_args: Vec::new(),
            strip: Strip::None,
            debug: false,
        }
    }

    /// Refuses what only a tool that links can do: arguments for it, and stripping. A
    /// strategy calls this for a static library, whose members an archiver takes as
    /// they are.
    ///
    /// # Errors
    /// E4041 names the option.
    pub fn refuse_link_choices(&self) -> Result<(), Diagnostic> {
        let option = match (self.link_args.as_slice(), self.strip) {
            ([], Strip::None) => return Ok(()),
            ([], _) => "--strip",
            _ => "--link-arg",
        };
        let message = format!(
            "a {} library is not linked: `{option}` means nothing",
            self.kind
        );
        Err(Diagnostic::new(Code::E4041, message).help(format!("leave out `{option}`")))
    }

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
