//! `Workspace.proj` (WSP-1 to WSP-5): which projects belong together.

use std::path::Path;

use beskid_frontend::{SourceDiagnostic, Span};
use beskid_plugin_api::codes::Code;

use super::fields::{Fields, check_labels, title};
use super::format::{Block, Document, Word};
use super::written::{Written, problem};

/// A workspace, as its manifest describes it.
#[derive(Debug)]
pub(super) struct Workspace {
    pub(super) written: Written,
    pub(super) members: Vec<Member>,
    overrides: Vec<Override>,
    registries: Vec<Word>,
}

/// A project of a workspace.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) label: Word,
    /// Its folder, below that of the workspace.
    pub(super) path: Word,
}

/// The version of a dependency, for all members.
#[derive(Debug)]
struct Override {
    label: Word,
    version: Word,
}

impl Workspace {
    /// Reads what the blocks say. What is wrong is added to the problems.
    pub(super) fn new(
        written: &Written,
        document: &Document,
        problems: &mut Vec<SourceDiagnostic>,
    ) -> Self {
        let is_foreign = written
            .path
            .extension()
            .is_some_and(|extension| extension == "bws");
        let before = problems.len();
        let of = |kind: &'static str| {
            let blocks = document.blocks.iter();
            blocks.filter(move |block| block.kind.text == kind)
        };
        let known = ["workspace", "member", "override", "registry"];
        for block in &document.blocks {
            if !known.contains(&block.kind.text.as_str()) && !is_foreign {
                problems.push(unknown(block));
            }
        }
        if let Some(block) = of("workspace").nth(1) {
            let message = "`workspace` is there twice";
            let help = "write one block";
            problems.push(problem(Code::E3004, block.kind.span, message, help));
        }
        match of("workspace").next() {
            Some(block) => head(block, problems),
            None if is_foreign => {}
            None => {
                let help = "begin with a block `workspace {` with a `name`";
                let message = "the manifest has no block `workspace`";
                problems.push(problem(Code::E3004, Span::default(), message, help));
            }
        }
        check_labels(of("member"), str::to_owned, problems);
        check_labels(of("override"), str::to_lowercase, problems);
        check_labels(of("registry"), str::to_lowercase, problems);
        let members = of("member").filter_map(|block| member(block, problems));
        let members = members.collect();
        let overrides = of("override").filter_map(|block| {
            let version = required(block, "version", problems);
            let (label, version) = (block.label.clone()?, version?);
            Some(Override { label, version })
        });
        let overrides = overrides.collect();
        let registries = of("registry").filter_map(|block| {
            required(block, "url", problems);
            block.label.clone()
        });
        let registries = registries.collect();
        if is_foreign {
            let mut at = 0;
            problems.retain(|problem| {
                at += 1;
                at <= before || !problem.is_warning()
            });
        }
        Self {
            written: written.clone(),
            members,
            overrides,
            registries,
        }
    }

    /// The folder of the manifest, as messages name it.
    pub(super) fn folder(&self) -> &Path {
        self.written.path.parent().unwrap_or(Path::new(""))
    }

    /// The version that all members have of a registry's dependency (WSP-5).
    pub(super) fn version(&self, dependency: &str) -> Option<&str> {
        let mut overrides = self.overrides.iter();
        let found = overrides.find(|found| same(&found.label.text, dependency))?;
        Some(&found.version.text)
    }

    /// Whether there is a registry of this alias.
    pub(super) fn has_registry(&self, alias: &str) -> bool {
        let mut registries = self.registries.iter();
        registries.any(|registry| same(&registry.text, alias))
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn unknown(block: &Block) -> SourceDiagnostic {
    let message = format!("there is no block `{}` in a workspace", block.kind.text);
    let help = "the blocks are `workspace`, `member`, `override` and `registry`";
    problem(Code::E3003, block.kind.span, message, help)
}

/// The block `workspace`, of which nothing is kept.
fn head(block: &Block, problems: &mut Vec<SourceDiagnostic>) {
    let mut reserved = Vec::new();
    for entry in &block.entries {
        let key = entry.key.text.as_str();
        let why = match key {
            "defaultMember" => "is reserved: the first member is chosen if none is named",
            key if key.to_lowercase().contains("meta") => {
                "cannot be set: nothing of a project runs while it is compiled"
            }
            _ => continue,
        };
        reserved.push(key);
        let message = format!("{}: `{key}` {why}", title(block));
        problems.push(problem(
            Code::E3004,
            entry.key.span,
            message,
            "remove the line",
        ));
    }
    let mut fields = Fields::new(block, problems);
    fields.skip(&reserved);
    fields.text("name");
    fields.require("name");
    if let Some(resolver) = fields.word("resolver")
        && resolver.text != "v1"
    {
        let what = format!("there is no `resolver` `{}`", resolver.text);
        fields.invalid(resolver.span, &what, "the only resolver is `v1`");
    }
    fields.finish();
}

fn member(block: &Block, problems: &mut Vec<SourceDiagnostic>) -> Option<Member> {
    let mut fields = Fields::new(block, problems);
    let path = fields.path_below("path");
    fields.require("path");
    fields.finish();
    Some(Member {
        label: block.label.clone()?,
        path: path?,
    })
}

/// The only field of a block.
fn required(
    block: &Block,
    key: &'static str,
    problems: &mut Vec<SourceDiagnostic>,
) -> Option<Word> {
    let mut fields = Fields::new(block, problems);
    let found = fields.text(key);
    fields.require(key);
    fields.finish();
    found
}
