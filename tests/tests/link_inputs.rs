//! What a link takes in: libraries in two forms, symbols that nothing defines,
//! more arguments than a command line holds. With every linker strategy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, end};
use beskid_tests::strategies::strategies;

/// A program, and a library, whose function calls one from elsewhere.
fn folder_with_program_that_calls(function: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = ["main", "exported"].map(|name| {
        format!(
            "function %{name}() -> i64 {{\n    fn0 = %{function}() -> i64\nblock0:\n    \
             v0 = call fn0()\n    return v0\n}}\n"
        )
    });
    fs::write(folder.path().join("p.clif"), text.concat()).unwrap();
    folder
}

fn tool(folder: &Path, program: &str, args: &[&str]) -> Ended {
    end(Command::new(program).current_dir(folder).args(args))
}

#[test]
fn the_mode_decides_between_the_two_forms_of_a_library() {
    for strategy in strategies() {
        let folder = folder_with_program_that_calls("answer");
        let folder = folder.path();
        for (form, answer) in [("static", 1), ("shared", 2)] {
            let source = format!("long answer(void) {{ return {answer}; }}\n");
            fs::write(folder.join(format!("{form}.c")), source).unwrap();
        }
        fs::create_dir(folder.join("my libs, odd")).unwrap();
        tool(folder, "cc", &["-c", "static.c"]).succeeds();
        tool(
            folder,
            "ar",
            &["rcs", "my libs, odd/libanswer.a", "static.o"],
        )
        .succeeds();
        let shared = [
            "-shared",
            "-fPIC",
            "shared.c",
            "-o",
            "my libs, odd/libanswer.so",
        ];
        tool(folder, "cc", &shared).succeeds();
        for (mode, answer) in [
            ([].as_slice(), 2),
            (&["--prefer-static"], 1),
            (&["--prefer-dynamic"], 2),
        ] {
            let args = ["build", "p.clif", "--link-lib", "answer"];
            let search = ["--link-search", "my libs, odd"];
            let args = args.iter().chain(&search).chain(mode);
            strategy.run(folder, args).succeeds();
            let mut program = Command::new(folder.join("p"));
            program.env("LD_LIBRARY_PATH", folder.join("my libs, odd"));
            assert_eq!(end(&mut program).status, Some(answer), "{mode:?}");
        }
    }
}

#[test]
fn lk_6_a_symbol_that_nothing_defines_is_an_error_in_both_kinds_of_image() {
    for strategy in strategies() {
        let folder = folder_with_program_that_calls("no_such_function");
        for kind in ["exe", "shared"] {
            let args = ["build", "p.clif", "--kind", kind];
            let message = strategy.run(folder.path(), args).fails_with("E4021");
            let fact = "undefined symbol: no_such_function (p.o";
            assert!(message.contains(fact), "{kind}: {message}");
        }
    }
}

#[test]
fn more_arguments_than_a_command_line_holds_are_read_from_a_file() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let source = "pub i64 square(i64 x) { return x * x; }\n";
        fs::write(folder.join("lib.bd"), source).unwrap();
        let search = |number| {
            [
                "--link-search".to_owned(),
                format!("{number:0>200}, \\ \"'"),
            ]
        };
        let search = (0..400).flat_map(search).collect::<Vec<_>>();
        let args = ["build", "lib.bd", "--kind", "shared"].map(str::to_owned);
        strategy.run(folder, args.iter().chain(&search)).succeeds();
        let report = strategy.run(folder, ["inspect", "liblib.so"]).succeeds();
        assert!(report.contains("exports:       square\n"), "{report}");
    }
}
