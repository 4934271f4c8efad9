//! Linking without the C driver: the linker that it would run, with the arguments
//! that it would give, run by the host.
//!
//! The driver is asked once, with `-###`, and links once more itself: what it said
//! is only kept if it gives the driver's bytes. It holds as long as the driver,
//! the files and folders it looked at, the variables it obeys and the arguments
//! are the same. Whatever is not understood as a whole is left to the driver, and
//! so is every link that fails, so that messages are the driver's.

mod answer;
mod known;
mod names;
mod search;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use beskid_plugin_api::Digest;
use serde::Serialize;

use crate::cache;
use answer::ask;
use known::Known;
use names::Names;
pub(crate) use search::in_path;

use super::told::Seen;

/// Variables by which a driver chooses what it runs.
const OBEYED: [&str; 4] = ["PATH", "GCC_EXEC_PREFIX", "COMPILER_PATH", "LIBRARY_PATH"];
/// Variables for what the driver runs, which are not understood here.
const FOREIGN: &str = "COLLECT_";
/// Options whose value is the argument behind them.
const WITH_VALUE: [&str; 5] = ["-o", "-Xlinker", "-z", "-u", "-T"];
/// Options with a path in the same word, which a driver reads relative to the
/// working folder.
const WITH_PATH: [&str; 3] = ["-L", "-B", "--sysroot="];
/// What names a file with more arguments or rules, which may change.
const WITH_RULES: [&str; 3] = ["-specs", "--specs", "@"];

/// A linker and its arguments.
#[derive(Debug)]
pub(super) struct Direct {
    pub(super) program: String,
    pub(super) args: Vec<String>,
    /// What the driver looked at.
    pub(super) seen: Vec<Seen>,
    new: Option<Unproven>,
}

/// What nobody has seen give the driver's bytes.
#[derive(Debug)]
struct Unproven {
    folder: PathBuf,
    key: Digest,
    known: Known,
}

impl Direct {
    /// Whether it has given the driver's bytes before.
    pub(super) const fn is_proven(&self) -> bool {
        self.new.is_none()
    }

    /// Keeps in mind that it does.
    pub(super) fn keep(&self) {
        if let Some(new) = &self.new {
            new.known.keep(&new.folder, new.key);
        }
    }
}

/// What decides about the linker's arguments, besides files and folders.
#[derive(Serialize)]
struct Question<'a> {
    version: &'static str,
    driver: &'a str,
    file: &'a Path,
    args: Vec<String>,
    variables: BTreeMap<&'static str, Option<String>>,
}

/// What a driver would run for these arguments; `None` if that is not known.
pub(super) fn direct(driver: &str, args: &[String], scratch: &str) -> Option<Direct> {
    if !args_are_plain(args) || !prefixes(args).all(|folder| folder.is_dir()) {
        return None;
    }
    if std::env::vars_os().any(|(name, _)| is_foreign(&name)) {
        return None;
    }
    let file = in_path(driver)?;
    let names = Names::of(args, scratch);
    let question = Question {
        version: env!("CARGO_PKG_VERSION"),
        driver,
        file: &file,
        args: names.hide_in(args),
        variables: OBEYED.map(|name| (name, value(name))).into(),
    };
    let key = Digest::of(&serde_json::to_vec(&question).ok()?);
    let folder = cache::folder("drivers").ok()?;
    let recalled = Known::recall(&folder, key);
    let is_new = recalled.is_none();
    let asked = || is_program(&file).then(|| ask(driver, &file, args, &names))?;
    let known = recalled.or_else(asked)?;
    let linker = in_path(&known.linker)?;
    if linker != known.file {
        return None;
    }
    Some(Direct {
        program: linker.display().to_string(),
        args: names.show_in(&known.args),
        seen: known.seen.clone(),
        new: is_new.then_some(Unproven { folder, key, known }),
    })
}

/// Whether no argument means another thing in another folder, and none is a
/// program's that the driver runs on its own account.
fn args_are_plain(args: &[String]) -> bool {
    let mut is_value = false;
    args.iter().all(|arg| {
        let was_value = std::mem::replace(&mut is_value, WITH_VALUE.contains(&arg.as_str()));
        if was_value {
            return true;
        }
        if WITH_RULES.iter().any(|rules| arg.starts_with(rules)) {
            return false;
        }
        let path = WITH_PATH.iter().find_map(|option| arg.strip_prefix(option));
        match path {
            Some(path) => path.starts_with('/'),
            None => arg.starts_with('-') || arg.starts_with('/'),
        }
    })
}

/// Where the user has a driver look first. The driver does not say so of those that
/// are not there, and would look there once they are.
fn prefixes(args: &[String]) -> impl Iterator<Item = PathBuf> {
    let given = args.iter().filter_map(|arg| arg.strip_prefix("-B"));
    let given = given.map(PathBuf::from);
    let variables = OBEYED.iter().filter(|name| **name != "PATH");
    let lists = variables.filter_map(std::env::var_os);
    given.chain(lists.flat_map(|list| std::env::split_paths(&list).collect::<Vec<_>>()))
}

fn is_foreign(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(FOREIGN.as_bytes())
}

fn value(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| format!("{value:?}"))
}

/// A script may do anything with its arguments.
fn is_program(file: &Path) -> bool {
    let mut start = [0; 4];
    File::open(file).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && start == *b"\x7fELF"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_depend_on_the_folder_are_left_to_the_driver() {
        let plain = |line: &str| {
            let args = line.split(' ').map(str::to_owned).collect::<Vec<_>>();
            args_are_plain(&args)
        };
        assert!(plain("-shared -o out -Wl,-z,defs -L/lib -lz /tmp/a.o -m64"));
        assert!(plain("-Xlinker -rpath -Xlinker a,b /a.o --sysroot=/"));
        for line in [
            "-Llib",
            "-B.",
            "a.o",
            "@/file",
            "gcc -m64",
            "--sysroot=x",
            "-specs=/s",
        ] {
            assert!(!plain(line), "{line}");
        }
    }
}
