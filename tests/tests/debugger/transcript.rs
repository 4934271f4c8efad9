//! What GDB prints, without what differs from run to run.

use std::process::Command;

use beskid_tests::command::{beskid, end};
use beskid_tests::tools::find;
use beskid_tests::workshop::Workshop;

use crate::program::{Way, llvm};

/// How GDB is to be, wherever it runs.
const SETTINGS: &[&str] = &[
    "set pagination off",
    "set confirm off",
    "set width 0",
    "set height 0",
    "set style enabled off",
    "set debuginfod enabled off",
    "set breakpoint pending on",
    "set print address off",
    // Data has names in linked programs alone.
    "set print symbol off",
    "set filename-display basename",
];

/// Begins what is compared, and ends it.
const BEGIN: &str = "== begin ==";
const END: &str = "== end ==";

/// Starts the program under GDB, which stops at the breakpoints of `before`, and
/// gives what it prints for each of `commands`.
pub fn transcript(workshop: &Workshop, way: Way, before: &[&str], commands: &[&str]) -> String {
    let mut script = String::new();
    for command in SETTINGS.iter().chain(before).chain(&["run"]) {
        script += &format!("{command}\n");
    }
    script += &format!("echo {BEGIN}\\n\n");
    for command in commands {
        script += &format!("echo > {command}\\n\n{command}\n");
    }
    script += &format!("echo {END}\\n\nkill\n");
    workshop.write("script.gdb", script);
    let mut command = match way {
        Way::Memory { is_llvm } => {
            let mut command = under_gdb(workshop);
            if is_llvm {
                command.args(llvm());
            }
            command.args(["--optimize", "none", "run", "p.bska"]);
            command
        }
        Way::Tests => {
            let mut command = under_gdb(workshop);
            command.args(["test", "-g", "values.bd"]);
            command
        }
        Way::Linked(name) => {
            let mut command = Command::new(find("gdb").unwrap());
            command.current_dir(workshop.folder());
            command.args(["-nx", "-batch", "-x", "script.gdb", name]);
            command
        }
    };
    let ended = end(&mut command);
    let shown = ended.stdout.split_once(BEGIN);
    let shown = shown.and_then(|(_, rest)| rest.split_once(END));
    let (shown, _) = shown.unwrap_or_else(|| panic!("{way:?}: {ended:#?}"));
    let lines = shown.trim_start().lines().map(normal);
    lines.map(|line| line + "\n").collect()
}

/// GDB with `beskid`, whose arguments are not yet said.
fn under_gdb(workshop: &Workshop) -> Command {
    let beskid = beskid(workshop.folder());
    let mut command = Command::new(find("gdb").unwrap());
    command.current_dir(workshop.folder());
    // GDB starts it in the environment of the tests.
    for (name, value) in beskid.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["-nx", "-batch", "-x", "script.gdb", "--args"]);
    command.arg(beskid.get_program());
    command
}

/// A line with `ADDRESS` for numbers of 16 digits or so.
fn normal(line: &str) -> String {
    let mut words = Vec::new();
    for word in line.split(' ') {
        let is_address = word.strip_prefix("0x").is_some_and(|digits| {
            digits.len() > 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
        });
        words.push(if is_address { "ADDRESS" } else { word });
    }
    words.join(" ").trim_end().to_owned()
}
