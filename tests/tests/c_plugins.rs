//! Plugins in C, built from `beskid_plugin.h`: the strategy of `examples/c-linker`
//! plans what the built-in one does (`linking.rs` and others put it to the tests of
//! every strategy), and a backend in C is called, answers and is answered.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::{Path, PathBuf};

use beskid_tests::built::{c_linker, c_plugin, root};
use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::tools::tool_in_path;

/// The backend in C, with what it does wrong.
fn backend(folder: &Path, wrong: u32, compiler: &str) -> PathBuf {
    let source = root().join("tests/fixtures/c-plugins/backend.c");
    let output = folder.join(format!("libin_c_{wrong}.so"));
    let wrong = format!("-DWRONG={wrong}");
    c_plugin(&output, compiler, &[source], &["-D_GNU_SOURCE", &wrong])
}

fn with(folder: &Path, plugin: &Path, args: &[&str]) -> Ended {
    let mut command = beskid(folder);
    command
        .arg("--plugin")
        .arg(plugin)
        .args(["--backend", "in-c"]);
    end(command.args(args))
}

fn program(folder: &Path) {
    fs::write(folder.join("p.bd"), "unit main() { }").unwrap();
}

#[test]
fn every_compiler_takes_the_header_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for compiler in ["gcc", "clang"] {
        if tool_in_path(compiler).is_none() {
            continue;
        }
        let plugin = backend(folder.path(), 0, compiler);
        let mut inspect = beskid(folder.path());
        let args = ["plugin", "inspect", "--ask"];
        let shown = end(inspect.args(args).arg(&plugin)).succeeds();
        for line in ["id:           in-c", "result:       pass", "a backend in C"] {
            assert!(shown.contains(line), "{compiler}: {line} in {shown}");
        }
        fs::remove_file(plugin).unwrap();
    }
}

#[test]
fn a_session_of_a_backend_in_c_runs_and_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = backend(folder.path(), 0, "cc");
    program(folder.path());
    let mut emit = beskid(folder.path());
    end(emit.args(["artifact", "emit", "p.bd", "-o", "p.bska"])).succeeds();
    let mut command = beskid(folder.path());
    command.env("BESKID_LOG", "info");
    command.arg("--plugin").arg(&plugin);
    let ran = end(command.args(["--backend", "in-c", "run", "p.bska"]));
    assert_eq!(ran.status, Some(0), "{ran:#?}");
    assert!(ran.stderr.contains("compiling in C"), "{ran:#?}");
}

#[test]
fn the_hosts_services_answer_a_backend_in_c() {
    for isolate in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let plugin = backend(folder.path(), 0, "cc");
        program(folder.path());
        let mut command = beskid(folder.path());
        command
            .env("BESKID_LOG", "info")
            .arg("--plugin")
            .arg(&plugin);
        command.args(isolate.then_some("--isolate"));
        command.args(["--backend", "in-c", "build", "p.bd", "--kind", "object"]);
        let ended = end(&mut command);
        assert_eq!(ended.status, Some(1), "{ended:#?}");
        // What it gives for an object is none.
        let message = ended.stderr;
        assert!(message.contains("error[E5202]"), "{message}");
        for part in ["in-c", "compiling in C", "{\"Ok\":\"/", "from a tool"] {
            assert!(message.contains(part), "{part} in {message}");
        }
        assert!(!folder.path().join("p.o").exists());
    }
}

#[test]
fn broken_promises_of_the_header_are_told() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path());
    for (wrong, code, part) in [
        (1, "E5113", "malformed reply"),
        (2, "E5113", "malformed reply"),
        (3, "E5113", "malformed reply"),
        (4, "E5110", "`compile`"),
        (5, "E5110", "`describe`"),
        (6, "E5110", "`compile`"),
        (7, "E5113", "`session_run`"),
    ] {
        let plugin = backend(folder.path(), wrong, "cc");
        let message = with(folder.path(), &plugin, &["run", "p.bd"]).fails_with(code);
        for part in [part, "in-c"] {
            assert!(message.contains(part), "{wrong}: {part} in {message}");
        }
    }
}

#[test]
fn a_strategy_in_c_refuses_by_the_platforms_codes() {
    let folder = tempfile::tempdir().unwrap();
    program(folder.path());
    let refused = |args: &[&str], tools: &[(&str, &str)], code: &str, part: &str| {
        let mut command = beskid(folder.path());
        command.arg("--plugin").arg(c_linker());
        command.envs(tools.iter().copied());
        command.args(["--linker", "c-driver", "build", "p.bd"]);
        let message = end(command.args(args)).fails_with(code);
        assert!(message.contains(part), "{part} in {message}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    };
    let mac = [
        "--backend",
        "aot",
        "--target-triple",
        "aarch64-apple-darwin",
    ];
    refused(&mac, &[], "E4023", "`aarch64-apple-darwin`");
    let riscv = [
        "--standalone",
        "--target-triple",
        "riscv64gc-unknown-linux-gnu",
    ];
    refused(&riscv, &[], "E4020", "BESKID_TOOLS_CC");
    let quoted = [("BESKID_TOOLS_CC", "cc '-I a'")];
    refused(&[], &quoted, "E4041", "without quotes");
    refused(
        &["--kind", "static", "--strip=debug"],
        &[],
        "E4041",
        "--strip",
    );
}
