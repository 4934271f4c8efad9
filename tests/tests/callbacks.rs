//! Functions of a C host that programs call, and panics on the way.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, end, run};
use tempfile::TempDir;

/// Every kind of value in callbacks and exported functions, both ways.
const LIBRARY: &str = r#"
[CLayout]
type Pair { f64 x, i32 n }
[CLayout]
type Big { i64 a, f64 b, u8 c, bool d, i32 e }

[Callback(Abi: "C")]
contract Host {
    i64 add(i64 a, u8 b);
    Pair twice(Pair p);
    unit log(CStringView text);
    Big more(Big b, i64 n);
}

[Export(Abi: "C")]
pub Big grow(i64 before, Big b, CArrayView view, Pair p, ref u8 byte) {
    byte = 7;
    i64 a = b.a + before + view.len * 100 + view.cap * 1000;
    return Big { a: a, b: b.b + p.x, c: b.c, d: !b.d, e: b.e - 1 };
}

unit log(string text) {
    Host.log(CStringView { ptr: __str_ptr(text), len: __str_len(text) });
}

[Export(Abi: "C")]
pub i64 work(i64 n) {
    log("working on ${n}");
    let p = Host.twice(Pair { x: 1.5, n: 20 });
    let b = Host.more(Big { a: 1, b: 2.5, c: 3, d: false, e: -5 }, 1000);
    log("${p.x} ${p.n} ${b.a} ${b.b} ${b.c} ${b.d} ${b.e}");
    return Host.add(n, 200);
}

[Export(Abi: "C")]
pub i32 divide(i32 a, i32 b) { return a / b; }
"#;

const HOST: &str = r#"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef struct { double x; int32_t n; } Pair;
typedef struct { int64_t a; double b; uint8_t c; bool d; int32_t e; } Big;
typedef struct { const uint8_t *ptr; int64_t len; } CStringView;
typedef struct { uint8_t *ptr; int64_t len, cap; } CArrayView;
Big grow(int64_t, Big, CArrayView, Pair, uint8_t *);
int64_t work(int64_t);
int32_t divide(int32_t, int32_t);
int64_t beskid_register_callbacks(const void *, int64_t);

static int64_t add(int64_t a, uint8_t b) { return a + b; }
static Pair twice(Pair p) { return (Pair){p.x * 2, p.n * 2}; }
static void show(CStringView t) { printf("%.*s\n", (int)t.len, (const char *)t.ptr); }
static Big more(Big b, int64_t n) { return (Big){b.a + n, b.b * 2, b.c + 1, !b.d, b.e - 1}; }
static struct { uint64_t count; void *f[4]; } table = {4, {add, twice, show, more}};

int main(int argc, char **argv) {
    const char *what = argv[1];
    setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(what, "bands") == 0) {
        printf("%ld %ld\n", beskid_register_callbacks(&table, 2), beskid_register_callbacks(&table, 0));
        work(1);
    } else if (strcmp(what, "few") == 0) {
        table.count = atoi(argv[2]);
        beskid_register_callbacks(&table, 1);
        work(1);
    } else if (strcmp(what, "divide") == 0) {
        printf("%d\n", divide(7, 2));
        divide(7, 0);
    } else {
        uint8_t byte = 0;
        Big b = grow(5, (Big){10, 0.5, 200, true, -3}, (CArrayView){0, 3, 4}, (Pair){2, 1}, &byte);
        printf("%ld %g %d %d %d %d\n", b.a, b.b, b.c, b.d, b.e, byte);
        if (beskid_register_callbacks(&table, 1) != 0) return 1;
        printf("%ld\n", work(50));
        return 0;
    }
    puts("not reached");
    return 0;
}
"#;

