//! Reading a manifest, whichever it is.

use std::path::{Path, PathBuf};

use beskid_frontend::SourceDiagnostic;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::format::{Document, parse};
use super::manifest::Manifest;
use super::workspace::Workspace;
use super::written::{Written, problem};
use crate::failure::{Failure, Findings};
use crate::input::parent;

/// The name of a project's manifest.
pub(super) const PROJECT: &str = "Project.proj";
/// The name of a workspace's manifest.
pub(super) const WORKSPACE: &str = "Workspace.proj";

/// A manifest that was read, and what may be wrong with it.
pub(super) struct Checked<T> {
    pub(super) manifest: T,
    pub(super) warnings: Option<Findings>,
}

/// Reads the manifest of a project.
///
/// # Errors
/// E3002 if it cannot be read, E3003 if it is malformed, E3004 for all that is wrong.
pub(super) fn project(path: &Path) -> Result<Checked<Manifest>, Failure> {
    let (written, document) = open(path)?;
    let mut problems = Vec::new();
    let manifest = Manifest::new(&written, &document, &mut problems);
    checked(&written, manifest, problems)
}

/// Reads the manifest of a workspace.
///
/// # Errors
/// As for [`project`].
pub(super) fn workspace(path: &Path) -> Result<Checked<Workspace>, Failure> {
    let (written, document) = open(path)?;
    let mut problems = Vec::new();
    let manifest = Workspace::new(&written, &document, &mut problems);
    checked(&written, Some(manifest), problems)
}

/// Whether a manifest of any name is a workspace's.
///
/// # Errors
/// E3002 if it cannot be read, E3003 if it is malformed.
pub(super) fn is_workspace(path: &Path) -> Result<bool, Failure> {
    if path.ends_with(WORKSPACE) || path.extension().is_some_and(|end| end == "bws") {
        return Ok(true);
    }
    let (_, document) = open(path)?;
    let mut blocks = document.blocks.iter();
    Ok(blocks.any(|block| block.kind.text == "workspace"))
}

fn open(path: &Path) -> Result<(Written, Document), Failure> {
    let written = Written::read(path)?;
    match parse(&written.text) {
        Ok(document) => Ok((written, document)),
        Err(found) => {
            let malformed = problem(Code::E3003, found.span, found.message, found.help);
            Err(written.wrong(malformed))
        }
    }
}

fn checked<T>(
    written: &Written,
    manifest: Option<T>,
    mut problems: Vec<SourceDiagnostic>,
) -> Result<Checked<T>, Failure> {
    problems.sort_by_key(SourceDiagnostic::span);
    let is_wrong = problems.iter().any(|problem| !problem.is_warning());
    match manifest {
        Some(manifest) if !is_wrong => Ok(Checked {
            manifest,
            warnings: match problems.is_empty() {
                true => None,
                false => Some(written.findings(problems)),
            },
        }),
        _ => Err(written.failure(problems)),
    }
}

/// The manifest in a folder, if there is one: `Project.proj`, or the only file of the
/// format of a later compiler.
pub(super) fn project_in(folder: &Path) -> Option<PathBuf> {
    in_folder(folder, PROJECT, "bproj")
}

/// The same of a workspace.
pub(super) fn workspace_in(folder: &Path) -> Option<PathBuf> {
    in_folder(folder, WORKSPACE, "bws")
}

fn in_folder(folder: &Path, name: &str, extension: &str) -> Option<PathBuf> {
    let folder = folder.strip_prefix(".").unwrap_or(folder);
    let path = folder.join(name);
    // A link that leads nowhere is there, and is then told of.
    if path.symlink_metadata().is_ok() {
        return Some(path);
    }
    let entries = std::fs::read_dir(parent(&path)).ok()?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut found = paths.filter(|path| path.extension().is_some_and(|end| end == extension));
    let path = found.next()?;
    found.next().is_none().then_some(path)
}

/// E3001: there is no manifest where one is to be.
pub(super) fn missing(message: String, path: &Path) -> Diagnostic {
    Diagnostic::new(Code::E3001, message)
        .path(path.display().to_string())
        .help("name a file, give a project's folder with `--project`, or begin one by `beskid new`")
}
