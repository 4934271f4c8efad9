//! Every kind of value but structs, in every order and number up to twelve.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{end, run};

use crate::values::{Numbers, Value, list};

/// Signatures in each direction.
const COUNT: usize = 240;
/// Most parameters: more than the registers of either class hold.
const MOST_PARAMS: u64 = 12;

/// A call, and what it returns.
struct Case {
    args: Vec<Value>,
    result: Value,
}

fn cases() -> Vec<Case> {
    let mut numbers = Numbers(1);
    let mut case = |index: usize| Case {
        // Every number of parameters comes up, the largest most often.
        args: (0..(index as u64 % (MOST_PARAMS + 4)).min(MOST_PARAMS))
            .map(|_| numbers.primitive())
            .collect(),
        result: numbers.primitive(),
    };
    (0..COUNT).map(&mut case).collect()
}

fn cc(folder: &Path, args: &[&str]) {
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
}

const HEAD: &str = "#include <stdbool.h>\n#include <stdint.h>\n#include <stdio.h>\n";

#[test]
fn ffi_3_beskid_calls_c_with_every_kind_of_value_in_both_backends() {
    let mut c =
        format!("{HEAD}static uint64_t sum;\nint64_t folded(void) {{ return sum >> 1; }}\n");
    let mut contract = "    i64 folded();\n".to_owned();
    let mut calls = String::new();
    for (index, Case { args, result }) in cases().iter().enumerate() {
        let (c_result, c_value) = (result.kind().c(), result.c());
        let params = list(args, |number, arg| format!("{} p{number}", arg.kind().c()));
        let folds = args.iter().enumerate().map(|(number, arg)| match arg {
            Value::F64(_) => format!(" sum = sum * 31 + (uint64_t)(int64_t)(p{number} * 4);"),
            _ => format!(" sum = sum * 31 + (uint64_t)(int64_t)p{number};"),
        });
        let folds = folds.collect::<String>();
        writeln!(
            c,
            "{c_result} f{index}({params}) {{ sum = 17;{folds} return {c_value}; }}"
        )
        .unwrap();

        let (ty, value) = (result.kind().beskid(), result.beskid());
        let params = list(args, |number, arg| {
            format!("{} p{number}", arg.kind().beskid())
        });
        writeln!(contract, "    {ty} f{index}({params});").unwrap();
        let passed = list(args, |_, arg| arg.beskid());
        let fold = |sum: u64, arg: &Value| sum.wrapping_mul(31).wrapping_add(arg.folded());
        let folded = args.iter().fold(17, fold) >> 1;
        write!(
            calls,
            "    {ty} r{index} = C.f{index}({passed});\n    \
             if r{index} != {value} {{ __syscall_write(1, \"result of f{index}\\n\"); }}\n    \
             if C.folded() != {folded} {{ __syscall_write(1, \"arguments of f{index}\\n\"); }}\n",
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("c.c"), c).unwrap();
    cc(
        folder,
        &["-O1", "-shared", "-fPIC", "c.c", "-o", "libc-side.so"],
    );
    let library = folder.join("libc-side.so");
    let program = format!(
        "[Extern(Abi: \"C\", Library: \"{}\")]\ncontract C {{\n{contract}}}\nunit main() {{\n{calls}}}\n",
        library.display()
    );
    fs::write(folder.join("p.bd"), program).unwrap();
    assert_eq!(
        run(folder, ["--extern-dlopen", "run", "p.bd"]).succeeds(),
        "ok\n"
    );
    for level in ["none", "speed"] {
        let args = ["build", "p.bd", "--optimize", level];
        run(folder, args).succeeds();
        let mut program = Command::new(folder.join("p"));
        let output = end(program.env("LD_LIBRARY_PATH", folder)).succeeds();
        assert_eq!(output, "", "optimized for {level}");
    }
}

#[test]
fn ffi_5_c_calls_beskid_with_every_kind_of_value() {
    let mut exports = String::new();
    let mut declared = HEAD.to_owned();
    let mut calls = String::new();
    for (index, Case { args, result }) in cases().iter().enumerate() {
        let (ty, value) = (result.kind().beskid(), result.beskid());
        let params = list(args, |number, arg| {
            format!("{} p{number}", arg.kind().beskid())
        });
        let tests = args.iter().enumerate().map(|(number, arg)| {
            let expected = arg.beskid();
            format!("    if p{number} != {expected} {{ wrong = wrong + 1; }}\n")
        });
        let tests = tests.collect::<String>();
        let other = match result {
            Value::Bool(value) => (!value).to_string(),
            Value::F64(quarters) => Value::F64(quarters ^ 1).beskid(),
            Value::U8(value) => (value ^ 1).to_string(),
            _ => "12345".to_owned(),
        };
        write!(
            exports,
            "[Export(Abi: \"C\")]\npub {ty} g{index}({params}) {{\n    i32 mut wrong = 0;\n{tests}    \
             if wrong != 0 {{ return {other}; }}\n    return {value};\n}}\n",
        )
        .unwrap();

        let (c_result, c_value) = (result.kind().c(), result.c());
        let params = list(args, |_, arg| arg.kind().c().to_owned());
        let params = if params.is_empty() {
            "void".to_owned()
        } else {
            params
        };
        writeln!(declared, "{c_result} g{index}({params});").unwrap();
        let passed = list(args, |_, arg| arg.c());
        writeln!(
            calls,
            "    if (g{index}({passed}) != {c_value}) puts(\"g{index}\");"
        )
        .unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("lib.bd"), exports).unwrap();
    let main = format!("{declared}int main(void) {{\n{calls}    return 0;\n}}\n");
    fs::write(folder.join("main.c"), main).unwrap();
    for level in ["none", "speed"] {
        let args = ["build", "lib.bd", "--kind", "static", "--optimize", level];
        run(folder, args).succeeds();
        cc(folder, &["-O1", "main.c", "liblib.a", "-o", "program"]);
        let output = end(&mut Command::new(folder.join("program"))).succeeds();
        assert_eq!(output, "", "optimized for {level}");
    }
}
