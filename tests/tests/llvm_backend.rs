//! The backend `llvm`, loaded from its file: it makes of every program what the built-in
//! ones make, as an object and in memory, and says what it lacks. Machines without LLVM 19
//! skip what needs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::built::{built, root};
use beskid_tests::by_hand::thread_local;
use beskid_tests::cases::examples;
use beskid_tests::command::{beskid, end};
use beskid_tests::llvm::{command, has_llvm, object, with_backend};
use beskid_tests::machines::MACHINES;

#[test]
fn programs_do_what_they_do_by_the_built_in_backend() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for program in examples() {
        let program = program.to_str().unwrap();
        let built = |backend: &[&str]| {
            let args = [backend, &["build", program, "-o", "p"]].concat();
            with_backend(folder.path(), &args).succeeds();
            end(&mut Command::new(folder.path().join("p")))
        };
        let ran = with_backend(folder.path(), &["--backend", "aot", "run", program]);
        let ours = built(&["--backend", "aot"]);
        for level in ["none", "speed", "size"] {
            let llvm = ["--backend", "llvm", "--optimize", level];
            let run = [&llvm[..], &["run", program]].concat();
            assert_eq!(with_backend(folder.path(), &run), ran, "{program}");
            assert_eq!(built(&llvm), ours, "{program}");
        }
    }
}

#[test]
fn panics_and_statuses_are_those_of_the_built_in_backend() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = root().join("tests/cases/run");
    let cases = fs::read_dir(cases).unwrap().flatten();
    let programs = cases.map(|entry| entry.path());
    let programs = programs.filter(|path| path.extension().is_some_and(|found| found == "bd"));
    let mut count = 0;
    for program in programs {
        let args = ["diff", "--backends", "jit,llvm", program.to_str().unwrap()];
        let ended = with_backend(folder.path(), &args);
        assert_eq!(ended.status, Some(0), "{ended:#?}");
        count += 1;
    }
    assert!(count > 10);
}

#[test]
fn run_directives_have_the_verdicts_of_the_others() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let cases = root().join("tests/cases/clif");
    let args = ["test", "--backends", "llvm", cases.to_str().unwrap()];
    let ended = with_backend(folder.path(), &args);
    let failed = ended.stdout.lines().filter(|line| line.starts_with("FAIL"));
    // The one thing that LLVM has not and for which no feature stands.
    let failed = failed.collect::<Vec<_>>();
    let is_that = |line: &str| line.contains("needs_register") && line.contains("`get_pinned_reg`");
    assert!(failed.len() == 1 && is_that(failed[0]), "{failed:#?}");
    let last = ended.stdout.lines().last().unwrap();
    let passed = last.split(' ').next().unwrap().parse::<u32>();
    assert!(passed.unwrap() > 3_500, "{last}");
    assert!(last.ends_with(", 0 skipped"), "{last}");
}

#[test]
fn the_conformance_kit_is_passed() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let plugin = built().plugin("backend_llvm").to_str().unwrap();
    let mut command = beskid(folder.path());
    let ended = end(command.args(["plugin", "check", plugin]));
    assert_eq!(ended.status, Some(0), "{ended:#?}");
}

#[test]
fn objects_are_the_same_wherever_they_are_made() {
    if !has_llvm() {
        return;
    }
    let made = ["first", "second"].map(|name| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
        with_backend(
            &folder,
            &["--isolate", "--backend", "llvm", "build", "p.bd"],
        )
        .succeeds();
        assert_eq!(end(&mut Command::new(folder.join("p"))).status, Some(42));
        object(&folder, "p.bd", &["-o", "p.o"]).succeeds();
        fs::read(folder.join("p.o")).unwrap()
    });
    assert!(made[0] == made[1], "the folder is in the object");
}

/// What C passes and gets back: narrow and wide integers, floats, and more than there are
/// registers for; an atomic, a switch, a store of the other byte order.
const FUNCTIONS: &str = "\
function %mixed(i8 sext, f32, i64, f64, i64, i64, i64, i64, i64, i32 sext) -> f64 system_v {
block0(v0: i8, v1: f32, v2: i64, v3: f64, v4: i64, v5: i64, v6: i64, v7: i64, v8: i64, v9: i32):
    v10 = sextend.i64 v0
    v11 = sextend.i64 v9
    v12 = iadd v10, v11
    v13 = imul v12, v8
    v14 = fcvt_from_sint.f64 v13
    v15 = fpromote.f64 v1
    v16 = fma v15, v3, v14
    return v16
}
function %count(i64, i64) -> i64 system_v {
block0(v0: i64, v1: i64):
    v2 = atomic_rmw.i64 add v0, v1
    v3 = atomic_load.i64 v0
    v4 = isub v3, v2
    return v4
}
function %swapped(i64, i32) -> i32 system_v {
block0(v0: i64, v1: i32):
    store big v1, v0
    br_table v1, block1, [block2, block3]
block1:
    v2 = load.i32 little v0
    return v2
block2:
    v3 = iconst.i32 20
    return v3
block3:
    v4 = iconst.i32 30
    return v4
}
";

