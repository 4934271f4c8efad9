//! `Project.proj` (PRJ-1 to PRJ-8): what a project is, checked.

use std::path::{Path, PathBuf};

use beskid_frontend::SourceDiagnostic;
use beskid_plugin_api::codes::Code;
use semver::Version;

use super::fields::{Fields, check_labels, title};
use super::format::{Block, Document, Word};
use super::written::{Written, problem};

/// Where sources are, if the manifest does not say it.
const ROOT: &str = "Src";

/// A project, as its manifest describes it.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) written: Written,
    pub(super) name: Word,
    /// The folder of the sources, below that of the manifest.
    pub(super) root: PathBuf,
    pub(super) targets: Vec<Target>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) link: Link,
    /// Whether it is written in the format of a later compiler, which is only read.
    pub(super) is_foreign: bool,
}

/// What can be made of a project.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) label: Word,
    pub(super) kind: TargetKind,
    /// The file that it starts with, below the sources. Manifests of later compilers
    /// may have none.
    pub(super) entry: Option<Word>,
}

/// What a target is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TargetKind {
    /// A program.
    App,
    /// A library.
    Lib,
    /// A program of tests.
    Test,
}

/// Another project that this one needs.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) label: Word,
    pub(super) source: SourceKind,
}

/// Where a dependency comes from.
#[derive(Debug)]
pub(super) enum SourceKind {
    /// A folder.
    Path(Word),
    /// The core library, wherever it is (COR-2).
    Core,
    /// A repository.
    Git(Word),
    /// A registry: the version, and the alias of the registry.
    Registry(Word, Option<Word>),
}

/// What the manifest has linked.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) libraries: Vec<Word>,
    pub(super) search: Vec<Word>,
}

impl Manifest {
    /// Reads what the blocks say. What is wrong is added to the problems; without a
    /// project there is no manifest.
    pub(super) fn new(
        written: &Written,
        document: &Document,
        problems: &mut Vec<SourceDiagnostic>,
    ) -> Option<Self> {
        let is_foreign = written
            .path
            .extension()
            .is_some_and(|extension| extension == "bproj");
        let mut blocks = Blocks {
            projects: Vec::new(),
            targets: Vec::new(),
            dependencies: Vec::new(),
            links: Vec::new(),
        };
        for (at, block) in document.blocks.iter().enumerate() {
            match block.kind.text.as_str() {
                "project" => blocks.projects.push(block),
                "target" => blocks.targets.push(block),
                "dependency" => blocks.dependencies.push(block),
                "link" => blocks.links.push(block),
                _ if is_foreign && at == 0 => blocks.projects.push(block),
                _ if is_foreign => {}
                kind => problems.push(unknown(block, kind)),
            }
        }
        if !problems.is_empty() {
            // Whatever else is missing may stand there.
            return None;
        }
        let mut reader = Reader {
            is_foreign,
            problems: &mut *problems,
        };
        let manifest = reader.manifest(written, &blocks);
        if is_foreign {
            // Nothing is known of what else such a manifest may say.
            problems.retain(|problem| !problem.is_warning());
        }
        manifest
    }

    /// The folder of the manifest, as messages name it.
    pub(super) fn folder(&self) -> &Path {
        self.written.path.parent().unwrap_or(Path::new(""))
    }
}

fn unknown(block: &Block, kind: &str) -> SourceDiagnostic {
    let (message, help) = match kind {
        "workspace" | "member" | "override" | "registry" => (
            format!("`{kind}` is no block of a project"),
            "write it in a `Workspace.proj`",
        ),
        "meta" => (
            "`meta` blocks are not supported: nothing of a project runs while it is compiled"
                .to_owned(),
            "remove the block",
        ),
        _ => (
            format!("there is no block `{kind}`"),
            "the blocks are `project`, `target`, `dependency` and `link`",
        ),
    };
    problem(Code::E3003, block.kind.span, message, help)
}

/// The blocks of a manifest, by kind.
struct Blocks<'d> {
    projects: Vec<&'d Block>,
    targets: Vec<&'d Block>,
    dependencies: Vec<&'d Block>,
    links: Vec<&'d Block>,
}

struct Reader<'p> {
    is_foreign: bool,
    problems: &'p mut Vec<SourceDiagnostic>,
}

