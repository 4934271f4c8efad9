//! A plugin that ends its process, in the command's own; what else plugins may do wrong
//! is in `plugin_faults`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;

use beskid_tests::built::built;
use beskid_tests::command::{beskid, end};

#[test]
fn a_plugin_that_is_not_used_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let mut command = beskid(folder.path());
    command.env("HOSTILE", "panic-describe").arg("--plugin");
    command.arg(built().plugin("hostile_linker"));
    assert_eq!(end(command.args(["run", "p.bd"])).succeeds(), "ok\n");
}

#[test]
fn a_plugin_that_ends_its_process_ends_another_one_at_its_first_use() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), "unit main() { }").unwrap();
    let build = |mode: &str| {
        let mut command = beskid(folder);
        command.env("HOSTILE", mode).arg("--plugin");
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.arg(built().plugin("hostile_linker"));
        command.arg("--isolate=no");
        end(command.args(["--linker", "hostile", "build", "p.bd"]))
    };
    for (mode, ending) in [
        ("abort-describe", "ended with SIGABRT"),
        ("return-describe", "ended with exit status 0"),
    ] {
        let message = build(mode).fails_with("E5118");
        assert!(message.contains(ending), "{message}");
    }
    let marks = || {
        let files = fs::read_dir(folder.join("cache/beskid/plugins")).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(".sound")).count()
    };
    assert_eq!(marks(), 0, "nothing was proven yet");
    // What can be told is told by the other process, in the same words.
    let message = build("panic-describe").fails_with("E5112");
    assert!(message.contains("no describe"), "{message}");
    assert_eq!(marks(), 0);
    build("refuse").fails_with("E4023");
    assert_eq!(marks(), 1, "a proven plugin is not proven again");
}

#[test]
fn a_plugin_that_calls_exit_at_work_is_named_whatever_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), "unit main() { }").unwrap();
    fs::create_dir(folder.join("tmp")).unwrap();
    let hostile = |mode: &str, args: &[&str]| {
        let mut command = beskid(folder);
        command.env("HOSTILE", mode).arg("--plugin");
        command.arg(built().plugin("hostile_linker"));
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.env("TMPDIR", folder.join("tmp"));
        command.arg("--isolate=no");
        end(command.args(["--linker", "hostile"]).args(args))
    };
    // It was seen once, so that no other process tries it first.
    hostile("refuse", &["build", "p.bd"]).fails_with("E4023");
    for (mode, what) in [
        ("exit-describe", "described itself"),
        ("exit-plan", "planned the link"),
        ("exit-callback", "carried out a step of the link"),
    ] {
        let said = format!("plugin `hostile` ended the process while it {what}");
        for command in [
            ["build", "p.bd"].as_slice(),
            &["--backend", "aot", "run", "p.bd"],
        ] {
            let message = hostile(mode, command).fails_with("E5140");
            let first = message.lines().next().unwrap();
            assert_eq!(first, format!("error[E5140]: {said}"), "{mode}");
        }
        assert!(!folder.join("p").exists(), "{mode}");
        assert_eq!(
            fs::read_dir(folder.join("tmp")).unwrap().count(),
            0,
            "{mode}"
        );
        let ended = hostile(mode, &["--message-format", "json", "build", "p.bd"]);
        let value = serde_json::from_str::<serde_json::Value>(&ended.stderr).unwrap();
        assert_eq!(
            (&value["code"], &value["plugin"]),
            (&"E5140".into(), &"hostile".into())
        );
        // A comparison is told by the process that ran it.
        let compared = hostile(mode, &["diff", "p.bd"]);
        assert!(
            compared.stdout.contains(&format!("aot: E5140: {said}\n")),
            "{compared:?}"
        );
    }
}

#[test]
fn a_program_may_call_exit_where_a_plugin_may_not() {
    let folder = tempfile::tempdir().unwrap();
    let source = "[Extern(Abi: \"C\", Library: \"libc.so.6\")]\n\
                  contract C { unit exit(i32 status); }\nunit main() { C.exit(3); }\n";
    fs::write(folder.path().join("p.bd"), source).unwrap();
    for backend in ["jit", "aot"] {
        let args = ["--extern-dlopen", "--backend", backend, "run", "p.bd"];
        let mut command = beskid(folder.path());
        command
            .arg("--plugin")
            .arg(built().plugin(&format!("backend_{backend}")));
        let ended = end(command.args(args));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(3), ""));
    }
}
