//! Which project is meant (RES-2, WSP-3).

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::read::{self, PROJECT, WORKSPACE, is_workspace, missing, project_in, workspace_in};
use super::way::relative;
use super::workspace::{Member, Workspace};
use super::written::{problem, quoted};
use crate::failure::{Failure, Findings};
use crate::input::parent;

/// What a command says of the project that it is about.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted<'a> {
    /// Folder or manifest of a project or workspace.
    pub(crate) project: Option<&'a Path>,
    /// Label of a member of the workspace.
    pub(crate) member: Option<&'a str>,
    /// Source file.
    pub(crate) input: Option<&'a Path>,
}

/// Whether a folder has the manifest of a project or workspace.
pub(crate) fn has_manifest(folder: &Path) -> bool {
    project_in(folder)
        .or_else(|| workspace_in(folder))
        .is_some()
}

/// The manifest that is meant, and the workspace that it belongs to.
pub(super) struct Found {
    pub(super) manifest: PathBuf,
    pub(super) workspace: Option<Workspace>,
    pub(super) warnings: Option<Findings>,
}

/// Finds the project, if there is one.
///
/// # Errors
/// E3001 if what is named is not there, E3004 if there is no such member; what is wrong with the
/// workspace.
pub(super) fn find(wanted: Wanted<'_>) -> Result<Option<Found>, Failure> {
    let Some((manifest, is_of_workspace)) = start(wanted)? else {
        return match wanted.member {
            None => Ok(None),
            Some(member) => Err(no_workspace(member).into()),
        };
    };
    if is_of_workspace {
        return in_workspace(&manifest, wanted).map(Some);
    }
    let folder = canonical(parent(&manifest));
    let around = above(&folder, |folder| existing(folder.join(WORKSPACE)));
    match (around, wanted.member) {
        (None, None) => Ok(Some(Found {
            manifest,
            workspace: None,
            warnings: None,
        })),
        (Some(workspace), Some(_)) => in_workspace(&workspace, wanted).map(Some),
        (None, Some(member)) => Err(no_workspace(member).into()),
        (Some(workspace), None) => {
            let read = read::workspace(&shown(&workspace))?;
            let workspace = read.manifest;
            let mut members = workspace.members.iter();
            let is_member = members.any(|member| canonical(&place(&workspace, member)) == folder);
            Ok(Some(Found {
                manifest,
                workspace: is_member.then_some(workspace),
                warnings: read.warnings.filter(|_| is_member),
            }))
        }
    }
}

/// E3001: there is no project here.
pub(super) fn nowhere() -> Diagnostic {
    let message = format!("there is no `{PROJECT}` here, nor in a folder above");
    missing(message, Path::new("."))
}

/// The manifest to begin with, and whether it is a workspace's.
fn start(wanted: Wanted<'_>) -> Result<Option<(PathBuf, bool)>, Failure> {
    let Some(path) = wanted.project else {
        let own = canonical(wanted.input.map_or(Path::new("."), parent));
        let found = above(&own, |folder| {
            if folder == own {
                return manifest_in(folder);
            }
            let project = existing(folder.join(PROJECT)).map(|path| (path, false));
            project.or_else(|| Some((existing(folder.join(WORKSPACE))?, true)))
        });
        return Ok(found.map(|(path, is_workspace)| (shown(&path), is_workspace)));
    };
    if path.is_dir() {
        return manifest_in(path).map(Some).ok_or_else(|| {
            let shown = path.display();
            let message = format!("there is neither `{PROJECT}` nor `{WORKSPACE}` in `{shown}`");
            missing(message, path).into()
        });
    }
    if path.symlink_metadata().is_err() {
        let message = format!("there is no `{}`", path.display());
        return Err(missing(message, path).into());
    }
    Ok(Some((path.to_owned(), is_workspace(path)?)))
}

/// The manifest in a folder, whatever its name, and whether it is a workspace's.
fn manifest_in(folder: &Path) -> Option<(PathBuf, bool)> {
    let project = project_in(folder).map(|path| (path, false));
    project.or_else(|| Some((workspace_in(folder)?, true)))
}

/// The member of a workspace that is meant.
fn in_workspace(path: &Path, wanted: Wanted<'_>) -> Result<Found, Failure> {
    let read = read::workspace(&shown(path))?;
    let workspace = read.manifest;
    let member = choose(&workspace, wanted)?;
    let folder = place(&workspace, member);
    let Some(manifest) = project_in(&folder) else {
        let message = format!("the member `{}` has no `{PROJECT}`", member.label.text);
        let help = format!(
            "write `{}`, or remove the member",
            folder.join(PROJECT).display()
        );
        let missing = problem(Code::E3001, member.path.span, message, help);
        return Err(workspace.written.wrong(missing));
    };
    Ok(Found {
        manifest,
        workspace: Some(workspace),
        warnings: read.warnings,
    })
}

fn choose<'w>(workspace: &'w Workspace, wanted: Wanted<'_>) -> Result<&'w Member, Diagnostic> {
    let path = workspace.written.path.display().to_string();
    let Some(first) = workspace.members.first() else {
        let message = "the workspace has no member";
        return Err(Diagnostic::new(Code::E3004, message)
            .path(path)
            .help("add a block `member \"NAME\" {` with its `path`"));
    };
    let mut members = workspace.members.iter();
    if let Some(name) = wanted.member {
        return members
            .find(|member| member.label.text == name)
            .ok_or_else(|| {
                let known = quoted(workspace.members.iter().map(|member| &member.label));
                let message = format!("the workspace has no member `{name}`");
                Diagnostic::new(Code::E3004, message)
                    .path(path)
                    .help(format!("its members are {known}"))
            });
    }
    let Some(input) = wanted.input else {
        return Ok(first);
    };
    let input = canonical(parent(input));
    let around = members.filter_map(|member| {
        let folder = canonical(&place(workspace, member));
        let depth = folder.components().count();
        input.starts_with(&folder).then_some((depth, member))
    });
    // Of two equally deep ones the first counts.
    let deepest = around.reduce(|best, next| if next.0 > best.0 { next } else { best });
    Ok(deepest.map_or(first, |(_, member)| member))
}

fn place(workspace: &Workspace, member: &Member) -> PathBuf {
    workspace.folder().join(&member.path.text)
}

fn no_workspace(member: &str) -> Diagnostic {
    let message = format!("there is no `{WORKSPACE}` that could have a member `{member}`");
    missing(message, Path::new("."))
}

/// What is found in the nearest folder, upwards.
fn above<T>(folder: &Path, look: impl FnMut(&Path) -> Option<T>) -> Option<T> {
    folder.ancestors().find_map(look)
}

fn existing(path: PathBuf) -> Option<PathBuf> {
    path.symlink_metadata().is_ok().then_some(path)
}

/// A folder without symbolic links, or as it is if it is not there.
pub(super) fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A path without symbolic links, as a user here would write it: by the shorter way.
pub(super) fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().map(|here| canonical(&here));
    let Ok(here) = here.map(|here| relative(&here, path)) else {
        return path.to_owned();
    };
    match here.components().count() < path.components().count() {
        true => here,
        false => path.to_owned(),
    }
}
