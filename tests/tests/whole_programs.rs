//! Whole programs print what they should, in every way of running them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_tests::built::root;
use beskid_tests::cases::{cases, examples};
use beskid_tests::command::{beskid, end, run};

const SUITE: &str = "cases/programs";

/// Runs a program in memory and by an object, plain and optimized, and as an
/// executable; `result` is what `main` returns.
fn prints(program: &Path, expected: &str, result: Option<i64>) {
    let folder = tempfile::tempdir().unwrap();
    for backend in ["jit", "aot"] {
        for level in ["none", "speed"] {
            let args = ["--backend", backend, "--optimize", level, "run"].map(Path::new);
            let stdout = run(folder.path(), args.into_iter().chain([program])).succeeds();
            let rest = stdout.strip_prefix(expected);
            let rest = rest.unwrap_or_else(|| panic!("{program:?}, {backend}, {level}: {stdout}"));
            let shown = rest.trim_end();
            match result {
                Some(0) => assert!(["ok", "0"].contains(&shown), "{program:?}: {shown}"),
                Some(result) => assert_eq!(shown, result.to_string(), "{program:?}"),
                None => assert_eq!(shown.lines().count(), 1, "{program:?}: {shown}"),
            }
        }
    }
    let output = folder.path().join("program");
    let mut build = beskid(folder.path());
    end(build.arg("build").arg(program).arg("-o").arg(&output)).succeeds();
    let ended = end(&mut std::process::Command::new(&output));
    assert_eq!(ended.stdout, expected, "{program:?}");
    if let Some(result) = result {
        let status = i32::try_from(result & 0xff).unwrap();
        assert_eq!(ended.status, Some(status), "{program:?}: {ended:#?}");
    }
}

fn expected(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The folder of the suite.
fn suite() -> PathBuf {
    root().join("tests").join(SUITE)
}

#[test]
fn programs_of_one_module_print_what_they_should() {
    let cases = cases("cases/programs", &["result"]);
    assert!(cases.len() >= 40, "{}", cases.len());
    for case in cases {
        let result = case.get("result").expect("a program has a `result`");
        let wanted = expected(&case.path.with_extension("stdout"));
        prints(&case.path, &wanted, Some(result.parse().unwrap()));
    }
}

#[test]
fn programs_of_several_modules_print_what_they_should() {
    let mut count = 0;
    for entry in fs::read_dir(suite()).unwrap() {
        let program = entry.unwrap().path().join("main.bd");
        let Ok(source) = fs::read_to_string(&program) else {
            continue;
        };
        let result = source
            .lines()
            .find_map(|line| line.strip_prefix("//@ result: "));
        let result = result.expect("a program has a `result`").parse().unwrap();
        prints(
            &program,
            &expected(&program.with_extension("stdout")),
            Some(result),
        );
        count += 1;
    }
    assert_eq!(count, 5);
}

#[test]
fn examples_print_what_they_should() {
    let mut count = 0;
    for program in examples() {
        let name = program.file_stem().unwrap();
        let wanted = suite().join("examples").join(name).with_extension("stdout");
        if wanted.exists() {
            prints(&program, &expected(&wanted), None);
            count += 1;
        }
    }
    let all = fs::read_dir(suite().join("examples")).unwrap().count();
    assert_eq!(count, all, "each expected output is that of an example");
}
