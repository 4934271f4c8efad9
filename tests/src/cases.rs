//! Cases: folders of small programs with directives at the top.
//!
//! A case is a file `tests/cases/SUITE/NAME.bd` whose first lines are comments
//! `//@ key: value`. Its expected standard output is in `NAME.stdout` beside
//! it; without that file nothing is expected. `BESKID_BLESS=1` writes those
//! files anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::built::root;

/// One case.
#[derive(Debug)]
pub struct Case {
    /// The program.
    pub path: PathBuf,
    directives: BTreeMap<String, Vec<String>>,
}

impl Case {
    /// Reads a program and its directives; keys other than `known` fail.
    #[track_caller]
    fn read(path: PathBuf, known: &[&str]) -> Self {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut directives = BTreeMap::<_, Vec<_>>::new();
        for line in text.lines() {
            let Some(directive) = line.strip_prefix("//@ ") else {
                break;
            };
            let (key, value) = directive
                .split_once(": ")
                .unwrap_or_else(|| panic!("{path:?}: `{line}` is not `//@ key: value`"));
            assert!(known.contains(&key), "{path:?}: unknown directive `{key}`");
            directives
                .entry(key.to_owned())
                .or_default()
                .push(value.to_owned());
        }
        Self { path, directives }
    }

    /// The value of a directive that may occur once.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.directives.get(key)?.first().map(String::as_str)
    }

    /// The values of a directive.
    pub fn all(&self, key: &str) -> &[String] {
        self.directives.get(key).map_or(&[], Vec::as_slice)
    }

    /// Compares standard output with the expected one, or writes it.
    #[track_caller]
    pub fn check_stdout(&self, found: &str) {
        let path = self.path.with_extension("stdout");
        if std::env::var_os("BESKID_BLESS").is_some() {
            if found.is_empty() {
                let _ = fs::remove_file(&path);
            } else {
                fs::write(&path, found).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            }
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, expected, "standard output of {:?}", self.path);
    }
}

/// The cases of a suite, by its folder below `tests`, in the order of their
/// names. A suite without cases fails.
#[track_caller]
pub fn cases(folder: &str, known: &[&str]) -> Vec<Case> {
    let cases = programs(&root().join("tests").join(folder));
    cases
        .into_iter()
        .map(|path| Case::read(path, known))
        .collect()
}

/// The cases below a folder, by its name below `tests`, in the order of their
/// paths: each file, but of a folder with a `main.bd` only that.
#[track_caller]
pub fn cases_below(folder: &str, known: &[&str]) -> Vec<Case> {
    let mut found = Vec::new();
    below(&root().join("tests").join(folder), &mut found);
    assert!(!found.is_empty(), "no programs below {folder}");
    found.sort();
    found
        .into_iter()
        .map(|path| Case::read(path, known))
        .collect()
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    for file in files.filter_map(|file| Some(file.ok()?.path())) {
        let main = file.join("main.bd");
        if main.is_file() {
            found.push(main);
        } else if file.is_dir() {
            below(&file, found);
        } else if file.extension().is_some_and(|found| found == "bd") {
            found.push(file);
        }
    }
}

/// The example programs.
#[track_caller]
pub fn examples() -> Vec<PathBuf> {
    programs(&root().join("examples"))
}

#[track_caller]
fn programs(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    let files = files.filter_map(|file| Some(file.ok()?.path()));
    let is_program = |path: &PathBuf| path.extension().is_some_and(|found| found == "bd");
    let mut programs = files.filter(is_program).collect::<Vec<_>>();
    assert!(!programs.is_empty(), "no programs in {folder:?}");
    programs.sort();
    programs
}
