//! Plugins that were written for interface 1.0, a backend and a linker strategy: they
//! are built as they are, outside the workspace, against the packaged crate, and work.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::kept::{kept_plugin, new_plugin};

const SUM: &str = "i64 main() { return 42; }\n";

fn with(folder: &Path, kind: &str, args: &[&str]) -> Ended {
    fs::write(folder.join("p.bd"), SUM).unwrap();
    let mut command = beskid(folder);
    command.arg("--plugin").arg(kept_plugin("1.0", kind));
    command.env("TMPDIR", folder.join("tmp"));
    fs::create_dir_all(folder.join("tmp")).unwrap();
    let ended = end(command.args(args));
    let left = fs::read_dir(folder.join("tmp")).unwrap().count();
    assert_eq!(left, 0, "{ended:#?}");
    ended
}

#[test]
fn a_backend_of_interface_1_0_is_built_and_runs_programs() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = ["--backend", "kept", "run", "p.bd"];
    let ended = with(folder, "backend", &[&["-v"], &run[..]].concat());
    assert!(
        ended.stderr.contains("every instruction is known"),
        "{ended:#?}"
    );
    assert_eq!(ended.succeeds(), "42\n");

    let args = [
        "--backend-option",
        "kept.add=8",
        "--backend-option",
        "add=100",
    ];
    let args = [&args[..], &run].concat();
    assert_eq!(
        with(folder, "backend", &args).succeeds(),
        "50\n",
        "the name wins"
    );
}

#[test]
fn an_option_that_a_backend_does_not_list_never_reaches_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = ["--backend", "kept", "run", "p.bd"];
    for (option, meant) in [
        ("kept.ad=1", "did you mean `add`?"),
        ("tols=x", "did you mean `tool`?"),
        (
            "cranelift.opt_level=speed",
            "its options: `tool`, `tool.env`, `add`",
        ),
    ] {
        let args = [&["--backend-option", option][..], &run].concat();
        let message = with(folder, "backend", &args).fails_with("E4004");
        assert!(
            message.contains("backend `kept` has no option"),
            "{message}"
        );
        assert!(message.contains(meant), "{meant}: {message}");
    }
    // One for another backend is no business of this one.
    let args = [
        &["--backend-option", "jit.cranelift.opt_level=speed"][..],
        &run,
    ]
    .concat();
    assert_eq!(with(folder, "backend", &args).succeeds(), "42\n");
    let args = [&["--backend-option", "add"][..], &run].concat();
    assert_eq!(with(folder, "backend", &args).status, Some(2));
}

#[test]
fn options_of_a_backend_by_name_stand_in_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let user = folder.join(".no-config/beskid");
    fs::create_dir_all(&user).unwrap();
    let options = "[backend-options.kept]\nadd = 3\n[backend-options.jit]\n\
                   cranelift.opt_level = \"speed\"\n[backend-options.absent]\nlevel = 1\n";
    fs::write(user.join("config.toml"), options).unwrap();
    let run = |backend| with(folder, "backend", &["--backend", backend, "run", "p.bd"]);
    assert_eq!(run("kept").succeeds(), "45\n");
    assert_eq!(run("jit").succeeds(), "42\n");
    assert_eq!(run("aot").succeeds(), "42\n");
}

#[test]
fn a_backends_tool_runs_as_those_of_the_host_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let tool = folder.join("tool");
    let run = |log: &[&str], text: &str| {
        fs::write(&tool, format!("#!/bin/sh\n{text}\n")).unwrap();
        let chmod = end(Command::new("chmod").arg("+x").arg(&tool));
        chmod.succeeds();
        let option = format!("kept.tool={}", tool.display());
        let options = [
            "--backend-option",
            &option,
            "--backend-option",
            "kept.tool.env=it's set",
        ];
        let args = [log, &options, &["--backend", "kept", "run", "p.bd"]].concat();
        with(folder, "backend", &args)
    };
    let ended = run(
        &["-v"],
        "cat \"$1\"; echo \"$LC_ALL $LANG, $KEPT\"; cat; pwd",
    );
    for part in [
        "Some(0) in ",
        "input\n",
        "C C, it's set\n",
        &folder.display().to_string(),
    ] {
        assert!(ended.stderr.contains(part), "{part} in {ended:#?}");
    }
    assert_eq!(ended.succeeds(), "42\n", "its output is not the program's");
    let message = run(&[], "echo no good >&2; exit 3").fails_with("KEPT-1");
    assert!(
        message.contains("Some(3)") && message.contains("no good"),
        "{message}"
    );
    let message = run(&[], "kill -9 $$").fails_with("KEPT-1");
    assert!(message.contains("None in"), "{message}");
    // A flood is bounded.
    let ended = run(&["-v"], "head -c 50000000 /dev/zero | tr '\\0' x");
    assert!(ended.stderr.len() < 3 << 20, "{}", ended.stderr.len());
    ended.succeeds();
}

