//! Threads of a program, whoever started them, end the process as its first
//! thread does when their stacks overflow.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use beskid_host::embedded_runtime;
use beskid_tests::command::{beskid, run};
use beskid_tests::foreign::library;
use beskid_tests::workshop::Workshop;

/// Bytes of the stack of a new thread: few, and what the system gives.
const SMALL: i64 = 65536;
const USUAL: i64 = 0;

/// Calls itself until there is no stack left.
const DOWN: &str = "function %deep(i64) -> i64 {\n    fn0 = %deep(i64) -> i64\nblock0(v0: i64):\n    \
                    v9 = iconst.i64 1\n    v1 = iadd v0, v9\n    v2 = call fn0(v1)\n    \
                    v3 = iadd v2, v0\n    return v3\n}\n";

/// Has one frame that no stack holds.
const WIDE: &str = "function %deep(i64) -> i64 {\n    ss0 = explicit_slot 20000000\nblock0(v0: i64):\n    \
                    v1 = stack_addr.i64 ss0\n    v2 = bxor v1, v1\n    return v2\n}\n";

/// Runs `%deep` on a thread of its own, with a stack of so many bytes, and then
/// returns what it returned.
fn on_thread(deep: &str, stack: i64) -> String {
    let size = match stack {
        USUAL => String::new(),
        _ => format!("    v3 = iconst.i64 {stack}\n    v4 = call fn2(v1, v3)\n"),
    };
    format!(
        "{deep}function %main() -> i64 {{\n    ss0 = explicit_slot 8\n    ss1 = explicit_slot 128\n    \
         fn0 = %pthread_create(i64, i64, i64, i64) -> i32\n    \
         fn1 = %pthread_attr_init(i64) -> i32\n    \
         fn2 = %pthread_attr_setstacksize(i64, i64) -> i32\n    \
         fn3 = %pthread_join(i64, i64) -> i32\n    fn4 = %deep(i64) -> i64\nblock0:\n    \
         v0 = stack_addr.i64 ss0\n    v1 = stack_addr.i64 ss1\n    v2 = call fn1(v1)\n{size}    \
         v5 = func_addr.i64 fn4\n    v6 = iconst.i64 7\n    \
         v7 = call fn0(v0, v1, v5, v6)\n    v8 = load.i64 v0\n    v9 = call fn3(v8, v0)\n    \
         v10 = load.i64 v0\n    return v10\n}}\n"
    )
}

/// A library that starts a thread which calls back, as often as it is told.
const LIBRARY: &str = "\
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
typedef long deep(long);
static void *go(void *call) { return (void *)((deep *)call)(1); }
long on_thread(deep *call) {
    pthread_t thread;
    void *result;
    if (pthread_create(&thread, 0, go, (void *)call) || pthread_join(thread, &result)) abort();
    return (long)result;
}
static long mappings(void) {
    FILE *file = fopen(\"/proc/self/maps\", \"r\");
    long lines = 0;
    for (int c; (c = getc(file)) != EOF;) lines += c == '\\n';
    fclose(file);
    return lines;
}
/* How many mappings more there are after so many threads. */
long left(deep *call, long threads) {
    on_thread(call);
    long before = mappings();
    while (threads--) on_thread(call);
    return mappings() - before;
}
";

/// Runs the source in the command's process with either backend, and as an
/// executable of each level.
fn everywhere(folder: &Path, source: &str) -> Vec<Output> {
    let in_memory = |backend| {
        let mut command = beskid(folder);
        command.args(["--extern-dlopen", "--backend", backend]);
        command.args(["run", "--exit-code", source]);
        command.output().unwrap()
    };
    let built = |level| {
        let args = ["build", source, "-o", "program", "--optimize", level];
        run(folder, args).succeeds();
        start(folder)
    };
    let mut ended = ["jit", "aot"].map(in_memory).to_vec();
    ended.extend(["none", "speed", "size"].map(built));
    ended
}

fn start(folder: &Path) -> Output {
    let mut program = Command::new(folder.join("program"));
    program.env("LD_LIBRARY_PATH", folder).output().unwrap()
}

#[track_caller]
fn overflows(ended: &Output) {
    let stderr = String::from_utf8_lossy(&ended.stderr);
    assert!(stderr.starts_with("panic: stack overflow\n"), "{ended:?}");
    assert_eq!(ended.status.code(), Some(101), "{ended:?}");
    assert_eq!(ended.stdout, b"", "{ended:?}");
}

#[test]
fn a_thread_that_the_program_started_overflows_its_stack_like_the_first_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for deep in [DOWN, WIDE] {
        for stack in [SMALL, USUAL] {
            fs::write(folder.join("p.clif"), on_thread(deep, stack)).unwrap();
            for ended in everywhere(folder, "p.clif") {
                overflows(&ended);
            }
        }
    }
}

