//! Backends that give something else than they were asked for.

use beskid_tests::command::end;

use super::{BOTH, Place, Where};

#[test]
fn what_is_no_object_of_the_program_is_refused() {
    let place = Place::new();
    for apart in BOTH {
        for (mode, code, says) in [
            ("other-digest", "E5115", "says it compiled"),
            ("empty-object", "E5202", "object"),
            ("rubbish-object", "E5202", "object"),
            ("foreign-object", "E5201", "aarch64"),
            ("other-form", "E5113", "a session instead of an object file"),
        ] {
            place.refuses("backend", mode, apart, code, says);
        }
    }
}

#[test]
fn a_session_is_no_object() {
    let place = Place::new();
    let mut command = place.command("backend", "other-form", Where::Here);
    let ended = end(command.args(["run", "p.bd"]));
    let what = ("other-form", Where::Here);
    place.is_refusal(ended, what, "E5113", "an object file instead of a session");
}

#[test]
fn a_session_cannot_come_from_another_process() {
    let place = Place::new();
    let mut command = place.command("backend", "", Where::Apart);
    let ended = end(command.args(["run", "p.bd"]));
    let said = place.is_refusal(ended, ("", Where::Apart), "E5161", "cannot run a program");
    assert!(said.contains("`beskid --backend hostile build`"), "{said}");
    // The built-in one is no file, and works here.
    let mut command = beskid_tests::command::beskid(&place.user());
    let ended = end(command.args(["--isolate", "run", "p.bd"]));
    assert_eq!(ended.succeeds(), "ok\n");
}

#[test]
fn a_plugin_that_says_another_name_of_itself_is_not_used() {
    let place = Place::new();
    for apart in BOTH {
        place.refuses("linker", "other-id", apart, "E5111", "another id of itself");
        place.refuses("linker", "refuse", apart, "E4023", "not today");
    }
}

#[test]
fn what_is_no_answer_ends_the_process_that_sent_it() {
    let place = Place::new();
    for (kind, function) in [("linker", "plan"), ("backend", "compile")] {
        let mode = format!("rubbish-{function}");
        let says = "answered with what is no answer";
        place.refuses(kind, &mode, Where::Apart, "E5164", says);
    }
    let mode = "rubbish-constructor";
    place.refuses("linker", mode, Where::Apart, "E5164", "was loaded");
}

#[test]
fn a_comparison_runs_each_backend_in_a_process_anyway() {
    let place = Place::new();
    place.configured("isolate = true\n[plugins.hostile]\nisolate = true\n");
    for (mode, says) in [
        ("abort-compile", "hostile: SIGABRT"),
        ("other-form", "hostile: E5113"),
    ] {
        let mut command = place.command("backend", mode, Where::Apart);
        let compared = end(command.args(["diff", "p.bd", "--backends", "aot,hostile"]));
        assert_ne!(compared.status, Some(0), "{compared:?}");
        assert!(compared.stdout.contains(says), "{compared:?}");
        place.is_clean((mode, Where::Apart));
    }
}
