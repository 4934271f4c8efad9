//! `cargo xtask bless`: rewrite the expected output of tests from what they print.

use std::path::Path;
use std::process::Command;

use crate::cargo::{cargo, succeeds};

/// Runs the tests with blessing on; says whether they passed.
pub fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    succeeds(&mut command(root, args))
}

fn command(root: &Path, args: &[String]) -> Command {
    let mut command = cargo(root);
    command
        .arg("test")
        .env("BESKID_BLESS", "1")
        .env("INSTA_UPDATE", "always");
    if args.is_empty() {
        command.arg("--workspace");
    }
    command.args(args);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(given: &[&str]) -> Vec<String> {
        let given: Vec<String> = given.iter().map(|&arg| arg.to_owned()).collect();
        command(Path::new("."), &given)
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn everything_is_blessed_unless_a_selection_is_given() {
        assert_eq!(arguments(&[]), ["test", "--workspace"]);
        assert_eq!(arguments(&["-p", "x"]), ["test", "-p", "x"]);
    }

    #[test]
    fn both_blessing_switches_are_on() {
        let command = command(Path::new("."), &[]);
        let names: Vec<_> = command.get_envs().map(|(name, _)| name).collect();
        assert_eq!(names, ["BESKID_BLESS", "INSTA_UPDATE"]);
    }
}
