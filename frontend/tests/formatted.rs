//! A program that was formatted means what it meant.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use beskid_frontend::analyze;

fn programs(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            programs(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "bd") {
            paths.push(path);
        }
    }
}

/// The codes of what is wrong with a program of one file, sorted.
fn codes(text: &str) -> Vec<String> {
    let found = analyze("p.bd", text.as_bytes()).diagnostics;
    let codes = found.iter().map(|found| found.diagnostic.code.to_string());
    let mut codes = codes.collect::<Vec<_>>();
    codes.sort();
    codes
}

/// What the main thread of a command has.
const STACK: usize = 8 << 20;

#[test]
fn fmt_1_what_is_formatted_has_the_same_errors() {
    let checked = thread::Builder::new().stack_size(STACK).spawn(check_all);
    checked.unwrap().join().unwrap();
}

fn check_all() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in ["examples", "tests/cases", "corelib"] {
        programs(&root.join(folder), &mut paths);
    }
    let mut formatted = 0;
    for path in paths {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        if let Ok(new) = beskid_syntax::format(&beskid_syntax::parse(&text)) {
            assert_eq!(codes(&text), codes(&new), "{path:?}: {new}");
            formatted += 1;
        }
    }
    assert!(formatted > 400, "{formatted}");
}

#[test]
fn fmt_2_parentheses_of_a_condition_change_nothing() {
    for condition in ["true", "(true)", "((true))"] {
        let text = format!("i64 f() {{ while {condition} {{ }} }}\nunit main() {{ f(); }}");
        assert!(codes(&text).is_empty(), "{condition}");
    }
}
