//! Links for other systems: never with this system's tools, whether nobody has
//! named others or somebody has named these.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::tools::tool_in_path;

const PROGRAM: &str = "pub i32 answer() { return 42; }\ni32 main() { return answer(); }\n";

fn folder_with_program() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    folder
}

fn build(folder: &Path, target: &str, kind: &str, variables: &[(&str, &str)]) -> Ended {
    let mut command = beskid(folder);
    command.envs(variables.iter().copied());
    command.args(["build", "p.bd", "--standalone", "--target-triple", target]);
    end(command.args(["--kind", kind, "-o", "out"]))
}

#[test]
fn lk_1_a_target_without_tools_is_refused_with_what_to_set() {
    let folder = folder_with_program();
    for (target, kind, keys) in [
        ("x86_64-unknown-freebsd", "exe", ["`cc`", "`CC`"]),
        ("x86_64-unknown-freebsd", "shared", ["`cc`", "`CC`"]),
        ("x86_64-unknown-freebsd", "static", ["`ar`", "`AR`"]),
        ("x86_64-unknown-netbsd", "exe", ["`cc`", "`CC`"]),
        ("x86_64-unknown-openbsd", "exe", ["`cc`", "`CC`"]),
        ("x86_64-linux-android", "exe", ["`cc`", "`CC`"]),
        ("x86_64-apple-darwin", "exe", ["`cc`", "`CC`"]),
    ] {
        let message = build(folder.path(), target, kind, &[]).fails_with("E4020");
        assert!(message.contains(target), "{message}");
        assert!(keys.iter().all(|key| message.contains(key)), "{message}");
        assert!(!folder.path().join("out").exists(), "{target} {kind}");
    }
}

/// The driver is asked for, and links for Linux all the same.
#[test]
fn lk_7_a_link_with_another_systems_tools_is_not_put_in_place() {
    let folder = folder_with_program();
    for target in [
        "x86_64-unknown-freebsd",
        "x86_64-unknown-netbsd",
        "x86_64-unknown-openbsd",
        "x86_64-unknown-linux-musl",
        "x86_64-linux-android",
    ] {
        for kind in ["exe", "shared"] {
            let message = build(folder.path(), target, kind, &[("CC", "cc")]).fails_with("E5201");
            assert!(message.contains("as programs for Linux"), "{message}");
            assert!(!folder.path().join("out").exists(), "{target} {kind}");
        }
        let options = [("CC", "cc -static")];
        let message = build(folder.path(), target, "exe", &options).fails_with("E5201");
        assert!(message.contains("a note of `GNU`"), "{message}");
    }
}

/// A linker that is told the system writes what belongs there.
#[test]
fn lk_1_a_tool_that_is_named_for_the_target_links() {
    if tool_in_path("clang").is_none() || tool_in_path("ld.lld").is_none() {
        return;
    }
    let folder = folder_with_program();
    let cc = "clang --target=x86_64-unknown-freebsd14 -fuse-ld=lld -nostdlib \
              -Wl,-dynamic-linker,/libexec/ld-elf.so.1 -Wl,-e,main -L.";
    // Stands for the mathematics library of the target.
    fs::write(folder.path().join("libm.a"), "!<arch>\n").unwrap();
    let stdout = build(
        folder.path(),
        "x86_64-unknown-freebsd",
        "shared",
        &[("CC", cc)],
    )
    .succeeds();
    assert!(stdout.contains("output: out"), "{stdout}");
}

/// Whether or not the target's libraries are here: what may be denied is.
#[test]
fn ext_7_the_policy_holds_for_other_targets() {
    let folder = tempfile::tempdir().unwrap();
    let text = "function %main() -> i32 system_v {\n    fn0 = %getpid() -> i32 system_v\nblock0:\n    \
                v0 = call fn0()\n    return v0\n}\n";
    for (program, target) in [
        (text.to_owned(), "aarch64-unknown-linux-gnu"),
        (text.to_owned(), "riscv64gc-unknown-linux-gnu"),
        (
            format!("; extern: %getpid c\n{text}"),
            "aarch64-unknown-linux-gnu",
        ),
        (
            format!("; extern: %getpid c\n{text}"),
            "aarch64-unknown-linux-musl",
        ),
    ] {
        fs::write(folder.path().join("p.clif"), program).unwrap();
        let args = [
            "build",
            "p.clif",
            "--standalone",
            "-o",
            "out",
            "--target-triple",
            target,
        ];
        for list in ["libc.so.6:getpid", "libc.so.6:*", "*"] {
            let mut command = beskid(folder.path());
            command.env("BESKID_EXTERN_DENY", list);
            let message = end(command.args(args)).fails_with("E5130");
            assert!(message.contains("`getpid` of"), "{message}");
        }
        let mut command = beskid(folder.path());
        command.env("BESKID_EXTERN_ALLOW", "libm.so.6:*");
        end(command.args(args)).fails_with("E5130");
    }
}

/// The same target by another name is this machine's, with this machine's tools.
#[test]
fn lk_1_this_machines_target_has_this_machines_tools_by_each_name() {
    let folder = folder_with_program();
    for target in ["x86_64-linux-gnu", "x86_64-pc-linux-gnu"] {
        build(folder.path(), target, "exe", &[]).succeeds();
        let mut program = std::process::Command::new(folder.path().join("out"));
        assert_eq!(end(&mut program).status, Some(42), "{target}");
    }
}
