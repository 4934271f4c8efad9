//! A program that is run finds nothing of the host in its process: no thread, no
//! open file, no handler, no line in its streams; and its arguments are its own.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ffi::OsString;
use std::fmt::Write;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use beskid_tests::built::built;
use beskid_tests::command::{beskid, end, run};

/// What the programs call of the C library.
const LIBC: &str = "\
[Extern(Abi: \"C\", Library: \"libc.so.6\")]
contract C {
    i64 calloc(i64 n, i64 size); i32 close(i32 file); i32 dup(i32 file); i32 fork();
    i32 getpid(); i32 kill(i32 process, i32 signal); i32 puts(ref u8 text);
    i32 sigaddset(i64 set, i32 signal); i32 sigprocmask(i32 how, i64 set, i64 old);
    i32 sigwait(i64 set, i64 signal); i32 system(ref u8 command); i32 unshare(i32 what);
    i32 usleep(i32 time); i32 wait(i64 status);
}
";

/// Lists the open files and the threads of the process.
const LISTS: &str = "C.system(__str_ptr(\"ls -l /proc/$PPID/fd | sed 's/.*[0-9] \\\\([0-9]* ->\\\\)/\\\\1/; s/\\\\[.*//'; \
                     ls /proc/$PPID/task | wc -l\\0\"));";

fn write(folder: &Path, body: &str) {
    let source = format!("{LIBC}i64 main() {{ {body} }}\n");
    fs::write(folder.join("p.bd"), source).unwrap();
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// The ways to run a program in the command's process: with options, and
/// with plugins that are loaded, for the first time too.
fn ways(folder: &Path) -> Vec<Command> {
    let jit: OsString = built().plugin("backend_jit").into();
    let unix = built().plugin("linker_unix");
    let plugin = OsString::from("--plugin");
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let ways = [
        words(&[]),
        words(&["--jobs", "4"]),
        words(&["--backend", "aot"]),
        words(&["--backend", "aot", "--jobs", "4"]),
        vec![plugin.clone(), jit.clone()],
        vec![plugin.clone(), jit],
        [words(&["--backend", "aot"]), vec![plugin, unix.into()]].concat(),
    ];
    let ways = ways.into_iter().map(|way| {
        let mut command = beskid(folder);
        command.env("XDG_CACHE_HOME", folder.join("cache"));
        command.args(way).arg("--extern-dlopen");
        command.args(["run", "--exit-code", "p.bd"]);
        command
    });
    ways.collect()
}

/// What a program does, without the line of its result.
fn did(output: &Output, result: &str) -> (String, String, Option<i32>, Option<i32>) {
    let stdout = text(&output.stdout);
    let stdout = stdout.strip_suffix(result).unwrap_or(stdout);
    let stderr = text(&output.stderr).to_owned();
    let status = output.status;
    (stdout.to_owned(), stderr, status.code(), status.signal())
}

/// Gives the standard output of a program that does the same in every way, and as
/// an executable.
#[track_caller]
fn alike(body: &str, status: i32) -> String {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, body);
    run(folder, ["build", "p.bd"]).succeeds();
    let executable = Command::new(folder.join("p")).output().unwrap();
    let expected = did(&executable, "");
    assert_eq!(expected.2, Some(status), "{executable:?}");
    for mut command in ways(folder) {
        let found = did(&command.output().unwrap(), &format!("{status}\n"));
        assert_eq!(found, expected, "{command:?}");
    }
    expected.0
}

#[test]
fn a_program_has_the_open_files_and_the_one_thread_of_its_executable() {
    // Enough code for several threads to compile.
    let mut source = LIBC.to_owned();
    for index in 0..300 {
        writeln!(source, "i64 f{index}(i64 x) {{ return x * {index} + 1; }}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    writeln!(source, "i64 main() {{ {LISTS} return C.dup(0); }}").unwrap();
    fs::write(folder.join("p.bd"), source).unwrap();
    run(folder, ["build", "p.bd"]).succeeds();
    let executable = Command::new(folder.join("p")).output().unwrap();
    let stdout = text(&executable.stdout);
    assert!(stdout.ends_with("\n1\n"), "{stdout}");
    let first = executable.status.code().unwrap();
    let expected = did(&executable, "");
    for mut command in ways(folder) {
        let found = did(&command.output().unwrap(), &format!("{first}\n"));
        assert_eq!(found, expected, "{command:?}");
    }
}

#[test]
fn signals_that_a_program_blocks_wait_for_it() {
    let body = "let set = C.calloc(1, 128); let signal = C.calloc(1, 8); C.sigaddset(set, 15); \
                C.sigprocmask(0, set, 0); C.kill(C.getpid(), 15); C.usleep(100000); \
                C.sigwait(set, signal); __syscall_write(1, \"got ${__load_i32(signal)}\\n\"); \
                return 7;";
    assert_eq!(alike(body, 7), "got 15\n");
}

#[test]
fn a_program_closes_the_files_that_it_did_not_open_as_daemons_do() {
    let body = "for i in range(3, 20) { C.close(i); } let a = C.dup(0); let b = C.dup(0); \
                C.usleep(100000); if C.fork() == 0 { return 3; } C.wait(0); \
                __syscall_write(1, \"${a} ${b}\\n\"); return 3;";
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), body);
    for mut command in ways(folder.path()) {
        let output = command.output().unwrap();
        // The child shows its result first.
        assert_eq!(text(&output.stdout), "3\n3 4\n3\n", "{command:?}");
        assert_eq!(text(&output.stderr), "", "{command:?}");
    }
}

