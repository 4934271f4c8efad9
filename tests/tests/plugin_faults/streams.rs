//! Plugins that write where the program's output goes.

use std::process::Command;

use beskid_tests::command::end;

use super::{Place, Where};

#[test]
fn a_flood_of_an_isolated_plugin_reaches_nobody() {
    let place = Place::new();
    for (kind, function, code) in [
        ("linker", "describe", "E4041"),
        ("linker", "supports", "E4041"),
        ("backend", "compile", "E5202"),
    ] {
        let mode = format!("flood-{function}");
        let ended = place.build(kind, &mode, Where::Apart);
        assert_eq!(ended.stdout, "", "{mode}");
        assert!(ended.stderr.len() < 2000, "{mode}: {}", ended.stderr.len());
        let what = (mode.as_str(), Where::Apart);
        place.is_refusal(ended, what, code, "hostile");
    }
}

#[test]
fn a_flood_in_the_commands_process_is_no_output_of_the_command() {
    let place = Place::new();
    let ended = place.build("backend", "flood-compile", Where::Here);
    assert_eq!(ended.stdout, "");
    assert!(ended.stderr.len() >= 128 << 20);
    let error = ended.stderr.rfind("error[").unwrap();
    let error = &ended.stderr[error..];
    assert!(error.starts_with("error[E5202]"), "{error}");
    assert!(error.contains("hostile"), "{error}");
    place.is_clean(("flood-compile", Where::Here));
}

#[test]
fn what_a_backend_prints_while_it_compiles_is_no_output_of_the_program() {
    let place = Place::new();
    for mode in ["print-describe", "print-compile", "cprint-compile"] {
        let mut command = place.command("backend", mode, None);
        let ended = end(command.args(["run", "p.bd"]));
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert_eq!(ended.stdout, "ok\n", "{mode}");
        assert!(ended.stderr.contains("printed"), "{mode}: {ended:?}");
        // Nobody has to have standard error.
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 2>&-"]);
        shell.arg(command.get_program()).args(command.get_args());
        shell.current_dir(place.user()).env("HOSTILE", mode);
        shell.env("XDG_CACHE_HOME", place.folder.path().join("cache"));
        assert_eq!(end(&mut shell).status, Some(0), "{mode}");
    }
}

#[test]
fn messages_of_an_isolated_plugin_are_the_commands_up_to_a_number() {
    let place = Place::new();
    let mut command = place.command("backend", "noise", Where::Apart);
    let ended = end(command.args(["-v", "build", "p.bd"]));
    assert!(ended.stderr.contains("message 0"), "{}", ended.stderr);
    assert!(ended.stderr.contains("message 999"));
    assert!(!ended.stderr.contains("message 1000"));
    place.is_clean(("noise", Where::Apart));
}
