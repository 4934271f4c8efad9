//! `.clif` files as a source: any program that emits CLIF is a frontend.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, beskid, end, run};

const PROGRAM: &str = "test run
target x86_64

; Functions call one another by name and by number, before they are defined.
function %main() -> i64 {
    fn0 = colocated %even(i64) -> i8
    fn1 = colocated u0:7(i64) -> i64
    fn2 = %str_new(i64, i64) -> i64 system_v
    fn3 = %str_len(i64) -> i64 system_v
    fn4 = %CeilF64(f64) -> f64 system_v
    ss0 = explicit_slot 8
block0:
    v0 = iconst.i64 10
    v1 = call fn0(v0)
    v2 = uextend.i64 v1
    v3 = call fn1(v2)
    v4 = stack_addr.i64 ss0
    v5 = iconst.i64 0x4141_4141
    store v5, v4
    v6 = iconst.i64 4
    v7 = call fn2(v4, v6)
    v8 = call fn3(v7)
    v9 = f64const 0x1.8p1
    v10 = call fn4(v9)
    v11 = fcvt_to_sint.i64 v10
    v12 = iadd v3, v8
    v13 = iadd v12, v11
    return v13
}

function %even(i64) -> i8 {
    fn0 = colocated %odd(i64) -> i8
block0(v0: i64):
    brif v0, block1, block2
block1:
    v1 = iconst.i64 -1
    v2 = iadd v0, v1
    v3 = call fn0(v2)
    return v3
block2:
    v4 = iconst.i8 1
    return v4
}

function %odd(i64) -> i8 {
    fn0 = colocated %even(i64) -> i8
block0(v0: i64):
    brif v0, block1, block2
block1:
    v1 = iconst.i64 -1
    v2 = iadd v0, v1
    v3 = call fn0(v2)
    return v3
block2:
    v4 = iconst.i8 0
    return v4
}

function u0:7(i64) -> i64 fast {
block0(v0: i64):
    v1 = iconst.i64 100
    v2 = imul v0, v1
    return v2
}
";

fn with_clif(text: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.clif"), text).unwrap();
    folder
}

#[test]
fn bk_2_a_clif_program_runs_alike_everywhere() {
    let folder = with_clif(PROGRAM);
    for backend in ["jit", "aot"] {
        let ended = run(folder.path(), ["--backend", backend, "run", "p.clif"]);
        assert_eq!(ended.succeeds(), "107\n", "{backend}");
    }
    run(folder.path(), ["build", "p.clif"]).succeeds();
    let ended: Ended = end(&mut Command::new(folder.path().join("p")));
    assert_eq!(ended.status, Some(107), "{ended:#?}");
    run(
        folder.path(),
        ["artifact", "emit", "p.clif", "-o", "p.bska"],
    )
    .succeeds();
    assert_eq!(run(folder.path(), ["run", "p.bska"]).succeeds(), "107\n");
    run(folder.path(), ["build", "p.bska", "-o", "q"]).succeeds();
    let [p, q] = ["p", "q"].map(|name| fs::read(folder.path().join(name)).unwrap());
    assert!(
        p == q,
        "from text or from the artifact, the executable is the same"
    );
}

#[test]
fn printed_clif_is_clif_again() {
    let folder = with_clif(PROGRAM);
    let printed = run(folder.path(), ["clif", "p.clif"]).succeeds();
    fs::write(folder.path().join("again.clif"), &printed).unwrap();
    assert_eq!(
        run(folder.path(), ["run", "again.clif"]).succeeds(),
        "107\n"
    );
    assert_eq!(
        run(folder.path(), ["clif", "again.clif"]).succeeds(),
        printed
    );
}

