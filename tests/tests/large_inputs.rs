//! Programs that are large in one way: a long function, many functions, many
//! bytes; and less memory than they need.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_plugin_api::artifact::DataInit;
use beskid_tests::by_hand::beside_data;
use beskid_tests::command::{Ended, beskid, end, run};

/// Instructions of the long function.
const LONG: usize = 200_000;
/// Functions of the broad program.
const MANY: usize = 100_000;

#[test]
fn a_function_of_200_000_instructions_is_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = "function %main() -> i64 {\nblock0:\n    v0 = iconst.i64 1\n".to_owned();
    for index in 0..LONG {
        let next = index + 1;
        writeln!(text, "    v{next} = iadd v{index}, v{index}").unwrap();
    }
    writeln!(
        text,
        "    v{} = iadd v{LONG}, v0\n    return v{0}\n}}",
        LONG + 1
    )
    .unwrap();
    fs::write(folder.path().join("long.clif"), text).unwrap();
    // 1 was doubled until nothing of it was left.
    assert_eq!(run(folder.path(), ["run", "long.clif"]).succeeds(), "1\n");
}

#[test]
fn a_hundred_thousand_functions_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for index in 1..MANY {
        writeln!(text, "function %f{index}() {{\nblock0:\n    return\n}}\n").unwrap();
    }
    text += "function %main() -> i64 {\nblock0:\n    v0 = iconst.i64 42\n    return v0\n}\n";
    fs::write(folder.path().join("many.clif"), text).unwrap();
    assert_eq!(run(folder.path(), ["run", "many.clif"]).succeeds(), "42\n");
}

/// With as much address space as the shell allows, in KiB.
fn run_within(folder: &Path, kibibytes: u32, format: &str) -> Ended {
    let ours = beskid(folder);
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("ulimit -v {kibibytes} && exec \"$@\""));
    command.arg("sh").arg(ours.get_program());
    command.args(["--message-format", format, "-j", "1", "run", "p.bska"]);
    command.current_dir(folder);
    for (name, value) in ours.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("TMPDIR", folder.join("tmp"));
    end(&mut command)
}

#[test]
fn too_little_memory_is_one_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = folder.path().join("tmp");
    fs::create_dir(&scratch).unwrap();
    let artifact = beside_data(DataInit::Bytes(vec![7; 60 << 20]));
    fs::write(folder.path().join("p.bska"), artifact.bytes()).unwrap();
    let (mut refusals, mut successes) = (0, 0);
    for mebibytes in [60, 260, 1000] {
        let ended = run_within(folder.path(), mebibytes << 10, "plain");
        if ended.status == Some(0) {
            assert_eq!(ended.stdout, "ok\n", "{mebibytes} MiB");
            successes += 1;
            continue;
        }
        assert_eq!(ended.status, Some(1), "{mebibytes} MiB: {ended:#?}");
        let errors = ended.stderr.matches("error[E").count();
        assert_eq!(errors, 1, "{mebibytes} MiB: {ended:#?}");
        refusals += usize::from(ended.stderr.starts_with("error[E4045]: out of memory"));
        let left = fs::read_dir(&scratch).unwrap().count();
        assert_eq!(left, 0, "{mebibytes} MiB: {ended:#?}");
    }
    assert!(
        refusals > 0 && successes > 0,
        "{refusals} of E4045, {successes} runs"
    );
}
