//! The other debugger: it stops where GDB does, and shows the same values.

use std::process::Command;

use beskid_tests::command::end;
use beskid_tests::tools::find;

use crate::program::{Way, ways};
use crate::values;

const COMMANDS: &str = "\
breakpoint set --file values.bd --line 54
breakpoint set --name Twice
run
thread backtrace --count 1
frame variable step half letter *point
continue
thread backtrace --count 2
frame variable
thread step-over
frame variable
";

#[test]
fn lldb_shows_linked_programs() {
    let Some(workshop) = values::workshop(&["lldb", "cc"]) else {
        return;
    };
    workshop.write("commands", COMMANDS);
    let executables = ways().into_iter().filter_map(|way| match way {
        Way::Linked(name) => Some(name),
        Way::Memory { .. } | Way::Tests => None,
    });
    for executable in executables {
        let mut lldb = Command::new(find("lldb").unwrap());
        lldb.current_dir(workshop.folder());
        lldb.args(["--no-lldbinit", "--batch", "--source", "commands"]);
        let shown = end(lldb.arg(executable)).stdout;
        let mut rest = shown.as_str();
        // In this order.
        for wanted in [
            "`main at values.bd:54",
            "(long) step = 5",
            "(double) half = 0.5",
            "(char) letter = U+0x00000161 U'š'",
            "x = 1.5",
            "y = -2",
            "`Twice(n=1) at values.bd:19",
            "`Count(words=",
            " at values.bd:27",
            "(long) n = 1",
            "(long) doubled = 2",
        ] {
            let at = rest.find(wanted);
            let at = at.unwrap_or_else(|| panic!("{executable}, {wanted}: {shown}"));
            rest = &rest[at + wanted.len()..];
        }
    }
}
