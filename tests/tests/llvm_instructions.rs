//! Instructions that the backend `llvm` has and others have not, or not on every machine:
//! exceptions, atomics. Machines without LLVM 19 skip what needs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::end;
use beskid_tests::llvm::{has_llvm, object, with_backend};
use beskid_tests::machines::MACHINES;

const LEVELS: [&str; 3] = ["none", "speed", "size"];

/// Numbers whose bytes are the other way round in memory.
const ORDER: &str = "\
test run
test interpret
set opt_level=none
target x86_64
set opt_level=speed
target x86_64

function %sum(i64, i64) -> i64, i64, i64 {
    ss0 = explicit_slot 8, align = 8
block0(v0: i64, v1: i64):
    v2 = stack_addr.i64 ss0
    atomic_store big v0, v2
    v3 = atomic_rmw.i64 big add v2, v1
    v4 = atomic_load.i64 big v2
    v5 = load.i64 v2
    v6 = bswap v5
    return v3, v4, v6
}
; run: %sum(1, 255) == [1, 256, 256]
; run: %sum(-1, 1) == [-1, 0, 0]

function %all(i32, i32) -> i32, i32, i32, i32, i32, i32 {
    ss0 = explicit_slot 8, align = 8
block0(v0: i32, v1: i32):
    v2 = stack_addr.i64 ss0
    atomic_store big v0, v2
    v3 = atomic_rmw.i32 big sub v2, v1
    v4 = atomic_rmw.i32 big smin v2, v1
    v5 = atomic_rmw.i32 big umin v2, v1
    v6 = atomic_rmw.i32 big smax v2, v0
    v7 = atomic_rmw.i32 big umax v2, v0
    v8 = atomic_load.i32 big v2
    return v3, v4, v5, v6, v7, v8
}
; run: %all(5, 3) == [5, 2, 2, 2, 5, 5]
; run: %all(-5, 3) == [-5, -8, -8, 3, 3, -5]
; run: %all(0x01020304, 0x04030201) == [0x01020304, 0xfcff0103, 0xfcff0103, 0x04030201, 0x04030201, 0x04030201]

function %narrow(i16, i16) -> i16, i16 {
    ss0 = explicit_slot 8, align = 8
block0(v0: i16, v1: i16):
    v2 = stack_addr.i64 ss0
    atomic_store big v0, v2
    v3 = atomic_cas.i16 big v2, v0, v1
    v4 = atomic_rmw.i16 big add v2, v0
    v5 = atomic_load.i16 big v2
    return v3, v5
}
; run: %narrow(0x0102, 0x1000) == [0x0102, 0x1102]
";

/// 128 bits at once, where the processor has that.
const WIDE: &str = "\
test run
set opt_level=none
target x86_64 has_cmpxchg16b
set opt_level=speed
target x86_64 has_cmpxchg16b

function %wide(i64, i64) -> i64, i64, i64, i64 {
    ss0 = explicit_slot 16, align = 16
block0(v0: i64, v1: i64):
    v2 = stack_addr.i64 ss0
    v3 = iconcat v0, v1
    atomic_store v3, v2
    v4 = atomic_rmw.i128 add v2, v3
    v5 = atomic_load.i128 v2
    v6 = atomic_cas.i128 v2, v5, v4
    v7 = atomic_load.i128 v2
    v8 = iadd v6, v7
    v9, v10 = isplit v6
    v11, v12 = isplit v8
    return v9, v10, v11, v12
}
; run: %wide(1, 2) == [2, 4, 3, 6]
; run: %wide(-1, 0) == [-2, 1, -3, 2]
";

/// By C's convention, in which the callee's registers are given back; and without tags.
const CONVENTION: &str = "\
test run
set opt_level=none
target x86_64
set opt_level=speed
target x86_64

function %throw(i64, i32, i64, i64) tail {
    fn0 = %__cranelift_throw(i64, i64, i64, i32, i64, i64)
block0(v0: i64, v1: i32, v2: i64, v3: i64):
    v4 = get_frame_pointer.i64
    v5 = get_return_address.i64
    call fn0(v0, v4, v5, v1, v2, v3)
    trap user12
}

function %c_throw(i64, i64) -> i64 system_v {
    fn0 = %throw(i64, i32, i64, i64) tail
block0(v0: i64, v1: i64):
    v2 = iconst.i32 9
    call fn0(v0, v2, v1, v1)
    return v1
}

function %c_catch(i64) -> i64 {
    sig0 = (i64, i64) -> i64 system_v
    fn0 = %c_throw sig0
block0(v0: i64):
    v1 = get_frame_pointer.i64
    try_call fn0(v1, v0), sig0, block1(ret0), [ context v0, default: block2(exn0, v0, exn1) ]
block1(v2: i64):
    return v2
block2(v3: i64, v4: i64, v5: i64):
    v6 = iadd v3, v4
    v7 = iadd v6, v5
    return v7
}
; run: %c_catch(14) == 42
";

#[test]
fn directives_that_the_others_refuse_are_passed() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (text, passed) in [(ORDER, 18), (CONVENTION, 2), (WIDE, 4)] {
        fs::write(folder.path().join("p.clif"), text).unwrap();
        let ended = with_backend(folder.path(), &["test", "--backends", "llvm", "p.clif"]);
        let stdout = ended.succeeds();
        if stdout.contains("]: this machine lacks ") {
            println!("skipped: {stdout}");
            continue;
        }
        assert_eq!(stdout, format!("{passed} passed, 0 failed, 0 skipped\n"));
    }
}

