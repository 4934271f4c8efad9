//! The process of an executable: what stack overflows, bad accesses and signals
//! make of it, whichever runtime it is linked with.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use beskid_host::embedded_runtime;
use beskid_plugin_api::artifact::CallConv;
use beskid_tests::by_hand;
use beskid_tests::command::{beskid, run};
use beskid_tests::endings::{OVERFLOWING, raising, reading};
use beskid_tests::workshop::Workshop;

const LEVELS: [&str; 3] = ["none", "speed", "size"];

/// Builds an executable and runs it.
#[track_caller]
fn built(folder: &Path, source: &str, options: &[&str]) -> Output {
    let args = ["build", source, "-o", "program"];
    run(folder, args.iter().chain(options)).succeeds();
    start(folder, &[])
}

fn start(folder: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(folder.join("program"));
    program.env("LD_LIBRARY_PATH", folder);
    program.args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[track_caller]
fn overflows(ended: &Output) {
    assert_eq!(ended.status.code(), Some(101), "{ended:?}");
    // Programs of the language tell besides what it came through.
    let stderr = text(&ended.stderr);
    assert!(stderr.starts_with("panic: stack overflow\n"), "{stderr}");
    assert_eq!(text(&ended.stdout), "");
}

#[track_caller]
fn dies_by(ended: &Output, signal: i32, words: &str) {
    assert_eq!(ended.status.signal(), Some(signal), "{ended:?}");
    assert_eq!(text(&ended.stderr), words, "{ended:?}");
}

#[test]
fn a_stack_that_overflows_is_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), OVERFLOWING).unwrap();
    let program = "function %down(i64) -> i64 {\n    fn0 = %down(i64) -> i64\nblock0(v0: i64):\n    \
                   v9 = iconst.i64 1\n    v1 = iadd v0, v9\n    v2 = call fn0(v1)\n    v3 = iadd v2, v0\n    \
                   return v3\n}\n\
                   function %main() -> i64 {\n    fn0 = %down(i64) -> i64\nblock0:\n    \
                   v0 = iconst.i64 0\n    v1 = call fn0(v0)\n    return v1\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    for level in LEVELS {
        for source in ["p.bd", "p.clif"] {
            overflows(&built(folder, source, &["--optimize", level]));
        }
    }
}

#[test]
fn a_bad_access_says_its_address_and_dies_by_its_signal() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (address, words) in [
        ("0", "memory fault at 0x0000000000000000\n"),
        ("0x1234", "memory fault at 0x0000000000001234\n"),
    ] {
        fs::write(folder.join("p.clif"), reading(address)).unwrap();
        dies_by(&built(folder, "p.clif", &[]), libc::SIGSEGV, words);
    }
    let source = "i64 main() { return __load_i64(8); }";
    fs::write(folder.join("p.bd"), source).unwrap();
    let words = "memory fault at 0x0000000000000008\n";
    dies_by(&built(folder, "p.bd", &[]), libc::SIGSEGV, words);
}

#[test]
fn a_signal_that_is_sent_kills_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for signal in [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGABRT,
        libc::SIGPIPE,
        libc::SIGTERM,
        libc::SIGKILL,
    ] {
        fs::write(folder.join("p.clif"), raising(signal)).unwrap();
        dies_by(&built(folder, "p.clif", &[]), signal, "");
    }
}

/// A `main` with a frame of so many bytes, which it leaves alone.
fn framed(bytes: u32) -> String {
    format!(
        "function %main() -> i64 {{\n    ss0 = explicit_slot {bytes}\nblock0:\n    \
         v0 = stack_addr.i64 ss0\n    v1 = bxor v0, v0\n    return v1\n}}\n"
    )
}

#[test]
fn a_frame_that_is_larger_than_the_stack_overflows_it_even_if_nothing_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.clif"), framed(20_000_000)).unwrap();
    for level in LEVELS {
        overflows(&built(folder, "p.clif", &["--optimize", level]));
    }
    for backend in ["jit", "aot"] {
        let ended = run(folder, ["--backend", backend, "run", "p.clif"]);
        let expected = (Some(101), "panic: stack overflow\n");
        assert_eq!((ended.status, ended.stderr.as_str()), expected, "{backend}");
    }
}

