//! The backend of another author, `examples/c-backend`: loaded from its file, it makes
//! of every program what the built-in ones make.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::built::{root, third_party_backend};
use beskid_tests::cases::examples;
use beskid_tests::command::{Ended, end, run_with};

/// `beskid` with the backend at hand.
fn with_backend(folder: &Path, args: &[&str]) -> Ended {
    run_with(third_party_backend(), folder, args)
}

#[test]
fn programs_do_what_they_do_by_the_built_in_backend() {
    let folder = tempfile::tempdir().unwrap();
    for program in examples() {
        let program = program.to_str().unwrap();
        let ours = with_backend(folder.path(), &["--backend", "aot", "run", program]);
        for level in ["none", "speed"] {
            let args = ["--backend", "c", "--optimize", level, "run", program];
            assert_eq!(with_backend(folder.path(), &args), ours, "{program}");
        }
    }
}

#[test]
fn run_directives_have_the_verdicts_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let cases = root().join("tests/cases/clif");
    let cases = cases.to_str().unwrap();
    let ended = with_backend(folder.path(), &["test", "--backends", "c", cases]);
    let failed = ended.stdout.lines().filter(|line| line.starts_with("FAIL"));
    // What the sample has no words for, and no feature stands.
    let lacks = ["WindowsFastcall", "`get_pinned_reg`"];
    let other = failed.filter(|line| !lacks.iter().any(|one| line.contains(one)));
    assert_eq!(other.collect::<Vec<_>>(), [""; 0]);
    let last = ended.stdout.lines().last().unwrap();
    let passed = last.split(' ').next().unwrap().parse::<u32>();
    assert!(passed.unwrap() > 3_000, "{last}");
}

#[test]
fn objects_and_programs_are_the_same_wherever_they_are_made() {
    let made = ["first", "second"].map(|name| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
        with_backend(&folder, &["--backend", "c", "build", "p.bd"]).succeeds();
        assert_eq!(end(&mut Command::new(folder.join("p"))).status, Some(42));
        fs::read(folder.join("p")).unwrap()
    });
    assert!(made[0] == made[1], "the folder is in the program");
}

#[test]
fn what_it_lacks_is_an_error_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let args = [
        "--backend",
        "c",
        "build",
        "p.bd",
        "--kind",
        "object",
        "--target-triple",
    ];
    let elsewhere = [&args[..], &["aarch64-unknown-linux-gnu"]].concat();
    let message = with_backend(folder.path(), &elsewhere).fails_with("E4001");
    assert!(message.contains("`c`"), "{message}");

    let vectors = root().join("tests/cases/clif/vectors.clif");
    let args = ["--backend", "c", "build", "--kind", "object"];
    let args = [&args[..], &[vectors.to_str().unwrap()]].concat();
    let message = with_backend(folder.path(), &args).fails_with("E5008");
    assert!(message.contains("simd"), "{message}");
}
