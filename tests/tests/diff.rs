//! `beskid diff`: one artifact in several backends, and where they differ.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use beskid_tests::built::{built, root};
use beskid_tests::command::{Ended, beskid, end, run};

const PROGRAM: &str = "\
i32 square(i32 x) { return x * x; }
i32 sum(i32 a, i32 b) { return a + b; }
i32 busy(i32 n) {
    i32 mut total = sum(n, 5);
    if n % 2 == 0 { total = sum(total, n); } else { total = total - 1; }
    return total;
}
i32 main() {
    i32 a = busy(10);
    i32 b = square(a);
    __syscall_write(1, \"computing\\n\");
    return sum(b, busy(5));
}
";

/// Compares with the faulty backend.
fn with_faulty(folder: &Path, args: &[&str]) -> Ended {
    let mut command = beskid(folder);
    command
        .arg("--plugin")
        .arg(built().plugin("faulty_backend"));
    end(command.arg("diff").args(args))
}

#[test]
fn bk_2_the_backends_agree_on_every_program_of_the_tests() {
    let folder = tempfile::tempdir().unwrap();
    let golden = root().join("tests/goldens/v1");
    for file in fs::read_dir(golden).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "bska") {
            continue;
        }
        let stdout = run(folder.path(), ["diff".as_ref(), path.as_os_str()]).succeeds();
        let lines = stdout.lines().collect::<Vec<_>>();
        let [jit, aot, "no difference"] = lines[..] else {
            panic!("{stdout}");
        };
        let jit = jit.strip_prefix("jit: artifact ").unwrap();
        assert_eq!(aot.strip_prefix("aot: artifact "), Some(jit));
    }
}

#[test]
fn a_backend_that_computes_something_else_is_found_out_and_the_program_reduced() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    let args = ["p.bd", "--backends", "jit,aot,faulty", "--reduce"];
    let ended = with_faulty(folder.path(), &args);
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let line = "different: the result: jit 634, faulty 59\n";
    assert!(ended.stdout.contains(line), "{ended:#?}");
    assert!(ended.stdout.contains("reduced: "), "{ended:#?}");
    assert!(!ended.stdout.contains(", aot "), "{ended:#?}");

    let clif = run(folder.path(), ["clif", "p.reduced.bska"]).succeeds();
    assert!(clif.contains("imul"), "{clif}");
    for gone in ["busy", "brif", "syscall_write"] {
        assert!(!clif.contains(gone), "{clif}");
    }
    let again = with_faulty(
        folder.path(),
        &["p.reduced.bska", "--backends", "aot,faulty"],
    );
    assert_eq!(again.status, Some(1), "{again:#?}");
    assert!(
        again.stdout.contains("different: the result: aot "),
        "{again:#?}"
    );
}

#[test]
fn a_backend_that_refuses_the_program_is_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let text = "function %main() -> i64 {\n    fn0 = %getpid() -> i64\nblock0:\n    \
                v0 = call fn0()\n    v1 = isub v0, v0\n    return v1\n}\n";
    fs::write(folder.path().join("p.clif"), text).unwrap();
    let ended = run(folder.path(), ["diff", "p.clif"]);
    assert_eq!(ended.status, Some(3), "{ended:#?}");
    let line = "\nnot compared: jit refused it (E5120)\n";
    assert!(ended.stdout.contains(line), "{ended:#?}");
    let ended = run(
        folder.path(),
        ["--message-format", "json", "diff", "p.clif"],
    );
    assert_eq!(ended.status, Some(3), "{ended:#?}");
    let lines = ended.stdout.lines().collect::<Vec<_>>();
    assert_eq!(lines[2..], ["{\"uncompared\":\"jit\"}"], "{ended:#?}");
    // Those that take it are compared.
    let args = ["p.clif", "--backends", "jit,aot,faulty"];
    let ended = with_faulty(folder.path(), &args);
    assert!(ended.stdout.contains("not compared: jit"), "{ended:#?}");
}

#[test]
fn a_trap_in_every_backend_is_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let text = "function %main() {\nblock0:\n    trap user1\n}\n";
    fs::write(folder.path().join("p.clif"), text).unwrap();
    let stdout = run(folder.path(), ["diff", "p.clif"]).succeeds();
    assert!(stdout.starts_with("jit: SIGILL"), "{stdout}");
    assert!(stdout.ends_with("no difference\n"), "{stdout}");
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "i32 main() { return 1; }").unwrap();
    fs::write(folder.path().join("none.bd"), "i32 f() { return 1; }").unwrap();
    run(folder.path(), ["diff", "missing.bd"]).fails_with("E4040");
    run(folder.path(), ["diff", "none.bd"]).fails_with("E4030");
    run(folder.path(), ["diff", "p.bd", "--backends", "jit"]).fails_with("E4041");
    run(folder.path(), ["diff", "p.bd", "--backends", "jit,llvm"]).fails_with("E5108");
    let usage = run(folder.path(), ["diff", "p.bd", "-o", "small.bska"]);
    assert_eq!(usage.status, Some(2), "{usage:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn ext_8_a_command_that_was_deleted_still_starts_its_other_processes() {
    use std::os::fd::AsRawFd;
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), PROGRAM).unwrap();
    let copy = folder.join("beskid");
    fs::copy(built().beskid(), &copy).unwrap();
    let file = fs::File::open(&copy).unwrap();
    fs::remove_file(&copy).unwrap();
    let mut command = Command::new(format!("/proc/self/fd/{}", file.as_raw_fd()));
    let ended = end(command.current_dir(folder).args(["diff", "p.bd"]));
    assert!(ended.succeeds().contains("no difference"));
}

#[test]
fn a_program_that_ends_its_process_is_compared_by_what_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let program = |body: &str| {
        format!(
            "i32 main() {{\n    __syscall_write(2, \"mine\\n\");\n    {body}\n    return 1;\n}}\n"
        )
    };
    for (body, end) in [
        ("__panic_str(\"no\");", "panic `no"),
        ("i32 zero = 0; return 1 / zero;", "panic `division by zero"),
    ] {
        fs::write(folder.path().join("p.bd"), program(body)).unwrap();
        let stdout = run(folder.path(), ["diff", "p.bd"]).succeeds();
        let expected = format!("jit: {end}");
        assert!(stdout.starts_with(&expected), "{stdout}");
        assert!(stdout.ends_with("no difference\n"), "{stdout}");
    }
    // The faulty backend takes another way: the other end is told, not the
    // words of either process.
    let other = "i32 a = 5; if a * a > 20 { __panic_str(\"large\"); } return 1;";
    fs::write(folder.path().join("p.bd"), program(other)).unwrap();
    let ended = with_faulty(folder.path(), &["p.bd", "--backends", "jit,faulty"]);
    assert_eq!(ended.status, Some(1), "{ended:#?}");
    let line = "different: the end: jit panic `large";
    assert!(ended.stdout.contains(line), "{ended:#?}");
    assert!(ended.stdout.contains("`, faulty returned\n"), "{ended:#?}");
}

/// Where the data of a program is differs from process to process.
#[test]
fn results_that_are_addresses_are_alike() {
    let folder = tempfile::tempdir().unwrap();
    let artifact = beskid_tests::by_hand::address();
    fs::write(folder.path().join("p.bska"), artifact.bytes()).unwrap();
    let stdout = run(folder.path(), ["run", "p.bska"]).succeeds();
    assert!(stdout.starts_with("0x"), "{stdout}");
    let stdout = run(folder.path(), ["diff", "p.bska"]).succeeds();
    assert!(!stdout.contains("different"), "{stdout}");
}
