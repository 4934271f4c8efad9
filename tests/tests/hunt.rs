//! `beskid hunt`: programs that nobody wrote, and backends that get them wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use beskid_tests::built::built;
use beskid_tests::command::{Ended, beskid, end, run};

/// A hunt with the faulty backend, which is faulty in this way.
fn faulty(folder: &Path, fault: &str, args: &[&str]) -> Command {
    let mut command = beskid(folder);
    command
        .env("FAULTY", fault)
        .arg("--plugin")
        .arg(built().plugin("faulty_backend"));
    command
        .args(["hunt", "--backends", "jit,faulty"])
        .args(args);
    command
}

fn files(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

/// The lines of a hunt that is told in JSON, and their keys.
fn json(ended: &Ended) -> Vec<(String, serde_json::Value)> {
    let lines = ended.stdout.lines();
    let values = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let values = values.map(|value| {
        let (key, value) = value.as_object().unwrap().iter().next().unwrap();
        (key.clone(), value.clone())
    });
    values.collect()
}

#[test]
fn one_wrong_instruction_is_found_within_seconds_and_shown_again() {
    let folder = tempfile::tempdir().unwrap();
    // A busy machine takes longer to make a finding as small as it can be.
    let args = ["--seed", "1", "--count", "12", "--reduce", "300"];
    let args = [&args[..], &["-o", "found"]].concat();
    let ended = end(&mut faulty(folder.path(), "", &args));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(
        ended.stdout.contains("\nfinding 1: result: jit "),
        "{ended:#?}"
    );
    assert!(ended.stdout.contains("  imul  "), "{ended:#?}");
    let found = files(&folder.path().join("found"));
    assert!(
        !found.is_empty() && found.len().is_multiple_of(2),
        "{found:?}"
    );
    // A wrong product may also be an address, which is a fault where nothing is mapped there.
    let mut results = found
        .iter()
        .filter(|name| name.starts_with("faulty-result-"));
    let first = results.find(|name| name.ends_with(".bska")).unwrap();
    let text = first.replace(".bska", ".clif");
    let text = fs::read_to_string(folder.path().join("found").join(text)).unwrap();
    assert!(text.contains(" imul"), "{text}");
    // Constants that nothing uses any more stay.
    let lines = text.lines();
    let lines = lines.filter(|line| !line.starts_with("    const"));
    assert!(lines.count() < 40, "{text}");

    // The command that is told shows it again; so does `diff`, and CLIF as the source.
    let again = text.lines().nth(1).unwrap();
    let again = again.strip_prefix("; beskid ").unwrap();
    let words = again.split(' ').collect::<Vec<_>>();
    let ended = run(folder.path(), &words);
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(
        ended.stdout.starts_with("finding 1: result: jit "),
        "{ended:#?}"
    );
    let words = again.replace(".bska", ".clif");
    let ended = run(folder.path(), words.split(' '));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let words = again.replace("jit,faulty", "jit,interpreter");
    assert_eq!(
        run(folder.path(), words.split(' ')).succeeds(),
        "no difference\n"
    );
}

#[test]
fn a_seed_gives_the_same_artifacts_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let hunted = |args: &[&str]| {
        let args = [&["--message-format", "json", "hunt"], args].concat();
        let ended = run(folder.path(), &args);
        assert_eq!(ended.status, Some(0), "{ended:#?}");
        let (key, mut value) = json(&ended).pop().unwrap();
        assert_eq!(key, "hunted");
        let numbers = value.as_object_mut().unwrap();
        numbers.remove("seconds").unwrap();
        assert!(numbers.remove("executions_per_second").unwrap().as_f64() > Some(0.0));
        value
    };
    let args = ["--backends", "jit,interpreter", "--count", "20"];
    let one = hunted(&[&args[..], &["--seed", "3"]].concat());
    assert_eq!(one, hunted(&[&args[..], &["--seed", "3"]].concat()));
    assert_eq!(one["artifacts"], 20);
    assert_ne!(one["mnemonics"], hunted(&args)["mnemonics"]);
    // The last ones of the seed alone are among them.
    let some = hunted(
        &[
            &args[..2],
            &["--seed", "3", "--first", "10", "--count", "10"],
        ]
        .concat(),
    );
    let first = hunted(&[&args[..2], &["--seed", "3", "--count", "10"]].concat());
    let executions = |value: &serde_json::Value| value["executions"].as_u64().unwrap();
    assert_eq!(executions(&one), executions(&some) + executions(&first));
    assert!(!folder.path().join("hunt").exists(), "nothing was found");
}

/// Backends at levels of optimization are engines like others, whatever level is asked
/// for besides, and the command that shows a finding again names them.
#[test]
fn levels_of_optimization_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--optimize",
        "size",
        "hunt",
        "--backends",
        "jit:none,jit:speed,jit",
    ];
    let args = [&args[..], &["--seed", "2", "--count", "10"]].concat();
    let stdout = run(folder.path(), args).succeeds();
    assert!(
        stdout.contains("hunted: 10 artifacts, 30 executions"),
        "{stdout}"
    );
    let mut command = beskid(folder.path());
    command
        .arg("--plugin")
        .arg(built().plugin("faulty_backend"));
    command.args(["hunt", "--backends", "faulty:none,jit:none,jit:speed"]);
    let ended = end(command.args(["--seed", "1", "--count", "30", "--reduce", "0"]));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let found = "finding 1: result: jit:none ";
    assert!(ended.stdout.contains(found), "{ended:#?}");
    assert!(ended.stdout.contains(", faulty:none "), "{ended:#?}");
    assert!(
        ended.stdout.contains("hunt/faulty-none-result-"),
        "{ended:#?}"
    );
}

