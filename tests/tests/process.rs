//! A program that runs in the command's process has the process of its
//! executable: signals, stack, arguments, streams, exit handlers.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use beskid_tests::built::built;
use beskid_tests::command::{beskid, run};
use beskid_tests::endings::{OVERFLOWING, raising, reading};

/// The two ways to run a program in the command's process.
const BACKENDS: [&str; 2] = ["jit", "aot"];

/// Runs a program with libraries allowed and these arguments behind it.
fn ran(folder: &Path, backend: &str, file: &str, rest: &[&str]) -> Output {
    let mut command = beskid(folder);
    command.args(["--extern-dlopen", "--backend", backend, "run", file]);
    command.args(rest).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Runs a line of bash in which `$B` is the command.
fn bash(folder: &Path, line: &str) -> String {
    let mut command = Command::new("bash");
    command.current_dir(folder).env("B", built().beskid());
    command.env("XDG_CONFIG_HOME", folder.join(".no-config"));
    let output = command.args(["-c", line]).output().unwrap();
    text(&output.stdout).to_owned()
}

#[test]
fn a_reader_that_is_gone_ends_a_program_as_it_ends_its_executable() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = "i32 main() { while true { __syscall_write(1, \"y\\n\"); } return 0; }";
    fs::write(folder.join("y.bd"), source).unwrap();
    run(folder, ["build", "y.bd"]).succeeds();
    for command in [
        "./y",
        "$B run y.bd",
        "$B run --exit-code y.bd",
        "$B --backend aot run y.bd",
    ] {
        let line = format!("{command} | head -1; echo ${{PIPESTATUS[0]}}");
        assert_eq!(bash(folder, &line), "y\n141\n", "{command}");
        // Who ignores the signal from the start sees the write fail.
        let line =
            format!("trap '' PIPE; timeout 1 {command} 2>&1 | head -1; echo ${{PIPESTATUS[0]}}");
        let ended = bash(folder, &line);
        assert!(!ended.contains("141"), "{command}: {ended}");
    }
}

#[test]
fn a_result_is_no_output_of_the_program_that_a_reader_must_wait_for() {
    let folder = tempfile::tempdir().unwrap();
    let source = "i32 main() { __syscall_write(1, \"y\\n\"); return 0; }";
    fs::write(folder.path().join("y.bd"), source).unwrap();
    let line = "$B run y.bd | true; echo ${PIPESTATUS[0]}";
    let status = bash(folder.path(), line);
    // The program's own line may find no reader.
    assert!(["0\n", "141\n"].contains(&status.as_str()), "{status}");
}

#[test]
fn a_signal_that_a_program_sends_itself_ends_it_without_a_word() {
    // SAFETY: no handler is installed. A shell that starts the tests in the
    // background has it ignored, and programs get what they find.
    unsafe { libc::signal(libc::SIGINT, libc::SIG_DFL) };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for signal in [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGABRT,
        libc::SIGPIPE,
        libc::SIGTERM,
        libc::SIGINT,
    ] {
        fs::write(folder.join("p.clif"), raising(signal)).unwrap();
        for backend in BACKENDS {
            let ended = ran(folder, backend, "p.clif", &[]);
            assert_eq!(ended.status.signal(), Some(signal), "{backend}: {ended:?}");
            assert_eq!(text(&ended.stderr), "", "{backend}");
        }
    }
}

#[test]
fn a_directive_that_expects_a_trap_sees_a_signal_that_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let text = raising(libc::SIGSEGV).replace("%main", "%f");
    let text = format!("test run\ntarget x86_64\n\n{text}; trap: %f()\n");
    fs::write(folder.path().join("t.clif"), text).unwrap();
    let stdout = run(folder.path(), ["test", "t.clif"]).succeeds();
    assert_eq!(stdout, "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn a_stack_that_overflows_is_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), OVERFLOWING).unwrap();
    for backend in BACKENDS {
        let ended = ran(folder, backend, "p.bd", &[]);
        assert_eq!(ended.status.code(), Some(101), "{backend}: {ended:?}");
        let stderr = text(&ended.stderr);
        let message = "panic: stack overflow\n  at ";
        assert!(stderr.starts_with(message), "{backend}: {stderr}");
        assert_eq!(text(&ended.stdout), "", "{backend}");
    }
    let stdout = run(folder, ["diff", "p.bd"]).succeeds();
    let expected = "jit: stack overflow, 0 bytes of output\n\
                    aot: stack overflow, 0 bytes of output\nno difference\n";
    assert_eq!(stdout, expected);
}

