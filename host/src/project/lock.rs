//! `Project.lock` (LCK-1 to LCK-4): what a project's dependencies were found to be.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::fs::{Access, access};

use super::graph::{Graph, Unit};
use super::places::{GATHERED, gathered};
use super::way::relative;
use crate::input::read_bounded;
use crate::output;
use crate::plugins::Turn;

/// The name of a lock.
const LOCK: &str = "Project.lock";
const HEADER: &str = "# Project.lock v1";
/// Largest lock that is read, in bytes: 16 MiB.
const LARGEST: u64 = 16 << 20;
/// The fields of a dependency, in order; of those behind them nothing is kept.
const FIELDS: [&str; 5] = [
    "name",
    "manifest",
    "project",
    "source_root",
    "materialized_root",
];

/// What may be done with a lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    /// It must be there, and say what the manifests do.
    pub(crate) locked: bool,
    /// Nothing may be written.
    pub(crate) frozen: bool,
    /// It may be missing, where nothing can be written: programs are made of what the
    /// manifests say.
    pub(crate) unwritten: bool,
}

/// What became of a lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Synced {
    /// It says what the manifests do.
    Right,
    /// It is missing, at this path, in a folder that cannot be written.
    Missing(PathBuf),
}

/// What a lock says. Paths begin at its folder.
#[derive(Debug, PartialEq, Eq)]
struct Lock {
    root_manifest: String,
    project_name: String,
    /// The fields of each dependency, sorted.
    dependencies: Vec<[String; FIELDS.len()]>,
}

/// What there is at the path of a lock.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Missing,
    Malformed,
    Present(Lock),
}

/// Brings the lock of a graph up to date, if it is not and can be.
///
/// # Errors
/// E3020 and E3021 if it cannot be read or written, E3022 and E3023 if it would have
/// to be written and must not.
pub(super) fn sync(graph: &Graph, permission: Permission) -> Result<Synced, Diagnostic> {
    let root = graph.root();
    if root.manifest.is_foreign {
        return Ok(Synced::Right);
    }
    let path = root.manifest.folder().join(LOCK);
    let wanted = Lock::of(graph).map_err(|reason| unwritable(&path, &reason))?;
    let text = wanted.text();
    let wanted = State::Present(wanted);
    let found = read(&path, root.folder())?;
    if found == wanted {
        return Ok(Synced::Right);
    }
    refuse(&path, &found, permission)?;
    let is_sealed = || access(root.folder(), Access::WRITE_OK).is_err();
    if permission.unwritten && found == State::Missing && is_sealed() {
        return Ok(Synced::Missing(path));
    }
    // Others may do the same: who comes second finds it done.
    let _turn = Turn::take(root.folder())?;
    if read(&path, root.folder())? != wanted {
        output::update(&path, text.as_bytes()).map_err(|mut error| {
            error.code = Code::E3021;
            error
        })?;
    }
    Ok(Synced::Right)
}

fn refuse(path: &Path, found: &State, permission: Permission) -> Result<(), Diagnostic> {
    let shown = path.display();
    let is_missing = *found == State::Missing;
    let (code, message) = match permission {
        Permission { frozen: true, .. } => {
            let what = match found {
                State::Missing => "missing",
                State::Malformed => "malformed",
                State::Present(_) => "out of date",
            };
            let message = format!("`{shown}` is {what}, and `--frozen` forbids to write it");
            (Code::E3023, message)
        }
        Permission { locked: true, .. } if is_missing => {
            let message = format!("`{shown}` is missing, and `--locked` forbids to write it");
            (Code::E3023, message)
        }
        Permission { locked: true, .. } => {
            let what = match found {
                State::Malformed => "is malformed",
                _ => "is not what the manifests say",
            };
            let message = format!("`{shown}` {what}, and `--locked` keeps it as it is");
            (Code::E3022, message)
        }
        _ => return Ok(()),
    };
    Err(Diagnostic::new(code, message)
        .path(shown.to_string())
        .help("run `beskid lock`, and commit what it writes"))
}

/// Reads the lock of a project in a folder.
fn read(path: &Path, folder: &Path) -> Result<State, Diagnostic> {
    match path.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(State::Missing),
        _ => {}
    }
    let bytes = read_bounded(path, LARGEST).map_err(|mut error| {
        error.code = Code::E3020;
        error.help("remove it; the next command writes it again")
    })?;
    let lock = String::from_utf8(bytes).ok();
    let lock = lock.and_then(|text| Lock::parse(&text, folder));
    Ok(lock.map_or(State::Malformed, State::Present))
}

fn unwritable(path: &Path, reason: &str) -> Diagnostic {
    let message = format!("cannot write `{}`: {reason}", path.display());
    Diagnostic::new(Code::E3021, message)
        .path(path.display().to_string())
        .help("rename it, or move the project")
}

impl Lock {
    /// The lock of a graph.
    fn of(graph: &Graph) -> Result<Self, String> {
        let root = graph.root();
        let place = |path: &Path| text_of(&relative(root.folder(), path));
        let mut dependencies = Vec::new();
        for unit in &graph.units {
            for (label, need) in &unit.needs {
                dependencies.push(entry(graph, label, &graph.units[*need])?);
            }
        }
        dependencies.sort();
        dependencies.dedup();
        Ok(Self {
            root_manifest: place(&root.identity)?,
            project_name: root.manifest.name.text.clone(),
            dependencies,
        })
    }

