//! Where a plugin works if nobody says so, and who may say so.

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::end;

use super::{BOTH, Place, Where};

/// What a plugin that aborts while it plans ends: the command (E5140) or its own
/// process (E5162).
#[track_caller]
fn ends(place: &Place, code: &str, command: &mut Command) {
    let ended = end(command.args(["build", "p.bd"]));
    let start = format!("error[{code}]");
    assert!(ended.stderr.starts_with(&start), "{code}: {ended:#?}");
    assert_ne!(ended.status, Some(0));
    assert!(!place.user().join("p").exists());
}

fn plain(place: &Place) -> Command {
    place.command("linker", "abort-plan", None)
}

#[test]
fn a_plugin_that_is_not_locked_works_in_a_process_of_its_own() {
    let place = Place::new();
    ends(&place, "E5162", &mut plain(&place));
    let mut command = place.command("backend", "abort-compile", None);
    ends(&place, "E5162", &mut command);
    ends(&place, "E5140", plain(&place).arg("--isolate=no"));
}

#[test]
fn a_plugin_that_is_locked_works_in_the_commands_process() {
    let place = Place::new();
    let mut lock = place.command("linker", "", None);
    end(lock.args(["plugin", "lock"])).succeeds();
    assert!(place.user().join("plugins.lock").exists());
    ends(&place, "E5140", &mut plain(&place));
    ends(&place, "E5162", plain(&place).arg("--isolate"));
    // The lock is about the plugins that it has.
    let mut command = place.command("backend", "abort-compile", None);
    ends(&place, "E5162", &mut command);
    fs::remove_file(place.user().join("plugins.lock")).unwrap();
    ends(&place, "E5162", &mut plain(&place));
}

#[test]
fn what_the_user_says_counts_the_nearest_first() {
    let place = Place::new();
    for (general, own, says) in [
        ("isolate = false\n", "", "E5140"),
        ("isolate = true\n", "", "E5162"),
        ("", "isolate = false\n", "E5140"),
        ("isolate = true\n", "isolate = false\n", "E5140"),
        ("isolate = false\n", "isolate = true\n", "E5162"),
    ] {
        place.configured(&format!("{general}[plugins.hostile]\n{own}"));
        ends(&place, says, &mut plain(&place));
        ends(&place, "E5162", plain(&place).arg("--isolate"));
        ends(&place, "E5162", plain(&place).arg("--isolate=on"));
        ends(&place, "E5140", plain(&place).arg("--isolate=no"));
    }
    place.configured("isolate = true\n");
    ends(
        &place,
        "E5140",
        plain(&place).env("BESKID_ISOLATE", "false"),
    );
    let ended = end(plain(&place).args(["--isolate=perhaps", "build", "p.bd"]));
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("yes"), "{ended:?}");
}

#[test]
fn a_session_runs_in_the_commands_process_unless_that_is_forbidden() {
    let place = Place::new();
    let mut command = place.command("backend", "", None);
    assert_eq!(end(command.args(["run", "p.bd"])).succeeds(), "ok\n");
    let mut command = place.command("backend", "abort-compile", None);
    let ended = end(command.args(["run", "p.bd"]));
    place.is_refusal(ended, ("abort-compile", Where::Here), "E5140", "SIGABRT");
    place.configured("[plugins.hostile]\nisolate = true\n");
    let mut command = place.command("backend", "", None);
    let ended = end(command.args(["run", "p.bd"]));
    place.is_refusal(ended, ("", Where::Apart), "E5161", "cannot run a program");
}

#[test]
fn who_ends_its_process_by_the_system_call_makes_no_output() {
    let place = Place::new();
    for (kind, function) in [("linker", "plan"), ("backend", "compile")] {
        let mode = format!("vanish-{function}");
        let says = "ended with exit status 0";
        place.refuses(kind, &mode, Where::Apart, "E5162", says);
        // In the command's process nobody is left who could say so.
        let ended = place.build(kind, &mode, Where::Here);
        assert_eq!(ended.stdout, "", "{ended:?}");
        assert!(!place.user().join("p").exists(), "{ended:?}");
    }
}

#[test]
fn what_is_made_is_the_same_in_both_places() {
    let place = Place::new();
    let plugin = beskid_tests::built::built().plugin("linker_unix");
    let backend = beskid_tests::built::built().plugin("backend_aot");
    let outputs = BOTH.map(|at| {
        let mut command = beskid_tests::command::beskid(&place.user());
        command.arg("--plugin").arg(plugin);
        command.arg("--plugin").arg(backend);
        command.arg(at.option());
        end(command.args(["build", "p.bd"])).succeeds();
        let output = place.user().join("p");
        let bytes = fs::read(&output).unwrap();
        fs::remove_file(&output).unwrap();
        bytes
    });
    assert!(outputs[0] == outputs[1]);
    assert!(!Path::new("/tmp/beskid-hostile").exists());
}
