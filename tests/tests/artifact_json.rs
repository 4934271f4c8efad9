//! Artifacts as JSON, and a writer in another language: what `artifact dump --json`
//! prints becomes the same bytes again, by `artifact assemble` and by
//! `examples/python-writer`, which knows the documents only.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::{end, run};
use beskid_tests::tools::tool_in_path;

/// A script of the example, with arguments, in a folder.
fn python(folder: &Path, script: &str, args: &[&str]) {
    let mut command = Command::new("python3");
    // Nothing is left in the sources.
    command.current_dir(folder).arg("-B");
    command.arg(root().join("examples/python-writer").join(script));
    end(command.args(args)).succeeds();
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths = paths
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect::<Vec<_>>();
    paths.sort();
    assert!(!paths.is_empty(), "{folder}");
    paths
}

/// The JSON of an artifact, in `p.json`; it becomes the artifact again.
fn dump(folder: &Path, artifact: &[u8]) {
    fs::write(folder.join("p.bska"), artifact).unwrap();
    let json = run(folder, ["artifact", "dump", "--json", "p.bska"]).succeeds();
    fs::write(folder.join("p.json"), json).unwrap();
    run(
        folder,
        ["artifact", "assemble", "p.json", "-o", "again.bska"],
    )
    .succeeds();
    assert_eq!(fs::read(folder.join("again.bska")).unwrap(), artifact);
}

#[test]
fn every_golden_becomes_the_same_bytes_again_in_rust_and_in_python() {
    let python3 = tool_in_path("python3").is_some();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for path in files("tests/goldens/v1", "bska") {
        let artifact = fs::read(&path).unwrap();
        dump(folder, &artifact);
        if python3 {
            python(folder, "bska.py", &["p.json", "python.bska"]);
            let written = fs::read(folder.join("python.bska")).unwrap();
            assert!(written == artifact, "{path:?}");
        }
    }
}

#[test]
fn every_case_of_clif_becomes_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for path in files("tests/cases/clif", "clif") {
        let emit = [
            "artifact",
            "emit",
            path.to_str().unwrap(),
            "-o",
            "emitted.bska",
        ];
        run(folder, emit).succeeds();
        dump(folder, &fs::read(folder.join("emitted.bska")).unwrap());
    }
}

#[test]
fn a_program_that_python_wrote_runs_in_memory_and_as_an_executable() {
    if tool_in_path("python3").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (numbers, divisor) in [(["1071", "462"], "21\n"), (["17", "4"], "1\n")] {
        python(folder, "gcd.py", &[numbers[0], numbers[1], "gcd.bska"]);
        assert_eq!(run(folder, ["run", "gcd.bska"]).succeeds(), divisor);
        let diff = run(folder, ["diff", "gcd.bska", "--backends", "jit,aot"]);
        assert_eq!(diff.status, Some(0), "{diff:#?}");
    }
}

#[test]
fn json_that_is_no_artifact_is_one_error_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let golden = fs::read(root().join("tests/goldens/v1/hello.bska")).unwrap();
    dump(folder, &golden);
    let sound = fs::read_to_string(folder.join("p.json")).unwrap();
    let first = sound.find("\"instructions\": [\n[").unwrap() + "\"instructions\": [\n".len();
    let end = first + sound[first..].find(']').unwrap() + 1;
    let with_first = |row: &str| format!("{}{row}{}", &sound[..first], &sound[end..]);
    let replaced = |from: &str, to: &str| {
        let changed = sound.replacen(from, to, 1);
        assert_ne!(changed, sound, "{from}");
        changed
    };
    let cases = [
        (String::new(), "E5004", "EOF"),
        ("{".repeat(100_000), "E5004", "line 1"),
        ("[".repeat(100_000), "E5004", "line 1"),
        (sound[..sound.len() / 2].to_owned(), "E5004", "line"),
        (
            replaced("\"format\": 1", "\"format\": 2"),
            "E5002",
            "version 2",
        ),
        (
            replaced("\"format\": 1", "\"form\": 1"),
            "E5004",
            "`format`",
        ),
        (
            replaced("\"settings\":", "\"setings\":"),
            "E5004",
            "`setings`",
        ),
        (
            replaced("\"entrypoint\":", "\"entry_point\":"),
            "E5004",
            "header.entry_point",
        ),
        (
            replaced("\"section\":null,", ""),
            "E5004",
            "module.data[0].section",
        ),
        (
            replaced("\"settings\": []", "\"settings\": [\"odd\"]"),
            "E5005",
            "`odd`",
        ),
        (
            replaced("\"pointer_width\":64", "\"pointer_width\":65"),
            "E5007",
            "width",
        ),
        (
            replaced("\"pointer_width\":64", "\"pointer_width\":256"),
            "E5004",
            "256",
        ),
        (with_first("[]"), "E5007", "no form"),
        (with_first("[99]"), "E5007", "no form 99"),
        (with_first("[0, 1, 2]"), "E5007", "operands, not 2"),
        (with_first("[0, 1.5]"), "E5007", "1.5"),
        (
            with_first("[0, -99999999999999999999]"),
            "E5007",
            "instruction 0",
        ),
        (with_first("[0, 1],\n[0, 1]"), "E5007", "function 0"),
    ];
    let fails = |bytes: &[u8], code: &str, part: &str| {
        fs::write(folder.join("bad.json"), bytes).unwrap();
        let assemble = ["artifact", "assemble", "bad.json", "-o", "out.bska"];
        let message = run(folder, assemble).fails_with(code);
        assert!(message.contains(part), "{part} in {message}");
        assert!(!folder.join("out.bska").exists());
    };
    for (text, code, part) in &cases {
        fails(text.as_bytes(), code, part);
    }
    fails(b"\"\xff\xfe\"", "E5004", "line 1");
    let missing = run(
        folder,
        ["artifact", "assemble", "none.json", "-o", "out.bska"],
    );
    missing.fails_with("E4040");
    let to_itself = run(folder, ["artifact", "assemble", "p.json", "-o", "p.json"]);
    to_itself.fails_with("E4041");
    assert_eq!(fs::read_to_string(folder.join("p.json")).unwrap(), sound);
}