/// Data objects, names, linkage and the entrypoint are in comments.
#[test]
fn what_is_printed_of_any_program_runs_as_the_program_does() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = "function %main() -> i64 {\n    gv0 = symbol colocated %table\nblock0:\n    \
                v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n    v2 = load.i64 v1+8\n    return v2\n}\n";
    let data = "; data: %table local writable align 8 zero 8 at 0 %numbers 8\n\
                ; data: %numbers export \"my.numbers\" bytes \"\\x00\\x01234567\
                \\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x2a\\x00\\x00\\x00\\x00\\x00\\x00\\x00\"\n";
    fs::write(folder.join("data.clif"), format!("{data}{text}")).unwrap();
    let mut sources = vec![folder.join("data.clif")];
    for entry in fs::read_dir(root().join("tests/goldens/v1")).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "bska")
        {
            sources.push(path);
        }
    }
    assert!(sources.len() > 3, "{sources:?}");
    for source in sources {
        let with = |command: &str| run(folder, [command.as_ref(), source.as_os_str()]);
        let printed = with("clif").succeeds();
        fs::write(folder.join("again.clif"), &printed).unwrap();
        let (own, again) = (with("run"), run(folder, ["run", "again.clif"]));
        assert_eq!(own.stdout, again.stdout, "{source:?}: {again:#?}");
        assert_eq!(own.status, again.status, "{source:?}: {again:#?}");
        assert_eq!(run(folder, ["clif", "again.clif"]).succeeds(), printed);
        run(folder, ["build", "again.clif", "-o", "again"]).succeeds();
    }
    let printed = run(folder, ["clif", "data.clif"]).succeeds();
    assert!(printed.contains("; data: %my_numbers export \"my.numbers\" bytes \"\\x00\\x01234567"));
    // Structs by value look like any other numbers.
    if cfg!(target_arch = "x86_64") {
        let text = "[CLayout]\ntype Division { i64 quotient, i64 remainder }\n\
                    [Extern(Abi: \"C\", Library: \"libc.so.6\")]\n\
                    contract C { Division ldiv(i64 number, i64 divisor); }\n\
                    i64 main() { return C.ldiv(17, 5).quotient; }\n";
        fs::write(folder.join("structs.bd"), text).unwrap();
        let printed = run(folder, ["clif", "structs.bd"]).succeeds();
        fs::write(folder.join("again.clif"), printed).unwrap();
        let ended = run(folder, ["--extern-dlopen", "run", "again.clif"]);
        assert_eq!(ended.succeeds(), "3\n");
    }
    // Through a pipe, as people would.
    fs::write(
        folder.join("h.bd"),
        "i32 main() { __syscall_write(1, \"hi\\n\"); return 7; }",
    )
    .unwrap();
    let pipe = "\"$0\" clif h.bd | \"$0\" run -";
    let host = beskid(folder);
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", pipe]);
    assert_eq!(end(command.arg(host.get_program())).succeeds(), "hi\n7\n");
}

#[test]
fn comments_on_symbols_that_say_nothing_are_refused_with_their_line() {
    let function = "function %main() {\nblock0:\n    return\n}\n";
    for (comment, reason) in [
        ("symbol: %main", "expected a word"),
        ("symbol: main local", "expected a name such as `%f`"),
        ("symbol: %main public", "`public` is none of local"),
        (
            "symbol: %other local",
            "no function of this file is or calls `%other`",
        ),
        (
            "symbol: %main local \"a\" b",
            "expected the end of the line",
        ),
        ("data: %d local", "expected a word"),
        ("data: %d import zero 8", "is no import"),
        ("data: %main local zero 8", "a second `%main`"),
        ("data: %d local bytes \"a", "a quote is not closed"),
        ("data: %d local zero many", "expected a number"),
        ("data: %d local zero 8 at 0 %none 0", "there is no `%none`"),
        ("data: %d local zero 8 at 4 %d 0", "p.clif"),
        ("feature: everything", "`everything` is none of simd"),
        ("entry: %none unit \"none\"", "there is no `%none`"),
        ("entry: %main i31 \"main\"", "`i31` is none of unit"),
    ] {
        let folder = with_clif(format!("\n; {comment}\n{function}"));
        let message = run(folder.path(), ["run", "p.clif"]).fails_with("E0020");
        assert!(message.contains(reason), "{comment}: {message}");
        if reason != "p.clif" {
            assert!(message.contains("p.clif:2:1"), "{comment}: {message}");
        }
    }
}

#[test]
fn what_is_no_clif_program_is_refused_with_the_line() {
    for (text, code, reason) in [
        ("function %f( {", "E0020", "p.clif:1:1"),
        (
            "function %f() {\nblock0:\n    v0 = frob.i32 1\n}",
            "E0020",
            "p.clif:3:5",
        ),
        (
            "function %f() {\nblock0:\n return\n}\nfunction %f() {\nblock0:\n return\n}",
            "E0020",
            "a second function `f`",
        ),
        (
            "function %f() -> i32 {\nblock0:\n v0 = iconst.i32 1\n return v0\n}",
            "E4030",
            "Missing entrypoint",
        ),
        (
            "function %main() -> i32 {\nblock0:\n return\n}",
            "E0020",
            "`%main`: `return`: arguments of return must match function signature",
        ),
        (
            "function %main(i32) {\nblock0(v0: i32):\n return\n}",
            "E4041",
            "`main` cannot be its entrypoint",
        ),
        (
            "function %main() {\n fn0 = colocated %far()\nblock0:\n call fn0()\n return\n}",
            "E0020",
            "`%far` is `colocated`, but this file does not define it",
        ),
        (
            "function %main() {\n fn0 = %far()\nblock0:\n call fn0()\n return\n}",
            "E5120",
            "unresolved: `far`",
        ),
        (
            "function %main() {\n fn0 = %str_len(i32) -> i64\nblock0:\n v0 = iconst.i32 0\n v1 = call fn0(v0)\n return\n}",
            "E0020",
            "ABI-002",
        ),
        ("", "E4030", "Missing entrypoint"),
    ] {
        let folder = with_clif(text);
        let message = run(folder.path(), ["run", "p.clif"]).fails_with(code);
        assert!(message.contains(reason), "{text}: {message}");
    }
    let folder = with_clif(b"function %f\xff() {}");
    run(folder.path(), ["run", "p.clif"]).fails_with("E0020");
    let folder = with_clif("function %g(i32) { block0(v0: i32): return }");
    run(folder.path(), ["run", "p.clif", "--entrypoint", "g"]).fails_with("E4041");
    run(folder.path(), ["run", "p.clif", "--entrypoint", "h"]).fails_with("E4030");
}

