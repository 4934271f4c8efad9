//! The conformance kit: the built-in plugins pass it, and so do those of other
//! authors; how it is asked and answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;

use beskid_tests::built::{c_backend, c_linker, third_party_backend, third_party_linker};
use beskid_tests::command::{Ended, beskid, end, run};
use serde_json::Value;

/// Checks a plugin in an empty folder.
#[track_caller]
fn check(args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let ended = run(folder.path(), [&["plugin", "check"], args].concat());
    let left = fs::read_dir(folder.path()).unwrap().flatten();
    let left = left.map(|entry| entry.file_name()).collect::<Vec<_>>();
    assert!(left.is_empty(), "{left:?}");
    ended
}

/// Fails unless every test of a plugin passed or was skipped; gives how many passed.
#[track_caller]
fn passes(plugin: &str) -> u64 {
    let ended = check(&[plugin, "--format", "json"]);
    let report = serde_json::from_str::<Value>(&ended.stdout).unwrap();
    assert_eq!(report["failed"], 0, "{report:#}");
    assert_eq!(ended.status, Some(0));
    report["passed"].as_u64().unwrap()
}

#[test]
fn the_backend_in_memory_passes() {
    assert!(passes("jit") >= 100);
}

#[test]
fn the_backend_of_objects_passes() {
    assert!(passes("aot") >= 100);
}

#[test]
fn the_backend_of_another_author_passes() {
    assert!(passes(third_party_backend().to_str().unwrap()) >= 90);
}

#[test]
fn the_backend_in_c_passes() {
    assert!(passes(c_backend().to_str().unwrap()) >= 95);
}

#[test]
fn strategies_pass() {
    for (strategy, passed) in [("unix", 44), ("apple", 44), ("windows", 44)] {
        assert!(passes(strategy) >= passed, "{strategy}");
    }
    for file in [third_party_linker(), c_linker()] {
        assert!(passes(file.to_str().unwrap()) >= 44, "{file:?}");
    }
}

#[test]
fn tests_are_listed_with_what_they_are_about() {
    let list = check(&["aot", "--list"]).succeeds();
    let line = list.lines().find(|line| line.starts_with("features/i128 "));
    assert!(line.unwrap().contains("(E5008)"), "{list}");
    let json = check(&["aot", "--list", "--format", "json"]).succeeds();
    let tests = serde_json::from_str::<Value>(&json).unwrap();
    assert_eq!(tests.as_array().unwrap().len(), list.lines().count());
}

#[test]
fn filters_choose_by_a_part_of_the_name_or_by_the_whole() {
    let part = check(&["aot", "--filter", "identity", "--filter", "/none"]).succeeds();
    let expected = "ok   identity/description\nok   identity/options\nok   entry/none\n\
                    ok   bytes/none\n4 passed, 0 failed, 0 skipped\n";
    assert_eq!(part, expected);
    let whole = check(&["aot", "--exact", "--filter", "entry/none"]).succeeds();
    assert_eq!(whole, "ok   entry/none\n1 passed, 0 failed, 0 skipped\n");
    let whole = check(&["aot", "--in-process", "--exact", "--filter", "entry/none"]);
    assert_eq!(
        whole.succeeds(),
        "ok   entry/none\n1 passed, 0 failed, 0 skipped\n"
    );
    check(&["aot", "--filter", "no such test"]).fails_with("E5184");
    check(&["aot", "--exact", "--filter", "entry"]).fails_with("E5184");
}

#[test]
fn what_is_to_fail_and_does_not_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list");
    let list = list.to_str().unwrap();
    let args = [
        "aot",
        "--filter",
        "identity/options",
        "--expected-failures",
        list,
    ];
    check(&args).fails_with("E4040");
    fs::write(list, "identity/options # one day\n").unwrap();
    let ended = check(&args);
    assert_eq!(ended.status, Some(1));
    assert!(
        ended
            .stdout
            .starts_with("FAIL identity/options: it does not fail"),
        "{ended:?}"
    );
    fs::write(list, "identity/option\n").unwrap();
    assert!(check(&args).fails_with("E5183").contains("identity/option"));
}

