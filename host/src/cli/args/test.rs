//! The flags of `test`.

use std::path::PathBuf;

use clap::{Args, value_parser};

use super::super::build_args::LinkFlags;
use super::super::debug_args::DebugFlags;
use super::super::lint_args::LintFlags;
use super::super::project_args::ProjectArgs;

/// Flags of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Sources `.bd` or projects, whose tests are run; `.clif` files, or folders of them
    /// [default: the project here or above]
    pub inputs: Vec<PathBuf>,
    /// Which project and target
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Backends that run each test [default: the configured one], or each directive [default:
    /// `jit,aot`]
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub backends: Vec<String>,
    /// Most seconds that one test may take, or one engine for one file
    #[arg(
        long,
        default_value_t = 60,
        value_name = "SECONDS",
        value_parser = value_parser!(u64).range(1..)
    )]
    pub timeout: u64,
    /// Flags of tests
    #[command(flatten)]
    pub items: ItemFlags,
    /// What debuggers are told
    #[command(flatten)]
    pub debug: DebugFlags,
    /// What of the source stops it
    #[command(flatten)]
    pub lints: LintFlags,
    /// What is linked besides
    #[command(flatten)]
    pub link: LinkFlags,
}

/// What is of use for `test` items alone.
#[derive(Debug, Default, Args)]
pub struct ItemFlags {
    /// Run only tests that have this tag (repeatable: one of them)
    #[arg(long, value_name = "TAG")]
    pub include_tag: Vec<String>,
    /// Run no tests that have this tag (repeatable)
    #[arg(long, value_name = "TAG")]
    pub exclude_tag: Vec<String>,
    /// Run only tests whose group begins so
    #[arg(long, value_name = "PREFIX")]
    pub group: Option<String>,
    /// Run only tests with this in their names and modules (repeatable: one of them)
    #[arg(long, value_name = "NAME")]
    pub filter: Vec<String>,
    /// Show what tests write that pass, too
    #[arg(long)]
    pub show_output: bool,
    /// Write one JSON document, and no lines
    #[arg(long)]
    pub json: bool,
    /// Write JUnit's XML to this file, too
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Collect garbage at every allocation
    #[arg(long)]
    pub gc_stress: bool,
}

impl TestArgs {
    /// Whether something is asked for that is about test items.
    pub fn is_about_items(&self) -> bool {
        let place = &self.project.place;
        let of_project = place.project.is_some()
            || place.target.is_some()
            || place.workspace_member.is_some()
            || self.project.frozen;
        of_project || self.debug.is_asked() || self.items.is_any()
    }
}

impl ItemFlags {
    fn is_any(&self) -> bool {
        !self.include_tag.is_empty()
            || !self.exclude_tag.is_empty()
            || !self.filter.is_empty()
            || self.group.is_some()
            || self.junit.is_some()
            || self.show_output
            || self.json
            || self.gc_stress
    }
}

/// What one process of `test` does for directives.
#[derive(Debug, Args)]
pub struct TestWorkerArgs {
    /// The `.clif` file
    pub input: PathBuf,
    /// Backend, or `interpreter`
    #[arg(long)]
    pub engine: String,
    /// Which of the file's settings, from 0
    #[arg(long)]
    pub variant: usize,
    /// Which of the file's directives, from 0
    #[arg(long, value_delimiter = ',')]
    pub directives: Vec<usize>,
    /// Where to write what came of it
    #[arg(long)]
    pub report: PathBuf,
    /// What is linked besides
    #[command(flatten)]
    pub link: LinkFlags,
}

/// What one process of `test` does for test items.
#[derive(Debug, Args)]
pub struct TestItemsArgs {
    /// File that says which tests
    #[arg(long)]
    pub task: PathBuf,
}
