//! Foreign functions: bound at link time, or loaded on demand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end, run};
use beskid_tests::foreign::{calling, library};

const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"libc.so.6\")]
pub contract C {
    i32 getpid();
    i32 abs(i32 x);
    [Extern(Symbol: \"labs\")]
    i64 long_abs(i64 x);
}

[Extern(Abi: \"C\", Library: \"libm.so.6\")]
contract Maths {
    f64 cos(f64 x);
    f64 pow(f64 base, f64 exponent);
}

i32 main() {
    let text = \"${C.abs(-5)} ${C.long_abs(-7)} ${Maths.cos(0.0)} ${Maths.pow(2.0, 10.0)}\";
    __syscall_write(1, text);
    if C.getpid() > 0 { return 3; }
    return 4;
}
";
const OUTPUT: &str = "5 7 1.0 1024.0";

fn folder_with(program: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), program).unwrap();
    folder
}

/// Runs `beskid` with a policy.
fn with_policy(folder: &Path, policy: (&str, &str), args: &[&str]) -> Ended {
    end(beskid(folder).env(policy.0, policy.1).args(args))
}

#[test]
fn ffi_2_a_program_is_bound_to_its_libraries_by_the_linker() {
    let folder = folder_with(PROGRAM);
    let folder = folder.path();
    let stdout = run(folder, ["--backend", "aot", "run", "p.bd"]).succeeds();
    assert_eq!(stdout, format!("{OUTPUT}3\n"));
    run(folder, ["build", "p.bd"]).succeeds();
    let ended = end(&mut Command::new(folder.join("p")));
    assert_eq!((ended.status, ended.stdout.as_str()), (Some(3), OUTPUT));
    let report = run(folder, ["inspect", "p"]).succeeds();
    assert!(report.contains("libm.so.6"), "{report}");
    assert!(report.contains("getpid"), "{report}");
}

#[test]
fn ext_001_a_program_in_memory_has_no_foreign_functions_unless_the_user_says_so() {
    let folder = folder_with(PROGRAM);
    let folder = folder.path();
    let message = run(folder, ["run", "p.bd"]).fails_with("E5120");
    for name in ["abs", "labs", "getpid"] {
        let line = format!("unresolved: `{name}` of `libc.so.6`");
        assert!(message.contains(&line), "{message}");
    }
    assert!(message.contains("`cos` of `libm.so.6`"), "{message}");
    assert!(message.contains("--extern-dlopen"), "{message}");
    assert!(message.contains("--backend aot"), "{message}");

    let expected = format!("{OUTPUT}3\n");
    assert_eq!(
        run(folder, ["--extern-dlopen", "run", "p.bd"]).succeeds(),
        expected
    );
    let variable = ("BESKID_EXTERN_DLOPEN", "true");
    assert_eq!(
        with_policy(folder, variable, &["run", "p.bd"]).succeeds(),
        expected
    );
    fs::write(folder.join("beskid.toml"), "[extern]\ndlopen = true\n").unwrap();
    run(folder, ["trust", "."]).succeeds();
    assert_eq!(run(folder, ["run", "p.bd"]).succeeds(), expected);
}

#[test]
fn ext_8_every_backend_imports_what_the_artifact_imports() {
    let folder = folder_with(PROGRAM);
    let folder = folder.path();
    run(folder, ["artifact", "emit", "p.bd", "-o", "p.bska"]).succeeds();
    let dump = run(folder, ["artifact", "dump", "p.bska"]).succeeds();
    let imported = |kind: &str| -> BTreeSet<String> {
        let lines = dump.lines().filter(|line| line.contains(kind));
        let functions = lines.filter_map(|line| line.split_once("function "));
        let names = functions.filter_map(|(_, function)| function.split_once('('));
        names.map(|(name, _)| name.to_owned()).collect()
    };
    let (foreign, runtime) = (
        imported(" = import extern "),
        imported(" = import runtime "),
    );
    assert_eq!(foreign.len(), 5);
    assert!(runtime.contains("syscall_write"));

    let message = run(folder, ["run", "p.bska"]).fails_with("E5120");
    let notes = message
        .lines()
        .filter_map(|line| line.split_once("unresolved: `"));
    let names = notes.filter_map(|(_, rest)| rest.split_once('`'));
    let in_memory = names.map(|(name, _)| name.to_owned());
    assert_eq!(in_memory.collect::<BTreeSet<_>>(), foreign);

    run(folder, ["build", "p.bska", "--kind", "object"]).succeeds();
    let report = run(folder, ["--message-format", "json", "inspect", "p.o"]).succeeds();
    let report = serde_json::from_str::<serde_json::Value>(&report).unwrap();
    let names = |list: &serde_json::Value| -> BTreeSet<String> {
        let names = list.as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(&report["runtime"]["undefined"]), runtime);
    let all = foreign.union(&runtime).cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&report["imports"]), all);

    let stdout = run(folder, ["--extern-dlopen", "diff", "p.bd"]).succeeds();
    assert!(stdout.ends_with("no difference\n"), "{stdout}");
}