const MAIN: &str = "\
#include <stdio.h>
long entry(int, long);
long nested(int, long);
long not_own(int);
long outside(int);
int main(void) {
    printf(\"%ld %ld\", entry(1, 42), entry(2, 42));
    for (int tag = 0; tag < 7; tag++)
        printf(\" %ld\", nested(tag, 42));
    printf(\" %ld %ld\\n\", not_own(1), outside(1));
    return 0;
}
";

#[test]
fn exceptions_are_thrown_and_caught_on_every_machine() {
    if !has_llvm() {
        return;
    }
    let case = |name: &str, functions: &[&str]| {
        let path = root().join("tests/cases/clif").join(name);
        let mut text = fs::read_to_string(path).unwrap();
        for function in functions {
            // As C calls it.
            let line = text.lines().find(|line| line.contains(function));
            let line = line.unwrap().to_owned();
            let by_c = line.replace(" {", " system_v {");
            text = text.replace(&line, &by_c);
        }
        text
    };
    let frames = [
        "function %nested(",
        "function %not_own(",
        "function %outside(",
    ];
    for machine in MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        workshop.write("a.clif", case("exceptions.clif", &["function %entry("]));
        // Both have a `throw`.
        let other = case("exceptions_frames.clif", &frames);
        workshop.write("b.clif", other.replace("%throw(", "%raise("));
        workshop.write("main.c", MAIN);
        for level in LEVELS {
            for name in ["a", "b"] {
                let (from, to) = (format!("{name}.clif"), format!("{name}.o"));
                let rest = ["--target-triple", machine.target, "-o", &to];
                let rest = [&["--optimize", level][..], &rest].concat();
                object(workshop.folder(), &from, &rest).succeeds();
            }
            for form in ["-static", "-pie"] {
                workshop.sh(&format!("{} {form} main.c a.o b.o -o p", machine.cc));
                let said = machine.run(&workshop, &workshop.path("p"));
                let wanted = "1100 -1084 42 942 942 342 294 542 942 25 7\n";
                assert_eq!(said, wanted, "{} {level} {form}", machine.target);
            }
        }
    }
}

#[test]
fn programs_throw_in_memory_and_built() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = root().join("backend-jit/tests/exceptions.clif");
    let program = program.to_str().unwrap();
    for level in LEVELS {
        let llvm = ["--backend", "llvm", "--optimize", level];
        let run = with_backend(folder.path(), &[&llvm[..], &["run", program]].concat());
        assert_eq!((run.status, run.stdout.trim()), (Some(0), "42"), "{level}");
        let build = ["build", program, "-o", "p"];
        with_backend(folder.path(), &[&llvm[..], &build].concat()).succeeds();
        let built = end(&mut Command::new(folder.path().join("p")));
        assert_eq!(built.status, Some(42), "{level}");
    }
}

const THROWS: &str = "\
function %malloc(i64) -> i64 {
block0(v0: i64):
    return v0
}
function %f(i64) {
    fn0 = %__cranelift_throw(i64, i64, i64, i32, i64, i64)
block0(v0: i64):
    v1 = iconst.i32 1
    call fn0(v0, v0, v0, v1, v0, v0)
    trap user1
}
";

const ADDRESS: &str = "\
function %g() tail {
block0:
    return
}
function %f() -> i64 {
    sig0 = () tail
    fn0 = %g sig0
block0:
    v0 = get_exception_handler_address.i64 block1, 0
    jump block1
block1:
    try_call fn0(), sig0, block2, [ default: block3 ]
block2:
    return v0
block3:
    return v0
}
";

#[test]
fn what_it_lacks_of_them_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str, target: &str, code: &str, what: &str| {
        fs::write(folder.path().join("p.clif"), text).unwrap();
        let target = ["--target-triple", target];
        let message = object(folder.path(), "p.clif", &target).fails_with(code);
        assert!(message.contains(what), "{message}");
        assert!(!folder.path().join("p.o").exists());
    };
    let linux = "x86_64-unknown-linux-gnu";
    let address = "`get_exception_handler_address`";
    refused(ADDRESS, linux, "E5006", address);
    refused(THROWS, linux, "E4002", "`malloc` of its own");
    let other = THROWS.replace("%malloc", "%m");
    refused(&other, "x86_64-pc-windows-msvc", "E4002", "exceptions");
    let fewer = other.replace("i32, i64, i64)", "i32, i64)");
    let fewer = fewer.replace("v1, v0, v0)", "v1, v0)");
    refused(&fewer, linux, "E5007", "`__cranelift_throw`");

    let wide = "function %f(i64) -> i128 {\nblock0(v0: i64):\n    \
                v1 = atomic_load.i128 v0\n    return v1\n}\n";
    for target in [linux, "riscv64gc-unknown-linux-gnu"] {
        refused(wide, target, "E4002", "`i128`");
    }
    let scalable = root().join("host/src/kit/samples/features/scalable-simd.clif");
    let scalable = fs::read_to_string(scalable).unwrap();
    refused(&scalable, linux, "E5008", "scalable");
    let tail = "function %f() tail {\n    fn0 = %f() tail\nblock0:\n    return_call fn0()\n}\n";
    refused(tail, "riscv64gc-unknown-linux-gnu", "E4002", "tail calls");
}
