//! Foreign functions of artifacts that no frontend of ours made, and policies
//! that cannot be read (EXT-001, EXT-002, EXT-7).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::process::Command;

use beskid_plugin_api::artifact::{CodegenArtifact, Header, ImportSource};
use beskid_tests::by_hand;
use beskid_tests::command::{end, run};
use beskid_tests::foreign::*;

/// The ways in which a program with foreign functions is taken.
const WAYS: [&[&str]; 5] = [&["run", "p.clif"], &LOADED, &LINKED, &BUILT, &OBJECT];
const OBJECT: [&str; 6] = ["build", "p.clif", "-o", "out", "--kind", "object"];

fn folder_with(clif: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.clif"), clif).unwrap();
    folder
}

#[test]
fn ext_002_a_clif_program_has_foreign_functions_like_any_other() {
    let folder = folder_with(
        "; extern: %getpid libc.so.6\n; extern: %cos libm.so.6\n\
         function %main() -> f64 system_v {\n    fn0 = %getpid() -> i32 system_v\n    \
         fn1 = %cos(f64) -> f64 system_v\nblock0:\n    v0 = call fn0()\n    \
         v1 = f64const 0x0.0p0\n    v2 = call fn1(v1)\n    return v2\n}\n",
    );
    let folder = folder.path();
    let message = run(folder, ["run", "p.clif"]).fails_with("E5120");
    for line in [
        "unresolved: `cos` of `libm.so.6`",
        "unresolved: `getpid` of `libc.so.6`",
        "--extern-dlopen",
        "--backend aot",
    ] {
        assert!(message.contains(line), "{message}");
    }
    assert_eq!(run(folder, LOADED).succeeds(), "1\n");
    assert_eq!(run(folder, LINKED).succeeds(), "1\n");
    run(folder, BUILT).succeeds();
    end(&mut Command::new(folder.join("out"))).succeeds();
    run(folder, OBJECT).succeeds();
    let stdout = run(folder, ["--extern-dlopen", "diff", "p.clif"]).succeeds();
    assert!(stdout.ends_with("no difference\n"), "{stdout}");
    fs::remove_file(folder.join("out")).unwrap();
    for args in [&LOADED[..], &LINKED, &BUILT] {
        let ended = with_variable(folder, "BESKID_EXTERN_DENY", "libm.so.6:*", args);
        let message = ended.fails_with("E5130");
        let line = "`cos` of `libm.so.6`: denied by denylist";
        assert!(message.contains(line), "{message}");
        let ended = with_variable(folder, "BESKID_EXTERN_ALLOW", "*:cos", args);
        let message = ended.fails_with("E5130");
        let line = "`getpid` of `libc.so.6`: denied by allowlist";
        assert!(message.contains(line), "{message}");
    }
    nothing_left(folder);
}

