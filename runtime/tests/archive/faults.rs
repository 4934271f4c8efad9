//! Bad accesses, signals and arguments of processes that called `rt_start`.

use std::os::unix::process::ExitStatusExt;
use std::process::Output;

use crate::program::{Binding, compile, run};
use crate::recipe;

const SIGBUS: i32 = 7;
const SIGSEGV: i32 = 11;

/// Each argument asks the program for another end.
const SOURCE: &str = r#"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "runtime.h"
static volatile int depth;
static int down(int n) {
    volatile char frame[256];
    frame[0] = (char)n;
    depth = n;
    return n < 0 ? 0 : down(n + 1) + frame[0];
}
static void *thread(void *told) {
    if (told) rt_thread();
    return (void *)(intptr_t)down(0);
}
static int on_thread(void *told) {
    pthread_t id;
    if (pthread_create(&id, 0, thread, told)) return 3;
    return pthread_join(id, 0);
}
static void own(int signal) { _exit(40 + signal); }
int main(int count, char **args) {
    if (load_runtime() || count < 2) return 1;
    if (args[1][0] == 'f') return on_thread(args);
    if (args[1][0] == 'o') signal(SIGSEGV, own);
    rt_start(count, args);
    switch (args[1][0]) {
    case 'd': return down(0);
    case 't': return on_thread(args);
    case 'u': return on_thread(0);
    case 'n': return *(volatile int *)8;
    case 'w': return *(volatile int *)0x1234567890abcdefULL;
    case 'b': {
        FILE *empty = tmpfile();
        volatile char *page = mmap(0, 4096, PROT_READ, MAP_PRIVATE, fileno(empty), 0);
        return page[0];
    }
    case 'r': raise(SIGSEGV); return 2;
    case 'k': kill(getpid(), SIGBUS); return 2;
    case 'o': raise(SIGSEGV); return 2;
    case 'l': signal(SIGSEGV, own); return *(volatile int *)8;
    default: return 2;
    }
}
"#;

fn ends(binding: Binding) -> impl Fn(&str) -> Output {
    let folder = recipe::folder();
    let program = compile(folder.path(), SOURCE, binding);
    move |argument| {
        assert!(folder.path().exists());
        run(&program, argument)
    }
}

#[track_caller]
fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_stack_overflow_ends_the_program_like_a_panic() {
    for binding in [Binding::Static, Binding::Opened] {
        let ended = ends(binding)("deep");
        assert_eq!(ended.status.code(), Some(101), "{ended:?}");
        assert_eq!(text(&ended.stderr), "panic: stack overflow\n");
    }
}

#[test]
fn a_thread_overflows_its_stack_like_the_first_one_if_it_was_told() {
    for binding in [Binding::Static, Binding::Opened] {
        let ended = ends(binding)("thread");
        assert_eq!(ended.status.code(), Some(101), "{ended:?}");
        assert_eq!(text(&ended.stderr), "panic: stack overflow\n");
    }
    // Nobody told it, and nobody took the process over.
    for argument in ["untold", "foreign"] {
        let ended = ends(Binding::Static)(argument);
        assert_eq!(ended.status.signal(), Some(SIGSEGV), "{ended:?}");
        assert_eq!(ended.stderr, b"");
    }
}

#[test]
fn a_bad_access_says_its_address_before_the_signal_ends_the_process() {
    let end = ends(Binding::Static);
    let null = end("null");
    assert_eq!(null.status.signal(), Some(SIGSEGV), "{null:?}");
    assert_eq!(text(&null.stderr), "memory fault at 0x0000000000000008\n");
    let wild = end("wild");
    assert_eq!(wild.status.signal(), Some(SIGSEGV), "{wild:?}");
    assert!(
        text(&wild.stderr).starts_with("memory fault at "),
        "{wild:?}"
    );
    let bus = end("bus");
    assert_eq!(bus.status.signal(), Some(SIGBUS), "{bus:?}");
    assert!(
        text(&bus.stderr).starts_with("memory fault at 0x"),
        "{bus:?}"
    );
}

#[test]
fn a_signal_that_is_sent_ends_the_process_without_a_word() {
    let end = ends(Binding::Static);
    for (argument, signal) in [("raise", SIGSEGV), ("kill", SIGBUS)] {
        let ended = end(argument);
        assert_eq!(ended.status.signal(), Some(signal), "{ended:?}");
        assert_eq!(ended.stderr, b"");
    }
}

#[test]
fn handlers_of_the_program_stay_and_replace_those_of_the_runtime() {
    let end = ends(Binding::Static);
    for argument in ["own", "later"] {
        let ended = end(argument);
        assert_eq!(ended.status.code(), Some(40 + SIGSEGV), "{ended:?}");
        assert_eq!(ended.stderr, b"");
    }
}

#[test]
fn arguments_are_those_that_were_given_at_the_start() {
    let source = "#include <unistd.h>\n#include \"runtime.h\"\n\
                  int main(int count, char **args) {\n\
                  if (load_runtime()) return 1;\n\
                  if (rt_argc() || rt_argv()) return 2;\n\
                  rt_start(count, args);\n\
                  if (rt_argc() != count || rt_argv() != (void *)args) return 3;\n\
                  syscall_write(1, rt_arg(1));\n\
                  rt_arg(count); }";
    let folder = recipe::folder();
    let program = compile(folder.path(), source, Binding::Static);
    let ended = run(&program, "šuma");
    assert_eq!(ended.status.code(), Some(101), "{ended:?}");
    assert_eq!(text(&ended.stdout), "šuma");
    let expected = "panic: argument index out of bounds\n";
    assert_eq!(text(&ended.stderr), expected);
}