#[test]
fn ext_7_the_policy_is_applied_before_anything_can_run() {
    let folder = folder_with(PROGRAM);
    let folder = folder.path();
    let memory = ["--extern-dlopen", "run", "p.bd"];
    let linked = ["build", "p.bd"];
    for (variable, list, reason) in [
        (
            "BESKID_EXTERN_DENY",
            "libm.so.6:*",
            "`cos` of `libm.so.6`: denied by denylist",
        ),
        (
            "BESKID_EXTERN_DENY",
            "*:getpid, labs",
            "`labs` of `libc.so.6`: denied by denylist",
        ),
        (
            "BESKID_EXTERN_ALLOW",
            "libc.so.6:*",
            "`pow` of `libm.so.6`: denied by allowlist",
        ),
    ] {
        for args in [memory.as_slice(), &linked] {
            let message = with_policy(folder, (variable, list), args).fails_with("E5130");
            assert!(message.contains(reason), "{message}");
            assert!(!folder.join("p").exists());
        }
    }
    let all = ("BESKID_EXTERN_ALLOW", "libc.so.6:*,libm.so.6:*");
    with_policy(folder, all, &memory).succeeds();
    let mut both = beskid(folder);
    both.env(all.0, all.1).env("BESKID_EXTERN_DENY", "getpid");
    end(both.args(memory)).fails_with("E5130");
    let malformed = ("BESKID_EXTERN_ALLOW", "libc.so.6:");
    with_policy(folder, malformed, &linked).fails_with("E5133");
}

#[test]
fn what_is_not_there_is_named_with_the_words_of_the_loader_and_the_linker() {
    let library = folder_with(&PROGRAM.replace("libm.so.6", "libnope.so.1"));
    let message = run(library.path(), ["--extern-dlopen", "run", "p.bd"]).fails_with("E5131");
    assert!(
        message.contains("cannot open shared object file"),
        "{message}"
    );
    let message = run(library.path(), ["build", "p.bd"]).fails_with("E4021");
    assert!(
        message.contains("library not found: libnope.so.1"),
        "{message}"
    );

    let symbol = folder_with(&PROGRAM.replace("cos(", "kosinus("));
    let message = run(symbol.path(), ["--extern-dlopen", "run", "p.bd"]).fails_with("E5132");
    assert!(message.contains("undefined symbol: kosinus"), "{message}");
    let message = run(symbol.path(), ["build", "p.bd"]).fails_with("E4021");
    let line = "undefined symbol: kosinus (foreign, of `libm.so.6`, for p.o";
    assert!(message.contains(line), "{message}");
}

