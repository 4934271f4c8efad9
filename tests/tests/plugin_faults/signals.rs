//! What the user, or the system, ends while a plugin is at work.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{BOTH, Place, Where};

/// A build whose strategy never comes back, once it is there.
fn endless(place: &Place, at: Where) -> Child {
    let mut command = place.command("linker", "loop-plan", at);
    command.args(["build", "p.bd"]);
    let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let wanted = match at {
        Where::Here => 1,
        Where::Apart => 2,
    };
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
        let child = endless(&place, at);
        send(&child, libc::SIGINT);
        let since = Instant::now();
        let output = child.wait_with_output().unwrap();
        assert!(since.elapsed() < Duration::from_secs(5), "{at:?}");
        assert_eq!(output.status.signal(), Some(libc::SIGINT), "{output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{at:?}");
        place.is_clean(("loop-plan", at));
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
