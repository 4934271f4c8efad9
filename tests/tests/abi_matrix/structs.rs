//! Structs of one to eight fields, views and references, with what uses up the
//! registers before them, in every direction.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use beskid_tests::command::{end, run};
use beskid_tests::tools::tool;

use crate::sides::COMMON;
use crate::signatures::matrix;

/// The C compilers: they must agree with each other.
fn compilers() -> Vec<PathBuf> {
    let clang = tool("clang");
    [PathBuf::from("cc")].into_iter().chain(clang).collect()
}

fn compile(compiler: &Path, folder: &Path, args: &[&str]) {
    end(Command::new(compiler).current_dir(folder).args(args)).succeeds();
}

/// Of how many exported functions one is called from Beskid, too.
const ITSELF: usize = 4;

/// A text for each case.
fn each(count: usize, call: impl Fn(usize) -> String) -> String {
    (0..count).map(call).collect()
}

#[test]
fn ffi_4_structs_reach_c_and_come_back_and_c_calls_functions_that_it_is_given() {
    let matrix = matrix();
    let count = matrix.cases.len();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let library = folder.join("libc-side.so");
    fs::write(folder.join("c.c"), matrix.c()).unwrap();
    let mut program = matrix.beskid_types();
    write!(
        program,
        "[Extern(Abi: \"C\", Library: \"{}\")]\ncontract C {{\n{COMMON}    i64 folded();\n{}{}}}\n{}{}{}",
        library.display(),
        matrix.beskid_functions(),
        matrix.beskid_callers(),
        matrix.beskid_exports(),
        matrix.beskid_calls("calls", "C.f", true, 1),
        matrix.beskid_calls("itself", "g", false, ITSELF),
    )
    .unwrap();
    let calls = each(count, |n| {
        let itself = if n.is_multiple_of(ITSELF) {
            format!("itself{n}();")
        } else {
            String::new()
        };
        format!(
            "    calls{n}(); {itself}\n    \
             if !C.h{n}(g{n}) {{ __syscall_write(1, \"result of g{n}\\n\"); }}\n"
        )
    });
    write!(program, "unit main() {{\n{calls}}}\n").unwrap();
    fs::write(folder.join("p.bd"), program).unwrap();

    let c = ["-O1", "-shared", "-fPIC", "c.c", "-o", "libc-side.so"];
    for (index, compiler) in compilers().iter().enumerate() {
        compile(compiler, folder, &c);
        let loaded = run(folder, ["--extern-dlopen", "run", "p.bd"]).succeeds();
        assert_eq!(loaded, "ok\n", "in memory, with {compiler:?}");
        for level in ["none", "speed"] {
            let output = format!("p-{level}");
            if index == 0 {
                let args = ["build", "p.bd", "--optimize", level, "-o", &output];
                run(folder, args).succeeds();
            }
            let mut program = Command::new(folder.join(&output));
            let printed = end(program.env("LD_LIBRARY_PATH", folder)).succeeds();
            assert_eq!(printed, "", "optimized for {level}, with {compiler:?}");
        }
    }
}

#[test]
fn ffi_5_structs_reach_exported_functions_and_callbacks_of_a_c_host() {
    let matrix = matrix();
    let count = matrix.cases.len();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut host = matrix.c();
    for (index, case) in matrix.cases.iter().enumerate() {
        writeln!(host, "{};", matrix.c_declaration("g", index, case)).unwrap();
    }
    let functions = each(count, |n| format!("(void *)f{n}, "));
    let calls = each(count, |n| {
        format!("    if (!h{n}(g{n})) puts(\"result of g{n}\");\n")
    });
    write!(
        host,
        "void calls(void);\nint64_t beskid_register_callbacks(void *, int64_t);\n\
         static struct {{ uint64_t count; void *functions[{count}]; }} table = {{ {count}, {{ {functions} }} }};\n\
         int main(void) {{\n    if (beskid_register_callbacks(&table, 1)) return 1;\n    \
         calls();\n{calls}    return wrong;\n}}\n",
    )
    .unwrap();
    fs::write(folder.join("host.c"), host).unwrap();
    let mut library = matrix.beskid_types();
    write!(
        library,
        "[Callback(Abi: \"C\")]\ncontract Host {{\n{}}}\n\
         [Extern(Abi: \"C\", Library: \"host\")]\ncontract C {{\n{COMMON}    i64 folded();\n}}\n{}{}",
        matrix.beskid_functions(),
        matrix.beskid_exports(),
        matrix.beskid_calls("calls", "Host.f", true, 1),
    )
    .unwrap();
    let calls = each(count, |n| format!("    calls{n}();\n"));
    write!(
        library,
        "[Export(Abi: \"C\")]\npub unit calls() {{\n{calls}}}\n"
    )
    .unwrap();
    fs::write(folder.join("lib.bd"), library).unwrap();
    for level in ["none", "speed"] {
        let args = ["build", "lib.bd", "--kind", "static", "--optimize", level];
        run(folder, args).succeeds();
        for compiler in compilers() {
            let c = ["-O1", "host.c", "liblib.a", "-o", "program"];
            compile(&compiler, folder, &c);
            let printed = end(&mut Command::new(folder.join("program"))).succeeds();
            assert_eq!(printed, "", "optimized for {level}, with {compiler:?}");
        }
    }
}
