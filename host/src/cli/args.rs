//! The command line.

mod plugin;
mod profile;
mod test;

pub use plugin::{CheckArgs, KindOfPlugin, NewArgs, PluginCommand, PluginTestArgs, ReportFormat};
pub use profile::ProfileArg;
pub use test::{TestArgs, TestItemsArgs, TestWorkerArgs};

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::build_args::{BuildArgs, LinkFlags};
use super::debug_args::DebugFlags;
use super::hunt_args::{HuntArgs, HuntWorkerArgs};
use super::lint_args::LintFlags;
use super::lsp::LspArgs;
use super::project_args::{InitProjectArgs, NewProjectArgs, PlaceArgs, ProgramArgs, ProjectArgs};
use super::source_args::{DocArgs, FormatArgs, ParseArgs};
use crate::config::{Extern, Flags, OptLevel};

/// Exit statuses, as `docs/cli.md` has them.
const EXIT_CODES: &str = "\
Exit codes:
  0      done, and nothing wrong was found
  1      an error, or what `test`, `diff`, `hunt`, `inspect`, `doctor` or `plugin check` found wrong
  2      the command line is wrong
  3      `diff`: a backend refused the program, and the others agree
  101    the program panicked
  128+N  signal N ended the program or the command
  `run --exit-code` ends with the low 8 bits of the program's result";

/// One program through every plugin: compile, link, verify and run.
#[derive(Debug, Parser)]
#[command(name = "beskid", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Default, Args)]
pub struct Global {
    /// Backend that compiles [default: `jit` to run, `aot` to build]
    #[arg(long, global = true, value_name = "NAME")]
    pub backend: Option<String>,
    /// Linker strategy [default: the one that supports the target]
    #[arg(long, global = true, value_name = "NAME")]
    pub linker: Option<String>,
    /// Load this plugin file; it replaces any other plugin of the same name
    #[arg(long, global = true, value_name = "PATH")]
    pub plugin: Vec<PathBuf>,
    /// Find plugin files in this folder too; they replace those installed and built in
    #[arg(long, global = true, value_name = "PATH")]
    pub plugin_dir: Vec<PathBuf>,
    /// Whether the plugins of files work in processes of their own, which may crash
    /// [default: those that are not locked]
    #[arg(
        long,
        global = true,
        value_name = "WHETHER",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "yes"
    )]
    isolate: Option<Isolate>,
    /// Use no plugin file that is not in `plugins.lock` and no dependency that is not in
    /// `Project.lock`, and change nothing there
    #[arg(long, global = true)]
    pub locked: bool,
    /// Option of the backend, or of the backend of this name: `cranelift.has_avx2=true`,
    /// `jit.cranelift.has_avx2=true` (repeatable)
    #[arg(
        long,
        global = true,
        value_name = "[NAME.]KEY=VALUE",
        value_parser = backend_option
    )]
    pub backend_option: Vec<(String, String)>,
    /// How much to optimize
    #[arg(long, global = true, value_name = "LEVEL")]
    pub optimize: Option<OptLevel>,
    /// Most threads that compile at once [default: as many as the jobserver gives, or as there
    /// are processors]
    #[arg(short, long, global = true, value_name = "N")]
    pub jobs: Option<NonZeroU32>,
    /// Load the libraries of foreign functions when a program runs in memory
    #[arg(long, global = true)]
    extern_dlopen: bool,
    /// Show how long each phase took, and whether it was done or known from an earlier command
    #[arg(long, global = true)]
    pub timings: bool,
    /// Use nothing of what earlier builds made, and keep nothing
    #[arg(long, global = true)]
    pub no_cache: bool,
    /// Say more: -v stages and plugins, -vv details
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How errors and reports are written
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human")]
    message_format: MessageFormat,
    /// The process of this program that has started this one
    #[arg(long, hide = true, value_name = "ID")]
    pub parent: Option<u32>,
    /// Write errors as plain lines, the same as `--message-format plain`
    #[arg(long, global = true, conflicts_with = "message_format")]
    plain: bool,
}

impl Global {
    /// How errors and reports are written.
    pub const fn format(&self) -> MessageFormat {
        if self.plain {
            MessageFormat::Plain
        } else {
            self.message_format
        }
    }

    /// Whether plugins work in processes of their own, if it is said.
    pub fn isolate(&self) -> Option<bool> {
        self.isolate.map(|isolate| isolate == Isolate::Yes)
    }

    /// The settings among the flags.
    pub fn flags(&self) -> Flags {
        Flags {
            backend: self.backend.clone(),
            linker: self.linker.clone(),
            plugin: self.plugin.clone(),
            plugin_dir: self.plugin_dir.clone(),
            optimize: self.optimize,
            jobs: self.jobs,
            backend_options: self.backend_option.iter().cloned().collect(),
            r#extern: self.extern_dlopen.then_some(Extern { dlopen: true }),
            isolate: self.isolate(),
        }
    }
}

