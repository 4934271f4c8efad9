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

#[test]
fn what_is_asked_of_a_link_is_done_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), "i32 main() { return 42; }\n").unwrap();
    let build = |options: &str| {
        let args = ["build", "p.bd", "-o", "p"].into_iter();
        run(folder, args.chain(options.split_whitespace()))
    };
    // Symbols, and whether there are sections for debuggers.
    let found = |options: &str| {
        build(options).succeeds();
        let bytes = fs::read(folder.join("p")).unwrap();
        let elf = goblin::elf::Elf::parse(&bytes).unwrap();
        let names = elf.syms.iter();
        let names = names.filter_map(|symbol| elf.strtab.get_at(symbol.st_name));
        let is_debug = |name: &str| name.starts_with(".debug_");
        let mut sections = elf.section_headers.iter();
        let debugs = sections.any(|section| {
            let name = elf.shdr_strtab.get_at(section.sh_name);
            name.is_some_and(is_debug)
        });
        assert_eq!(
            Command::new(folder.join("p")).status().unwrap().code(),
            Some(42)
        );
        (names.map(str::to_owned).collect::<Vec<_>>(), debugs)
    };
    let marker = "--link-arg -Wl,--defsym=marker_of_mine=0x1234 --link-arg=-Wl,-z,now";
    let (names, debugs) = found(marker);
    assert!(
        names.iter().any(|name| name == "marker_of_mine"),
        "{names:?}"
    );
    assert!(debugs);
    assert!(found("--debug-info").1);
    let (names, debugs) = found("--strip debug");
    assert!(
        names.iter().any(|name| name == "main") && !debugs,
        "{names:?}"
    );
    let (names, debugs) = found("--strip symbols --kind exe");
    assert!(names.len() < 10 && !debugs, "{names:?}");
    let message = build("--link-arg -Wl,--no-such-option").fails_with("E4021");
    assert!(message.contains("--no-such-option"), "{message}");
    for kind in ["static", "object"] {
        for options in ["--link-arg -Wl,-z,now", "--strip debug", "--strip symbols"] {
            let message = build(&format!("--kind {kind} {options}")).fails_with("E4041");
            assert!(message.contains("is not linked"), "{message}");
        }
    }
    assert_eq!(build("--strip debug --debug-info").status, Some(2));
}