impl Reader<'_> {
    fn manifest(&mut self, written: &Written, blocks: &Blocks<'_>) -> Option<Manifest> {
        self.check_counts(blocks);
        let block = blocks.projects.first()?;
        let (name, root) = self.project(block);
        let is_aggregate = self.is_foreign
            && block.entries.iter().any(|entry| {
                let text = match &entry.value {
                    super::format::Value::Text(word) | super::format::Value::Bare(word) => word,
                    super::format::Value::List(..) => return false,
                };
                entry.key.text == "type" && text.text == "Aggregate"
            });
        let exactly = |label: &str| label.to_owned();
        check_labels(blocks.targets.iter().copied(), exactly, self.problems);
        check_labels(blocks.dependencies.iter().copied(), exactly, self.problems);
        if blocks.targets.is_empty() && !is_aggregate {
            let message = format!("{} has no target", title(block));
            let help = "add a block `target \"NAME\" {` with `kind` and `entry`";
            self.problems
                .push(problem(Code::E3004, block.kind.span, message, help));
        }
        let targets = blocks.targets.iter();
        let targets = targets.filter_map(|block| self.target(block)).collect();
        let dependencies = blocks.dependencies.iter();
        let dependencies = dependencies.filter_map(|block| self.dependency(block));
        let dependencies = dependencies.collect();
        let link = blocks.links.first().map(|block| self.link(block));
        Some(Manifest {
            written: written.clone(),
            name: name?,
            root,
            targets,
            dependencies,
            link: link.unwrap_or_default(),
            is_foreign: self.is_foreign,
        })
    }

    /// The blocks that may be there once.
    fn check_counts(&mut self, blocks: &Blocks<'_>) {
        if blocks.projects.is_empty() {
            let span = beskid_frontend::Span::default();
            let help = "begin with a block `project {` with `name` and `version`";
            let message = "the manifest has no block `project`";
            self.problems
                .push(problem(Code::E3004, span, message, help));
        }
        let second = [&blocks.projects, &blocks.links];
        for block in second.iter().filter_map(|blocks| blocks.get(1)) {
            let message = format!("`{}` is there twice", block.kind.text);
            let help = "write one block";
            self.problems
                .push(problem(Code::E3004, block.kind.span, message, help));
        }
    }

    fn project(&mut self, block: &Block) -> (Option<Word>, PathBuf) {
        let mut fields = Fields::new(block, self.problems);
        let name = fields.text("name");
        let version = fields.text("version");
        if self.is_foreign {
            let name = name.filter(|name| !name.text.contains('/'));
            let name = name.unwrap_or_else(|| block.kind.clone());
            let root = fields.path_below("root");
            fields.finish();
            return (Some(name), folder(root));
        }
        fields.require("name");
        fields.require("version");
        if let Some(version) = version
            && Version::parse(&version.text).is_err()
        {
            let what = format!("`version` is no version: `{}`", version.text);
            let help = "a version is `MAJOR.MINOR.PATCH`, such as `0.1.0`";
            fields.invalid(version.span, &what, help);
        }
        if let Some(name) = &name
            && !is_file_name(&name.text)
        {
            let help =
                "folders are named after it; leave out `/` and `\\`, and give no `.` or `..`";
            fields.invalid(name.span, "`name` is no name of a folder", help);
        }
        let root = fields.path_below("root");
        let _metadata = fields.text("root_namespace");
        fields.finish();
        (name, folder(root))
    }

    fn target(&mut self, block: &Block) -> Option<Target> {
        let is_foreign = self.is_foreign;
        let mut fields = Fields::new(block, self.problems);
        let kind = fields.word("kind");
        fields.require("kind");
        let entry = fields.path_below("entry");
        let label = block.label.clone();
        if let Some(label) = &label
            && !is_file_name(&label.text)
        {
            let help =
                "the label names the output; leave out `/` and `\\`, and give no `.` or `..`";
            fields.invalid(label.span, "the label is no name of a file", help);
        }
        let kind = kind.and_then(|word| {
            let found = match word.text.as_str() {
                "App" => TargetKind::App,
                "Lib" => TargetKind::Lib,
                "Test" => TargetKind::Test,
                other => {
                    let what = format!("there is no `kind` of target `{other}`");
                    fields.invalid(word.span, &what, "the kinds are `App`, `Lib` and `Test`");
                    return None;
                }
            };
            Some(found)
        });
        if !(is_foreign && kind == Some(TargetKind::Lib)) {
            fields.require("entry");
        }
        fields.finish();
        Some(Target {
            label: label?,
            kind: kind?,
            entry,
        })
    }

    fn dependency(&mut self, block: &Block) -> Option<Dependency> {
        let label = block.label.clone()?;
        let is_name = self.is_foreign || label.text.trim().is_empty() || is_word(&label.text);
        let mut fields = Fields::new(block, self.problems);
        if !is_name {
            let help = "programs write it before their paths: a letter or `_` first, then letters, \
                        digits and `_`, and no word of the language";
            fields.invalid(label.span, "the label is no name in a program", help);
        }
        let source = fields.word("source");
        fields.require("source");
        let source = source?;
        let is_core = label.text.eq_ignore_ascii_case("Std");
        let source = match source.text.as_str() {
            "path" => match fields.text("path") {
                Some(path) => Some(SourceKind::Path(path)),
                None if is_core => Some(SourceKind::Core),
                None => {
                    fields.require("path");
                    None
                }
            },
            "git" => {
                let (url, _revision) = (fields.text("url"), fields.text("rev"));
                fields.require("url");
                fields.require("rev");
                url.map(SourceKind::Git)
            }
            "registry" => {
                let (version, alias) = (fields.text("version"), fields.text("registry"));
                fields.require("version");
                version.map(|version| SourceKind::Registry(version, alias))
            }
            other => {
                let what = format!("there is no `source` of dependencies `{other}`");
                let help = "the sources are `path`, `git` and `registry`";
                fields.invalid(source.span, &what, help);
                return None;
            }
        };
        fields.finish();
        Some(Dependency {
            label,
            source: source?,
        })
    }

    fn link(&mut self, block: &Block) -> Link {
        let mut fields = Fields::new(block, self.problems);
        let link = Link {
            libraries: fields.list("libraries"),
            search: fields.list("search"),
        };
        fields.finish();
        link
    }
}

/// Whether a file or a folder can be named so.
fn is_file_name(text: &str) -> bool {
    !text.contains(['/', '\\']) && !text.contains(char::is_control) && ![".", ".."].contains(&text)
}

/// Whether a program can name something so.
fn is_word(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.bytes().all(is_inner) && {
        let (_, errors) = beskid_frontend::parse(format!("use {text};").as_bytes());
        errors.is_empty()
    }
}

fn folder(root: Option<Word>) -> PathBuf {
    PathBuf::from(root.map_or_else(|| ROOT.to_owned(), |root| root.text))
}