    fn text(&self) -> String {
        let mut lines = self.dependencies.iter().map(|fields| {
            let fields = FIELDS.iter().zip(fields);
            let fields = fields.map(|(name, value)| format!("{name}={value}"));
            format!("- {}\n", fields.collect::<Vec<_>>().join(";"))
        });
        let mut lines = lines.by_ref().collect::<Vec<_>>();
        lines.sort();
        format!(
            "{HEADER}\nroot_manifest={}\nproject_name={}\ndependencies:\n{}",
            self.root_manifest,
            self.project_name,
            lines.concat()
        )
    }

    /// Reads a lock in a folder; `None` if it is malformed.
    fn parse(text: &str, folder: &Path) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != HEADER {
            return None;
        }
        let root_manifest = lines.next()?.strip_prefix("root_manifest=")?;
        let project_name = lines.next()?.strip_prefix("project_name=")?.to_owned();
        if lines.next()? != "dependencies:" {
            return None;
        }
        let mut dependencies = Vec::new();
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let fields = line.strip_prefix("- ")?.split(';');
            let fields = fields.map(|field| field.split_once('='));
            let fields = fields.collect::<Option<Vec<_>>>()?;
            let mut entry = <[String; FIELDS.len()]>::default();
            for (name, place) in FIELDS.iter().zip(&mut entry) {
                let (_, value) = fields.iter().find(|(found, _)| found == name)?;
                *place = match *name {
                    "name" => (*value).to_owned(),
                    _ => from(folder, value),
                };
            }
            dependencies.push(entry);
        }
        dependencies.sort();
        Some(Self {
            root_manifest: from(folder, root_manifest),
            project_name,
            dependencies,
        })
    }
}

/// The fields of a dependency.
fn entry(graph: &Graph, label: &str, unit: &Unit) -> Result<[String; FIELDS.len()], String> {
    let root = graph.root().folder();
    let place = |path: &Path| text_of(&relative(root, path));
    let sources = unit.folder().join(&unit.manifest.root);
    let name = match label.contains(';') {
        true => return Err(format!("the label `{label}` has a `;`")),
        false => label.to_owned(),
    };
    Ok([
        name,
        place(&unit.identity)?,
        place(unit.folder())?,
        place(&sources)?,
        text_of(&Path::new(GATHERED).join(gathered(graph, unit)))?,
    ])
}

/// A path as a lock has it.
fn text_of(path: &Path) -> Result<String, String> {
    let shown = path.display();
    match path.to_str() {
        None => Err(format!("the path `{shown}` is not UTF-8")),
        Some(text) if text.contains([';', '\n', '\r']) => {
            Err(format!("the path `{shown}` has a `;` or the end of a line"))
        }
        Some(text) => Ok(text.to_owned()),
    }
}

/// A path of a lock, from its folder: other compilers write whole ones (LCK-3).
fn from(folder: &Path, written: &str) -> String {
    let path = Path::new(written);
    if path.is_relative() {
        return written.to_owned();
    }
    let mut there = path.ancestors();
    let found = there.find_map(|start| Some((start, start.canonicalize().ok()?)));
    let whole = found.and_then(|(start, whole)| {
        let rest = path.strip_prefix(start).ok()?;
        Some(whole.join(rest).components().collect::<PathBuf>())
    });
    let whole = whole.unwrap_or_else(|| path.to_owned());
    relative(folder, &whole).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Project.lock v1\nroot_manifest=Project.proj\nproject_name=A\n\
                        dependencies:\n";

    fn lock(lines: &str) -> Option<Lock> {
        Lock::parse(&format!("{TEXT}{lines}"), Path::new("/"))
    }

    #[test]
    fn lck_1_unknown_fields_are_ignored_and_lines_are_sorted() {
        let one = "- name=B;manifest=b/P;project=b;source_root=b/Src;materialized_root=m\n";
        let two = "- name=A;manifest=a/P;project=a;source_root=a/Src;materialized_root=n\n";
        let more = two.replace("root=n", "root=n;resolved_version=1;new=x");
        let found = lock(&format!("{one}\n{more}")).unwrap();
        assert_eq!(found, lock(&format!("{two}{one}")).unwrap());
        assert_eq!(found.text(), format!("{TEXT}{two}{one}"));
    }

    #[test]
    fn lck_1_a_lock_without_its_parts_is_malformed() {
        for text in ["", "# Project.lock v2\n", "# Project.lock v1\n", "x"] {
            assert_eq!(Lock::parse(text, Path::new("/")), None, "{text}");
        }
        for line in [
            "name=A",
            "- name=A",
            "- name",
            "- name=A;manifest=a;project=a;source_root=a",
        ] {
            assert_eq!(lock(line), None, "{line}");
        }
    }

    #[test]
    fn lck_3_whole_paths_are_the_same_as_relative_ones() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().canonicalize().unwrap();
        let inner = folder.join("inner");
        std::fs::create_dir(&inner).unwrap();
        let whole = |rest: &str| folder.join(rest).display().to_string();
        assert_eq!(from(&inner, &whole("other/none")), "../other/none");
        assert_eq!(from(&inner, &whole("inner")), ".");
        assert_eq!(from(&inner, "../x"), "../x");
    }
}
