//! The core library: its own tests, what its assertions say, and its input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use beskid_tests::built::{built, root};
use beskid_tests::command::{beskid, end, run};
use beskid_tests::llvm::has_llvm;
use tempfile::TempDir;

fn sources() -> PathBuf {
    root().join("corelib/beskid_corelib/Src")
}

fn with(program: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.bd"), program).unwrap();
    folder
}

/// How many tests the files of a folder have.
fn tests(folder: &Path) -> usize {
    let files = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let count = |path: PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .filter(|line| line.starts_with("test "))
            .count()
    };
    files.map(count).sum()
}

/// The library's tests by the backend that these arguments choose.
fn passes(args: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let checks = sources().join("Checks.bd");
    let stdout = end(beskid(folder.path()).args(args).arg("test").arg(checks)).succeeds();
    let count = tests(&sources().join("Tests"));
    assert!(count > 100, "{count}");
    let wanted = format!("passed={count}, failed=0, skipped=0, filtered_out=0");
    assert!(stdout.contains(&wanted), "{args:?}: {wanted}: {stdout}");
}

#[test]
fn the_library_passes_its_tests() {
    for args in [
        &["--backend", "jit"][..],
        &["--backend", "aot"],
        &["--backend", "aot", "--optimize", "speed"],
    ] {
        passes(args);
    }
}

#[test]
fn the_library_passes_its_tests_by_llvm() {
    if has_llvm() {
        let plugin = built().plugin("backend_llvm").to_str().unwrap();
        passes(&["--plugin", plugin, "--backend", "llvm"]);
    }
}

#[test]
fn the_library_has_no_warnings() {
    let folder = tempfile::tempdir().unwrap();
    for entry in ["Checks.bd", "Corelib.bd"] {
        let entry = sources().join(entry);
        let args = ["analyze", "--deny", "warnings", entry.to_str().unwrap()];
        run(folder.path(), args).succeeds();
    }
}

#[test]
fn assertions_say_what_they_found() {
    let cases = [
        (
            "Assert.Equal(2 + 2, 5, \"two\")",
            "two: expected 5, found 4",
        ),
        (
            "Assert.Equal(\"a\", \"b\", \"texts\")",
            "texts: expected \"b\", found \"a\"",
        ),
        (
            "Assert.Equal(0.5, 1.0, \"floats\")",
            "floats: expected 1.0, found 0.5",
        ),
        (
            "Assert.Equal([1], [2], \"arrays\")",
            "arrays: the values differ",
        ),
        (
            "Assert.NotEqual('x', 'x', \"letters\")",
            "letters: found 'x'",
        ),
        (
            "Assert.NotEqual([1], [1], \"arrays\")",
            "arrays: the values are equal",
        ),
        (
            "Assert.True(1 > 2, \"less\")",
            "less: expected true, found false",
        ),
        (
            "Assert.False(1 < 2, \"less\")",
            "less: expected false, found true",
        ),
        (
            "Assert.Contains(\"ab\", \"c\", \"letters\")",
            "letters: expected \"c\" in \"ab\"",
        ),
        ("Assert.Fail(\"never\")", "never"),
    ];
    for (call, message) in cases {
        let folder = with(&format!("use Testing.Assert;\nunit main() {{ {call}; }}\n"));
        let ended = run(folder.path(), ["run", "main.bd"]);
        assert_eq!(ended.status, Some(101), "{call}");
        let wanted = format!("panic: Assertion failed: {message}\n");
        assert!(
            ended.stderr.starts_with(&wanted),
            "{call}: {}",
            ended.stderr
        );
    }
}