#[test]
fn a_call_that_no_plan_may_have_is_refused_to_a_backend_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (tool, code, reason) in [
        ("tools/relative", "E5203", "another file in every folder"),
        ("", "E5203", "no program"),
        ("/nowhere/to/be/found", "E4020", "does not exist"),
        ("nobody-has-this-tool", "E4020", "not in `PATH`"),
    ] {
        let option = format!("kept.tool={tool}");
        let args = [
            "--backend-option",
            &option,
            "--backend",
            "kept",
            "run",
            "p.bd",
        ];
        let message = with(folder, "backend", &args).fails_with(code);
        assert!(message.contains(reason), "{message}");
    }
}

#[test]
fn a_strategy_of_interface_1_0_is_built_and_links_with_answers() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let build = ["--linker", "kept", "build", "p.bd", "-o", "p"];
    let args = [&build[..], &["--verbose-link"]].concat();
    let shown = with(folder, "linker", &args).succeeds();
    for part in [
        "KEPT=1 cc -print-file-name=Scrt1.o",
        "/Scrt1.o ",
        "callback 3",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(end(&mut Command::new(folder.join("p"))).status, Some(42));

    let args = [&build[..], &["--print-link-plan"]].concat();
    let plan = with(folder, "linker", &args).succeeds();
    for part in [
        "ask C driver: KEPT=1 cc -print-file-name=crti.o",
        "for @{crti.o}",
        " @{crtn.o}",
    ] {
        assert!(plan.contains(part), "{part} in {plan}");
    }
}

#[test]
fn an_answer_that_is_none_names_the_tool_and_the_question() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let tool = folder.join("cc");
    for (text, reason) in [
        ("exit 0", "wrote nothing"),
        ("echo a; echo b", "more than a line"),
    ] {
        fs::write(&tool, format!("#!/bin/sh\n{text}\n")).unwrap();
        end(Command::new("chmod").arg("+x").arg(&tool)).succeeds();
        fs::write(folder.join("p.bd"), SUM).unwrap();
        let mut command = beskid(folder);
        command.arg("--plugin").arg(kept_plugin("1.0", "linker"));
        command.env("CC", &tool);
        let message = end(command.args(["--linker", "kept", "build", "p.bd"])).fails_with("E5180");
        for part in ["the C driver gives no answer for `Scrt1.o`", reason] {
            assert!(message.contains(part), "{part} in {message}");
        }
        assert!(!folder.join("p").exists());
    }
}

/// What `beskid plugin new` writes depends on the registry's package, and works with it.
#[test]
fn a_new_plugin_is_built_against_the_package_and_passes_the_kit() {
    for (kind, passed) in [("backend", 40), ("linker", 49)] {
        let plugin = new_plugin(kind);
        let folder = tempfile::tempdir().unwrap();
        let mut command = beskid(folder.path());
        command.args(["plugin", "check", "--format", "json"]);
        let ended = end(command.arg(plugin));
        let report = serde_json::from_str::<serde_json::Value>(&ended.stdout).unwrap();
        assert_eq!(report["failed"], 0, "{report:#}");
        assert!(report["passed"].as_u64().unwrap() >= passed, "{report:#}");
        assert_eq!(ended.status, Some(0), "{ended:#?}");
    }
}