/// Whoever wrote the text can mend it: the line is named, and no producer.
#[test]
fn rules_that_a_function_breaks_are_told_with_its_line() {
    let before = "function %sound() {\nblock0:\n    return\n}\n\n";
    for (body, reason) in [
        (
            "    gv0 = symbol colocated tls %far\nblock0:\n    v0 = tls_value.i64 gv0\n    return",
            "`%far` is `colocated`",
        ),
        (
            "    fn0 = %far(i64) -> i64 preserve_all\nblock0:\n    return",
            "`preserve_all` ABI cannot have return values",
        ),
        (
            "    fn0 = %alloc(i8)\nblock0:\n    return",
            "imports `alloc` with another signature",
        ),
        (
            "block0:\n    v0 = iconst.i64 1\n    v1 = iconst.i32 1\n    v2 = iadd v0, v1\n    return",
            "v2 = iadd",
        ),
        (
            "block0:\n    jump block1\nblock1(v0: i64):\n    return",
            "`%f`",
        ),
    ] {
        let folder = with_clif(format!("{before}function %f() {{\n{body}\n}}\n"));
        let build = ["build", "p.clif", "--kind", "object", "-o", "p.o"];
        for args in [&["run", "p.clif", "--entrypoint", "f"][..], &build] {
            let message = run(folder.path(), args).fails_with("E0020");
            assert!(message.contains("p.clif:6:1"), "{body}: {message}");
            assert!(message.contains(reason), "{body}: {message}");
            assert!(!message.contains("producer"), "{body}: {message}");
        }
    }
}

/// A signature that names no convention is C's of whichever target there is.
#[test]
fn signatures_without_a_convention_follow_the_targets() {
    let text = |convention: &str| {
        format!(
            "; extern: %putchar msvcrt\nfunction %show(i32) -> i32 {convention} {{\n    \
             fn0 = %putchar(i32) -> i32 {convention}\n    fn1 = %plain(i32) -> i32 {convention}\n\
             block0(v0: i32):\n    v1 = iconst.i32 65\n    v2 = call fn0(v1)\n    \
             v3 = iconst.i32 66\n    v4 = call fn1(v3)\n    return v0\n}}\n"
        )
    };
    // Moves of 65 and 66 to ecx, where Windows has the first argument, and to edi,
    // where System V has it.
    let moves = [0xb9_u8, 0xbf];
    for (convention, dumped, target, expected) in [
        ("", "Platform", "x86_64-pc-windows-gnu", [2, 0]),
        ("", "Platform", "x86_64-unknown-linux-gnu", [0, 2]),
        ("system_v", "SystemV", "x86_64-pc-windows-gnu", [0, 2]),
        (
            "windows_fastcall",
            "WindowsFastcall",
            "x86_64-unknown-linux-gnu",
            [2, 0],
        ),
        ("fast", "Fast", "x86_64-unknown-linux-gnu", [0, 2]),
    ] {
        let mut program = text(convention);
        if convention == "fast" {
            // Which is none of C's.
            let folder = with_clif(&program);
            let args = ["build", "p.clif", "--kind", "object", "-o", "p.o"];
            run(folder.path(), args).fails_with("E5010");
            program = program.replacen("; extern: %putchar msvcrt\n", "", 1);
        }
        let folder = with_clif(program);
        let dump = run(folder.path(), ["artifact", "dump", "p.clif"]).succeeds();
        let symbols = dump.lines().filter(|line| line.starts_with('s'));
        for line in symbols {
            assert!(line.ends_with(dumped), "{convention}: {line}");
        }
        let args = ["build", "p.clif", "--kind", "object", "-o", "p.o"];
        let args = args.into_iter().chain(["--target-triple", target]);
        run(folder.path(), args).succeeds();
        let object = fs::read(folder.path().join("p.o")).unwrap();
        let count = |code: u8| {
            let codes = [65, 66].map(|value| [code, value, 0, 0, 0]);
            let found = object
                .windows(5)
                .filter(|found| codes.iter().any(|own| own == found));
            found.count()
        };
        assert_eq!(moves.map(count), expected, "{convention} {target}");
    }
}

#[test]
fn a_library_in_clif_exports_its_named_functions() {
    let folder = with_clif(
        "function %twice(i64) -> i64 system_v {\nblock0(v0: i64):\n v1 = iadd v0, v0\n return v1\n}",
    );
    run(folder.path(), ["build", "p.clif", "--kind", "shared"]).succeeds();
    let report = run(folder.path(), ["inspect", "libp.so"]).succeeds();
    assert!(report.contains("exports:       twice\n"), "{report}");
}