#[test]
fn ffi_2_everything_that_is_missing_in_memory_is_listed() {
    let program = PROGRAM
        .replace("cos(", "kosinus(")
        .replace("getpid(", "prozess(");
    let folder = folder_with(&program);
    let message = run(folder.path(), ["--extern-dlopen", "run", "p.bd"]).fails_with("E5132");
    for name in ["kosinus", "prozess"] {
        let line = format!("undefined symbol: {name}");
        assert!(message.contains(&line), "{message}");
    }
}

/// One function of every kind of value that crosses the boundary.
const EXPORTS: &str = "\
[Export(Abi: \"C\", Symbol: \"beside\")]
pub i64 next(i64 x) { return x + 1; }
[Export(Abi: \"C\")]
pub f64 mixed(bool flag, u8 small, i32 middle, i64 large, f64 real) {
    if flag { return real; }
    i64 mut sum = large + middle;
    if small == 200 { sum = sum + 1000; }
    if sum == 1037 { return 0.5; }
    return 0.25;
}
[Export(Abi: \"C\")]
pub bool is_small(u8 x) { return x < 200; }
[Export(Abi: \"C\")]
pub u8 same(u8 x) { return x; }
[Export(Abi: \"C\", Symbol: \"__internal\")]
pub i32 internal(i32 x) { return x; }
";
const CALLER: &str = "\
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
int64_t beside(int64_t);
double mixed(bool, uint8_t, int32_t, int64_t, double);
bool is_small(uint8_t);
uint8_t same(uint8_t);
int main(void) {
    printf(\"%ld %g %g %d %d %d\\n\", (long)beside(41), mixed(true, 1, 2, 3, 1.5),
           mixed(false, 200, -5, 42, 0), is_small(199), is_small(200), same(255));
    return 0;
}
";

#[test]
fn ffi_2_a_library_is_found_from_every_folder_by_a_relative_path() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = calling("next", "deps/libours.so");
    fs::write(folder.join("p.clif"), program).unwrap();
    fs::create_dir(folder.join("deps")).unwrap();
    let c = "int next(int x) { return x + 1; }\n";
    library(&folder.join("deps"), c, "libours.so");
    run(folder, ["build", "p.clif"]).succeeds();
    let ended = end(Command::new(folder.join("p")).current_dir("/"));
    assert_eq!(ended.status, Some(42), "{ended:#?}");
}

#[test]
fn ffi_5_a_c_program_calls_exported_functions_by_their_symbols() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("lib.bd"), EXPORTS).unwrap();
    fs::write(folder.join("main.c"), CALLER).unwrap();
    let arguments = |kind: &str| match kind {
        "static" => ["main.c", "liblib.a", "-o", "program"].to_vec(),
        _ => [
            "main.c",
            "-L.",
            "-llib",
            "-Wl,-rpath,$ORIGIN",
            "-o",
            "program",
        ]
        .to_vec(),
    };
    for kind in ["static", "shared"] {
        run(folder, ["build", "lib.bd", "--kind", kind]).succeeds();
        let mut cc = Command::new("cc");
        end(cc.current_dir(folder).args(arguments(kind))).succeeds();
        let output = end(&mut Command::new(folder.join("program"))).succeeds();
        assert_eq!(output, "42 1.5 0.5 1 0 255\n", "{kind}");
    }
    let report = run(folder, ["inspect", "liblib.so"]).succeeds();
    let exports = report.lines().find(|line| line.starts_with("exports:"));
    assert_eq!(exports, Some("exports:       beside is_small mixed same"));
}

#[test]
fn ffi_3_every_kind_of_value_reaches_c_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let c = "#include <stdbool.h>\n#include <stdint.h>\n\
             bool flip(bool x) { return !x; }\n\
             uint8_t wrap(uint8_t x) { return x + 1; }\n\
             int32_t negate(int32_t x) { return -x; }\n\
             int64_t wide(int64_t x) { return x * 3; }\n\
             double half(double x) { return x / 2; }\n\
             static int count; void touch(void) { count++; } int32_t touched(void) { return count; }\n\
             int64_t many(int32_t a, int64_t b, uint8_t c, bool d, double e, int64_t f, int32_t g,\n\
                          int64_t h, double i, int32_t j, uint8_t k, int64_t l) {\n\
               return a + 2*b + 3*c + 4*d + 5*(int64_t)e + 6*f + 7*g + 8*h + 9*(int64_t)i\n\
                      + 10*j + 11*k + 12*l; }\n";
    let program = "\
[Extern(Abi: \"C\", Library: \"libours.so\")]
contract Ours {
    bool flip(bool x);
    u8 wrap(u8 x);
    i32 negate(i32 x);
    i64 wide(i64 x);
    f64 half(f64 x);
    unit touch();
    i32 touched();
    i64 many(i32 a, i64 b, u8 c, bool d, f64 e, i64 f, i32 g, i64 h, f64 i, i32 j, u8 k, i64 l);
}
unit main() {
    Ours.touch();
    Ours.touch();
    u8 top = 255;
    u8 one = 1;
    i64 large = 3000000000;
    let sum = Ours.many(1, 1, one, true, 1.0, 1, 1, 1, 1.0, 1, one, 1);
    __syscall_write(1, \"${Ours.flip(false)} ${Ours.flip(true)} ${Ours.wrap(top)} \");
    __syscall_write(1, \"${Ours.negate(-7)} ${Ours.wide(large)} ${Ours.half(3.0)} \");
    __syscall_write(1, \"${Ours.touched()} ${sum}\");
}
";
    fs::write(folder.join("ours.c"), c).unwrap();
    let mut cc = Command::new("cc");
    let args = ["-O1", "-shared", "-fPIC", "ours.c", "-o", "libours.so"];
    end(cc.current_dir(folder).args(args)).succeeds();
    let path = folder.join("libours.so");
    let program = program.replace("libours.so", path.to_str().unwrap());
    fs::write(folder.join("p.bd"), program).unwrap();
    let expected = "true false 0 7 9000000000 1.5 2 78";
    let loaded = run(folder, ["--extern-dlopen", "run", "p.bd"]).succeeds();
    assert_eq!(loaded, format!("{expected}ok\n"));
    run(folder, ["build", "p.bd"]).succeeds();
    let mut program = Command::new(folder.join("p"));
    let ended = end(program.env("LD_LIBRARY_PATH", folder));
    assert_eq!(ended.succeeds(), expected);
}

#[test]
fn ffi_2_a_library_named_by_its_path_is_found_there_by_every_backend() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("ours.c"), "int ours(void) { return 42; }").unwrap();
    for name in ["a", "with space", "with,comma"] {
        fs::create_dir(folder.join(name)).unwrap();
        for soname in [&[][..], &["-Wl,-soname,libours.so"]] {
            let library = format!("{name}/libours.so");
            let args = [&["-shared", "-fPIC", "ours.c", "-o", &library], soname].concat();
            end(Command::new("cc").current_dir(folder).args(args)).succeeds();
            let path = folder.join(library);
            let program = format!(
                "[Extern(Abi: \"C\", Library: \"{}\")]\ncontract Ours {{ i32 ours(); }}\n\
                 i32 main() {{ return Ours.ours(); }}\n",
                path.display()
            );
            fs::write(folder.join("p.bd"), program).unwrap();
            for args in [
                ["--extern-dlopen", "run", "p.bd"].as_slice(),
                &["--backend", "aot", "run", "p.bd"],
            ] {
                assert_eq!(run(folder, args).succeeds(), "42\n", "{path:?}");
            }
            run(folder, ["build", "p.bd"]).succeeds();
            let ended = end(&mut Command::new(folder.join("p")));
            assert_eq!(ended.status, Some(42), "{path:?}: {ended:#?}");
        }
    }
}
