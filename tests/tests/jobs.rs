//! Compiling on several threads: the same bytes, and no more threads than were
//! allowed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

use beskid_plugin_api::artifact::DataInit;
use beskid_tests::built::built;
use beskid_tests::by_hand::beside_data;
use beskid_tests::command::{beskid, end, run};
use beskid_tests::tools::tool_in_path;

/// A program whose functions take several threads, with a loop in each.
fn large(folder: &Path) {
    let mut text = "i64 f0(i64 x) { return x + 1; }\n".to_owned();
    for index in 1..200 {
        let before = index - 1;
        writeln!(
            text,
            "i64 f{index}(i64 x) {{ i64 mut sum = x; for i in range(0, 3) {{ \
             if i % 2 == 0 {{ sum = sum + {index}; }} else {{ sum = sum - 1; }} }} \
             return f{before}(sum); }}"
        )
        .unwrap();
    }
    text += "i64 main() { return f199(1); }\n";
    fs::write(folder.join("p.bd"), text).unwrap();
}

/// What the program returns: 1, 1 of `f0`, and of each other function twice its
/// number less 1.
const RESULT: &str = "39603\n";

#[test]
fn bk_2_objects_are_the_same_bytes_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    large(folder.path());
    let build = |jobs: &str, optimize: &str| {
        let args = ["--jobs", jobs, "--optimize", optimize, "build", "p.bd"];
        let args = args.into_iter().chain(["--kind", "object", "-o", "p.o"]);
        run(folder.path(), args).succeeds();
        fs::read(folder.path().join("p.o")).unwrap()
    };
    for (optimize, several) in [("none", ["2", "10000"]), ("speed", ["2", "3"])] {
        let alone = build("1", optimize);
        for jobs in several {
            assert!(build(jobs, optimize) == alone, "{jobs} jobs, {optimize}");
        }
    }
    for jobs in ["1", "2", "10000"] {
        let ran = run(folder.path(), ["-j", jobs, "run", "p.bd"]);
        assert_eq!(ran.succeeds(), RESULT);
    }
}

/// One thread is at the first function for long, when others have met those.
#[test]
fn of_several_functions_without_code_the_first_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    let mut function = |name: &str, ty: &str, instruction: &str, times| {
        writeln!(text, "function %{name}({ty}) -> {ty} {{\nblock0(v0: {ty}):").unwrap();
        for value in 1..=times {
            writeln!(text, "    v{value} = {instruction} v0, v0").unwrap();
        }
        writeln!(text, "    return v{times}\n}}").unwrap();
    };
    function("begin", "i64", "iadd", 4_000);
    function("early", "i8x16", "imul", 1);
    function("late", "i8x16", "imul", 1);
    function("end", "i64", "iadd", 4_000);
    fs::write(folder.path().join("p.clif"), text).unwrap();
    for jobs in ["1", "4"] {
        let args = ["--jobs", jobs, "build", "--kind", "object", "p.clif"];
        let message = run(folder.path(), args).fails_with("E4002");
        assert!(message.contains("`early`"), "{message}");
    }
}

#[test]
fn a_number_of_threads_is_one_or_more() {
    let folder = tempfile::tempdir().unwrap();
    large(folder.path());
    for wrong in ["0", "-1", "many", "99999999999"] {
        let args = [&format!("--jobs={wrong}"), "run", "p.bd"];
        let ended = run(folder.path(), args);
        assert_eq!(ended.status, Some(2), "{wrong}: {}", ended.stderr);
        let mut command = beskid(folder.path());
        command.env("BESKID_JOBS", wrong).args(["run", "p.bd"]);
        let message = end(&mut command).fails_with("E5301");
        assert!(message.contains("BESKID_JOBS"), "{message}");
    }
    let mut command = beskid(folder.path());
    command.env("BESKID_JOBS", "3").args(["-vv", "run", "p.bd"]);
    let ended = end(&mut command);
    assert!(ended.stderr.contains("jobs=3"), "{}", ended.stderr);
}

/// Each recipe has one thread of its own; the others come from the jobserver.
#[test]
fn make_gives_the_threads() {
    if tool_in_path("make").is_none() {
        eprintln!("skipped: make not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    large(folder.path());
    let make = |rules: &str| {
        fs::write(folder.path().join("Makefile"), rules).unwrap();
        let mut make = Command::new("make");
        make.arg("-j2").current_dir(folder.path());
        for name in ["MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS", "BESKID_JOBS"] {
            make.env_remove(name);
        }
        let ended = end(&mut make);
        let log = ended.stderr.clone();
        assert!(ended.succeeds().ends_with(RESULT), "{log}");
        log
    };
    let work = format!("+@{} -vv run p.bd", built().beskid().display());
    let log = make(&format!("all:\n\t{work}\n"));
    let both = thread::available_parallelism().unwrap().get().min(2);
    assert!(log.contains(&format!("jobs={both}")), "{log}");
    // The other recipe has the only token until this one is done.
    let wait = "@touch waits; while [ ! -e done ]; do sleep 0.05; done";
    let begin = "@while [ ! -e waits ]; do sleep 0.05; done";
    let log = make(&format!(
        "all: other this\nother:\n\t{wait}\nthis:\n\t{begin}\n\t{work}; touch done\n"
    ));
    assert!(log.contains("jobs=1"), "{log}");
}

/// 64 times the artifact would be more than a session can have.
#[test]
fn a_large_artifact_reserves_no_more_than_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = beside_data(DataInit::Bytes(vec![7; 17 << 20]));
    fs::write(folder.path().join("p.bska"), artifact.bytes()).unwrap();
    assert_eq!(run(folder.path(), ["run", "p.bska"]).succeeds(), "ok\n");
}