#[test]
fn reports_are_read_by_programs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.xml");
    let path = path.to_str().unwrap();
    let filter = [
        "aot",
        "--filter",
        "session/result",
        "--filter",
        "entry/none",
    ];
    let args = [&filter[..], &["--format", "junit", "--output", path]].concat();
    let text = check(&args).succeeds();
    assert!(text.contains("SKIP session/result"), "{text}");
    let xml = fs::read_to_string(path).unwrap();
    for part in [
        "<testsuite name=\"beskid.backend.aot\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"1\"",
        "<testcase classname=\"beskid.backend.aot\" name=\"entry/none\"",
        "<skipped message=\"it runs nothing in memory\"/>",
    ] {
        assert!(xml.contains(part), "{xml}");
    }
    let json = check(&[&["--message-format", "json"][..], &filter].concat()).succeeds();
    let report = serde_json::from_str::<Value>(&json).unwrap();
    assert_eq!(report["id"], "aot");
    assert_eq!(report["tests"][1]["reason"], "it runs nothing in memory");
}

#[test]
fn what_is_no_plugin_is_an_error_and_no_finding() {
    check(&["no-such-plugin"]).fails_with("E5108");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libx.so");
    fs::write(&path, "no plugin").unwrap();
    check(&[path.to_str().unwrap()]).fails_with("E5101");
    check(&["aot", "--kind", "linker"]).fails_with("E5108");
    check(&["aot", "--corpus", "/no/such/folder"]).fails_with("E4040");
    let missing = check(&["aot", "--format", "json", "--output", "/no/such/folder/x"]);
    missing.fails_with("E4040");
}

#[test]
fn directives_of_a_folder_are_run_too() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    let text = |result| {
        format!(
            "function %f() -> i64 {{\nblock0:\n    v0 = iconst.i64 7\n    return v0\n}}\n\
             ; run: %f() == {result}\n"
        )
    };
    fs::write(folder.path().join("deep/right.clif"), text(7)).unwrap();
    fs::write(folder.path().join("wrong.clif"), text(8)).unwrap();
    fs::write(folder.path().join("none.clif"), "function {").unwrap();
    let path = folder.path().to_str().unwrap();
    let ended = check(&["aot", "--corpus", path, "--filter", "corpus/"]);
    assert_eq!(ended.status, Some(1));
    for part in [
        "ok   corpus/deep/right\n",
        "FAIL corpus/wrong: expected `%f() == 8`; found 7\n",
        "FAIL corpus/none: expected a file of directives",
        "--corpus",
        "\n1 passed, 2 failed, 0 skipped\n",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {ended:#?}");
    }
}

#[test]
fn a_folder_without_programs_is_told_as_that() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("inner")).unwrap();
    fs::write(folder.path().join("inner/a.txt"), "no program").unwrap();
    let corpus = folder.path().to_str().unwrap();
    for more in [&["--filter", "corpus/"][..], &["--list"], &[]] {
        let message = check(&[&["aot", "--corpus", corpus], more].concat()).fails_with("E5185");
        assert!(
            message.contains(corpus) && message.contains("`*.clif`"),
            "{message}"
        );
    }
    fs::write(folder.path().join("inner/a.clif"), "; run\n").unwrap();
    let list = check(&["aot", "--corpus", corpus, "--list"]).succeeds();
    assert!(list.contains("corpus/inner/a"), "{list}");
    let message = check(&["unix", "--corpus", corpus, "--list"]).fails_with("E5185");
    assert!(message.contains("is for backends"), "{message}");
    check(&["aot", "--corpus", "missing"]).fails_with("E4040");
}

#[test]
fn links_without_their_tools_are_skipped_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = beskid(folder.path());
    command.env("BESKID_TOOLS_CC", "/nowhere/cc");
    command.args(["plugin", "check", "unix", "--filter", "links/"]);
    let text = end(&mut command).succeeds();
    for kind in ["exe", "shared"] {
        let reason = format!("SKIP links/{kind}: the C driver `/nowhere/cc` cannot be run");
        assert!(text.contains(&reason), "{text}");
    }
    assert!(text.contains("ok   links/static"), "{text}");
}