impl Global {
    /// The arguments that give another process of this program the same
    /// settings. The backend is left out, and so is the way of reporting.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut arguments = Vec::new();
        let mut add = |flag: &str, value: &OsStr| {
            arguments.extend([OsString::from(flag), value.to_owned()]);
        };
        if let Some(linker) = &self.linker {
            add("--linker", linker.as_ref());
        }
        for path in &self.plugin {
            add("--plugin", path.as_ref());
        }
        for path in &self.plugin_dir {
            add("--plugin-dir", path.as_ref());
        }
        for (key, value) in &self.backend_option {
            add("--backend-option", format!("{key}={value}").as_ref());
        }
        if let Some(level) = self.optimize.and_then(|level| level.to_possible_value()) {
            add("--optimize", level.get_name().as_ref());
        }
        if self.locked {
            arguments.push("--locked".into());
        }
        if self.no_cache {
            arguments.push("--no-cache".into());
        }
        if self.extern_dlopen {
            arguments.push("--extern-dlopen".into());
        }
        match self.isolate {
            Some(Isolate::Yes) => arguments.push("--isolate".into()),
            Some(Isolate::No) => arguments.push("--isolate=no".into()),
            None => {}
        }
        arguments
    }
}

/// The parts of `KEY=VALUE`.
fn backend_option(written: &str) -> Result<(String, String), String> {
    match written.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ => Err("write `KEY=VALUE`, or `NAME.KEY=VALUE` for one backend".to_owned()),
    }
}

/// Whether plugins work in processes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Isolate {
    /// All of those of files.
    #[value(aliases = ["true", "on", "1"])]
    Yes,
    /// None.
    #[value(aliases = ["false", "off", "0"])]
    No,
}

/// How errors and reports are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    #[default]
    Human,
    /// For people, in plain lines without excerpts.
    Plain,
    /// One JSON value a line.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a program and run it
    Run(RunArgs),
    /// Compile a program and link it
    Build(BuildArgs),
    /// Check a program without compiling it
    Analyze {
        /// Which program
        #[command(flatten)]
        program: ProgramArgs,
        /// What of the source stops it
        #[command(flatten)]
        lints: LintFlags,
    },
    /// Print the CLIF of a program, which is a source again
    Clif {
        /// Which program
        #[command(flatten)]
        program: ProgramArgs,
        /// What debuggers are told
        #[command(flatten)]
        debug: DebugFlags,
    },
    /// Write the sources of the core library, which is part of this program
    Corelib {
        /// Folder to write to
        #[arg(long, value_name = "DIR", default_value = "corelib/beskid_corelib")]
        output: PathBuf,
    },
    /// Begin a project
    New(NewProjectArgs),
    /// Begin a project in a folder that is there, and leave its files as they are
    Init(InitProjectArgs),
    /// Find a project's dependencies, lock them, and gather the sources in `obj/beskid`
    Fetch(ProjectArgs),
    /// Bring `Project.lock` up to date
    Lock(PlaceArgs),
    /// Bring `Project.lock` and the gathered sources up to date
    Update(PlaceArgs),
    /// Lay sources out in the one way that the language has for it
    #[command(visible_alias = "fmt")]
    Format(FormatArgs),
    /// Print the syntax tree of a source, with every token and its place
    Parse(ParseArgs),
    /// Print the kinds of the nodes of a source's syntax tree
    Tree {
        /// Source file
        #[arg(value_name = "FILE")]
        input: PathBuf,
    },
    /// Write the documentation of a program: pages for browsers, `api.json` and `index.md`
    Doc(DocArgs),
    /// Answer an editor on standard input and output, as the Language Server Protocol has it
    Lsp(LspArgs),
    /// Run the tests of `.bd` files, and the run directives of `.clif` files
    Test(TestArgs),
    /// Run a program in several backends and compare what they make of it
    Diff(DiffArgs),
    /// Generate programs and search for one that backends make different things of
    Hunt(HuntArgs),
    /// Run directives in this process; `test` starts it
    #[command(hide = true)]
    TestWorker(TestWorkerArgs),
    /// Run tests in processes forked from this one; `test` starts it
    #[command(hide = true)]
    TestItems(TestItemsArgs),
    /// Take artifacts from a socket and run them; `hunt` starts it
    #[command(hide = true)]
    HuntWorker(HuntWorkerArgs),
    /// Load a plugin in this process for another one, which starts it
    #[command(hide = true)]
    PluginServe(PluginServeArgs),
    /// Run a test of the conformance kit in this process; `plugin check` starts it
    #[command(hide = true)]
    PluginTest(PluginTestArgs),
    /// Write, check, install, list, lock or inspect plugins
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Try what works here: plugins, tools, runtimes, targets
    Doctor,
    /// Show what an object, executable or library contains
    Inspect {
        /// File to inspect
        file: PathBuf,
    },
    /// Write, check or show artifacts
    #[command(subcommand)]
    Artifact(ArtifactCommand),
    /// Show every setting and where it comes from
    Config {
        /// Name the files of settings instead
        #[arg(long)]
        paths: bool,
    },
    /// Let a project's `beskid.toml` choose what runs on this machine
    Trust(TrustArgs),
    /// Say what an error code means
    Explain {
        /// For instance `E4021`
        code: String,
    },
    /// Write the script that completes this command in a shell
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page
    Man {
        /// Command that it is about, for instance `plugin list`
        command: Vec<String>,
    },
}

