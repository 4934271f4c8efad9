//! What the commands say, to people and to programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end, run};
use serde_json::Value;

const KEYS: [&str; 10] = [
    "code", "column", "end", "help", "line", "message", "notes", "path", "plugin", "severity",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    folder
}

fn json(folder: &Path, args: &[&str]) -> Ended {
    run(folder, ["--message-format", "json"].iter().chain(args))
}

/// Each line is a value, and each on standard error is a message.
fn values(ended: &Ended) -> (Vec<Value>, Vec<Value>) {
    let read = |text: &str| {
        let lines = text.lines().map(|line| {
            let value = serde_json::from_str::<Value>(line);
            value.unwrap_or_else(|error| panic!("{error}: {line} of {ended:#?}"))
        });
        lines.collect::<Vec<_>>()
    };
    let messages = read(&ended.stderr);
    for message in &messages {
        let keys = message.as_object().unwrap().keys().map(String::as_str);
        let mut keys = keys.collect::<Vec<_>>();
        keys.sort_unstable();
        assert_eq!(keys, KEYS, "{ended:#?}");
    }
    (read(&ended.stdout), messages)
}

#[test]
fn every_command_answers_in_json() {
    let folder = folder();
    let folder = folder.path();
    let first = run(folder, ["build", "p.bd"]).succeeds();
    assert!(first.starts_with("output: p\n"), "{first}");
    fs::write(
        folder.join("t.clif"),
        "test interpret\nfunction %f() -> i32 {\nblock0:\n    v0 = iconst.i32 1\n    return v0\n}\n\
         ; run: %f() == 1\n",
    )
    .unwrap();
    for args in [
        ["run", "p.bd"].as_slice(),
        &["build", "p.bd", "--verbose-link"],
        &["build", "p.bd", "--print-link-plan"],
        &["analyze", "p.bd"],
        &["clif", "p.bd"],
        &["format", "p.bd"],
        &["format", "p.bd", "--write"],
        &["parse", "p.bd"],
        &["tree", "p.bd"],
        &["doc", "p.bd"],
        &["test", "t.clif"],
        &["diff", "p.bd"],
        &["plugin", "list"],
        &["inspect", "p"],
        &["artifact", "emit", "p.bd", "-o", "p.bska"],
        &["artifact", "dump", "p.bska"],
        &["artifact", "digest", "p.bska"],
        &["artifact", "verify", "p.bska"],
        &["config"],
        &["config", "--paths"],
        &["explain", "E4021"],
        &["completions", "bash"],
        &["man", "plugin", "list"],
        &["trust", "--list"],
        &["--help"],
        &["--version"],
        &["-vv", "run", "p.bd"],
    ] {
        let ended = json(folder, args);
        assert_eq!(ended.status, Some(0), "{args:?}: {ended:#?}");
        let (found, messages) = values(&ended);
        assert!(args == ["trust", "--list"] || !found.is_empty(), "{args:?}");
        assert_eq!(
            args[0] == "-vv",
            !messages.is_empty(),
            "{args:?}: {ended:#?}"
        );
    }
    let (found, _) = values(&json(folder, &["run", "p.bd"]));
    assert_eq!(found, [serde_json::json!({ "result": "ok" })]);
}

