//! A static library in C's namespace: what the runtime calls its own functions is
//! nobody else's business.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::runtime_abi::RUNTIME_EXPORT_SYMBOLS;
use beskid_tests::command::{end, run};
use beskid_tests::strategies::strategies;

/// Uses strings, so that the library needs the runtime.
fn library(name: &str) -> String {
    format!(
        "[Export(Abi: \"C\")]\npub i64 {name}(i64 x) {{\n    let text = \"{name} ${{x}}\\n\";\n    \
         __syscall_write(1, text);\n    return __str_len(text);\n}}\n"
    )
}

/// A program with functions of its own by the names of the runtime's.
const MAIN: &str = "\
#include <stdio.h>
long first(long);
long second(long);
int panic(const char *text) { return printf(\"own panic: %s\\n\", text); }
void *alloc(int size) { return size ? \"own alloc\" : 0; }
int str_len(const char *text) { int n = 0; while (text[n]) n++; return n; }
int str_new = 3;
void syscall_write(void) { puts(\"own write\"); }
int main(void) {
    long sum = first(7) + second(8);
    fflush(stdout);
    syscall_write();
    panic(alloc(1));
    return (int)sum + str_len(\"abc\") + str_new;
}
";

fn cc(folder: &Path, args: &[&str]) {
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
}

#[test]
fn lk_2_two_libraries_and_a_c_program_with_the_runtimes_names_link_and_run() {
    for strategy in strategies() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("main.c"), MAIN).unwrap();
        for name in ["first", "second"] {
            let source = format!("{name}.bd");
            fs::write(folder.join(&source), library(name)).unwrap();
            strategy
                .run(folder, ["build", &source, "--kind", "static"])
                .succeeds();
        }
        for (extra, order) in [
            ("-O0", ["libfirst.a", "libsecond.a"]),
            ("-O2", ["libsecond.a", "libfirst.a"]),
            ("-Wl,--gc-sections", ["libfirst.a", "libsecond.a"]),
        ] {
            let args = [extra, "main.c", order[0], order[1], "-o", "program"];
            cc(folder, &args);
            let ended = end(&mut Command::new(folder.join("program")));
            let expected = "first 7\nsecond 8\nown write\nown panic: own alloc\n";
            assert_eq!(ended.stdout, expected, "{extra}");
            assert_eq!(ended.status, Some(8 + 9 + 3 + 3), "{extra}");
        }
    }
}

#[test]
fn lk_2_only_what_c_calls_is_in_its_namespace() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("first.bd"), library("first")).unwrap();
    run(folder, ["build", "first.bd", "--kind", "static"]).succeeds();
    let mut nm = Command::new("nm");
    let args = ["-g", "--format=just-symbols", "libfirst.a"];
    let listing = end(nm.current_dir(folder).args(args)).succeeds();
    let symbols = listing.lines().collect::<Vec<_>>();
    for symbol in RUNTIME_EXPORT_SYMBOLS {
        let is_for_c = symbol.starts_with("beskid_");
        assert_eq!(symbols.contains(symbol), is_for_c, "{symbol}");
    }
    assert!(symbols.contains(&"beskid_register_callbacks"), "{listing}");
    assert!(symbols.contains(&"first"), "{listing}");
    // The runtime is there all the same, as inspection sees it.
    let report = run(folder, ["inspect", "libfirst.a"]).succeeds();
    assert!(report.ends_with("result:        pass\n"), "{report}");
    let report = run(
        folder,
        ["--message-format", "json", "inspect", "libfirst.a"],
    )
    .succeeds();
    let report = serde_json::from_str::<serde_json::Value>(&report).unwrap();
    let defined = report["runtime"]["defined"].as_array().unwrap();
    let defined = defined
        .iter()
        .filter_map(|name| name.as_str())
        .collect::<Vec<_>>();
    for symbol in RUNTIME_EXPORT_SYMBOLS {
        assert!(defined.contains(symbol), "{symbol} in {report:#}");
    }
    assert_eq!(report["runtime"]["undefined"].as_array().unwrap().len(), 0);
}

/// What the library does not hold itself is still missed.
#[test]
fn lk_7_a_static_library_without_its_runtime_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("first.bd"), library("first")).unwrap();
    // An archiver that leaves the runtime out.
    let script = "#!/bin/sh\nexec ar \"$1\" \"$2\" \"$3\"\n";
    fs::write(folder.join("archiver"), script).unwrap();
    let mut command = beskid_tests::command::beskid(folder);
    command.env("AR", "sh ./archiver");
    let message = end(command.args(["build", "first.bd", "--kind", "static"])).fails_with("E5201");
    assert!(message.contains("is not in it"), "{message}");
    assert!(!folder.join("libfirst.a").exists());
}
