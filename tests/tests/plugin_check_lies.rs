//! Plugins that are sound but for one thing: each test of the conformance kit finds
//! what it is for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end};
use serde_json::Value;

/// What a plugin does that it should not, and the tests that find it.
type Lie = (&'static str, &'static [&'static str]);

const OBJECTS: &[Lie] = &[
    ("describes-anew", &["identity/description"]),
    ("options-twice", &["identity/options"]),
    ("prints-at-first", &["quiet/description"]),
    ("prints", &["quiet/compile"]),
    ("other-digest", &["outputs/claimed", "load/threads"]),
    (
        "empty",
        &["outputs/claimed", "exports/all", "results/plain"],
    ),
    ("other-form", &["outputs/unclaimed"]),
    ("more-architectures", &["outputs/architectures"]),
    (
        "never-refuses",
        &[
            "outputs/unclaimed",
            "outputs/unknown-target",
            "outputs/pointer-width",
            "outputs/unknown-option",
            "features/scalable-simd",
            "features/mnemonics",
            "entry/impossible",
            "bytes/none",
            "bytes/truncated",
            "bytes/changed",
        ],
    ),
    (
        "claims-less",
        &[
            "features/simd",
            "features/atomics",
            "features/tls",
            "features/exceptions",
            "features/i128",
            "features/f16",
            "features/f128",
            "features/tail-calls",
            "features/sysv-amd64",
        ],
    ),
    ("claims-more", &["features/scalable-simd"]),
    ("no-exports", &["exports/all", "exports/data"]),
    ("keeps-exports", &["exports/chosen"]),
    (
        "no-entry",
        &["entry/main", "entry/callable", "results/plain"],
    ),
    ("always-entry", &["entry/none"]),
    ("counts", &["deterministic/twice"]),
    ("shows-jobs", &["deterministic/jobs"]),
    ("shows-process", &["deterministic/processes"]),
    (
        "panics",
        &[
            "bytes/none",
            "bytes/truncated",
            "bytes/changed",
            "bytes/malformed",
        ],
    ),
    ("keeps-files", &["load/repeated"]),
    ("keeps-threads", &["load/repeated"]),
    ("one-at-a-time", &["load/threads"]),
    ("goes-on", &["load/cancelled"]),
    ("litters", &["load/folder"]),
    ("adds", &["results/plain", "results/int_arithmetic"]),
];

const SESSIONS: &[Lie] = &[
    ("adds-one", &["session/result", "session/data"]),
    ("forgets", &["session/data"]),
    ("knows-all", &["session/symbols"]),
    ("never-refuses", &["session/imports", "session/runtime"]),
    (
        "object-for-session",
        &[
            "outputs/claimed",
            "features/simd",
            "session/result",
            "results/plain",
        ],
    ),
];

const LINKER: &[Lie] = &[
    ("describes-anew", &["identity/description"]),
    ("tools-twice", &["identity/tools"]),
    ("prints-at-first", &["quiet/description"]),
    ("prints", &["quiet/plan"]),
    (
        "denies-all",
        &[
            "identity/targets",
            "plans/x86_64-unknown-linux-gnu/exe",
            "plans/x86_64-unknown-linux-gnu/shared",
            "plans/x86_64-unknown-linux-gnu/static",
            "plans/aarch64-unknown-linux-gnu/exe",
            "plans/aarch64-unknown-linux-gnu/shared",
            "plans/aarch64-unknown-linux-gnu/static",
            "plans/riscv64gc-unknown-linux-gnu/exe",
            "plans/riscv64gc-unknown-linux-gnu/shared",
            "plans/riscv64gc-unknown-linux-gnu/static",
            "plans/x86_64-unknown-linux-musl/exe",
            "plans/x86_64-unknown-linux-musl/shared",
            "plans/x86_64-unknown-linux-musl/static",
            "plans/x86_64-unknown-freebsd/exe",
            "plans/x86_64-unknown-freebsd/shared",
            "plans/x86_64-unknown-freebsd/static",
        ],
    ),
    (
        "claims-all",
        &[
            "plans/x86_64-apple-darwin/exe",
            "plans/x86_64-apple-darwin/shared",
            "plans/x86_64-apple-darwin/static",
            "plans/aarch64-apple-darwin/exe",
            "plans/aarch64-apple-darwin/shared",
            "plans/aarch64-apple-darwin/static",
            "plans/x86_64-pc-windows-msvc/exe",
            "plans/x86_64-pc-windows-msvc/shared",
            "plans/x86_64-pc-windows-msvc/static",
            "plans/x86_64-pc-windows-gnu/exe",
            "plans/x86_64-pc-windows-gnu/shared",
            "plans/x86_64-pc-windows-gnu/static",
            "refusals/target",
            "refusals/object",
        ],
    ),
    ("relative-program", &["plans/x86_64-unknown-linux-gnu/exe"]),
    (
        "over-input",
        &["plans/x86_64-unknown-linux-gnu/exe", "requests/names"],
    ),
    (
        "leaves-out-objects",
        &[
            "inputs/objects",
            "links/exe",
            "links/shared",
            "links/static",
        ],
    ),
    ("starts-elsewhere", &["links/exe"]),
    ("leaves-out-libraries", &["inputs/libraries"]),
    ("exports-nothing", &["inputs/exports"]),
    ("sorts-arguments", &["inputs/arguments"]),
    ("own-tools", &["inputs/tools"]),
    ("panics-at-odd-names", &["requests/names", "requests/empty"]),
    ("does-anything", &["requests/callback"]),
    ("litters", &["pure/files"]),
    ("counts", &["pure/twice", "load/threads"]),
    ("shows-process", &["pure/processes"]),
    ("keeps-files", &["load/repeated"]),
];

fn check(name: &str, lie: &str, args: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = beskid(folder.path());
    command.args(["plugin", "check"]).arg(built().plugin(name));
    end(command.args(args).env("LYING", lie))
}

fn report(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:#?}"))
}

/// Fails unless each lie is found by the tests that are to find it.
#[track_caller]
fn are_found(name: &str, lies: &[Lie]) {
    for (lie, tests) in lies {
        let mut args = vec!["--format", "json", "--exact"];
        args.extend(tests.iter().flat_map(|test| ["--filter", test]));
        let ended = check(name, lie, &args);
        let report = report(&ended);
        assert_eq!(ended.status, Some(1), "{lie}: {report:#}");
        for test in report["tests"].as_array().unwrap() {
            assert_eq!(test["status"], "failed", "{lie}: {test:#}");
            let said = |key: &str| test[key].as_str().unwrap();
            let texts = [said("expected"), said("found"), said("reproduce")];
            assert!(!texts.contains(&""), "{lie}: {test:#}");
        }
        assert_eq!(report["failed"], tests.len(), "{lie}: {report:#}");
    }
}

/// The names of tests, without those that run the same on other directives.
fn names(name: &str) -> BTreeSet<String> {
    let list = check(name, "", &["--list"]).succeeds();
    let names = list.lines().map(|line| line.split(' ').next().unwrap());
    let is_more = |name: &&str| name.starts_with("results/") && *name != "results/plain";
    names
        .filter(|name| !is_more(name))
        .map(str::to_owned)
        .collect()
}

fn found(lies: &[&[Lie]]) -> BTreeSet<String> {
    let tests = lies.iter().flat_map(|lies| lies.iter());
    let tests = tests.flat_map(|(_, tests)| tests.iter());
    tests.map(|test| (*test).to_owned()).collect()
}

#[test]
fn each_lie_of_a_backend_of_objects_is_found() {
    are_found("lying_objects", OBJECTS);
}

#[test]
fn each_lie_of_a_backend_of_sessions_is_found() {
    are_found("lying_sessions", SESSIONS);
}

#[test]
fn each_lie_of_a_strategy_is_found() {
    are_found("lying_linker", LINKER);
}

#[test]
fn each_test_finds_a_lie() {
    let missing = |name, lies: &[&[Lie]]| {
        let found = found(lies);
        let missing = names(name).into_iter().filter(|name| !found.contains(name));
        missing.collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    assert_eq!(missing("lying_objects", &[OBJECTS, SESSIONS]), none);
    assert_eq!(missing("lying_linker", &[LINKER]), none);
}

#[test]
fn without_a_lie_nothing_is_found() {
    for name in ["lying_objects", "lying_sessions", "lying_linker"] {
        let mut args = vec!["--format", "json"];
        // What computes is the built-in backends', which are put to all directives.
        for part in [
            "identity/",
            "quiet/",
            "outputs/",
            "features/",
            "exports/",
            "entry/",
            "session/",
            "deterministic/",
            "bytes/",
            "load/",
            "results/plain",
        ] {
            if name != "lying_linker" {
                args.extend(["--filter", part]);
            }
        }
        let ended = check(name, "", &args);
        let report = report(&ended);
        assert_eq!(report["failed"], 0, "{report:#}");
        assert_eq!(ended.status, Some(0));
    }
}

/// What crashes or never ends is a finding of its own test, and the others go on.
#[test]
fn crashes_and_loops_are_findings() {
    for (mode, expected) in [
        ("abort-compile", "the process to go on"),
        ("fault-compile", "the process to go on"),
        ("exit-compile", "the process to go on"),
        ("return-compile", "the process to go on"),
        ("loop-compile", "an end within 5 seconds"),
        ("panic-compile", "E5112"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = beskid(folder.path());
        command
            .args(["plugin", "check"])
            .arg(built().plugin("hostile_backend"));
        command.args(["--timeout", "5", "--filter", "outputs/claimed"]);
        command.args(["--filter", "identity"]);
        let ended = end(command.env("HOSTILE", mode));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        let lines = ended.stdout.lines();
        let mut findings = lines.filter(|line| line.starts_with("FAIL outputs/claimed"));
        let finding = findings
            .next()
            .unwrap_or_else(|| panic!("{mode}: {ended:#?}"));
        assert!(finding.contains(expected), "{mode}: {finding}");
        assert!(
            ended.stdout.contains("ok   identity/description"),
            "{ended:#?}"
        );
    }
}

/// A plugin that lets a strategy of another id be named, or that the host refuses
/// when it plans, fails each test that needs it.
#[test]
fn hostile_strategies_fail() {
    for (mode, test) in [
        ("other-id", "identity/description"),
        ("panic-describe", "identity/description"),
        ("nothing", "plans/x86_64-unknown-linux-gnu/exe"),
        ("write-outside", "plans/x86_64-unknown-linux-gnu/exe"),
        ("shell", "plans/x86_64-unknown-linux-gnu/shared"),
        ("write-input", "plans/x86_64-unknown-linux-gnu/static"),
        ("link-over-input", "inputs/objects"),
        ("unknown-answer", "inputs/objects"),
        ("panic-plan", "requests/names"),
        ("abort-plan", "requests/names"),
        ("panic-supports", "refusals/target"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = beskid(folder.path());
        command
            .args(["plugin", "check"])
            .arg(built().plugin("hostile_linker"));
        command.args(["--exact", "--filter", test]);
        let ended = end(command.env("HOSTILE", mode));
        assert_eq!(ended.status, Some(1), "{mode}: {ended:#?}");
        assert!(
            ended.stdout.starts_with(&format!("FAIL {test}: ")),
            "{mode}: {ended:#?}"
        );
    }
}