#[test]
fn ext_002_directives_of_a_test_file_call_foreign_functions() {
    let folder = folder_with(
        "test run\ntarget x86_64\n; extern: %labs libc.so.6\nfunction %f(i64) -> i64 system_v {\n    \
         fn0 = %labs(i64) -> i64 system_v\nblock0(v0: i64):\n    v1 = call fn0(v0)\n    \
         return v1\n}\n; run: %f(-7) == 7\n",
    );
    let stdout = run(folder.path(), ["test", "p.clif"]).succeeds();
    assert_eq!(stdout, "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn ext_002_other_values_are_refused_by_every_backend_even_if_nothing_is_called() {
    for (signature, what) in [
        ("(i16)", "has parameter 1 of type i16"),
        ("(i64, f32)", "has parameter 2 of type f32"),
        ("(i128)", "has parameter 1 of type i128"),
        ("(i8, i32, i8x16)", "has parameter 3 of type i8x16"),
        ("(f64) -> i32x4", "returns i32x4"),
        ("() -> i16", "returns i16"),
        ("() -> f32", "returns f32"),
        ("() -> i64, i64", "returns more than one value"),
        ("(i64 sret)", "has parameter 1 of type i64"),
    ] {
        let folder = folder_with(&format!(
            "; extern: %odd libodd.so\nfunction %main() system_v {{\n    \
             fn0 = %odd{signature} system_v\nblock0:\n    return\n}}\n"
        ));
        let folder = folder.path();
        for args in WAYS {
            let message = run(folder, args).fails_with("E5010");
            let line = format!("the foreign function `odd` {what}");
            assert!(message.contains(&line), "{args:?}: {message}");
            nothing_left(folder);
        }
    }
    let data = "; extern: %odd libodd.so\nfunction %main() system_v {\n    gv0 = symbol %odd\n\
                block0:\n    return\n}\n";
    let folder = folder_with(data);
    for args in WAYS {
        let message = run(folder.path(), args).fails_with("E5010");
        assert!(message.contains("`odd` is data"), "{message}");
    }
}

#[test]
fn ext_002_other_conventions_than_those_of_c_are_refused() {
    for (convention, name) in [("tail", "Tail"), ("winch", "Winch")] {
        let folder = folder_with(&format!(
            "; extern: %odd libodd.so\nfunction %main() system_v {{\n    \
             fn0 = %odd(i64) {convention}\nblock0:\n    return\n}}\n"
        ));
        for args in WAYS {
            let message = run(folder.path(), args).fails_with("E5010");
            let line = format!("`odd` has the calling convention {name}, not C's");
            assert!(message.contains(&line), "{args:?}: {message}");
        }
    }
}

#[test]
fn ext_002_a_malformed_directive_is_one_error_with_its_line() {
    for (directive, reason) in [
        ("%next", "expected a function and its library"),
        ("next libx.so", "expected a function and its library"),
        ("%alloc libx.so", "`%alloc` is a function of the runtime"),
        (
            "%absent libx.so",
            "no function of this file imports `%absent`",
        ),
        (
            "%next liby.so",
            "has a library already, in line 1: `libx.so`",
        ),
    ] {
        let text = calling("next", "libx.so") + &format!("\n; extern: {directive}\n");
        let line = text.lines().count();
        let folder = folder_with(&text);
        for args in WAYS {
            let message = run(folder.path(), args).fails_with("E0020");
            assert!(message.contains(reason), "{message}");
            assert!(message.contains(&format!("p.clif:{line}:1")), "{message}");
            assert!(message.contains("p.clif: 1 error"), "{message}");
        }
    }
}

fn importing(symbol: &str, library: &str) -> CodegenArtifact {
    let source = ImportSource::Extern {
        library: library.to_owned(),
        abi: "C".to_owned(),
    };
    by_hand::importing(Header::new("by hand", "1"), symbol, source)
}

#[test]
fn ffi_6_an_artifact_cannot_take_the_place_of_the_runtime_or_name_no_library() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (symbol, library, code) in [
        ("alloc", "libc.so.6", "E1514"),
        ("panic", "libc.so.6", "E1514"),
        ("beskid_runtime_abi_version", "libc.so.6", "E1514"),
        ("getpid", "", "E1512"),
        ("getpid", "libc\0.so.6", "E1512"),
    ] {
        fs::write(folder.join("p.bska"), importing(symbol, library).bytes()).unwrap();
        for args in [
            ["--extern-dlopen", "run", "p.bska"].as_slice(),
            &["run", "p.bska"],
            &["--backend", "aot", "run", "p.bska"],
            &["build", "p.bska", "-o", "out"],
        ] {
            let message = run(folder, args).fails_with(code);
            assert!(message.contains(symbol), "{message}");
        }
    }
    nothing_left(folder);
}

#[test]
fn ext_7_a_policy_that_cannot_be_read_denies_everything() {
    let folder = folder_with(&calling("abs", "libc.so.6"));
    let folder = folder.path();
    let bytes = OsString::from_vec(b"libc.so.6:\xff".to_vec());
    for variable in ["BESKID_EXTERN_ALLOW", "BESKID_EXTERN_DENY"] {
        for args in [&LOADED[..], &LINKED, &BUILT] {
            let message = with_variable(folder, variable, &bytes, args).fails_with("E5133");
            assert!(message.contains("is not UTF-8"), "{message}");
            for malformed in ["a:b:c", ":", "abs abs", "libc.so.6:", ":abs"] {
                let ended = with_variable(folder, variable, malformed, args);
                let message = ended.fails_with("E5133");
                assert!(message.contains(malformed), "{message}");
                assert!(message.contains(variable), "{message}");
            }
            nothing_left(folder);
        }
    }
}
