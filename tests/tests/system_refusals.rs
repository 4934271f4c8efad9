//! What the system refuses is said as such: no plugin is to blame, and nothing
//! of Cranelift's own messages is shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::{Ended, beskid, end};

const PROGRAM: &str = "i32 main() { return 42; }\n";

/// `beskid` behind a command that limits it.
fn behind(folder: &Path, limit: &[&str], args: &[&str]) -> Ended {
    let inner = beskid(folder);
    let mut command = Command::new(limit[0]);
    command.current_dir(folder).args(&limit[1..]);
    command.arg(inner.get_program()).args(args);
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("RUST_BACKTRACE", "1");
    end(&mut command)
}

#[track_caller]
fn is_refused(ended: Ended) {
    let stderr = ended.fails_with("E5121");
    assert!(stderr.contains("the system refuses"), "{stderr}");
    assert!(stderr.contains("--backend aot run"), "{stderr}");
    for part in ["panic", "cranelift", ".rs", "backtrace"] {
        assert!(!stderr.contains(part), "{stderr}");
    }
}

#[test]
fn memory_that_may_not_become_executable_is_the_systems_refusal() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    let source = "#include <sys/prctl.h>\n#include <unistd.h>\n\
                  int main(int n, char **v) {\n\
                  if (prctl(65, 1L, 0L, 0L, 0L)) return 77;\n\
                  execv(v[1], v + 1); return 78; }\n";
    fs::write(folder.path().join("mdwe.c"), source).unwrap();
    let mut cc = Command::new("cc");
    let cc = cc.current_dir(folder.path()).args(["mdwe.c", "-o", "mdwe"]);
    assert!(cc.status().unwrap().success());
    let ended = behind(folder.path(), &["./mdwe"], &["run", "p.bd"]);
    if ended.status == Some(77) {
        println!("skipped: PR_SET_MDWE not in this kernel");
        return;
    }
    is_refused(ended);
    let args = ["--backend", "aot", "run", "p.bd"];
    let from_file = behind(folder.path(), &["./mdwe"], &args).succeeds();
    assert_eq!(from_file, "42\n");
}

#[test]
fn address_space_beyond_the_limit_is_the_systems_refusal() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), PROGRAM).unwrap();
    // Enough for the tool, not for the address space of a session, which takes what
    // little there is.
    let mut refused = 0;
    for limit in (10_000..400_000).step_by(500) {
        let script = format!("ulimit -v {limit} && exec \"$@\"");
        let ended = behind(
            folder.path(),
            &["sh", "-c", &script, "sh"],
            &["run", "p.bd"],
        );
        if ended.status == Some(0) {
            break;
        }
        if ended.stderr.contains("E5121") {
            is_refused(ended);
            refused += 1;
        }
    }
    assert!(refused > 0);
}