#[test]
fn tst_5_an_assertion_that_fails_names_the_line_of_its_call() {
    let program = "use Testing.Assert;
i64 Twice(i64 n) => n + n;
test Numbers {
    Assert.Equal(Twice(2), 4, \"two\");
    Assert.Equal(Twice(3), 7, \"three\");
}
test Texts { Assert.Contains(\"ab\", \"c\", \"letters\"); }
test Deep { Check(5); }
unit Check(i64 n) {
    Assert.True(n < 5, \"less\");
}
unit main() { Check(6); }
";
    let folder = with(program);
    let tested = run(folder.path(), ["test", "main.bd"]);
    assert_eq!(tested.status, Some(1), "{tested:#?}");
    for place in ["(main.bd:5:5)", "(main.bd:7:14)", "(main.bd:10:5)"] {
        assert!(tested.stdout.contains(place), "{place}: {tested:#?}");
    }
    let panicked = run(folder.path(), ["run", "main.bd"]);
    let place = "\n  at main.bd:10:5\n";
    assert!(panicked.stderr.contains(place), "{panicked:#?}");
}

#[test]
fn input_is_read_by_lines_and_bytes() {
    let folder = with(
        r#"
use Core.Input;
use Core.Output;
use Core.Results;
use Core.Syscall;

unit Show(Result<string, SyscallError> read) {
    Output.WriteLine(match read {
        Result::Ok(text) => "<${text}>",
        Result::Error(_) => "error",
    });
}

unit main() {
    Show(Input.ReadLine());
    Show(Input.ReadLine());
    Show(Input.ReadByte());
    Show(Input.ReadByte());
    Show(Input.ReadLine());
    mut i64 bytes = 0;
    for line in Input.Lines() {
        if line.len() < 10 { Output.WriteLine("[${line}]"); }
        bytes += line.len();
    }
    Output.WriteLine("${bytes} ${Input.IsEmpty()}");
    Show(Input.ReadAll());
    Show(Input.ReadLine());
}
"#,
    );
    let long = "ž".repeat(70_000);
    let input = format!("first\r\n\nxš rest\ntail\r\n{long}\n\n{long}\nlast");
    let path = folder.path().join("input");
    fs::write(&path, input).unwrap();
    let mut command = beskid(folder.path());
    let ended = end(command
        .args(["run", "main.bd"])
        .stdin(File::open(path).unwrap()));
    let wanted = "<first>\n<>\n<x>\nerror\nerror\n[tail]\n[]\n[last]\n280008 true\n<>\n<>\nok\n";
    assert_eq!(ended.succeeds(), wanted);
}

/// The end of the input and an empty line are two things, and who asks loses nothing.
#[test]
fn asking_for_the_end_of_the_input_loses_nothing() {
    let folder = with(
        r#"
use Core.Input;
use Core.Results;
use System.IO;

unit main() {
    while !IO.IsAtEnd() {
        bool again = IO.IsAtEnd();
        IO.Println("<${IO.ReadLine().UnwrapOr("error")}> ${again}");
        if !Input.IsEmpty() { IO.Println("[${Input.Read().UnwrapOr("error")}]"); }
    }
    IO.Println("<${IO.ReadLine().UnwrapOr("error")}> ${Input.IsEmpty()}");
}
"#,
    );
    let text = "\nžaba\n";
    let wanted = "<> false\n[žaba\n]\n<> true\nok\n";
    let path = folder.path().join("input");
    fs::write(&path, text).unwrap();
    let mut command = beskid(folder.path());
    command.args(["run", "main.bd"]);
    let of_file = end(command.stdin(File::open(path).unwrap()));
    assert_eq!(of_file.succeeds(), wanted);
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(text.as_bytes()).unwrap();
    drop(writer);
    assert_eq!(end(command.stdin(reader)).succeeds(), wanted);
}

/// What cannot be represented is no other time: the program ends.
#[test]
fn times_that_cannot_be_end_the_program() {
    let most = "9_223_372_036_854_775_807";
    for (call, message) in [
        (
            format!("Time.FromSeconds({most})"),
            "a duration of 9223372036854775807 s is longer than 292 years",
        ),
        (
            "Time.FromMilliseconds(-9_223_372_036_855)".to_owned(),
            "a duration of -9223372036855 ms is longer than 292 years",
        ),
        (
            format!("Time.AddDuration(Instant {{ nanoseconds: {most} }}, Time.FromNanoseconds(1))"),
            "no instant is that far from 1970: it is before 1677 or after 2262",
        ),
        (
            format!(
                "Time.SubtractInstants(Instant {{ nanoseconds: {most} }}, Instant {{ nanoseconds: -1 }})"
            ),
            "the two instants are more than 292 years apart",
        ),
        (
            format!("Time.AddDays(Date {{ year: 2026, month: 1, day: 1 }}, {most})"),
            "9223372036854775807 days are too many",
        ),
        (
            format!("Time.DateOfDay({most})"),
            "the day 9223372036854775807 is too far from 1970",
        ),
        (
            "Time.FormatDateIso(Date { year: 2026, month: 99, day: 1 })".to_owned(),
            "there is no day 1 of the month 99 of 2026",
        ),
    ] {
        let folder = with(&format!("use Core.Time;\nunit main() {{ {call}; }}\n"));
        let ended = run(folder.path(), ["run", "main.bd"]);
        assert_eq!(ended.status, Some(101), "{ended:#?}");
        let wanted = format!("panic: {message}\n");
        assert!(ended.stderr.contains(&wanted), "{ended:#?}");
    }
}
