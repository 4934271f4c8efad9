//! Plugins that take all time or all memory.

use std::process::Command;
use std::time::{Duration, Instant};

use beskid_tests::command::end;

use super::{Place, Where};

#[test]
fn an_endless_loop_ends_in_time_in_each_function() {
    let place = Place::new();
    place.configured("[plugins.hostile]\ntime-limit = 1\n");
    for (kind, function, task) in [
        ("linker", "constructor", "was loaded"),
        ("linker", "describe", "described itself"),
        ("linker", "supports", "was asked what it links"),
        ("linker", "plan", "planned the link"),
        ("linker", "callback", "carried out a step"),
        ("backend", "compile", "compiled the program"),
    ] {
        let since = Instant::now();
        let mode = format!("loop-{function}");
        let said = place.refuses(kind, &mode, Where::Apart, "E5163", "within 1 s");
        assert!(said.contains(task), "{said}");
        assert!(said.contains("[plugins.hostile] time-limit"), "{said}");
        assert!(since.elapsed() < Duration::from_secs(20), "{mode}");
    }
}

#[test]
fn a_constructor_that_never_returns_ends_in_time_at_the_first_use() {
    let place = Place::unproven();
    place.configured("[plugins.hostile]\ntime-limit = 1\n");
    let mode = "loop-constructor";
    place.refuses("linker", mode, Where::Here, "E5118", "within 1 s");
}

#[test]
fn ten_gigabytes_are_refused_to_the_plugin_alone() {
    let place = Place::new();
    place.configured("[plugins.hostile]\nmemory-limit = 256\n");
    for (kind, function) in [("linker", "plan"), ("backend", "compile")] {
        let mode = format!("memory-{function}");
        let says = "ended with SIGABRT";
        let said = place.refuses(kind, &mode, Where::Apart, "E5162", says);
        assert!(said.contains("it said: memory allocation of"), "{said}");
        assert!(said.contains("it may take 256 MiB"), "{said}");
    }
}

#[test]
fn where_the_user_limits_memory_the_plugin_that_takes_it_is_named() {
    let place = Place::new();
    let plain = place.command("linker", "memory-plan", Where::Here);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v 1200000; exec \"$0\" \"$@\""]);
    limited.arg(plain.get_program()).args(plain.get_args());
    limited.args(["build", "p.bd"]);
    limited.current_dir(place.user());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let ended = end(&mut limited);
    let says = "ended the process while it planned the link";
    place.is_refusal(ended, ("memory-plan", Where::Here), "E5140", says);
}