#[test]
fn a_bad_access_says_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (address, shown) in [
        ("0", "0x0000000000000000"),
        ("0x1234", "0x0000000000001234"),
    ] {
        fs::write(folder.join("p.clif"), reading(address)).unwrap();
        for backend in BACKENDS {
            let ended = ran(folder, backend, "p.clif", &[]);
            assert_eq!(ended.status.signal(), Some(libc::SIGSEGV), "{ended:?}");
            let expected = format!("memory fault at {shown}\n");
            assert_eq!(text(&ended.stderr), expected, "{backend}");
        }
    }
}

#[test]
fn arguments_reach_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // The number of arguments and the length of the last one.
    let program = "function %main() -> i64 {\n    fn0 = %rt_argc() -> i64\n    \
                   fn1 = %rt_arg(i64) -> i64\n    fn2 = %str_len(i64) -> i64\nblock0:\n    \
                   v0 = call fn0()\n    v1 = iconst.i64 1\n    v2 = isub v0, v1\n    \
                   v3 = call fn1(v2)\n    v4 = call fn2(v3)\n    v5 = iconst.i64 100\n    \
                   v6 = imul v0, v5\n    v7 = iadd v6, v4\n    return v7\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    for backend in BACKENDS {
        for (rest, result) in [
            (&[][..], "106\n"),
            (&["--", "--plain", "žž"], "304\n"),
            (&["--", ""], "200\n"),
        ] {
            let ended = ran(folder, backend, "p.clif", rest);
            assert_eq!(text(&ended.stdout), result, "{backend}: {ended:?}");
        }
    }
}

#[test]
fn what_the_c_library_holds_comes_before_the_result() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = "function %main() -> i32 {\n    fn0 = %putchar(i32) -> i32\nblock0:\n    \
                   v0 = iconst.i32 104\n    v1 = call fn0(v0)\n    v2 = iconst.i32 10\n    \
                   v3 = call fn0(v2)\n    return v3\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    for backend in BACKENDS {
        let ended = ran(folder, backend, "p.clif", &[]);
        assert_eq!(text(&ended.stdout), "h\n10\n", "{backend}: {ended:?}");
    }
}

#[test]
fn code_that_the_c_library_still_holds_is_there_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = "function %last(i32, i64) {\n    fn0 = %putchar(i32) -> i32\n\
                   block0(v0: i32, v1: i64):\n    v2 = ireduce.i32 v1\n    \
                   v3 = call fn0(v2)\n    return\n}\n\
                   function %main() -> i32 {\n    fn0 = %on_exit(i64, i64) -> i32\n    \
                   fn1 = %last(i32, i64)\nblock0:\n    v0 = func_addr.i64 fn1\n    \
                   v1 = iconst.i64 33\n    v2 = call fn0(v0, v1)\n    return v2\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    for backend in BACKENDS {
        let ended = ran(folder, backend, "p.clif", &[]);
        assert_eq!(ended.status.code(), Some(0), "{backend}: {ended:?}");
        assert_eq!(text(&ended.stdout), "0\n!", "{backend}: {ended:?}");
    }
}

#[test]
fn processes_that_a_program_starts_inherit_nothing_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let line = "grep -E '^Sig(Ign|Blk)' /proc/self/status; ls /proc/self/fd | wc -l";
    let source = format!(
        "[Extern(Abi: \"C\", Library: \"libc.so.6\")]\ncontract C {{ i32 system(ref u8 line); }}\n\
         i32 main() {{ return C.system(__str_ptr(\"{line}\\0\")); }}"
    );
    fs::write(folder.join("p.bd"), source).unwrap();
    let shell = Command::new("sh").args(["-c", line]).output().unwrap();
    let expected = format!("{}0\n", text(&shell.stdout));
    for backend in BACKENDS {
        let ended = ran(folder, backend, "p.bd", &[]);
        assert_eq!(text(&ended.stdout), expected, "{backend}: {ended:?}");
    }
}
