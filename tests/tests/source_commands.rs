//! `beskid format`, `parse` and `tree`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use beskid_tests::command::{Ended, beskid, end, run};
use serde_json::Value;

const OLD: &str = "i32 main(){return 6*7;} // why\n";
const NEW: &str = "i32 main()\n{\n    return 6 * 7;\n} // why\n";
const WRONG: &str = "i32 main() { return 6 }\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), OLD).unwrap();
    folder
}

fn read(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

#[track_caller]
fn wrong_usage(ended: &Ended) {
    assert_eq!(ended.status, Some(2), "{ended:#?}");
    assert_eq!(ended.stdout, "", "{ended:#?}");
}

#[test]
fn cmd_1_format_and_fmt_are_one_command() {
    let folder = folder();
    for name in ["format", "fmt"] {
        let ended = run(folder.path(), [name, "p.bd"]);
        assert_eq!(ended.stderr, "p.bd: changed\n");
        assert_eq!(ended.succeeds(), NEW);
    }
    assert_eq!(read(folder.path(), "p.bd"), OLD);
}

#[test]
fn fmt_4_write_replaces_what_changes_and_keeps_its_permissions() {
    let folder = folder();
    let folder = folder.path();
    let path = folder.join("p.bd");
    fs::write(folder.join("other.bd"), NEW).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("p.bd", folder.join("link.bd")).unwrap();
    let untouched = fs::metadata(folder.join("other.bd")).unwrap().modified();
    let ended = run(folder, ["fmt", "--write", "."]);
    assert_eq!(ended.stderr, "2 of 3 files changed\n");
    assert_eq!(ended.succeeds(), "");
    assert_eq!(read(folder, "p.bd"), NEW);
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert!(
        fs::symlink_metadata(folder.join("link.bd"))
            .unwrap()
            .is_symlink()
    );
    let after = fs::metadata(folder.join("other.bd")).unwrap().modified();
    assert_eq!(untouched.unwrap(), after.unwrap());
    let again = run(folder, ["fmt", "-w", "."]);
    assert_eq!(again.stderr, "0 of 3 files changed\n");
}

#[test]
fn fmt_4_where_one_file_is_wrong_nothing_is_written() {
    let folder = folder();
    let folder = folder.path();
    fs::create_dir(folder.join("a")).unwrap();
    fs::write(folder.join("a/wrong.bd"), WRONG).unwrap();
    for flag in ["--write", "--check"] {
        let stderr = run(folder, ["fmt", flag, "."]).fails_with("E0010");
        assert!(stderr.contains("a/wrong.bd"), "{stderr}");
        assert_eq!(read(folder, "p.bd"), OLD);
    }
    run(folder, ["fmt", "a/wrong.bd", "-o", "new.bd"]).fails_with("E0010");
    assert!(!folder.join("new.bd").exists());
    fs::write(folder.join("a/wrong.bd"), b"\xff").unwrap();
    run(folder, ["fmt", "-w", "a/wrong.bd"]).fails_with("E0001");
}

#[test]
fn fmt_4_check_names_each_file_that_would_change() {
    let folder = folder();
    let folder = folder.path();
    fs::create_dir(folder.join("a")).unwrap();
    fs::write(folder.join("a/b.bd"), OLD).unwrap();
    fs::write(folder.join("good.bd"), NEW).unwrap();
    let ended = run(folder, ["fmt", "--check", "."]);
    assert_eq!(ended.status, Some(1));
    assert_eq!(ended.stdout, "./a/b.bd\n./p.bd\n");
    assert_eq!(ended.stderr, "2 of 3 files would change\n");
    assert_eq!(read(folder, "p.bd"), OLD);
    assert_eq!(run(folder, ["fmt", "--check", "good.bd"]).succeeds(), "");
    let json = run(
        folder,
        ["--message-format", "json", "fmt", "--check", "p.bd"],
    );
    let value = serde_json::from_str::<Value>(&json.stdout).unwrap();
    assert_eq!(value["files"][0]["path"], "p.bd");
    assert_eq!(value["files"][0]["changes"], true);
    assert_eq!((json.status, json.stderr.as_str()), (Some(1), ""));
}

#[test]
fn cmd_7_what_cannot_be_formatted_is_wrong_usage() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("p.txt"), OLD).unwrap();
    wrong_usage(&run(folder, ["fmt", "p.txt"]));
    wrong_usage(&run(folder, ["fmt", "."]));
    wrong_usage(&run(folder, ["fmt", ".", "-o", "x.bd"]));
    wrong_usage(&run(folder, ["fmt", "-", "--write"]));
    wrong_usage(&run(folder, ["fmt", "p.bd", "--write", "--check"]));
    wrong_usage(&run(folder, ["fmt", "p.bd", "--write", "-o", "x.bd"]));
    wrong_usage(&run(folder, ["fmt", "p.bd", "--check", "-o", "x.bd"]));
    wrong_usage(&run(folder, ["fmt", "-o", "x.bd"]));
    run(folder, ["fmt", "none.bd"]).fails_with("E4040");
}

#[test]
fn cmd_7_names_of_any_case_and_streams_are_formatted() {
    let folder = folder();
    let folder = folder.path();
    fs::rename(folder.join("p.bd"), folder.join("P.BD")).unwrap();
    assert_eq!(run(folder, ["fmt", "P.BD"]).succeeds(), NEW);
    run(folder, ["fmt", "P.BD", "-o", "new.bd"]).succeeds();
    assert_eq!(read(folder, "new.bd"), NEW);
    run(folder, ["fmt", "P.BD", "-o", "P.BD"]).fails_with("E4041");
    let mut command = beskid(folder);
    command.args(["fmt", "-"]).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(OLD.as_bytes())
        .unwrap();
    let ended = Ended::from(child.wait_with_output().unwrap());
    assert_eq!(ended.succeeds(), NEW);
}

