//! `beskid plugin inspect --ask`: what plugins say when they are asked.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::Path;

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};

fn inspect(plugin: &str, args: &[&str], hostile: &str) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = beskid(folder.path());
    command.env("HOSTILE", hostile);
    end(command.args(["plugin", "inspect", plugin]).args(args))
}

fn file(name: &str) -> String {
    let path: &Path = built().plugin(name);
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_backend_lists_its_options_and_a_strategy_its_tools() {
    let aot = inspect("aot", &["--ask"], "").succeeds();
    for row in [
        "path:         built-in\n",
        "\noption:       cranelift.opt_level: ",
    ] {
        assert!(aot.contains(row), "{row} in {aot}");
    }
    let unix = file("linker_unix");
    let shown = inspect(&unix, &["--ask"], "").succeeds();
    assert!(
        shown.contains("\nresult:       pass\nabout:        ELF"),
        "{shown}"
    );
    assert!(shown.contains("\ntool:         cc: C driver"), "{shown}");
    let json = inspect(&unix, &["--ask", "--message-format", "json"], "").succeeds();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(json["tool"].as_array().unwrap().len() >= 3, "{json}");
    assert_eq!(json["id"], "unix");
}

#[test]
fn unasked_it_runs_nothing_of_a_plugin_and_asked_a_crash_is_an_error() {
    let hostile = file("hostile_linker");
    let shown = inspect(&hostile, &[], "abort-describe").succeeds();
    assert!(!shown.contains("about:"), "{shown}");
    let message = inspect(&hostile, &["--ask"], "abort-describe").fails_with("E5162");
    assert!(message.contains("`hostile`"), "{message}");
    let message = inspect("no-such-plugin", &["--ask"], "").fails_with("E5101");
    assert!(message.contains("no-such-plugin"), "{message}");
}