/// The embedded runtime without what came after its first release.
fn older_runtime(workshop: &Workshop) {
    workshop.write("libembedded.a", embedded_runtime());
    let renamed = ["rt_start", "rt_argc", "rt_argv", "rt_arg", "rt_thread"]
        .map(|symbol| format!("--redefine-sym={symbol}=later_{symbol}"));
    let files = ["libembedded.a".to_owned(), "libolder.a".to_owned()];
    workshop.run("objcopy", renamed.iter().chain(&files));
    workshop.sh(
        "cc -shared -Wl,--whole-archive libolder.a -Wl,--no-whole-archive \
                 -Wl,-soname,libolder.so -o libolder.so",
    );
    workshop.sh(
        "cc -shared -Wl,--whole-archive libembedded.a -Wl,--no-whole-archive \
                 -Wl,-soname,libembedded.so -o libembedded.so",
    );
}

const LINKED: [[&str; 2]; 2] = [
    ["--runtime-archive", "libolder.a"],
    ["--runtime-library", "libolder.so"],
];

#[test]
fn abi_005_a_runtime_without_the_start_symbol_is_linked_as_before() {
    let Some(workshop) = Workshop::with(&["cc", "objcopy"]) else {
        return;
    };
    let folder = workshop.folder();
    older_runtime(&workshop);
    let hello = "unit main() { __syscall_write(1, \"${6 * 7}\\n\"); }";
    workshop.write("p.bd", hello);
    workshop.write("o.bd", OVERFLOWING);
    for runtime in LINKED {
        let ended = built(folder, "p.bd", &runtime);
        assert_eq!(ended.status.code(), Some(0), "{runtime:?}: {ended:?}");
        assert_eq!(text(&ended.stdout), "42\n", "{runtime:?}");
        // Nobody catches the fault.
        dies_by(&built(folder, "o.bd", &runtime), libc::SIGSEGV, "");
    }
}

#[test]
fn abi_005_a_runtime_without_the_start_symbol_may_take_the_place_of_a_newer_one() {
    let Some(workshop) = Workshop::with(&["cc", "objcopy"]) else {
        return;
    };
    let folder = workshop.folder();
    older_runtime(&workshop);
    workshop.write("o.bd", OVERFLOWING);
    let runtime = ["--runtime-library", "libembedded.so"];
    overflows(&built(folder, "o.bd", &runtime));
    fs::rename(folder.join("libolder.so"), folder.join("libembedded.so")).unwrap();
    dies_by(&start(folder, &[]), libc::SIGSEGV, "");
}

#[test]
fn a_runtime_with_the_start_symbol_starts_the_program_whoever_gives_it() {
    let Some(workshop) = Workshop::with(&["cc", "objcopy"]) else {
        return;
    };
    older_runtime(&workshop);
    workshop.write("o.bd", OVERFLOWING);
    for runtime in [
        ["--runtime-archive", "libembedded.a"],
        ["--runtime-library", "libembedded.so"],
    ] {
        overflows(&built(workshop.folder(), "o.bd", &runtime));
    }
}

#[test]
fn a_standalone_executable_has_no_runtime_that_could_start_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = "function %main() -> i64 {\nblock0:\n    v0 = iconst.i64 0\n    \
                   v1 = load.i64 v0\n    return v1\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    dies_by(
        &built(folder, "p.clif", &["--standalone"]),
        libc::SIGSEGV,
        "",
    );
}

#[test]
fn a_program_may_have_a_function_by_the_name_of_the_start_symbol() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = "function %rt_start(i64) -> i64 {\nblock0(v0: i64):\n    return v0\n}\n\
                   function %main() -> i64 {\n    fn0 = %rt_start(i64) -> i64\nblock0:\n    \
                   v0 = iconst.i64 7\n    v1 = call fn0(v0)\n    return v1\n}\n";
    fs::write(folder.join("p.clif"), program).unwrap();
    let ended = built(folder, "p.clif", &[]);
    assert_eq!(ended.status.code(), Some(7), "{ended:?}");
}