#[test]
fn every_failure_has_one_shape() {
    let folder = folder();
    let folder = folder.path();
    fs::write(
        folder.join("bad.bd"),
        "i32 main() {\n    return conut;\n}\n",
    )
    .unwrap();
    fs::write(folder.join("no.bska"), "text").unwrap();
    for (args, code, status) in [
        (["run", "none.bd"].as_slice(), "E4040", 1),
        (&["run", "bad.bd"], "E1101", 1),
        (&["run", "no.bska"], "E5001", 1),
        (&["inspect", "p.bd"], "E5202", 1),
        (&["plugin", "inspect", "p.bd"], "E5101", 1),
        (&["explain", "E9999"], "E5305", 1),
        (&["man", "nothing"], "E5305", 1),
        (&["run"], "E3001", 1),
        (&["run", "p.bd", "--nonsense"], "E5304", 2),
        (&["--backend"], "E5304", 2),
    ] {
        let ended = json(folder, args);
        assert_eq!(ended.status, Some(status), "{args:?}: {ended:#?}");
        let (_, messages) = values(&ended);
        assert_eq!(messages.len(), 1, "{args:?}: {ended:#?}");
        assert_eq!(messages[0]["code"], code, "{ended:#?}");
        assert_eq!(messages[0]["severity"], "error");
    }
    fs::write(folder.join("notes.txt"), "text").unwrap();
    run(folder, ["artifact", "emit", "p.bd", "-o", "cut.bska"]).succeeds();
    let whole = fs::read(folder.join("cut.bska")).unwrap();
    fs::write(folder.join("cut.bska"), &whole[..whole.len() - 1]).unwrap();
    for (args, code, path) in [
        (["run", "none.bd"].as_slice(), "E4040", "none.bd"),
        (&["run", "notes.txt"], "E4041", "notes.txt"),
        (&["run", "no.bska"], "E5001", "no.bska"),
        (&["artifact", "verify", "cut.bska"], "E5003", "cut.bska"),
        (&["build", "p.bd", "-o", "none/p"], "E4040", "none/p"),
        (&["build", "p.bd", "-o", "p.bd"], "E4041", "p.bd"),
        (
            &["build", "p.bd", "--link-lib", "./no.so"],
            "E4040",
            "./no.so",
        ),
    ] {
        let (_, messages) = values(&json(folder, args));
        assert_eq!(messages[0]["code"], code, "{args:?}");
        assert_eq!(messages[0]["path"], path, "{args:?}");
    }
    let (found, _) = values(&json(folder, &["diff", "p.bd"]));
    let keys = found.iter().filter_map(|value| value.as_object());
    let mut keys = keys.flat_map(|object| object.keys());
    assert!(keys.all(|key| !key.contains('-')), "{found:?}");
    let (_, messages) = values(&json(folder, &["run", "bad.bd"]));
    let placed = &messages[0];
    assert_eq!(placed["path"], "bad.bd");
    assert_eq!(
        (&placed["line"], &placed["column"]),
        (&2.into(), &12.into())
    );
    assert_eq!(
        placed["end"],
        serde_json::json!({ "line": 2, "column": 17 })
    );
}

/// The place above an excerpt is that of the error, whatever else is shown of the text.
#[test]
fn every_form_of_a_message_names_the_same_place() {
    let folder = folder();
    let source = "unit main() {\n    let x = 1;\n    x = 2;\n}\n";
    fs::write(folder.path().join("q.bd"), source).unwrap();
    for format in ["human", "plain"] {
        let args = ["--message-format", format, "analyze", "q.bd"];
        let ended = run(folder.path(), args);
        assert!(ended.stderr.contains("q.bd:3:5"), "{ended:#?}");
        assert!(!ended.stderr.contains("[q.bd:2:"), "{ended:#?}");
    }
}

/// Whoever tells of a place counts characters: excerpts, lines, JSON, and panics.
#[test]
fn columns_count_characters_everywhere() {
    let folder = folder();
    let folder = folder.path();
    let line = "unit main() { string s = \"😀é\"; i64 z = 0; i64 y = 1 / z; }\n";
    let column = |line: &str, of: &str| line[..line.find(of).unwrap()].chars().count() + 1;
    fs::write(folder.join("zero.bd"), line).unwrap();
    let ended = run(folder, ["run", "zero.bd"]);
    let place = format!("zero.bd:1:{}", column(line, "1 / z"));
    assert!(
        ended.stderr.contains(&format!("  at {place}\n")),
        "{ended:#?}"
    );
    let wrong = line.replace("1 / z", "gone");
    let at = column(&wrong, "gone");
    fs::write(folder.join("wrong.bd"), &wrong).unwrap();
    let human = run(folder, ["analyze", "wrong.bd"]).fails_with("E1101");
    assert!(human.contains(&format!("[wrong.bd:1:{at}]")), "{human}");
    let plain = run(folder, ["--plain", "analyze", "wrong.bd"]).fails_with("E1101");
    assert!(plain.contains(&format!("wrong.bd:1:{at}\n")), "{plain}");
    let (_, messages) = values(&json(folder, &["analyze", "wrong.bd"]));
    let found = messages.iter().find(|message| message["code"] == "E1101");
    assert_eq!(found.unwrap()["column"], at, "{messages:#?}");
}

