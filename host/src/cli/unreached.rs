//! Files of a library that none of the project's targets reaches: nobody would miss what
//! is said of them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::environment::Environment;
use super::render::{self, Message, Severity};
use crate::project::{Resolved, TargetKind};
use crate::source::{Modules, Source, sources};

/// Says which files of a project with a library are part of nothing.
pub(super) fn tell(environment: &Environment, resolved: &Resolved) {
    let files = find(resolved).unwrap_or_default();
    let Some(first) = files.first() else {
        return;
    };
    let shown = first.display();
    let (who, them) = match files.len() {
        1 => (format!("`{shown}` is"), "it is"),
        count => (format!("{count} files, such as `{shown}`, are"), "they are"),
    };
    let message = format!(
        "{who} part of no target of `{}`: {them} neither checked, tested nor documented",
        resolved.name()
    );
    let help = "name each where it belongs, `pub mod NAME;` in the file that a target begins with \
                for instance, or remove it";
    let notes = files.iter().map(|file| file.display().to_string());
    let mut said = Message::new(Severity::Info, message).with_help(help);
    if files.len() > 1 {
        said = said.with_notes(&notes.collect::<Vec<_>>());
    }
    render::message(&said, environment.format);
}

fn find(resolved: &Resolved) -> Option<Vec<PathBuf>> {
    let targets = resolved.targets().collect::<Vec<_>>();
    let has_library = targets.iter().any(|target| target.kind == TargetKind::Lib);
    if !has_library {
        return None;
    }
    let mut files = sources(&resolved.source_root()).ok()?;
    let entries = targets.iter().map(|target| canonical(&target.entry));
    let mut reached = entries.collect::<HashSet<_>>();
    files.retain(|file| !reached.contains(&canonical(file)));
    for target in targets {
        if files.is_empty() {
            break;
        }
        let source = Source::read(&target.entry).ok()?;
        let source = source.within(resolved.packages(), Some(target.label));
        let mut modules = Modules::of(&source);
        let named = beskid_frontend::files(&source.entry(), &mut modules);
        let paths = named
            .iter()
            .map(|(package, name)| modules.path(*package, name));
        reached.extend(paths.map(|path| canonical(Path::new(&path))));
        files.retain(|file| !reached.contains(&canonical(file)));
    }
    Some(files)
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
