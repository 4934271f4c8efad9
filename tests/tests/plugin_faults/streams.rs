//! Plugins that write where the program's output goes.

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
fn a_flood_in_the_commands_process_does_it_no_harm() {
    let place = Place::new();
    let ended = place.build("backend", "flood-compile", Where::Here);
    assert!(ended.stdout.len() >= 64 << 20);
    let error = ended.stderr.rfind("error[").unwrap();
    let error = &ended.stderr[error..];
    assert!(error.starts_with("error[E5202]"), "{error}");
    assert!(error.contains("hostile"), "{error}");
    place.is_clean(("flood-compile", Where::Here));
}

#[test]
fn messages_of_an_isolated_plugin_are_the_commands_up_to_a_number() {
    let place = Place::new();
    let mut command = place.command("backend", "noise", Where::Apart);
    let ended = beskid_tests::command::end(command.args(["-v", "build", "p.bd"]));
    assert!(ended.stderr.contains("message 0"), "{}", ended.stderr);
    assert!(ended.stderr.contains("message 999"));
    assert!(!ended.stderr.contains("message 1000"));
    place.is_clean(("noise", Where::Apart));
}
