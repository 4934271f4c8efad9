//! Programs that are refused: each with the codes it names, and all at once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_tests::cases::cases;
use beskid_tests::command::{beskid, end};

#[test]
fn refused_programs_name_every_problem_in_source_order() {
    let folder = tempfile::tempdir().unwrap();
    for case in cases("cases/rejected", &["error"]) {
        let mut command = beskid(folder.path());
        let ended = end(command
            .args(["--message-format", "json", "run"])
            .arg(&case.path));
        assert_eq!(ended.status, Some(1), "{:?}: {ended:#?}", case.path);
        let codes = ended.stderr.lines().filter_map(|line| {
            let message = serde_json::from_str::<serde_json::Value>(line);
            let message = message.unwrap_or_else(|error| panic!("{line}: {error}"));
            let code = message["code"].as_str().unwrap_or_default().to_owned();
            (message["severity"] == "error").then_some(code)
        });
        let codes = codes.collect::<Vec<_>>();
        assert_eq!(codes, case.all("error"), "{:?}: {ended:#?}", case.path);
    }
}

/// `analyze` does not lower: what is wrong is known before that. Warnings about what is
/// accepted are its own.
#[test]
fn analyzing_finds_what_building_finds() {
    let folder = tempfile::tempdir().unwrap();
    let rejected = cases("cases/rejected", &["error"]);
    let accepted = cases("cases/run", &["result", "panic"]);
    assert!(rejected.len() > 10 && accepted.len() > 10);
    for case in rejected.into_iter().chain(accepted) {
        let found = |command: &[&str]| {
            let mut beskid = beskid(folder.path());
            let beskid = beskid.args(["--message-format", "json"]).args(command);
            let ended = end(beskid.arg(&case.path));
            let errors = ended.stderr.lines().map(str::to_owned);
            let errors = errors.filter(|line| line.contains(r#""severity":"error""#));
            (ended.status, errors.collect::<Vec<_>>())
        };
        let analyzed = found(&["analyze"]);
        let emitted = found(&["artifact", "emit", "-o", "emitted.bska"]);
        assert_eq!(analyzed, emitted, "{:?}", case.path);
    }
}

#[test]
fn people_see_the_source_with_a_caret_and_help() {
    let folder = tempfile::tempdir().unwrap();
    let source = "i32 main() {\n    let count = 1;\n    return conut;\n}\n";
    std::fs::write(folder.path().join("p.bd"), source).unwrap();
    let ended = end(beskid(folder.path()).args(["run", "p.bd"]));
    let message = ended.fails_with("E1101");
    for part in [
        "p.bd:3:12",
        "return conut",
        "did you mean `count`?",
        "p.bd: 1 error",
    ] {
        assert!(message.contains(part), "{part} in:\n{message}");
    }
}
