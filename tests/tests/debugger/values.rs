//! A program in Beskid: values of each kind, scopes, closures.

use std::fs;

use beskid_tests::command::run;
use beskid_tests::workshop::Workshop;

use crate::program::{Way, link, ways};
use crate::transcript::transcript;
use crate::{compare, golden};

/// Where the program is stopped first: in the closure.
const BEFORE: &[&str] = &["break values.bd:50"];

/// What is asked then.
const COMMANDS: &[&str] = &[
    "info args",
    "info locals",
    "next",
    "info locals",
    "finish",
    "tbreak values.bd:54",
    "continue",
    "info locals",
    "print *name->ptr@name->len",
    "print words->len",
    "print *words->ptr[1]->ptr@words->ptr[1]->len",
    "print *point",
    "print *shape",
    "print *shape->Circle.center",
    "print shape->Circle.radius",
    "print *label",
    "print label->Label._1",
    "print *limit",
    "set print symbol on",
    "print *area->methods",
    "set print symbol off",
    "whatis words",
    "whatis letter",
    "ptype point",
    "ptype shape",
    "ptype limit",
    "ptype area",
    "step",
    "backtrace 2",
    "info locals",
    "next",
    "info locals",
    "watch total",
    "continue",
    "continue",
    "continue",
    "delete",
    "info locals",
    "finish",
    "break Twice",
    "break values::Square::Area",
    "continue",
    "print this->side",
    "next",
    "info locals",
    "finish",
    "continue",
    "info args",
    "info locals",
    "next",
    "info locals",
    "finish",
];

/// A folder with the program: `p.bska`, the executables, and its source.
pub fn workshop(tools: &[&str]) -> Option<Workshop> {
    let text = fs::read_to_string(golden("values.bd")).unwrap();
    workshop_of(tools, "values.bd", &text)
}

/// The same of any program.
pub fn workshop_of(tools: &[&str], name: &str, text: &str) -> Option<Workshop> {
    let workshop = Workshop::with(tools)?;
    workshop.write(name, text);
    // Debuggers are told of what is not optimized, without being asked for it.
    let emit = ["artifact", "emit", name, "-o", "p.bska"];
    run(workshop.folder(), emit).succeeds();
    link(&workshop);
    Some(workshop)
}

#[test]
fn gdb_shows_values_of_the_language() {
    if let Some(workshop) = workshop(&["gdb", "cc"]) {
        compare(&workshop, "values.txt", BEFORE, COMMANDS);
    }
}

#[test]
fn a_local_is_shown_from_its_declaration_on() {
    let Some(workshop) = workshop(&["gdb", "cc"]) else {
        return;
    };
    for way in ways() {
        let before = ["break values.bd:39"];
        let found = transcript(&workshop, way, &before, &["info locals"]);
        let expected = "> info locals\nflag = true\nname =\n";
        assert_eq!(found, expected, "{way:?}");
    }
}

#[test]
fn gdb_follows_tests() {
    let Some(workshop) = workshop(&["gdb", "cc"]) else {
        return;
    };
    let before = [
        "set detach-on-fork off",
        "set schedule-multiple on",
        "break values.bd:20",
    ];
    let commands = ["backtrace 2", "info locals"];
    let found = transcript(&workshop, Way::Tests, &before, &commands);
    for wanted in [
        "Twice (n=2) at values.bd:20\n",
        "Doubles () at values.bd:",
        "\ndoubled = 4\n",
    ] {
        assert!(found.contains(wanted), "{wanted}: {found}");
    }
}
