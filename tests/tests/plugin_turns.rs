//! Commands that change the user's folder of plugins at the same time, and such that
//! are stopped in the middle.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use beskid_tests::built::built;
use beskid_tests::desk::Desk;
use beskid_tests::plugin_files::{change, write_faulty};

/// A desk with the plugin `faulty` in its folder.
fn desk() -> Desk {
    let desk = Desk::new();
    write_faulty(&desk.path("faulty.so"), "0.1.4");
    desk
}

fn start(desk: &Desk, line: &str, hostile: &str) -> Child {
    let mut command = desk.command();
    command
        .env("HOSTILE", hostile)
        .args(line.split_whitespace());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

/// Stops a process, and waits until it has ended.
fn stop(mut child: Child, signal: i32) -> ExitStatus {
    if child.try_wait().unwrap().is_none() {
        // SAFETY: the child was not waited for, so the number is still its own.
        unsafe { libc::kill(child.id() as i32, signal) };
    }
    let start = Instant::now();
    let status = child.wait().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "{signal}");
    status
}

/// Whether a process serves a plugin of the user's folder.
fn is_serving(desk: &Desk) -> bool {
    let folder = desk.user().display().to_string();
    let mut lines = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let line = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).into_owned())
    });
    lines.any(|line| line.contains("plugin-serve") && line.contains(&folder))
}

#[track_caller]
fn wait_until(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30));
        sleep(Duration::from_millis(10));
    }
}

/// Nothing that is only half there is in the user's folder.
fn check_swept(desk: &Desk) {
    let halves = desk.installed("").into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with('.')
    });
    assert_eq!(halves.count(), 0, "{:?}", desk.installed(""));
}

#[test]
fn eight_that_add_at_once_and_one_that_switches_lose_nothing() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    let mut children = vec![start(&desk, "plugin disable faulty@0.1.4", "")];
    for number in 0..8 {
        let name = format!("{number}.so");
        // Two of them have the same file to add.
        write_faulty(&desk.path(&name), &format!("0.2.{}", number.max(1)));
        children.push(start(&desk, &format!("plugin add {name}"), ""));
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let rows = desk.rows("");
    let state = |version: &str| {
        let is_it = |row: &&serde_json::Value| {
            row["id"] == "faulty" && row["version"] == version && row["source"] == "user"
        };
        let rows = rows.iter().filter(is_it).collect::<Vec<_>>();
        assert_eq!(rows.len(), 1, "{version} in {rows:#?}");
        rows[0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("0.1.4"), "disabled");
    assert_eq!(state("0.2.7"), "active");
    for number in 1..7 {
        assert_eq!(state(&format!("0.2.{number}")), "available");
    }
    let record = fs::read_to_string(desk.user().join("installed.toml")).unwrap();
    assert_eq!(record.matches("[[plugin]]").count(), 8, "{record}");
    check_swept(&desk);
}

#[test]
fn an_add_that_is_stopped_at_any_moment_leaves_what_was_there() {
    let desk = desk();
    desk.run("plugin add faulty.so").succeeds();
    change(&desk.path("faulty.so"));
    let begin = Instant::now();
    desk.run("plugin add faulty.so").succeeds();
    let whole = begin.elapsed();
    let mut interrupted = 0;
    for signal in [libc::SIGKILL, libc::SIGINT] {
        // Who had no time to sweep leaves that to the next one.
        desk.run("plugin add faulty.so").succeeds();
        for part in 0..12 {
            // Each attempt finds another file, so that there is something to do.
            change(&desk.path("faulty.so"));
            let child = start(&desk, "plugin add faulty.so", "");
            sleep(whole * part / 10);
            let status = stop(child, signal);
            interrupted += u32::from(status.signal() == Some(signal));
            assert!(
                status.success() || status.signal() == Some(signal),
                "{status}"
            );
            let rows = desk.rows("");
            let is_refused = |row: &&serde_json::Value| row["state"] == "refused";
            assert_eq!(rows.iter().find(is_refused), None, "{signal} {part}");
            assert_eq!(desk.uses("").succeeds(), "42\n", "{signal} {part}");
            if signal == libc::SIGINT {
                check_swept(&desk);
            }
        }
    }
    assert!(interrupted > 2, "{interrupted}");
    desk.run("plugin add faulty.so").succeeds();
    check_swept(&desk);
    assert_eq!(desk.uses("").succeeds(), "42\n");
}

#[test]
fn who_is_stopped_while_the_plugin_is_loaded_leaves_no_process_and_no_file() {
    for signal in [libc::SIGKILL, libc::SIGINT, libc::SIGTERM] {
        let desk = desk();
        desk.run("plugin add faulty.so").succeeds();
        let before = desk.installed("");
        let hostile = desk.path("hostile.so");
        fs::copy(built().plugin("hostile_linker"), &hostile).unwrap();
        let child = start(&desk, "plugin add hostile.so", "loop-constructor");
        wait_until(|| is_serving(&desk));
        assert!(desk.installed("").len() > before.len());
        let status = stop(child, signal);
        assert_eq!(status.signal(), Some(signal), "{status}");
        wait_until(|| !is_serving(&desk));
        // Who had no time to sweep leaves that to the next one.
        desk.run("plugin add faulty.so").succeeds();
        assert_eq!(desk.installed(""), before, "{signal}");
    }
}

#[test]
fn a_listing_that_is_stopped_while_it_asks_leaves_no_process() {
    let desk = desk();
    fs::copy(built().plugin("hostile_linker"), desk.user().join("a.so")).unwrap();
    for signal in [libc::SIGINT, libc::SIGKILL] {
        let child = start(&desk, "plugin list", "loop-describe");
        wait_until(|| is_serving(&desk));
        let status = stop(child, signal);
        assert_eq!(status.signal(), Some(signal), "{status}");
        wait_until(|| !is_serving(&desk));
    }
    // That it was stopped is no failure of the plugin's.
    let rows = desk.rows("");
    let row = rows.iter().find(|row| row["id"] == "hostile").unwrap();
    assert_eq!(row["state"], "active", "{row:#}");
}

#[test]
fn who_waits_for_a_turn_can_be_stopped() {
    let desk = desk();
    let turn = File::open(desk.user()).unwrap();
    turn.lock().unwrap();
    let child = start(&desk, "plugin add faulty.so", "");
    sleep(Duration::from_millis(300));
    let status = stop(child, libc::SIGINT);
    assert_eq!(status.signal(), Some(libc::SIGINT), "{status}");
    assert!(desk.installed("").is_empty());
    drop(turn);
    desk.run("plugin add faulty.so").succeeds();
}
