//! What a command works on: a file, or a target of a project (CMD-3).

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use beskid_plugin_api::linker::OutputKind;

use super::environment::Environment;
use super::project_args::{PlaceArgs, ProgramArgs, ProjectArgs};
use super::render::{self, Message, Severity};
use super::unreached;
use crate::failure::Failure;
use crate::foreign::Extra;
use crate::project::{Chosen, Permission, Resolved, Synced, TargetKind, Wanted};
use crate::source::{Language, Source};
use crate::timings::{Became, phase};

/// A program to work on.
pub(super) struct Program {
    pub(super) source: Source,
    /// The project whose target it is, if it is not a file alone.
    pub(super) project: Option<Home>,
    /// What the target is for, if it is not a file alone.
    kind: Option<TargetKind>,
    /// What the project has linked.
    link: Extra,
}

/// A project, for what is made of the whole of it.
pub(super) struct Home {
    pub(super) name: String,
    pub(super) folder: PathBuf,
}

impl Program {
    /// What is made of it if nobody says it (BK-5).
    pub(super) fn output_kind(&self) -> OutputKind {
        match self.kind {
            Some(TargetKind::Lib) => OutputKind::Shared,
            Some(TargetKind::App | TargetKind::Test) | None => OutputKind::Exe,
        }
    }

    /// What is linked: the project's, and what flags add.
    pub(super) fn linked_with(&self, flags: Extra) -> Extra {
        Extra {
            libraries: [self.link.libraries.clone(), flags.libraries].concat(),
            search: [self.link.search.clone(), flags.search].concat(),
        }
    }
}

/// The program that a command's arguments name.
///
/// # Errors
/// What is wrong with the project, its lock or the file.
pub(super) fn program(environment: &Environment, args: &ProgramArgs) -> Result<Program, Failure> {
    found(environment, args, |_| {})
}

/// The same where people are to know what of a library is left out.
///
/// # Errors
/// As for [`program`].
pub(super) fn examined(environment: &Environment, args: &ProgramArgs) -> Result<Program, Failure> {
    found(environment, args, |resolved| {
        unreached::tell(environment, resolved)
    })
}

fn found(
    environment: &Environment,
    args: &ProgramArgs,
    look: impl FnOnce(&Resolved),
) -> Result<Program, Failure> {
    let ProgramArgs { input, project } = args;
    let phase = phase("workspace.materialize");
    let program = match input.as_deref() {
        Some(file) if !is_project(file) => from_file(environment, file, project),
        folder => {
            let resolved = resolved(environment, project, folder)?;
            look(&resolved);
            let chosen = resolved.target(project.place.target.as_deref())?;
            of_target(&resolved, chosen)
        }
    }?;
    phase.ended(Became::Done);
    Ok(program)
}

/// The program that begins with a file, which sees the project around it (RES-3).
///
/// # Errors
/// As for [`program`].
pub(super) fn file(environment: &Environment, file: &Path) -> Result<Source, Failure> {
    Ok(from_file(environment, file, &ProjectArgs::default())?.source)
}

/// The programs whose tests a command's arguments name: a file's, that of the target
/// that is named, or those of a project's targets for tests; its program, if it has none.
///
/// # Errors
/// As for [`program`].
pub(super) fn tests(
    environment: &Environment,
    args: &ProjectArgs,
    input: Option<&Path>,
) -> Result<Vec<Program>, Failure> {
    let phase = phase("workspace.materialize");
    let programs = tests_of(environment, args, input)?;
    phase.ended(Became::Done);
    Ok(programs)
}

