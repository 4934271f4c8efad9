//! Libraries that the command line names for a program that is run: linked or
//! loaded, they are the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{end, run};
use beskid_tests::foreign::{calling, library, with_variable};

const DENY: &str = "BESKID_EXTERN_DENY";
const NEXT: &str = "int next(int x) { return x + 1; }\n";

/// Ways to run a program, up to its source.
const LOADED: [&str; 2] = ["--extern-dlopen", "run"];
const LINKED: [&str; 3] = ["--backend", "aot", "run"];

/// A program that calls `next` of no library, and the library `deps/libx.so`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let program = calling("next", "x");
    let (_, plain) = program.split_once('\n').unwrap();
    fs::write(folder.path().join("p.clif"), plain).unwrap();
    fs::create_dir(folder.path().join("deps")).unwrap();
    library(folder.path(), NEXT, "deps/libx.so");
    folder
}

fn with<'a>(way: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [way, &["p.clif"], rest].concat()
}

#[test]
fn a_library_of_the_command_line_is_linked_or_loaded() {
    let folder = folder();
    let folder = folder.path();
    for rest in [
        &["--link-lib", "x", "--link-search", "deps"][..],
        &["--link-lib", "./deps/libx.so"],
    ] {
        for way in [&LOADED[..], &LINKED] {
            assert_eq!(run(folder, with(way, rest)).succeeds(), "42\n", "{rest:?}");
            let ended = with_variable(folder, DENY, "libx.so:next", &with(way, rest));
            ended.fails_with("E5130");
        }
        let stdout = run(folder, with(&["--extern-dlopen", "diff"], rest)).succeeds();
        assert!(stdout.ends_with("no difference\n"), "{stdout}");
        // In memory nothing is linked, and nobody asked to load.
        run(folder, with(&["run"], rest)).fails_with("E4041");
    }
    for way in [&LOADED[..], &LINKED] {
        let ended = run(folder, with(way, &["--link-lib", "./none.so"]));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
    }
    let file = fs::read_to_string(folder.join("p.clif")).unwrap();
    let file = file.replace("%main", "%calls");
    let tests = format!("test run\n{file}\n; run: %calls() == 42\n");
    fs::write(folder.join("t.clif"), tests).unwrap();
    let rest = ["--link-lib", "x", "--link-search", "deps"];
    let args = [&["test", "t.clif"][..], &rest].concat();
    assert_eq!(
        run(folder, args).succeeds(),
        "2 passed, 0 failed, 0 skipped\n"
    );
}

#[test]
fn a_search_folder_counts_for_libraries_that_the_program_names() {
    let folder = folder();
    let folder = folder.path();
    for name in ["x", "libx.so", "$ORIGIN/libx.so"] {
        fs::write(folder.join("p.clif"), calling("next", name)).unwrap();
        for way in [&LOADED[..], &LINKED] {
            let args = with(way, &["--link-search", "deps"]);
            assert_eq!(run(folder, args).succeeds(), "42\n", "{name}");
        }
    }
}

/// The folder of the program's file, which only an executable has.
#[test]
fn a_library_beside_the_program_is_found_once_there_is_a_program() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("p.clif"), calling("next", "$ORIGIN/libx.so")).unwrap();
    let build = ["build", "p.clif", "-o", "deps/p"];
    for (args, code) in [
        (&build[..], "E4021"),
        (&with(&LINKED, &[]), "E4021"),
        (&with(&LOADED, &[]), "E5131"),
    ] {
        let message = run(folder, args).fails_with(code);
        assert!(message.contains("--link-search"), "{message}");
    }
    run(folder, [&build[..], &["--link-search", "deps"]].concat()).succeeds();
    let program = folder.join("deps/p");
    let ended = end(Command::new(program).current_dir(Path::new("/")));
    assert_eq!(ended.status, Some(42), "{ended:#?}");
}

/// Every C driver links the library of mathematics; this process may lack it.
#[test]
fn a_plain_function_of_mathematics_is_there_in_every_backend() {
    let folder = folder();
    let text = "function %main() -> f64 {\n    fn0 = %exp(f64) -> f64\nblock0:\n    \
                v0 = f64const 0.0\n    v1 = call fn0(v0)\n    return v1\n}\n";
    fs::write(folder.path().join("p.clif"), text).unwrap();
    for way in [&LOADED[..], &LINKED] {
        assert_eq!(run(folder.path(), with(way, &[])).succeeds(), "1\n");
        let ended = with_variable(folder.path(), DENY, "libm.so.6:exp", &with(way, &[]));
        ended.fails_with("E5130");
    }
    let text = text.replace("%exp", "%nobody_has_it");
    fs::write(folder.path().join("p.clif"), text).unwrap();
    let message = run(folder.path(), with(&LOADED, &[])).fails_with("E5120");
    assert!(message.contains("--link-lib"), "{message}");
    assert!(!message.contains("--extern-dlopen"), "{message}");
}