#[test]
fn what_the_system_grants_to_one_thread_only_is_granted() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // A namespace of users, which not every machine gives.
    write(folder, "return C.unshare(268435456) + 1;");
    run(folder, ["build", "p.bd"]).succeeds();
    let expected = Command::new(folder.join("p")).status().unwrap().code();
    for mut command in ways(folder) {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), expected, "{command:?}");
    }
}

#[test]
fn a_result_that_cannot_be_written_is_an_error_or_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "C.puts(__str_ptr(\"hi\\0\")); C.close(1); return 4;",
    );
    let said = "cannot write to standard output: Bad file descriptor (os error 9)";
    for backend in ["jit", "aot"] {
        let args = ["--extern-dlopen", "--backend", backend, "run", "p.bd"];
        let message = run(folder, args).fails_with("E4040");
        assert_eq!(message, format!("error[E4040]: {said}\n"));
        let json = ["--message-format", "json"].into_iter().chain(args);
        let ended = run(folder, json);
        assert_eq!(ended.status, Some(1), "{ended:?}");
        let value = serde_json::from_str::<serde_json::Value>(&ended.stderr).unwrap();
        assert_eq!(value["code"], "E4040");
        let ended = run(folder, args.into_iter().chain(["--exit-code"]));
        assert_eq!(ended.status, Some(4), "{ended:?}");
        assert_eq!(ended.stderr, format!("warning[E4040]: {said}\n"));
    }
    let full = fs::OpenOptions::new().write(true).open("/dev/full");
    fs::write(folder.join("q.bd"), "i64 main() { return 0; }").unwrap();
    let ended = end(beskid(folder).args(["run", "q.bd"]).stdout(full.unwrap()));
    // Only the stream that is read is the test's own.
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(ended.stderr.starts_with("error[E4040]"), "{ended:?}");
}

/// Adds up its number of arguments and the lengths of all but the first.
const COUNTS: &str = "i64 main() { i64 mut sum = __arg_count() * 100; \
                      for i in range(1, __arg_count()) { sum = sum + __str_len(__arg(i)); } \
                      return sum; }\n";

#[test]
fn arguments_behind_a_source_are_the_programs_unless_they_are_options_of_the_command() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), COUNTS).unwrap();
    let result = |args: &[&str]| run(folder, ["run"].iter().chain(args)).succeeds();
    for (args, expected) in [
        (["p.bd"].as_slice(), "100\n"),
        (&["p.bd", "one", "two"], "306\n"),
        (&["p.bd", "one", "--help", "-v"], "411\n"),
        (&["p.bd", "--", "--help"], "206\n"),
        (&["p.bd", "one", "--", "-v"], "407\n"),
        (&["--", "p.bd", "--help"], "206\n"),
        (&["--", "p.bd", "--", "-v"], "304\n"),
        (&["p.bd", "--backend", "aot", "one"], "203\n"),
    ] {
        assert_eq!(result(args), expected, "{args:?}");
    }
    let unknown = run(folder, ["run", "p.bd", "--nonsense"]);
    assert_eq!(unknown.status, Some(2), "{unknown:?}");
}

#[test]
fn a_script_is_given_all_that_stands_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let own = built().beskid().parent().unwrap().to_owned();
    let paths = [own].into_iter().chain(std::env::split_paths(&path));
    let path = std::env::join_paths(paths).unwrap();
    let script = |first: &str, args: &[&str]| {
        fs::write(folder.join("text"), format!("{first}\n{COUNTS}")).unwrap();
        // Another process writes it, so that none of this one's children has it
        // open when it is started.
        let line = "cat text > script; chmod +x script; exec ./script \"$@\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", line, "sh"]).args(args);
        shell.env("XDG_CONFIG_HOME", folder.join(".no-config"));
        end(shell.current_dir(folder).env("PATH", &path))
    };
    for first in [
        "#!/usr/bin/env -S beskid run",
        "#!/usr/bin/env -S beskid run --backend aot --",
        "#!/usr/bin/env -S beskid --backend=jit run",
    ] {
        for (args, expected) in [
            (["one", "two"].as_slice(), "306\n"),
            (&[], "100\n"),
            (&["--help"], "206\n"),
            (&["-v", "--backend", "none"], "415\n"),
            (&["one", "--", "-x"], "407\n"),
        ] {
            let stdout = script(first, args).succeeds();
            assert_eq!(stdout, expected, "{first} {args:?}");
        }
    }
    let status = script("#!/usr/bin/env -S beskid run --exit-code", &["--version"]).status;
    assert_eq!(status, Some(209));
    assert_eq!(run(folder, ["run", "script", "--help"]).succeeds(), "206\n");
}
