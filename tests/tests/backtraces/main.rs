//! What a panic came through: the program's own functions, in memory and in
//! executables (PAN-1).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod damaged;
mod lines;

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::llvm::{self, has_llvm};
use goblin::elf::Elf;

const DEEP: &str = "\
i64 Deep(i64 n, i64[] a) {
    if n == 0 {
        return a[5];
    }
    return Deep(n - 1, a) + 1;
}

i64 Other(i64 n) {
    i64(i64) f = x => Deep(x, [1, 2]) + x;
    return f(n);
}

i64 main() {
    return Other(1500) * 2;
}
";

const FOREVER: &str = "\
i64 Forever(i64 n) {
    if n < 0 { return n; }
    return Forever(n + 1) + n;
}

i64 main() => Forever(0) + 1;
";

/// What a program says to standard error that is run in memory and built, by each backend.
fn said(source: &str, options: &[&str], backtrace: Option<&str>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), source).unwrap();
    let backtrace = backtrace.map(|value| ("BESKID_BACKTRACE", value));
    let command = |backend: &str, verb: &str| {
        let args = ["--backend", backend, verb, "p.bd"];
        let args = args.iter().chain(options);
        match backend {
            "llvm" => llvm::command(folder, args),
            _ => {
                let mut command = beskid(folder);
                command.args(args);
                command
            }
        }
    };
    let mut said = Vec::new();
    let mut ended = |ended: Ended, how: &str| {
        assert_eq!(ended.status, Some(101), "{how}: {ended:#?}");
        said.push(ended.stderr);
    };
    let backends = ["jit", "aot", "llvm"];
    for backend in &backends[..if has_llvm() { 3 } else { 2 }] {
        // A library that is linked to be run is gone by then, and its lines with it.
        if *backend != "aot" {
            ended(end(command(backend, "run").envs(backtrace)), backend);
        }
        if *backend != "jit" {
            end(&mut command(backend, "build")).succeeds();
            let program = Command::new(folder.join("p")).envs(backtrace).output();
            ended(program.unwrap().into(), backend);
        }
    }
    said
}

/// What starts `main` is not told of: `main` must not become a part of it.
#[test]
fn pan_1_main_is_told_of_at_every_level() {
    let source = "unit main() {\n    i64 zero = 0;\n    __syscall_write(1, \"${5 / zero}\");\n}\n";
    for level in ["none", "speed"] {
        // What LLVM has optimized keeps no frame pointers.
        let told = if level == "none" { usize::MAX } else { 2 };
        let texts = said(source, &["--optimize", level], None);
        for text in texts.iter().take(told) {
            let lines = text.lines().collect::<Vec<_>>();
            let [what, place, function] = lines[..] else {
                panic!("{level}: {text}");
            };
            assert_eq!([what, place], ["panic: division by zero", "  at p.bd:3:27"]);
            assert!(function.starts_with("  at main ("), "{level}: {text}");
        }
    }
}

/// A function that took the place of its call.
#[test]
fn pan_1_the_line_in_optimized_code_is_that_of_the_innermost_function() {
    let source = "\
i64 Share(i64 of, i64 among) {
    return of / among;
}

i64 Both(i64 n) {
    let half = n / 2;
    return Share(8, 2)
        + Share(half, 0);
}

i64 main() => Both(10);
";
    let texts = said(source, &["--optimize", "speed", "-g"], None);
    for text in &texts[..2] {
        let lines = text.lines().collect::<Vec<_>>();
        let both = [
            "  at p.bd:2:12",
            "  at Both (p.bd:2)",
            "  at main (p.bd:11)",
        ];
        assert_eq!(lines[1..], both, "{text}");
    }
}

#[test]
fn pan_1_a_panic_tells_the_functions_that_it_came_through() {
    for text in said(DEEP, &[], None) {
        let lines = text.lines().collect::<Vec<_>>();
        assert_eq!(
            lines[0],
            "panic: index out of bounds: the length is 2 but the index is 5"
        );
        assert_eq!(lines[1], "  at p.bd:3:16", "{text}");
        assert_eq!(lines[2], "  at Deep (p.bd:3)", "{text}");
        assert_eq!(lines[3], "  at Deep (p.bd:5)", "{text}");
        assert_eq!(lines[4], "  … 1,499 more", "{text}");
        assert!(
            lines[5].starts_with("  at lambda.") && lines[5].ends_with(" (p.bd:9)"),
            "{text}"
        );
        assert_eq!(
            lines[6..],
            ["  at Other (p.bd:10)", "  at main (p.bd:14)"],
            "{text}"
        );
    }
}

#[test]
fn pan_1_a_program_whose_file_is_gone_tells_the_declarations() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), DEEP).unwrap();
    let args = ["--backend", "aot", "run", "p.bd"];
    let ended = end(beskid(folder.path()).args(args));
    assert_eq!(ended.status, Some(101), "{ended:#?}");
    let lines = "  at Other (declared at p.bd:8)\n  at main (declared at p.bd:13)\n";
    assert!(ended.stderr.ends_with(lines), "{ended:#?}");
}