const MAIN: &str = "\
#include <stdio.h>
double mixed(signed char, float, long, double, long, long, long, long, long, int);
long count(long *, long);
int swapped(int *, int);
long bump(void);
int main(void) {
    long number = 40; int word;
    printf(\"%g %ld \", mixed(-3, 1.5f, 0, 4.0, 0, 0, 0, 0, 10, -4), count(&number, 2));
    printf(\"%ld %x %d %d \", number, swapped(&word, 0x11223344), swapped(&word, 0), swapped(&word, 1));
    printf(\"%ld\\n\", bump());
    return 0;
}
";

#[test]
fn objects_for_every_machine_are_called_from_c() {
    if !has_llvm() {
        return;
    }
    for machine in MACHINES {
        let Some(workshop) = machine.workshop() else {
            continue;
        };
        workshop.write("f.clif", FUNCTIONS);
        workshop.write("t.bska", thread_local().bytes());
        workshop.write("main.c", MAIN);
        for level in ["none", "speed"] {
            for (program, output) in [("f.clif", "f.o"), ("t.bska", "t.o")] {
                let rest = ["--target-triple", machine.target, "-o", output];
                let rest = [&["--optimize", level][..], &rest].concat();
                object(workshop.folder(), program, &rest).succeeds();
            }
            workshop.sh(&format!("{} main.c f.o t.o -lm -o p", machine.cc));
            let path = workshop.path("p");
            let said = machine.run(&workshop, &path);
            assert_eq!(said, "-64 2 42 44332211 20 30 43\n", "{}", machine.target);
        }
    }
}

#[test]
fn objects_for_other_systems_have_their_formats() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("p.bd"),
        "pub i32 f() { return 7; } unit main() { }",
    )
    .unwrap();
    for (target, magic) in [
        ("x86_64-unknown-freebsd", &b"\x7fELF"[..]),
        ("aarch64-apple-darwin", b"\xcf\xfa\xed\xfe"),
        ("x86_64-apple-darwin", b"\xcf\xfa\xed\xfe"),
        ("x86_64-pc-windows-msvc", b"\x64\x86"),
        ("x86_64-pc-windows-gnu", b"\x64\x86"),
    ] {
        let rest = ["--target-triple", target, "-o", "p.o"];
        object(folder.path(), "p.bd", &rest).succeeds();
        let object = fs::read(folder.path().join("p.o")).unwrap();
        assert!(object.starts_with(magic), "{target}");
        fs::remove_file(folder.path().join("p.o")).unwrap();
    }
}

#[test]
fn an_llvm_that_will_not_do_is_one_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    fs::write(folder.path().join("text.so"), "no library").unwrap();
    fs::write(folder.path().join("empty.so"), "").unwrap();
    let text = folder.path().join("text.so");
    let empty = folder.path().join("empty.so");
    let pipe = folder.path().join("pipe.so");
    end(Command::new("mkfifo").arg(&pipe)).succeeds();
    let old = Path::new("/usr/lib/x86_64-linux-gnu/libLLVM-14.so.1");
    let mut libraries = vec![
        ("/nonexistent/libLLVM.so".to_owned(), "cannot be opened"),
        (text.display().to_string(), "cannot be opened"),
        (empty.display().to_string(), "cannot be opened"),
        (folder.path().display().to_string(), "cannot be opened"),
        (pipe.display().to_string(), "it is no file"),
        ("libc.so.6".to_owned(), "is no LLVM"),
        (String::new(), "names no library"),
    ];
    if old.exists() {
        libraries.push((old.display().to_string(), "before version 16"));
    }
    for (library, reason) in libraries {
        let option = format!("llvm.library={library}");
        let args = ["--backend", "llvm", "--backend-option", &option];
        for verb in [["run", "p.bd"], ["build", "p.bd"]] {
            let ended = with_backend(folder.path(), &[&args[..], &verb].concat());
            let message = ended.fails_with("E5196");
            assert!(message.contains(reason), "{message}");
            assert!(message.contains("libllvm19"), "{message}");
        }
    }
    assert!(!folder.path().join("p").exists());
}

