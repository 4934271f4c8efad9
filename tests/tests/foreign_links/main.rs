//! Links for Windows and macOS, with the tools that are here: what is planned
//! is carried out, looked into, and run under Wine where that is installed.
//!
//! A test whose tools are missing says so and ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod apple;
mod links;
mod windows;

use std::fs;

use beskid_tests::command::{beskid, end};
use beskid_tests::tools::tool;

use links::PROGRAM;

const MINGW: &str = "x86_64-pc-windows-gnu";
const MSVC: &str = "x86_64-pc-windows-msvc";

/// The same through the command, which also inspects the images. Those for
/// Windows have more arguments than a command line holds.
#[test]
fn lk_7_foreign_programs_are_built_by_the_command() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    let build = |target: &str, output: &str, settings: &[(&str, String)], search: &[String]| {
        let mut command = beskid(folder.path());
        command.envs(settings.iter().map(|(key, tool)| (key, tool)));
        command.args(["build", "p.bd", "--standalone", "--target-triple", target]);
        for folder in search {
            command.args(["--link-search", folder]);
        }
        let ended = end(&mut command);
        if ended.stderr.contains("files are not inspected yet") {
            println!("linked, but not inspected: {output} for {target}");
            ended.fails_with("E5202");
            assert!(!folder.path().join(output).exists());
        } else {
            ended.succeeds();
            assert!(folder.path().join(output).is_file());
        }
    };
    if let Some(driver) = apple::driver(folder.path()) {
        let settings = [("BESKID_TOOLS_CC", driver)];
        build("aarch64-apple-darwin", "p", &settings, &[]);
    }
    let (Some(gcc), Some(lld)) = (tool("x86_64-w64-mingw32-gcc"), tool("lld-link")) else {
        return;
    };
    let library = windows::c_library(folder.path(), &gcc, &lld);
    let long = (0..500).map(|number| format!("/nowhere/{number}/{}", "a folder/".repeat(8)));
    let mut search = Vec::from_iter(long);
    let settings = [
        ("BESKID_TOOLS_CC", gcc.display().to_string()),
        ("BESKID_TOOLS_LINK", lld.display().to_string()),
    ];
    build(MINGW, "p.exe", &settings, &search);
    search.push(library.display().to_string());
    build(MSVC, "p.exe", &settings, &search);
}

#[test]
fn lk_6_a_tool_that_is_not_there_is_named_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    for (target, kind, key, variable) in [
        (MINGW, "exe", "`CC`", "BESKID_TOOLS_CC"),
        (MSVC, "exe", "`link`", "BESKID_TOOLS_LINK"),
        ("aarch64-apple-darwin", "shared", "`cc`", "BESKID_TOOLS_CC"),
        (
            "aarch64-apple-darwin",
            "static",
            "`libtool`",
            "BESKID_TOOLS_LIBTOOL",
        ),
    ] {
        let mut command = beskid(folder.path());
        command.env(variable, "no-such-tool").args([
            "build",
            "p.bd",
            "--standalone",
            "--target-triple",
            target,
            "--kind",
            kind,
        ]);
        let message = end(&mut command).fails_with("E4020");
        assert!(
            message.contains("`no-such-tool`") && message.contains(key),
            "{message}"
        );
    }
}

/// No part of the embedded runtime reaches an image of another system.
#[test]
fn lk_5_the_embedded_runtime_is_for_this_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    for target in [
        MINGW,
        MSVC,
        "x86_64-apple-darwin",
        "aarch64-unknown-linux-gnu",
    ] {
        let ended = end(beskid(folder.path()).args(["build", "p.bd", "--target-triple", target]));
        let message = ended.fails_with("E4011");
        assert!(message.contains(target), "{message}");
        assert!(message.contains("--standalone"), "{message}");
    }
}