#[test]
fn a_backend_that_crashes_or_panics_is_named_and_the_hunt_goes_on() {
    for (fault, kind, words) in [
        ("crashes", "crash", "faulty SIGABRT"),
        ("panics-in-a-crate", "fault", "faulty error E5112: "),
        ("tells-what-it-compiled", "fault", "faulty error E5115: "),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let args = ["--seed", "1", "--count", "8", "--reduce", "2"];
        let ended = end(&mut faulty(folder.path(), fault, &args));
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        let line = format!("\nfinding 1: {kind}: jit ");
        assert!(ended.stdout.contains(&line), "{ended:#?}");
        assert!(ended.stdout.contains(words), "{ended:#?}");
        assert!(ended.stdout.contains("hunted: 8 artifacts"), "{ended:#?}");
        let kept = files(&folder.path().join("hunt"));
        assert!(kept.len().is_multiple_of(2) && !kept.is_empty(), "{kept:?}");
    }
}

#[test]
fn a_backend_that_never_ends_is_named_and_the_hunt_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "--seed",
        "1",
        "--count",
        "2",
        "--timeout",
        "1",
        "--reduce",
        "2",
    ];
    let ended = end(&mut faulty(folder.path(), "waits", &args));
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(
        ended.stdout.contains(", faulty no end in time"),
        "{ended:#?}"
    );
    assert!(ended.stdout.contains("hunted: 2 artifacts"), "{ended:#?}");
}

#[test]
fn an_interrupted_hunt_keeps_and_tells_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = faulty(folder.path(), "", &["--seed", "1", "--seconds", "600"]);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let found = folder.path().join("hunt");
    let until = Instant::now() + Duration::from_secs(120);
    while !found.is_dir() || files(&found).len() < 2 {
        assert!(Instant::now() < until, "nothing was found");
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    let ended = Ended::from(output);
    assert_eq!(ended.status, None, "{ended:#?}");
    assert!(ended.stdout.contains("\nfinding 1: "), "{ended:#?}");
    assert!(ended.stdout.contains("\nhunted: "), "{ended:#?}");
    assert!(files(&found).len() >= 2);
}

#[test]
fn what_cannot_be_hunted_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let hunt = |args: &[&str]| run(folder.path(), [&["hunt"], args].concat());
    hunt(&["--backends", "jit"]).fails_with("E4041");
    hunt(&["--backends", "jit,jit"]).fails_with("E4041");
    hunt(&["--backends", "jit,llvm"]).fails_with("E5108");
    hunt(&["--backends", "jit,jit:fast"]).fails_with("E4041");
    hunt(&["--backends", "jit,interpreter:none"]).fails_with("E4041");
    let refusal = hunt(&["--features", "simd,no-such"]).fails_with("E4041");
    assert!(refusal.contains("no feature `no-such`"), "{refusal}");
    let refusal = hunt(&["--features", "scalable-simd"]).fails_with("E4041");
    assert!(refusal.contains("claims the feature"), "{refusal}");
    hunt(&["--replay", "missing.bska"]).fails_with("E4040");
    // As long as it likes.
    let whole = ["--seed", "1", "--count", "1", "--timeout"];
    let whole = [
        &whole[..],
        &["18446744073709551615", "--backends", "jit,jit:speed"],
    ]
    .concat();
    hunt(&whole).succeeds();
    for usage in [
        ["--seconds", "0"],
        ["--count", "0"],
        ["--timeout", "0"],
        ["--first", "1"],
        ["--seed", "x"],
    ] {
        assert_eq!(hunt(&usage).status, Some(2), "{usage:?}");
    }
    // Findings have no place where no file can be made.
    fs::write(folder.path().join("file"), "").unwrap();
    let refusal = hunt(&["-o", "file"]).fails_with("E4040");
    assert!(refusal.contains("--output"), "{refusal}");
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(closed.join("probe"), "").is_err() {
        hunt(&["-o", "closed"]).fails_with("E4040");
    }
}

#[test]
fn a_hunt_that_compares_nothing_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    // It has no code for what needs data, and the interpreter has no data.
    let args = ["--backends", "jit,interpreter", "--replay", "p.clif"];
    let text = "; data: %d local writable align 8 zero 8\n\
                function %main() -> i64 {\n    gv0 = symbol colocated %d\nblock0:\n    \
                v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n    return v1\n}\n";
    fs::write(folder.path().join("p.clif"), text).unwrap();
    let ended = run(folder.path(), [&["hunt"], &args[..]].concat());
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    assert!(ended.stderr.starts_with("error[E5190]: "), "{ended:#?}");
    assert!(ended.stderr.contains("note: interpreter: "), "{ended:#?}");
}
