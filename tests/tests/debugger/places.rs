//! Where a program stops: in the arm that is taken, behind a function's parameters.

use beskid_tests::workshop::Workshop;

use crate::program::ways;
use crate::transcript::transcript;
use crate::values;

const PROGRAM: &str = r#"use System.IO;

enum Form { Dot, Text(string text), Size(i64 size) }

i64 Of(Form form) {
    return match form {
        Form::Dot => 1,
        Form::Text(text) => {
            let length = text.len();
            return length;
        },
        Form::Size(size) => size + 1,
    };
}

i64 Twice(i64 n) => 2 * n;

unit main() {
    mut i64 sum = Of(Form::Size(20)) + Of(Form::Text("abc"));
    sum += Twice(sum);
    IO.Println("${sum}");
}
"#;

fn workshop() -> Option<Workshop> {
    values::workshop_of(&["gdb", "cc"], "places.bd", PROGRAM)
}

#[test]
fn gdb_stops_in_an_arm_that_returns_only_if_it_is_taken() {
    let Some(workshop) = workshop() else { return };
    for way in ways() {
        let before = ["break places.bd:10"];
        let commands = ["info locals", "backtrace 2"];
        let found = transcript(&workshop, way, &before, &commands);
        assert!(found.contains("length = 3\n"), "{way:?}: {found}");
        assert!(found.contains("Of (form=)"), "{way:?}: {found}");
    }
}

#[test]
fn gdb_shows_the_arguments_of_a_function_of_one_line() {
    let Some(workshop) = workshop() else { return };
    for way in ways() {
        let found = transcript(&workshop, way, &["break Twice"], &["info args"]);
        assert_eq!(found, "> info args\nn = 24\n", "{way:?}");
    }
}

const JUMPS: &str = r#"use System.IO;

i64 Class(i64 n) {
    return match n {
        0 => 0,
        other when other > 5 => 1,
        _ => 2,
    };
}

i64 Count(i64 most) {
    mut i64 i = 0;
    mut i64 seen = 0;
    while true {
        i += 1;
        if i == 99 {
            break;
        }
        if i == 2 {
            continue;
        }
        seen += i;
        if i > most { return seen; }
    }
    return seen;
}

unit main() {
    IO.Println("${Count(3)} ${Class(3)} ${Class(7)}");
}
"#;

#[test]
fn gdb_stops_at_a_jump_only_if_it_is_taken_and_at_each_guard() {
    let Some(workshop) = values::workshop_of(&["gdb", "cc"], "jumps.bd", JUMPS) else {
        return;
    };
    for way in ways() {
        let before = ["break jumps.bd:17", "break jumps.bd:20", "break jumps.bd:6"];
        let commands = ["print i", "continue", "info args", "continue", "info args"];
        let found = transcript(&workshop, way, &before, &commands);
        let args = "> info args\nn = ";
        let found = found.split(args).collect::<Vec<_>>();
        let [jump, first, second] = found[..] else {
            panic!("{way:?}: {found:?}");
        };
        assert!(jump.starts_with("> print i\n$1 = 2\n"), "{way:?}: {jump}");
        assert!(first.starts_with("3\n"), "{way:?}: {first}");
        assert_eq!(second, "7\n", "{way:?}");
    }
}

/// Each step from line to line, but for those of other files.
#[test]
fn gdb_steps_through_loops_in_the_same_way_everywhere() {
    let Some(workshop) = values::workshop_of(&["gdb", "cc"], "jumps.bd", JUMPS) else {
        return;
    };
    let commands = ["next"; 20];
    let all = ways().into_iter().map(|way| {
        let found = transcript(&workshop, way, &["break Count"], &commands);
        (way, found)
    });
    let all = all.collect::<Vec<_>>();
    for (way, found) in &all {
        assert_eq!(found, &all[0].1, "{way:?}");
    }
}