/// Starts `./program`, and then the source in the command's process with either
/// backend, with these arguments.
fn everywhere(folder: &Path, source: &str, arguments: &[&str]) -> [Output; 3] {
    run(folder, ["build", source, "-o", "program"]).succeeds();
    let in_memory = |backend| {
        let mut command = beskid(folder);
        command.args(["--extern-dlopen", "--backend", backend]);
        command.args(["run", "--exit-code", source, "--"]);
        command.args(arguments).output().unwrap()
    };
    [start(folder, arguments), in_memory("jit"), in_memory("aot")]
}

#[test]
fn arguments_reach_a_program_in_beskid() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = "i32 main() {\n    i64 mut index = 1;\n    while index < __arg_count() {\n        \
                  __syscall_write(1, \"[\" + __arg(index) + \"]\");\n        index += 1;\n    }\n    \
                  return 0;\n}\n";
    fs::write(folder.join("p.bd"), source).unwrap();
    for (arguments, expected) in [
        (&[][..], ""),
        (&["one"], "[one]"),
        (&["", "-x", "--", "žž y"], "[][-x][--][žž y]"),
    ] {
        let [exe, jit, aot] = everywhere(folder, "p.bd", arguments);
        assert_eq!(text(&exe.stdout), expected, "{exe:?}");
        // The result's line is behind it.
        for ended in [jit, aot] {
            assert!(text(&ended.stdout).starts_with(expected), "{ended:?}");
            assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        }
    }
    let own = "unit main() { __syscall_write(1, __arg(0)); }";
    fs::write(folder.join("own.bd"), own).unwrap();
    let path = folder.join("program");
    assert_eq!(
        text(&built(folder, "own.bd", &[]).stdout),
        path.to_str().unwrap()
    );
}

#[test]
fn an_argument_that_is_not_there_or_no_text_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = "unit main() { __syscall_write(1, __arg(__arg_count() - 2)); __arg(-1); }";
    fs::write(folder.join("p.bd"), source).unwrap();
    for ended in everywhere(folder, "p.bd", &[]) {
        assert_eq!(ended.status.code(), Some(101), "{ended:?}");
        assert_eq!(text(&ended.stderr), "panic: argument index out of bounds\n");
    }
    for ended in everywhere(folder, "p.bd", &["first", "last"]) {
        assert_eq!(text(&ended.stdout), "first", "{ended:?}");
        assert_eq!(ended.status.code(), Some(101), "{ended:?}");
    }
    let mut program = Command::new(folder.join("program"));
    let ended = program
        .arg(OsStr::from_bytes(b"\xff"))
        .arg("last")
        .output()
        .unwrap();
    assert_eq!(text(&ended.stderr), "panic: argument 1 is not UTF-8\n");
}

const C_FORM: &str = "function %main(i32, i64) -> i32 CONVENTION {
    fn0 = %strlen(i64) -> i64 system_v
block0(v0: i32, v1: i64):
    v2 = uextend.i64 v0
    v13 = iconst.i64 8
    v3 = imul v2, v13
    v4 = iadd v1, v3
    v5 = load.i64 v4
    brif v5, block2, block1
block1:
    v6 = load.i64 v4-8
    v7 = call fn0(v6)
    v8 = ireduce.i32 v7
    v9 = iconst.i32 40
    v10 = imul v0, v9
    v11 = iadd v10, v8
    return v11
block2:
    v12 = iconst.i32 255
    return v12
}
";

/// `main` as C has it: 40 times the number of arguments, and the length of the
/// last; 255 unless a null address is behind it.
fn c_form(convention: &str) -> String {
    C_FORM.replace("CONVENTION", convention)
}