#[test]
fn fmt_3_a_script_keeps_its_first_line() {
    let folder = folder();
    let folder = folder.path();
    let line = "#!/usr/bin/env -S beskid run\n";
    fs::write(folder.join("p.bd"), format!("{line}\n\n{OLD}")).unwrap();
    run(folder, ["fmt", "-w", "p.bd"]).succeeds();
    assert_eq!(read(folder, "p.bd"), format!("{line}{NEW}"));
    run(folder, ["fmt", "--check", "p.bd"]).succeeds();
    assert_eq!(run(folder, ["run", "p.bd"]).succeeds(), "42\n");
}

#[test]
fn cmd_4_tree_shows_the_kinds_of_nodes() {
    let folder = folder();
    let folder = folder.path();
    let expected = "File\n  Function\n    NamedType\n      Path\n    Params\n    Block\n      \
                    Return\n        Chain\n          Literal\n          Literal\n";
    assert_eq!(run(folder, ["tree", "p.bd"]).succeeds(), expected);
    let json = run(folder, ["--message-format", "json", "tree", "p.bd"]).succeeds();
    let value = serde_json::from_str::<Value>(&json).unwrap();
    assert_eq!(value["children"][0]["kind"], "Function");
}

#[test]
fn cmd_1_parse_shows_every_token() {
    let folder = folder();
    let folder = folder.path();
    let debug = run(folder, ["parse", "p.bd"]).succeeds();
    assert!(
        debug.starts_with("File 0..31\n  Function 0..23\n    NamedType 0..3\n"),
        "{debug}"
    );
    assert!(debug.contains("        Name \"i32\" 0..3\n"), "{debug}");
    let json = run(folder, ["parse", "p.bd", "--format", "json"]).succeeds();
    let value = serde_json::from_str::<Value>(&json).unwrap();
    assert_eq!(value["children"][0]["children"][1]["text"], "main");
}

#[test]
fn cmd_1_a_broken_text_has_a_tree_and_errors() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), WRONG).unwrap();
    for command in ["parse", "tree"] {
        let ended = run(folder, [command, "p.bd"]);
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        assert!(ended.stdout.contains("Error"), "{ended:#?}");
        assert!(ended.stderr.contains("E0010"), "{ended:#?}");
    }
    fs::write(folder.join("c.clif"), "test run\n").unwrap();
    let ended = end(beskid(folder).args(["tree", "c.clif"]));
    ended.fails_with("E4041");
}

#[test]
fn fmt_2_the_examples_are_in_the_one_layout() {
    let folder = tempfile::tempdir().unwrap();
    let examples = beskid_tests::built::root().join("examples");
    let args = ["format".as_ref(), "--check".as_ref(), examples.as_os_str()];
    let said = run(folder.path(), args);
    assert_eq!(said.stdout, "", "run `beskid format --write examples`");
    said.succeeds();
}

#[test]
fn run_tells_warnings_beside_errors_alone() {
    let folder = tempfile::tempdir().unwrap();
    let source = "i64 Unused() { return 1; }\n\ni64 main() { return 7; }\n";
    fs::write(folder.path().join("p.bd"), source).unwrap();
    let ended = run(folder.path(), ["run", "p.bd"]);
    assert_eq!((ended.stderr.as_str(), ended.stdout.as_str()), ("", "7\n"));
    fs::write(folder.path().join("p.bd"), source.replace('7', "wrong")).unwrap();
    let ended = run(folder.path(), ["--plain", "run", "p.bd"]);
    for code in ["warning[W1504]", "error[E1101]"] {
        assert!(ended.stderr.contains(code), "{ended:#?}");
    }
}

#[test]
fn cmd_7_without_a_path_the_project_is_formatted() {
    let folder = folder();
    let folder = folder.path();
    run(folder, ["fmt"]).fails_with("E3001");
    run(folder, ["fmt", "--check"]).fails_with("E3001");
    let manifest = "project {\n  name = \"p\"\n  version = \"0.1.0\"\n}\n\
                    target \"p\" {\n  kind = App\n  entry = \"Main.bd\"\n}\n\
                    dependency \"Gone\" {\n  source = path\n  path = \"../gone\"\n}\n";
    fs::write(folder.join("Project.proj"), manifest).unwrap();
    fs::create_dir_all(folder.join("Src/In")).unwrap();
    for file in ["Src/Main.bd", "Src/In/b.bd"] {
        fs::write(folder.join(file), OLD).unwrap();
    }
    // It needs nothing that the project depends on, and is found from below.
    let ended = run(folder, ["fmt", "--check"]);
    assert_eq!(ended.stdout, "Src/In/b.bd\nSrc/Main.bd\n");
    assert_eq!(ended.stderr, "2 of 2 files would change\n");
    assert_eq!(ended.status, Some(1));
    let ended = run(&folder.join("Src/In"), ["format"]);
    assert_eq!(ended.stderr, "2 of 2 files changed\n");
    assert_eq!(ended.succeeds(), "");
    for file in ["Src/Main.bd", "Src/In/b.bd"] {
        assert_eq!(read(folder, file), NEW);
    }
    assert_eq!(read(folder, "p.bd"), OLD, "it is no source of the project");
    let again = run(folder, ["fmt", "--write"]);
    assert_eq!(again.stderr, "0 of 2 files changed\n");
}