fn tests_of(
    environment: &Environment,
    args: &ProjectArgs,
    input: Option<&Path>,
) -> Result<Vec<Program>, Failure> {
    if let Some(file) = input.filter(|input| !is_project(input)) {
        return Ok(vec![from_file(environment, file, args)?]);
    }
    let resolved = resolved(environment, args, input)?;
    unreached::tell(environment, &resolved);
    let mut chosen = match &args.place.target {
        Some(name) => vec![resolved.target(Some(name))?],
        None => resolved.tests(),
    };
    if chosen.is_empty() {
        chosen.push(resolved.target(None)?);
    }
    let programs = chosen.into_iter();
    programs
        .map(|chosen| of_target(&resolved, chosen))
        .collect()
}

/// The project that flags name, or that is here, with its lock up to date.
///
/// # Errors
/// What is wrong with it.
pub(super) fn project(
    environment: &Environment,
    place: &PlaceArgs,
    frozen: bool,
) -> Result<Resolved, Failure> {
    let resolved = Resolved::named(wanted(place, None))?;
    ready(environment, &resolved, frozen, false)?;
    Ok(resolved)
}

/// Whether a path that is given as an input is a project's.
pub(super) fn is_project(path: &Path) -> bool {
    let ends_as = |names: &[&str]| {
        let end = path.extension().unwrap_or(OsStr::new(""));
        names.iter().any(|name| end == *name)
    };
    let is_folder = path.is_dir() && !ends_as(&["bd", "clif", "bska"]);
    is_folder || ends_as(&["proj", "bproj", "bws"])
}

fn resolved(
    environment: &Environment,
    args: &ProjectArgs,
    folder: Option<&Path>,
) -> Result<Resolved, Failure> {
    let mut wanted = wanted(&args.place, None);
    wanted.project = wanted.project.or(folder);
    let resolved = Resolved::named(wanted)?;
    ready(environment, &resolved, args.frozen, true)?;
    Ok(resolved)
}

fn wanted<'a>(place: &'a PlaceArgs, input: Option<&'a Path>) -> Wanted<'a> {
    Wanted {
        project: place.project.as_deref(),
        member: place.workspace_member.as_deref(),
        input,
    }
}

/// Shows what may be wrong, and brings the lock up to date, which may be left unwritten
/// where it cannot be written.
fn ready(
    environment: &Environment,
    resolved: &Resolved,
    frozen: bool,
    unwritten: bool,
) -> Result<(), Failure> {
    render::findings(&resolved.warnings, environment.format);
    let synced = resolved.lock(Permission {
        locked: environment.is_locked(),
        frozen,
        unwritten,
    })?;
    if let Synced::Missing(path) = synced {
        let shown = path.display();
        let message = format!("`{shown}` is not written: nothing can be written to its folder");
        render::message(&Message::new(Severity::Info, message), environment.format);
    }
    Ok(())
}

fn of_target(resolved: &Resolved, chosen: Chosen) -> Result<Program, Failure> {
    let source = Source::read(&chosen.entry)?;
    Ok(Program {
        source: source.within(resolved.packages(), Some(chosen.label)),
        project: Some(Home {
            name: resolved.name().to_owned(),
            folder: resolved.folder().to_owned(),
        }),
        kind: Some(chosen.kind),
        link: resolved.link(),
    })
}

fn from_file(
    environment: &Environment,
    file: &Path,
    args: &ProjectArgs,
) -> Result<Program, Failure> {
    let source = Source::read(file)?;
    let wanted = wanted(&args.place, Some(file));
    let is_named = wanted.project.is_some() || wanted.member.is_some();
    let found = match source.language() {
        // A stream lies nowhere.
        Language::Beskid if is_named || !source.is_stream() => Resolved::around(wanted)?,
        _ => None,
    };
    let Some(resolved) = found else {
        return Ok(Program {
            source,
            project: None,
            kind: None,
            link: Extra::default(),
        });
    };
    ready(environment, &resolved, args.frozen, true)?;
    if let Some(name) = &args.place.target {
        resolved.target(Some(name))?;
    }
    Ok(Program {
        source: source.within(resolved.packages(), None),
        project: None,
        kind: None,
        link: resolved.link(),
    })
}
