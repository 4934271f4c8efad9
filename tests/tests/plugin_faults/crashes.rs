//! Functions that panic, abort, fault or end their process.

use beskid_tests::command::end;

use super::{BOTH, Place, Where};

/// The functions of each plugin that a build calls, and what is said of them.
const FUNCTIONS: [(&str, &str, &str); 6] = [
    ("linker", "describe", "described itself"),
    ("linker", "supports", "was asked what it links"),
    ("linker", "plan", "planned the link"),
    ("linker", "callback", "carried out a step of the link"),
    ("backend", "describe", "described itself"),
    ("backend", "compile", "compiled the program"),
];

#[test]
fn a_panic_is_an_error_wherever_it_comes_and_whatever_its_payload_does() {
    let place = Place::new();
    for (kind, function, _) in FUNCTIONS {
        for apart in BOTH {
            let mode = format!("panic-{function}");
            place.refuses(kind, &mode, apart, "E5112", &format!("no {function}"));
            let mode = format!("bomb-{function}");
            place.refuses(kind, &mode, apart, "E5112", "the panic carries no text");
        }
    }
}

#[test]
fn a_crash_names_the_plugin_and_what_it_did() {
    let place = Place::new();
    for (kind, function, task) in FUNCTIONS {
        for (action, signal) in [
            ("abort", "SIGABRT"),
            ("fault", "SIGSEGV"),
            ("overflow", "SIG"),
        ] {
            let mode = format!("{action}-{function}");
            let said = format!("plugin `hostile` ended the process while it {task}: {signal}");
            place.refuses(kind, &mode, Where::Here, "E5140", &said);
            let said = format!("the process of plugin `hostile` ended with {signal}");
            let all = place.refuses(kind, &mode, Where::Apart, "E5162", &said);
            assert!(all.contains(&format!("while the plugin {task}")), "{all}");
        }
    }
}

#[test]
fn a_call_of_exit_is_no_success_whatever_its_status() {
    let place = Place::new();
    for (kind, function, task) in FUNCTIONS {
        for (action, status) in [("exit", 7), ("return", 0)] {
            let mode = format!("{action}-{function}");
            let said = format!("plugin `hostile` ended the process while it {task}");
            place.refuses(kind, &mode, Where::Here, "E5140", &said);
            let said = format!(
                "the process of plugin `hostile` ended with exit status {status} while the \
                 plugin {task}"
            );
            place.refuses(kind, &mode, Where::Apart, "E5162", &said);
        }
    }
}

#[test]
fn what_a_plugin_has_started_ends_with_its_process() {
    let place = Place::new();
    place.refuses(
        "linker",
        "leave-plan",
        Where::Apart,
        "E5162",
        "exit status 7",
    );
}

#[test]
fn a_constructor_crashes_another_process() {
    let place = Place::unproven();
    for (action, ending) in [
        ("abort", "ended with SIGABRT"),
        ("fault", "ended with SIGSEGV"),
        ("exit", "ended with exit status 7"),
        ("return", "ended with exit status 0"),
    ] {
        let mode = format!("{action}-constructor");
        place.refuses("linker", &mode, Where::Here, "E5118", ending);
        place.refuses("linker", &mode, Where::Apart, "E5162", ending);
    }
}

#[test]
fn a_constructor_that_was_proven_and_crashes_is_named_all_the_same() {
    let place = Place::new();
    for (action, ending) in [("abort", ": SIGABRT"), ("exit", "")] {
        let mode = format!("{action}-constructor");
        let says = format!("ended the process while it was loaded{ending}");
        place.refuses("linker", &mode, Where::Here, "E5140", &says);
    }
}

#[test]
fn a_crash_is_json_where_all_errors_are() {
    let place = Place::new();
    for apart in BOTH {
        let mut command = place.command("linker", "abort-plan", apart);
        let ended = end(command.args(["--message-format", "json", "build", "p.bd"]));
        let value: serde_json::Value = serde_json::from_str(&ended.stderr).unwrap();
        assert_eq!(value["plugin"], "hostile", "{value}");
        assert_eq!(value["severity"], "error", "{value}");
        place.is_clean(("abort-plan", apart));
    }
}

#[test]
fn a_session_that_panics_when_it_is_freed_is_told_and_changes_no_result() {
    let place = Place::new();
    for (action, says) in [("panic", "no drop"), ("bomb", "the panic carries no text")] {
        let mode = format!("{action}-drop");
        let run = |arguments: &[&str]| {
            let mut command = place.command("backend", &mode, Where::Here);
            end(command.args(arguments))
        };
        let ended = run(&["run", "p.bd"]);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(1), "ok\n"));
        let said = place.is_refusal(ended, (&mode, Where::Here), "E5112", says);
        assert!(said.contains("  plugin: hostile"), "{said}");
        assert!(said.contains("its result stands"), "{said}");
        // This status is the program's.
        let ended = run(&["run", "--exit-code", "p.bd"]);
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert!(ended.stderr.contains("warning[E5112]"), "{ended:?}");
        place.is_clean((&mode, Where::Here));
        let compared = run(&["diff", "p.bd", "--backends", "jit,hostile"]);
        assert_ne!(compared.status, Some(0), "{compared:?}");
        assert!(compared.stdout.contains("hostile: E5112"), "{compared:?}");
    }
}

#[test]
fn a_session_panics_while_it_runs() {
    let place = Place::new();
    let mut command = place.command("backend", "panic-run", Where::Here);
    let ended = end(command.args(["run", "p.bd"]));
    place.is_refusal(ended, ("panic-run", Where::Here), "E5112", "no run");
}

#[test]
fn a_backend_that_crashes_where_a_program_is_to_run_is_named() {
    let place = Place::new();
    for (action, signal) in [("abort", "SIGABRT"), ("fault", "SIGSEGV")] {
        let mode = format!("{action}-compile");
        let mut command = place.command("backend", &mode, Where::Here);
        let ended = end(command.args(["run", "p.bd"]));
        assert_eq!(ended.status, None, "{ended:?}");
        let says = format!("while it compiled the program: {signal}");
        place.is_refusal(ended, (&mode, Where::Here), "E5140", &says);
    }
}