#[test]
fn pan_1_optimized_code_tells_what_is_left_of_it() {
    // LLVM's has no frame pointers.
    let said = |options| said(DEEP, options, None).into_iter().take(2);
    for text in said(&["--optimize", "speed"]) {
        let deep = "\n  at Deep (declared at p.bd:1)\n  … ";
        assert!(text.contains(deep), "{text}");
        let main = "  at main (declared at p.bd:13)\n";
        assert!(text.ends_with(main), "{text}");
    }
    for text in said(&["--optimize", "speed", "-g"]) {
        assert!(text.contains("\n  at Deep (p.bd:5)\n  … "), "{text}");
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("  at main (p.bd:"), "{text}");
    }
}

#[test]
fn pan_1_a_stack_that_overflows_tells_what_it_is_full_of() {
    for text in said(FOREVER, &[], None) {
        assert!(
            text.starts_with("panic: stack overflow\n  at Forever (p.bd:"),
            "{text}"
        );
        assert!(text.contains("\n  at Forever (p.bd:3)\n  … "), "{text}");
        assert!(text.ends_with("  at main (p.bd:6)\n"), "{text}");
    }
}

/// The stack ends in the runtime, which makes the objects.
#[test]
fn pan_1_a_stack_that_overflows_in_the_runtime_tells_it_too() {
    for (made, used) in [
        ("[n, n]", "made[0]"),
        ("\"${n}\"", "made.len()"),
        ("\"x\" + __arg(0)", "made.len()"),
    ] {
        let source = format!(
            "i64 Grow(i64 n) {{\n    let made = {made};\n    return Grow(n + 1) + {used};\n}}\n\
             i64 main() => Grow(0);\n"
        );
        for text in said(&source, &[], None) {
            let begin = "panic: stack overflow\n  at Grow (p.bd:";
            assert!(text.starts_with(begin), "{made}: {text}");
            assert!(text.contains("\n  … "), "{made}: {text}");
            assert!(text.ends_with("  at main (p.bd:5)\n"), "{made}: {text}");
        }
    }
}

#[test]
fn pan_1_the_variable_says_how_much_is_told() {
    for text in said(DEEP, &[], Some("0")) {
        assert_eq!(text.lines().count(), 2, "{text}");
    }
    let chain = (0..40).map(|n| format!("i64 F{n}(i64 x) => F{}(x) + 1;\n", n + 1));
    let source = format!(
        "{}i64 F40(i64 x) => 1 / x;\ni64 main() => F0(0);\n",
        chain.collect::<String>()
    );
    for text in said(&source, &[], None) {
        assert_eq!(text.lines().count(), 2 + 16 + 1, "{text}");
        assert!(
            text.ends_with("  … 26 more; BESKID_BACKTRACE=full shows them\n"),
            "{text}"
        );
    }
    for text in said(&source, &[], Some("full")) {
        assert_eq!(text.lines().count(), 2 + 42, "{text}");
    }
}

#[test]
fn pan_1_code_of_c_in_between_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "c.c",
        "extern long Inner(long);\nlong through(long x) { volatile long y = Inner(x); return y; }\n\
         extern long Outer(long);\nint main(void) { return (int)Outer(0); }\n",
    );
    write(
        "l.bd",
        "[Extern(Abi: \"C\", Library: \"libc.so.6\")]\npub contract C { i64 through(i64 x); }\n\
         pub i64 Inner(i64 x) { return 1 / x; }\n\
         pub i64 Outer(i64 x) { return C.through(x) + 1; }\n",
    );
    let mut build = beskid(folder.path());
    build.args([
        "--optimize",
        "none",
        "build",
        "l.bd",
        "--kind",
        "static",
        "-o",
        "libl.a",
    ]);
    end(&mut build).succeeds();
    compile(
        folder.path(),
        &["-fno-omit-frame-pointer", "c.c", "libl.a", "-o", "c"],
    );
    let ended = end(&mut Command::new(folder.path().join("c")));
    let expected =
        "panic: division by zero\n  at l.bd:3:31\n  at Inner (l.bd:3)\n  at Outer (l.bd:4)\n";
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(101), expected));
}

#[test]
fn pan_1_executables_that_name_no_functions_have_no_code_that_tells_them() {
    let folder = tempfile::tempdir().unwrap();
    let hello = "unit main() { __syscall_write(1, \"hello\\n\"); }";
    for (source, tells) in [(hello, false), (FOREVER, true)] {
        fs::write(folder.path().join("p.bd"), source).unwrap();
        end(beskid(folder.path()).args(["build", "p.bd"])).succeeds();
        let bytes = fs::read(folder.path().join("p")).unwrap();
        let elf = Elf::parse(&bytes).unwrap();
        let mut imports = elf.dynsyms.iter();
        let asks = imports.any(|symbol| elf.dynstrtab.get_at(symbol.st_name) == Some("mincore"));
        assert_eq!(asks, tells, "{source}");
    }
}

fn compile(folder: &Path, args: &[&str]) {
    let status = Command::new("cc")
        .current_dir(folder)
        .args(args)
        .status()
        .unwrap();
    assert!(status.success());
}