/// A host, linked with the library as that kind of output.
fn host(kind: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("lib.bd"), LIBRARY).unwrap();
    fs::write(path.join("host.c"), HOST).unwrap();
    run(path, ["build", "lib.bd", "--kind", kind]).succeeds();
    let library: &[&str] = match kind {
        "static" => &["liblib.a"],
        _ => &["-L.", "-llib", "-Wl,-rpath,$ORIGIN"],
    };
    let mut cc = Command::new("cc");
    cc.current_dir(path).args(["host.c", "-o", "host"]);
    end(cc.args(library)).succeeds();
    folder
}

fn start(folder: &Path, args: &[&str]) -> Ended {
    end(Command::new(folder.join("host")).args(args))
}

/// A panic that no code of the host comes after (FFI-5).
#[track_caller]
fn panicked(ended: &Ended, stdout: &str, message: &str) {
    assert_eq!(ended.status, Some(101), "{ended:#?}");
    assert_eq!(ended.stdout, stdout);
    assert!(
        ended.stderr.starts_with(&format!("panic: {message}")),
        "{ended:#?}"
    );
}

#[test]
fn ffi_5_a_host_registers_callbacks_with_a_library_of_either_kind() {
    for kind in ["static", "shared"] {
        let folder = host(kind);
        let output = start(folder.path(), &["all"]).succeeds();
        let expected = "4315 2.5 200 0 -4 7\nworking on 50\n3.0 40 1001 5.0 4 true -6\n250\n";
        assert_eq!(output, expected, "{kind}");
    }
}

#[test]
fn ffi_5_a_table_of_another_band_or_with_too_few_functions_is_not_called() {
    let folder = host("static");
    let bands = start(folder.path(), &["bands"]);
    panicked(
        &bands,
        "-1 -1\n",
        "callback `log` is not registered\n  at lib.bd:23:5\n",
    );
    for (count, stdout, missing) in [
        ("0", "", "log"),
        ("2", "", "log"),
        ("3", "working on 1\n", "more"),
    ] {
        let ended = start(folder.path(), &["few", count]);
        panicked(
            &ended,
            stdout,
            &format!("callback `{missing}` is not registered"),
        );
    }
}

#[test]
fn ffi_5_a_panic_in_an_exported_function_does_not_return_to_c() {
    for kind in ["static", "shared"] {
        let folder = host(kind);
        let ended = start(folder.path(), &["divide"]);
        panicked(&ended, "3\n", "division by zero");
    }
}

#[test]
fn ffi_5_a_panic_in_a_comparator_ends_the_program_in_every_backend() {
    let program = r#"
[Extern(Abi: "C", Library: "libc.so.6")]
contract C {
    unit qsort(ref u8 base, i64 count, i64 size, i32(ref u8, ref u8) compare);
}
[Export(Abi: "C")]
pub i32 compare(ref u8 a, ref u8 b) { __panic_str("cannot compare ${a} and ${b}"); }
i32 main() {
    C.qsort(__str_ptr("ba"), 2, 1, compare);
    __syscall_write(1, "not reached");
    return 0;
}
"#;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), program).unwrap();
    for args in [
        ["--extern-dlopen", "run", "p.bd"].as_slice(),
        &["--backend", "aot", "run", "p.bd"],
    ] {
        panicked(&run(folder.path(), args), "", "cannot compare 98 and 97");
    }
}

#[test]
fn ffi_5_exports_do_not_touch_the_version_of_the_runtime_abi() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let required = |source: &str| {
        fs::write(folder.join("p.bd"), source).unwrap();
        run(folder, ["artifact", "emit", "p.bd", "--output", "p.bska"]).succeeds();
        let dump = run(folder, ["artifact", "dump", "p.bska"]).succeeds();
        let line = dump.lines().find(|line| line.contains("runtime"));
        line.map(str::to_owned)
    };
    let plain = "pub unit f() { __rt_yield(); }";
    let exported = format!("[Export(Abi: \"C\", Symbol: \"other\")]\n{plain}");
    assert_eq!(required(plain), required(&exported));
    assert!(required(plain).is_some());
}
