//! The user wants to stop.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use beskid_tests::command::beskid;

use super::program;

/// Waits for what is to be soon.
#[track_caller]
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// How many processes have a word in their command line: those of a test are copies
/// of the one above.
fn count(word: &Path) -> usize {
    let word = word.to_str().unwrap();
    let entries = fs::read_dir("/proc").unwrap();
    let lines = entries.filter_map(|entry| {
        let folder = entry.ok()?.path();
        let state = fs::read_to_string(folder.join("stat")).ok()?;
        let is_dead = state.rsplit_once(") ")?.1.starts_with('Z');
        let line = fs::read(folder.join("cmdline")).ok()?;
        (!is_dead).then(|| String::from_utf8_lossy(&line).into_owned())
    });
    lines.filter(|line| line.contains(word)).count()
}

#[test]
fn tst_4_a_signal_ends_the_command_with_every_test_and_leaves_nothing() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("KILL", 9)] {
        let folder = program(
            "test Loops { while true { } }\n\
             test LoopsToo { if C.fork() == 0 { while true { } } while true { } }\n",
        );
        let temporary = folder.path().join("tmp");
        fs::create_dir(&temporary).unwrap();
        let mut command = beskid(folder.path());
        command.env("TMPDIR", &temporary);
        command.args(["--extern-dlopen", "--jobs", "2", "test", "t.bd"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // The process above the tests, two tests, and what one of them has started.
        wait_until("the tests run", || count(&temporary) == 4);
        let mut kill = Command::new("kill");
        kill.args([format!("-{name}"), child.id().to_string()]);
        assert!(kill.status().unwrap().success());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.signal(), Some(number), "{ended:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{name}");
        wait_until("every process ends", || count(&temporary) == 0);
        let left = fs::read_dir(&temporary).unwrap().count();
        // Nobody is left to clean up after that one.
        assert!(left == 0 || name == "KILL", "{name}: {left}");
    }
}