#[test]
fn too_little_memory_is_one_error_and_leaves_nothing() {
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let functions =
        (0..300).map(|number| format!("i64 f{number}(i64 x) {{ return x / {number} + 1; }}\n"));
    let program = functions.skip(1).collect::<String>() + "unit main() { }";
    fs::write(folder.path().join("p.bd"), program).unwrap();
    let mut refused = 0;
    for kibibytes in [100_000, 200_000, 300_000, 310_000, 320_000, 340_000] {
        let line = format!("ulimit -v {kibibytes}; exec \"$@\"");
        let beskid = command(
            folder.path(),
            ["--backend", "llvm", "build", "p.bd", "-o", "p"],
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &line, "sh"]).arg(beskid.get_program());
        shell.args(beskid.get_args()).current_dir(folder.path());
        for (name, value) in beskid.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let ended = end(&mut shell);
        if ended.status == Some(0) {
            fs::remove_file(folder.path().join("p")).unwrap();
            continue;
        }
        refused += 1;
        let errors = ended.stderr.matches("error[E").count();
        assert_eq!(errors, 1, "{kibibytes}: {ended:#?}");
        let left = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "{kibibytes}: {ended:#?}");
    }
    assert!(refused > 0);
}

#[test]
fn what_it_lacks_is_an_error_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let elsewhere = ["--target-triple", "s390x-unknown-linux-gnu"];
    let message = object(folder.path(), "p.bd", &elsewhere).fails_with("E4001");
    assert!(message.contains("`llvm`"), "{message}");

    let exceptions = root().join("tests/cases/clif/exceptions.clif");
    let exceptions = exceptions.to_str().unwrap();
    let windows = ["--target-triple", "x86_64-pc-windows-gnu"];
    let message = object(folder.path(), exceptions, &windows).fails_with("E4002");
    assert!(message.contains("exceptions"), "{message}");

    let pinned = "function %f() -> i64 {\nblock0:\n    v0 = get_pinned_reg.i64\n    return v0\n}\n";
    fs::write(folder.path().join("p.clif"), pinned).unwrap();
    let message = object(folder.path(), "p.clif", &[]).fails_with("E5006");
    assert!(message.contains("`get_pinned_reg`"), "{message}");

    let option = ["--backend-option", "llvm.speed=11"];
    let message = object(folder.path(), "p.bd", &option).fails_with("E4004");
    assert!(message.contains("speed"), "{message}");
}

/// C may call such a function on a thread of its own, which tells the runtime.
#[test]
fn a_program_in_memory_passes_a_function_to_c() {
    const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"libc.so.6\")]
contract C {
    unit qsort(ref u8 base, i64 count, i64 size, i32(ref u8, ref u8) compare);
}

[Export(Abi: \"C\")]
pub i32 compare(ref u8 left, ref u8 right) { return left - right; }

i64 main() {
    C.qsort(__str_ptr(\"ba\"), 2, 1, compare);
    return 3;
}
";
    if !has_llvm() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    for level in ["none", "speed"] {
        let run = ["--backend", "llvm", "--optimize", level, "--extern-dlopen"];
        let run = [&run[..], &["run", "p.bd"]].concat();
        assert_eq!(with_backend(folder.path(), &run).succeeds(), "3\n");
    }
}

/// Calls within a library go to its own functions, as those of executables do.
#[test]
fn functions_of_a_shared_library_are_its_own() {
    const PROGRAM: &str = "\
[Export(Abi: \"C\")]
pub i64 labs(i64 n) { return n - 1; }

[Export(Abi: \"C\")]
pub i64 twice(i64 n) { return labs(n) * 2; }
";
    const CALLER: &str = "\
#include <stdio.h>
#include <stdlib.h>
long twice(long n);
int main(void) { printf(\"%ld %ld\\n\", twice(-7), labs(-7)); return 0; }
";
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), PROGRAM).unwrap();
    fs::write(folder.join("c.c"), CALLER).unwrap();
    let backends = ["aot", "llvm"];
    for backend in &backends[..if has_llvm() { 2 } else { 1 }] {
        for level in ["none", "speed"] {
            let build = ["--backend", backend, "--optimize", level, "build", "p.bd"];
            let build = [&build[..], &["--kind", "shared", "-o", "libp.so"]].concat();
            with_backend(folder, &build).succeeds();
            let mut cc = Command::new("cc");
            cc.current_dir(folder)
                .args(["c.c", "-L.", "-lp", "-Wl,-rpath,."]);
            assert!(cc.args(["-o", "c"]).status().unwrap().success());
            let ended = end(Command::new("./c").current_dir(folder));
            // The caller's own `labs` is its business: the library comes before C's.
            assert!(ended.succeeds().starts_with("-16 "), "{backend} {level}");
        }
    }
}
