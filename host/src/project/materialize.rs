//! Gathering sources in `obj/beskid` (RES-10): an exact copy, which is there as a whole
//! or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::find::shown;
use super::graph::{Graph, Unit};
use super::places::{GATHERED, gathered};
use crate::plugins::Turn;
use crate::scratch::Reserved;
use crate::signals;

/// Most files of a project.
const MOST: usize = 1_000_000;

/// Gathers the sources of a graph, in place of those that were gathered before.
///
/// # Errors
/// E3030 if the folder cannot be made or replaced, E3031 for what cannot be copied.
pub(super) fn materialize(graph: &Graph) -> Result<(), Diagnostic> {
    let root = graph.root();
    if root.manifest.is_foreign {
        return Ok(());
    }
    let folder = root.folder();
    let target = folder.join(GATHERED);
    let around = folder.join("obj");
    let failed = |error: io::Error| unusable(&target, &error.to_string());
    let _turn = Turn::take(folder)?;
    fs::create_dir_all(&around).map_err(failed)?;
    let aside = Reserved::beside(&around).make();
    let aside = aside.map_err(|error| unusable(&target, &error.message))?;
    let new = aside.path().join("new");
    // Without the `.` of a root that is the project's folder.
    let own = new.join("root").join(&root.manifest.root);
    let own = own.components().collect::<PathBuf>();
    let names = Names {
        aside: new.clone(),
        target: shown(&target),
    };
    let mut copy = Copy { names, files: 0 };
    copy.sources(root, &own)?;
    for unit in &graph.units[1..] {
        copy.sources(unit, &new.join(gathered(graph, unit)))?;
    }
    put(&new, &target, &aside.path().join("old")).map_err(failed)
}

/// Puts a folder in the place of another one.
fn put(new: &Path, target: &Path, old: &Path) -> io::Result<()> {
    if target.symlink_metadata().is_err() {
        return fs::rename(new, target);
    }
    // What was there goes with what lies aside.
    match renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(_) => {
            fs::rename(target, old)?;
            fs::rename(new, target).inspect_err(|_| drop(fs::rename(old, target)))
        }
    }
}

/// How messages name a copy that is still made aside.
struct Names {
    aside: PathBuf,
    target: PathBuf,
}

struct Copy {
    names: Names,
    files: usize,
}

impl Copy {
    /// Copies the files of a project's sources. Links are followed, but not to where
    /// they come from.
    fn sources(&mut self, unit: &Unit, to: &Path) -> Result<(), Diagnostic> {
        // RES-11: what is made of sources is none.
        let made = unit.folder().join("obj");
        let from = unit.folder().join(&unit.manifest.root);
        let mut left = vec![(from, to.to_owned(), Vec::<PathBuf>::new())];
        while let Some((from, to, mut above)) = left.pop() {
            signals::check()?;
            let names = &self.names;
            let failed = |error: io::Error| names.uncopied(&from, &to, &error.to_string());
            let own = from.canonicalize().map_err(failed)?;
            if above.contains(&own) {
                let reason = "a symbolic link leads back to a folder around it";
                return Err(names.uncopied(&from, &to, reason));
            }
            above.push(own);
            fs::create_dir_all(&to).map_err(|error| unusable(&to, &error.to_string()))?;
            for entry in fs::read_dir(&from).map_err(failed)? {
                let name = entry.map_err(failed)?.file_name();
                let (inner, copy) = (from.join(&name), to.join(&name));
                if inner == made {
                    continue;
                }
                let meta = fs::metadata(&inner);
                let meta =
                    meta.map_err(|error| names.uncopied(&inner, &copy, &error.to_string()))?;
                if meta.is_dir() {
                    left.push((inner, copy, above.clone()));
                    continue;
                }
                self.files += 1;
                if self.files > MOST {
                    let reason = format!("there are more than {MOST} files");
                    return Err(names.uncopied(&inner, &copy, &reason));
                }
                names.file(&inner, &copy, &meta)?;
            }
        }
        Ok(())
    }
}

impl Names {
    fn file(&self, from: &Path, to: &Path, meta: &fs::Metadata) -> Result<(), Diagnostic> {
        if !meta.is_file() {
            return Err(self.uncopied(from, to, "it is not a regular file"));
        }
        let copied = fs::copy(from, to);
        copied.map_err(|error| self.uncopied(from, to, &error.to_string()))?;
        Ok(())
    }

    fn uncopied(&self, from: &Path, to: &Path, reason: &str) -> Diagnostic {
        let below = to.strip_prefix(&self.aside).unwrap_or(to);
        let (from, to) = (shown(from), self.target.join(below));
        let (from, to) = (from.display(), to.display());
        let message = format!("cannot copy `{from}` to `{to}`: {reason}");
        Diagnostic::new(Code::E3031, message)
            .path(from.to_string())
            .help("the folder of the sources has folders and regular files; remove what is none")
    }
}

fn unusable(folder: &Path, reason: &str) -> Diagnostic {
    let shown = folder.display();
    let message = format!("cannot gather sources in `{shown}`: {reason}");
    Diagnostic::new(Code::E3030, message)
        .path(shown.to_string())
        .help("let the project's folder be written, and `obj` be a folder")
}