/// Flags of `trust`.
#[derive(Debug, Args)]
#[command(override_usage = "beskid trust [--remove] FOLDER\n       beskid trust --list")]
pub struct TrustArgs {
    /// Folder whose `beskid.toml` is trusted as it is now
    #[arg(required_unless_present = "list", value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// List the folders that are trusted
    #[arg(long, conflicts_with_all = ["folder", "remove"])]
    pub list: bool,
    /// Take the trust back
    #[arg(long)]
    pub remove: bool,
}

impl Command {
    /// Whether another process of this program has started this one.
    pub const fn is_for_parent(&self) -> bool {
        match self {
            Self::TestWorker(_)
            | Self::TestItems(_)
            | Self::HuntWorker(_)
            | Self::PluginServe(_)
            | Self::PluginTest(_) => true,
            Self::Run(args) => args.report.is_some(),
            _ => false,
        }
    }
}

/// What one process that serves a plugin does.
#[derive(Debug, Args)]
pub struct PluginServeArgs {
    /// Where the plugin comes from
    pub path: PathBuf,
    /// Its id
    #[arg(long)]
    pub id: String,
    /// Library that it may need besides the C library
    #[arg(long)]
    pub library: Vec<String>,
    /// Most memory, in MiB
    #[arg(long)]
    pub memory: u32,
}

/// Flags of `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Which program
    #[command(flatten)]
    pub program: ProgramArgs,
    /// What stands first is an argument of the program, and no input
    #[arg(long, hide = true)]
    pub no_input: bool,
    /// Function to call; it takes no parameters
    #[arg(long, value_name = "NAME")]
    pub entrypoint: Option<String>,
    /// Shared library whose runtime the program in memory uses instead of this
    /// command's own
    #[arg(long, value_name = "PATH")]
    pub runtime_library: Option<PathBuf>,
    /// What is linked besides
    #[command(flatten)]
    pub link: LinkFlags,
    /// Exit as the executable would: with the low 8 bits of an integer result
    #[arg(long)]
    pub exit_code: bool,
    /// Tell the profiler `perf` the names of functions in memory
    #[arg(long, value_name = "HOW")]
    pub profile: Option<ProfileArg>,
    /// Collect garbage at every allocation, to find what a program or a backend does not keep alive
    #[arg(long)]
    pub gc_stress: bool,
    /// What debuggers are told
    #[command(flatten)]
    pub debug: DebugFlags,
    /// What of the source stops it
    #[command(flatten)]
    pub lints: LintFlags,
    /// Write the result to this file as JSON, and not to standard output
    #[arg(long, value_name = "PATH", hide = true)]
    pub report: Option<PathBuf>,
    /// Arguments of the program; those with a hyphen behind `--` or another argument, unless the
    /// source is a script that begins with `#!`
    #[arg(trailing_var_arg = true, value_name = "ARGUMENT")]
    pub arguments: Vec<OsString>,
}

/// Flags of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Source file `.bd` or `.clif`, or artifact `.bska`
    pub input: PathBuf,
    /// Backends to compare; the first one is compared with each of the others
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "jit,aot",
        value_name = "NAMES"
    )]
    pub backends: Vec<String>,
    /// Function to call; it takes no parameters
    #[arg(long, value_name = "NAME")]
    pub entrypoint: Option<String>,
    /// Most seconds that one backend may take for one run
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub timeout: u64,
    /// What is linked besides
    #[command(flatten)]
    pub link: LinkFlags,
    /// Write the smallest artifact found that still shows the difference
    #[arg(long)]
    pub reduce: bool,
    /// Where to write it [default: `NAME.reduced.bska` in this folder]
    #[arg(short, long, value_name = "PATH", requires = "reduce")]
    pub output: Option<PathBuf>,
}

/// Commands about artifacts.
#[derive(Debug, Subcommand)]
pub enum ArtifactCommand {
    /// Write the artifact of a program to a file
    Emit {
        /// Source file
        input: PathBuf,
        /// Where to write it
        #[arg(short, long, value_name = "PATH")]
        output: PathBuf,
        /// What debuggers are told
        #[command(flatten)]
        debug: DebugFlags,
    },
    /// Print what an artifact contains
    Dump {
        /// Source file or artifact
        input: PathBuf,
        /// Print all of it as JSON, which `artifact assemble` reads
        #[arg(long)]
        json: bool,
    },
    /// Write the artifact that JSON describes, as `artifact dump --json` prints it
    Assemble {
        /// JSON, or `-` for standard input
        input: PathBuf,
        /// Where to write the artifact
        #[arg(short, long, value_name = "PATH")]
        output: PathBuf,
    },
    /// Print the digest of an artifact
    Digest {
        /// Source file or artifact
        input: PathBuf,
    },
    /// Check an artifact, and say nothing if it is sound
    Verify {
        /// Artifact
        input: PathBuf,
    },
}