#[test]
fn what_a_terminal_obeys_is_shown() {
    let folder = folder();
    let folder = folder.path();
    let evil = "a\u{1b}[2Jb\u{202e}.bd";
    fs::write(folder.join(evil), "i32 main() { return \u{1b}[31m; }").unwrap();
    for args in [["run", evil], ["run", "no\u{1b}[1m.bd"], ["build", evil]] {
        for style in [[].as_slice(), &["--plain"]] {
            let ended = run(folder, style.iter().chain(&args));
            assert_eq!(ended.status, Some(1));
            let text = ended.stderr + &ended.stdout;
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        }
    }
    let message = run(folder, ["run", "no\u{1b}[1m.bd"]).fails_with("E4040");
    assert!(message.contains("no\\u{1b}[1m.bd"), "{message}");
}

#[test]
fn colours_are_the_users_choice() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("bad.bd"), "i32 main() { return conut; }").unwrap();
    let shows = |variables: &[(&str, &str)]| {
        let mut command = beskid(folder);
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "TERM"] {
            command.env_remove(name);
        }
        let ended = end(command
            .envs(variables.iter().copied())
            .args(["run", "bad.bd"]));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        ended.stderr
    };
    assert!(!shows(&[]).contains('\u{1b}'));
    assert!(shows(&[("CLICOLOR_FORCE", "1")]).contains('\u{1b}'));
    assert!(!shows(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains('\u{1b}'));
    assert!(shows(&[("TERM", "dumb")]).is_ascii());
}

#[test]
fn long_lists_end_with_the_count_of_the_rest() {
    let folder = folder();
    let folder = folder.path();
    let names = (0..30).map(|at| format!("fn{at} = %missing{at}() system_v"));
    let calls = (0..30).map(|at| format!("call fn{at}()"));
    let source = format!(
        "function %main() system_v {{\n{}\nblock0:\n{}\nreturn\n}}\n",
        names.collect::<Vec<_>>().join("\n"),
        calls.collect::<Vec<_>>().join("\n")
    );
    fs::write(folder.join("p.clif"), source).unwrap();
    let message = run(folder, ["run", "p.clif"]).fails_with("E5120");
    assert!(message.contains("note: and 10 more\n"), "{message}");
    let (_, messages) = values(&json(folder, &["run", "p.clif"]));
    assert_eq!(messages[0]["notes"].as_array().unwrap().len(), 21);
}

#[test]
fn the_program_explains_itself() {
    let folder = folder();
    let folder = folder.path();
    let told = run(folder, ["explain", "e5302"]).succeeds();
    assert!(
        told.starts_with("E5302: ") && told.contains("beskid trust"),
        "{told}"
    );
    // What is an error may be told as a warning too.
    let told = run(folder, ["explain", "W1502"]).succeeds();
    assert!(told.starts_with("E1502: "), "{told}");
    run(folder, ["explain", "W0"]).fails_with("E5305");
    let page = run(folder, ["man"]).succeeds();
    assert!(page.contains(".TH beskid"), "{page}");
    let script = run(folder, ["completions", "zsh"]).succeeds();
    assert!(script.starts_with("#compdef beskid"), "{script}");
    let help = run(folder, ["--help"]).succeeds();
    let (_, codes) = help.split_once("Exit codes:").unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    let page = fs::read_to_string(page).unwrap();
    let rows = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "));
    let rows = rows.map(|(status, meaning)| format!("| {status} | {} |", meaning.trim()));
    let rows = rows.collect::<Vec<_>>();
    assert!(rows.len() >= 5, "{rows:?}");
    for row in rows {
        assert!(
            page.replace('`', "").contains(&row.replace('`', "")),
            "{row}"
        );
    }
}