#[test]
fn a_thread_that_a_library_started_does_so_in_the_functions_that_it_calls() {
    let Some(workshop) = Workshop::with(&["cc"]) else {
        return;
    };
    let folder = workshop.folder();
    library(folder, LIBRARY, "libours.so");
    let source = "[Extern(Abi: \"C\", Library: \"./libours.so\")]\n\
                  contract Ours { i64 on_thread(i64(i64) call); }\n\
                  i64 down(i64 n) { return down(n + 1) + n; }\n\
                  [Export(Abi: \"C\")] pub i64 called(i64 n) { return down(n); }\n\
                  i64 main() { return Ours.on_thread(called); }\n";
    workshop.write("p.bd", source);
    for ended in everywhere(folder, "p.bd") {
        overflows(&ended);
    }
}

#[test]
fn a_thread_that_ends_leaves_nothing() {
    let Some(workshop) = Workshop::with(&["cc"]) else {
        return;
    };
    let folder = workshop.folder();
    library(folder, LIBRARY, "libours.so");
    let source = "[Extern(Abi: \"C\", Library: \"./libours.so\")]\n\
                  contract Ours { i64 left(i64(i64) call, i64 threads); }\n\
                  [Export(Abi: \"C\")] pub i64 called(i64 n) { return n + 1; }\n\
                  i32 main() {\n    if Ours.left(called, 500) > 100 { return 1; }\n    return 42;\n}\n";
    workshop.write("p.bd", source);
    for ended in everywhere(folder, "p.bd") {
        assert_eq!(ended.status.code(), Some(42), "{ended:?}");
    }
}

#[test]
fn abi_005_a_program_with_threads_runs_with_a_runtime_that_knows_none() {
    let Some(workshop) = Workshop::with(&["cc", "objcopy"]) else {
        return;
    };
    let folder = workshop.folder();
    workshop.write("libnewer.a", embedded_runtime());
    workshop.sh("objcopy --redefine-sym=rt_thread=later libnewer.a libolder.a");
    for name in ["newer", "older"] {
        workshop.sh(&format!(
            "cc -shared -Wl,--whole-archive lib{name}.a -Wl,--no-whole-archive \
             -Wl,-soname,lib{name}.so -o lib{name}.so"
        ));
    }
    let returning = "function %deep(i64) -> i64 {\nblock0(v0: i64):\n    return v0\n}\n";
    workshop.write("p.clif", on_thread(returning, SMALL));
    for runtime in [
        ["--runtime-archive", "libolder.a"],
        ["--runtime-library", "libolder.so"],
        ["--runtime-library", "libnewer.so"],
    ] {
        let args = ["build", "p.clif", "-o", "program"];
        run(folder, args.iter().chain(&runtime)).succeeds();
        assert_eq!(start(folder).status.code(), Some(7), "{runtime:?}");
    }
    // The newer one is linked; the older one takes its place.
    fs::rename(folder.join("libnewer.so"), folder.join("kept.so")).unwrap();
    fs::rename(folder.join("libolder.so"), folder.join("libnewer.so")).unwrap();
    assert_eq!(start(folder).status.code(), Some(7));
    fs::rename(folder.join("kept.so"), folder.join("libnewer.so")).unwrap();
    workshop.write("p.clif", on_thread(DOWN, SMALL));
    let args = ["build", "p.clif", "-o", "program"];
    let newer = ["--runtime-library", "libnewer.so"];
    run(folder, args.iter().chain(&newer)).succeeds();
    overflows(&start(folder));
}

/// The runtime's symbols that an object for this kind of output refers to.
fn names_rt_thread(folder: &Path, kind: &str) -> bool {
    run(folder, ["build", "p.clif", "--kind", kind, "-o", "out"]).succeeds();
    let bytes = fs::read(folder.join("out")).unwrap();
    let name = b"rt_thread\0";
    bytes.windows(name.len()).any(|found| found == name)
}

#[test]
fn only_a_process_of_the_runtimes_own_is_told_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.clif"), on_thread(DOWN, SMALL)).unwrap();
    assert!(names_rt_thread(folder, "exe"));
    assert!(!names_rt_thread(folder, "object"));
    // Without foreign functions nobody starts a thread.
    let alone = "function %f() -> i64 {\nblock0:\n    v0 = iconst.i64 7\n    return v0\n}\n\
                 function %main() -> i64 {\n    sig0 = () -> i64\n    fn0 = %f sig0\nblock0:\n    \
                 v0 = func_addr.i64 fn0\n    v1 = call_indirect sig0, v0()\n    return v1\n}\n";
    fs::write(folder.join("p.clif"), alone).unwrap();
    assert!(!names_rt_thread(folder, "exe"));
    assert_eq!(start_of(folder, "out"), Some(7));
}

fn start_of(folder: &Path, program: &str) -> Option<i32> {
    let ended = Command::new(folder.join(program)).status().unwrap();
    ended.code()
}
