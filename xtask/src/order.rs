//! `cargo xtask order`: which functions short commands run, in the order in which
//! the linker puts them side by side.
//!
//! A page of the program is mapped, with its neighbours, when something in it runs
//! for the first time. What lies together costs few such faults.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::cargo::{cargo, succeeds};

/// Where the names go; `host/build.rs` gives the file to the linker.
const ORDER: &str = "host/startup-order.txt";

/// The commands that must start fast, and in which order their functions lie.
const COMMANDS: &[&[&str]] = &[
    &["run", "examples/hello.bd"],
    &["analyze", "examples/hello.bd"],
    &["build", "examples/hello.bd", "-o", "target/order/hello"],
];

/// Runs the commands, and writes down what they have run.
pub fn run(root: &Path) -> Result<bool, String> {
    let mut build = cargo(root);
    build.args(["build", "--release", "--package", "beskid-host"]);
    if !succeeds(&mut build)? {
        return Ok(false);
    }
    let folder = root.join("target/order");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make `target/order`: {error}"))?;
    let mut known = BTreeSet::new();
    let mut text = String::new();
    for args in COMMANDS {
        let mut names = functions(&profile(root, args)?);
        names.retain(|name| known.insert(name.clone()));
        if names.is_empty() && known.is_empty() {
            return Err("the program has no symbols".to_owned());
        }
        println!("{}: {} functions more", args[0], names.len());
        for name in names {
            text += &name;
            text.push('\n');
        }
    }
    fs::write(root.join(ORDER), text)
        .map_err(|error| format!("cannot write `{ORDER}`: {error}"))?;
    Ok(true)
}

/// What callgrind has seen of a command.
fn profile(root: &Path, args: &[&str]) -> Result<String, String> {
    let output = root.join("target/order/callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind
        .current_dir(root)
        .args(["--quiet", "--tool=callgrind", "--demangle=no"])
        .arg(format!("--callgrind-out-file={}", output.display()))
        .arg("target/release/beskid")
        .args(args);
    let status = valgrind
        .status()
        .map_err(|error| format!("cannot start valgrind: {error}"))?;
    if !status.success() {
        return Err(format!(
            "`beskid {}` under valgrind: {status}",
            args.join(" ")
        ));
    }
    fs::read_to_string(&output).map_err(|error| format!("cannot read the profile: {error}"))
}

/// The functions of Rust crates in a profile, each once.
fn functions(profile: &str) -> BTreeSet<String> {
    let named = profile.lines().filter_map(|line| {
        let line = line.strip_prefix('c').unwrap_or(line);
        let (_, name) = line.strip_prefix("fn=(")?.split_once(") ")?;
        // Recursion is counted by levels: `name'2`.
        let name = name.split('\'').next().unwrap_or(name);
        let is_rust = ["_ZN", "_R"].iter().any(|mark| name.starts_with(mark));
        is_rust.then(|| name.to_owned())
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_of_a_profile_are_found_once() {
        let profile = "fn=(1) _ZN4main17h0123456789abcdefE\n1 2\ncfn=(2) _RNvC4core\n\
                       calls=1 0\ncfn=(1)\nfn=(3) malloc\ncfn=(4) _ZN4main17h0123456789abcdefE'2\n";
        let found = functions(profile).into_iter().collect::<Vec<_>>();
        assert_eq!(found, ["_RNvC4core", "_ZN4main17h0123456789abcdefE"]);
    }
}