#[test]
fn a_symbol_with_a_version_is_refused_where_it_stands() {
    let folder = folder();
    let folder = folder.path();
    let source = "[Export(Abi: \"C\", Symbol: \"f@V1\")]\npub i32 f() { return 1; }\n";
    fs::write(folder.join("v.bd"), source).unwrap();
    let (_, messages) = values(&json(folder, &["analyze", "v.bd"]));
    assert_eq!(messages[0]["code"], "E0021");
    assert_eq!(messages[0]["line"], 1);
    for source in [
        "function %f@1() {\nblock0:\n    return\n}\n",
        "; extern: %f@V1 libc.so.6\nfunction %g() {\n    fn0 = %f()\nblock0:\n    return\n}\n",
    ] {
        fs::write(folder.join("v.clif"), source).unwrap();
        let (_, messages) = values(&json(folder, &["analyze", "v.clif"]));
        assert_eq!(messages[0]["code"], "E0020");
        assert_eq!(messages[0]["line"], 1);
    }
}

#[test]
fn no_message_says_where_a_dependency_was_built() {
    let folder = folder();
    let folder = folder.path();
    let faulty = |fault: &str, format: &[&str], command: &[&str]| {
        let mut beskid = beskid(folder);
        beskid.env("FAULTY", fault).arg("--plugin");
        beskid.arg(built().plugin("faulty_backend")).args(format);
        end(beskid.args(["--backend", "faulty"]).args(command))
    };
    let run = ["run", "p.bd"];
    let panicked = faulty("panics-in-a-crate", &[], &run).fails_with("E5112");
    assert!(
        panicked.contains(" (at serde_json/src/value/"),
        "{panicked}"
    );
    let refused = faulty("says-where-it-was-built", &[], &run).fails_with("E4002");
    assert!(
        refused.contains("no code (at cranelift-codegen/src/isa/x64/abi.rs:7:1)")
            && refused.contains("note: cranelift-codegen/src/lib.rs calls it"),
        "{refused}"
    );
    let (_, messages) = values(&faulty(
        "says-where-it-was-built",
        &["--message-format", "json"],
        &run,
    ));
    assert_eq!(
        messages[0]["notes"][0],
        "cranelift-codegen/src/lib.rs calls it"
    );
    let diff = ["diff", "p.bd", "--backends", "jit,faulty"];
    let differs = faulty("says-where-it-was-built", &[], &diff);
    let shown = differs.stdout + &differs.stderr;
    assert!(shown.contains("at cranelift-codegen/src/"), "{shown}");
    for text in [panicked, refused, shown] {
        assert!(!text.contains("registry"), "{text}");
    }
}

#[test]
fn no_message_names_temporary_files_by_their_folder() {
    let folder = folder();
    let folder = folder.path();
    let temporary = folder.join("temporary files");
    let cache = folder.join("cache");
    fs::create_dir(&temporary).unwrap();
    let tool = folder.join("cc");
    let build = |script: &str| {
        fs::write(&tool, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = beskid(folder);
        command.env("TMPDIR", &temporary);
        command.env("XDG_CACHE_HOME", &cache).env("CC", &tool);
        end(command.args(["build", "p.bd", "-o", "p"]))
    };
    let warned = build("printf '%s: odd\\n' \"$@\" >&2\nexec cc \"$@\"");
    assert_eq!(warned.status, Some(0), "{warned:#?}");
    assert!(warned.stderr.contains(".o: odd"), "{warned:#?}");
    let failed = build("printf '%s: bad\\n' \"$@\" >&2\nexit 1").fails_with("E4021");
    assert!(failed.contains(".o: bad"), "{failed}");
    let temporary = temporary.to_str().unwrap();
    for text in [&warned.stderr, &failed] {
        assert!(!text.contains(temporary), "{text}");
    }
    let (_, log) = failed.split_once("are kept in ").unwrap();
    let log = Path::new(log.lines().next().unwrap());
    assert!(log.starts_with(&cache) && log.is_file(), "{failed}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_log_that_cannot_be_written_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "i64 main() { return 7; }\n").unwrap();
    let full = fs::File::options().write(true).open("/dev/full");
    let mut command = beskid(folder.path());
    let output = command.args(["-vv", "run", "p.bd"]).stderr(full.unwrap());
    let output = output.stdout(std::process::Stdio::piped()).spawn();
    let output = output.unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"7\n");
}
