//! The same from C and from Python, by the library and its header.

use std::path::Path;
use std::process::Command;

use beskid_tests::built::{c_library, root};
use beskid_tests::tools::find;

fn output(command: &mut Command) -> String {
    let ended = command.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{command:?}: {said}");
    String::from_utf8(ended.stdout).unwrap()
}

/// The example in C, with these arguments for the linker.
fn built_with(folder: &Path, arguments: &[&str]) -> Command {
    let mut cc = Command::new("cc");
    cc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I"]);
    cc.arg(root().join("c-api/include"));
    cc.arg(root().join("examples/embedding/embed.c"));
    let program = folder.join("embed");
    output(cc.args(arguments).arg("-o").arg(&program));
    Command::new(program)
}

#[test]
fn c_calls_a_program_and_is_called_by_it() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let library = c_library().parent().unwrap().to_str().unwrap();
    let (search, run) = (format!("-L{library}"), format!("-Wl,-rpath,{library}"));
    let mut program = built_with(folder.path(), &[&search, "-lbeskid", &run]);
    let expected = "sum: 55\nhalf: 2.5\n\
        sum: - too much sum.bd:11:21\n\
        sum: E4052 the function is `(i64) -> i64`, and is called as `(f64) -> i64`\n\
        give it the arguments that it takes -\n\
        product: E4051 the program exports no `product`\n";
    let found = output(&mut program);
    assert!(found.starts_with(expected), "{found}");
}

#[test]
fn python_calls_a_program() {
    if find("python3").is_none() {
        println!("skipped: python3 not installed");
        return;
    }
    let mut python = Command::new("python3");
    python
        .arg(root().join("examples/embedding/embed.py"))
        .arg(c_library());
    let found = output(&mut python);
    assert_eq!(found, "42: 21\n7: not even at halve.bd:3:21\n8: 4\n");
}
