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