#[test]
fn a_main_in_clif_may_take_arguments_as_in_c() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for convention in ["", "system_v", "tail", "fast"] {
        fs::write(folder.join("p.clif"), c_form(convention)).unwrap();
        for (arguments, status) in [(&["abc"][..], 83), (&["a", ""], 120), (&["-", "šš"], 124)] {
            for ended in everywhere(folder, "p.clif", arguments) {
                let expected = Some(status);
                assert_eq!(ended.status.code(), expected, "{convention}: {ended:?}");
            }
        }
    }
    // A function of this form is called so only if C's `main` has it too.
    for signature in ["(i64, i64) -> i32", "(i32, i64) -> i64", "(i32) -> i32"] {
        let (params, result) = signature.split_once(" -> ").unwrap();
        let params = params.trim_matches(['(', ')']).split(", ");
        let params = params
            .enumerate()
            .map(|(number, ty)| format!("v{number}: {ty}"));
        let params = params.collect::<Vec<_>>().join(", ");
        let program = format!(
            "function %main{signature} {{\nblock0({params}):\n    v9 = iconst.{result} 0\n    \
             return v9\n}}\n"
        );
        fs::write(folder.join("p.clif"), program).unwrap();
        for named in [&[][..], &["--entrypoint", "main"]] {
            let args = ["run", "p.clif"].iter().chain(named);
            let message = run(folder, args).fails_with("E4041");
            assert!(
                message.contains("`(i32, i64) -> i32` as C's `main`"),
                "{message}"
            );
        }
    }
}

#[test]
fn a_main_that_takes_arguments_needs_the_runtime_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.clif"), c_form("")).unwrap();
    let args = ["build", "p.clif", "--standalone"];
    let message = run(folder, args).fails_with("E4041");
    assert!(message.contains("rt_argc, rt_argv"), "{message}");
    // What the file imports itself is the same function.
    let importing = "function %count() -> i64 {\n    fn0 = %rt_argc() -> i64\nblock0:\n    \
                     v0 = call fn0()\n    return v0\n}\n";
    fs::write(folder.join("p.clif"), c_form("") + importing).unwrap();
    for ended in everywhere(folder, "p.clif", &["abc"]) {
        assert_eq!(ended.status.code(), Some(83), "{ended:?}");
    }
    let defining = importing.replace("%count", "%rt_argv");
    fs::write(folder.join("p.clif"), c_form("") + &defining).unwrap();
    let message = run(folder, ["run", "p.clif"]).fails_with("E4041");
    assert!(message.contains("the file defines one"), "{message}");
}

/// Every command that compiles an artifact.
const COMPILING: [&[&str]; 6] = [
    &["run", "p.bska"],
    &["--backend", "aot", "run", "p.bska"],
    &["build", "p.bska", "-o", "out"],
    &["build", "p.bska", "-o", "out", "--standalone"],
    &["build", "p.bska", "-o", "out", "--kind", "shared"],
    &["build", "p.bska", "-o", "out", "--kind", "object"],
];

#[test]
fn bk_3_an_entrypoint_is_called_or_refused_alike_by_every_backend() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for call_conv in [
        CallConv::Fast,
        CallConv::Tail,
        CallConv::Winch,
        CallConv::PreserveAll,
        CallConv::WindowsFastcall,
        CallConv::AppleAarch64,
        CallConv::Probestack,
    ] {
        let artifact = by_hand::called_by(call_conv);
        fs::write(folder.join("p.bska"), artifact.bytes()).unwrap();
        let words = format!(
            "error[E4041]: the entrypoint `main` has calling convention {call_conv:?}, by which it \
             cannot be called from C\n"
        );
        let refusals = COMPILING.map(|args| run(folder, args).fails_with("E4041"));
        assert!(refusals[0].starts_with(&words), "{}", refusals[0]);
        for (refusal, args) in refusals.iter().zip(COMPILING) {
            assert_eq!(*refusal, refusals[0], "{args:?}");
        }
        assert!(!folder.join("out").exists());
    }
    for call_conv in [CallConv::Platform, CallConv::SystemV] {
        let artifact = by_hand::called_by(call_conv);
        fs::write(folder.join("p.bska"), artifact.bytes()).unwrap();
        for args in &COMPILING[..2] {
            assert_eq!(run(folder, *args).succeeds(), "ok\n", "{args:?}");
        }
        assert_eq!(built(folder, "p.bska", &[]).status.code(), Some(0));
    }
}
