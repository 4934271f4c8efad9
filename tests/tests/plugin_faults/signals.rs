//! What the user, or the system, ends while a plugin is at work.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{BOTH, Place, Where};

/// A build whose strategy never comes back, once it is there.
fn endless(place: &Place, at: Where) -> Child {
    let wanted = match at {
        Where::Here => 1,
        // The command, the plugin's process and the one above it.
        Where::Apart => 3,
    };
    started(place, "linker", "loop-plan", at, wanted)
}

/// A build, once there are so many processes.
fn started(place: &Place, kind: &str, mode: &str, at: Where, wanted: usize) -> Child {
    let mut command = place.command(kind, mode, at);
    command.args(["build", "p.bd"]);
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let since = Instant::now();
    while place.processes().len() < wanted {
        assert!(since.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    // Until it loops.
    std::thread::sleep(Duration::from_millis(500));
    child
}

fn send(child: &Child, signal: i32) {
    let id = i32::try_from(child.id()).unwrap();
    // SAFETY: it sends a signal to a process of ours.
    assert_eq!(unsafe { libc::kill(id, signal) }, 0);
}

#[test]
fn the_user_ends_an_endless_plugin_and_nothing_is_said_of_it() {
    let place = Place::new();
    for at in BOTH {
        for mode in ["loop-plan", "tool-hangs"] {
            let child = match (mode, at) {
                ("loop-plan", at) => endless(&place, at),
                (mode, Where::Here) => started(&place, "backend", mode, at, 2),
                (mode, Where::Apart) => started(&place, "backend", mode, at, 4),
            };
            send(&child, libc::SIGINT);
            let since = Instant::now();
            let output = child.wait_with_output().unwrap();
            assert!(since.elapsed() < Duration::from_secs(5), "{at:?}");
            assert_eq!(output.status.signal(), Some(libc::SIGINT), "{output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{at:?}");
            place.is_clean((mode, at));
        }
    }
}

#[test]
fn a_command_that_is_killed_takes_the_plugins_process_along() {
    let place = Place::new();
    let mut child = endless(&place, Where::Apart);
    send(&child, libc::SIGKILL);
    assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
    place.is_clean(("loop-plan", Where::Apart));
}

/// The processes of a place by a name, by their ids.
fn ids(place: &Place, name: &str) -> Vec<i32> {
    let ids = place.ids().into_iter();
    let ids = ids.filter(|id| {
        let comm = std::fs::read_to_string(format!("/proc/{id}/comm"));
        comm.is_ok_and(|comm| comm.trim_end() == name)
    });
    ids.collect()
}

/// The process of this name.
fn one(place: &Place, name: &str) -> i32 {
    let ids = ids(place, name);
    let [id] = ids[..] else {
        panic!("one process `{name}`: {ids:?}");
    };
    id
}

fn send_to(id: i32, signal: i32) {
    // SAFETY: it sends a signal to a process of ours.
    assert_eq!(unsafe { libc::kill(id, signal) }, 0);
}

#[test]
fn a_process_with_a_session_of_its_own_ends_with_the_plugins() {
    let place = Place::new();
    // The plugin goes on, crashes, or never comes back.
    place.refuses("linker", "settle-plan", Where::Apart, "E4041", "hostile");
    place.configured("[plugins.hostile]\ntime-limit = 1\n");
    let mode = "haunt-plan";
    place.refuses("linker", mode, Where::Apart, "E5163", "within 1 s");
    place.refuses("backend", "haunt-compile", Where::Apart, "E5163", "1 s");
}

#[test]
fn it_ends_too_when_somebody_kills_one_of_the_others() {
    let place = Place::new();
    for (kind, mode) in [
        ("linker", "haunt-plan"),
        ("backend", "haunt-compile"),
        ("backend", "tool-hangs"),
    ] {
        for which in ["command", "server", "warden"] {
            // Who has a session of its own has left the group, and is lost then.
            if which == "warden" && mode != "tool-hangs" {
                continue;
            }
            let mut child = started(&place, kind, mode, Where::Apart, 4);
            assert_eq!(ids(&place, "sleep").len(), 1);
            match which {
                "command" => send(&child, libc::SIGKILL),
                which => send_to(one(&place, &format!("plugin-{which}")), libc::SIGKILL),
            }
            child.wait().unwrap();
            place.is_clean((mode, Where::Apart));
        }
    }
}

#[test]
fn the_end_of_the_process_above_a_plugin_is_the_plugins() {
    let place = Place::new();
    let child = endless(&place, Where::Apart);
    send_to(one(&place, "plugin-warden"), libc::SIGKILL);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.starts_with("error[E5162]"), "{stderr}");
    assert!(stderr.contains("SIGKILL"), "{stderr}");
    place.is_clean(("loop-plan", Where::Apart));
}

#[test]
fn a_plugin_that_is_stopped_does_not_keep_the_command() {
    let place = Place::new();
    for stopped in ["plugin-server", "plugin-warden"] {
        for signal in [libc::SIGTERM, libc::SIGINT] {
            let child = endless(&place, Where::Apart);
            send_to(one(&place, stopped), libc::SIGSTOP);
            let since = Instant::now();
            send(&child, signal);
            let output = child.wait_with_output().unwrap();
            let took = since.elapsed();
            assert!(took < Duration::from_millis(900), "{stopped}: {took:?}");
            assert_eq!(output.status.signal(), Some(signal), "{output:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{stopped}");
            place.is_clean(("loop-plan", Where::Apart));
        }
    }
}
