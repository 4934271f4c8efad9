//! `cargo xtask bless`: rewrite the expected output of tests from what they print.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Runs the tests with blessing on; says whether they passed.
pub fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let status = command(root, args)
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    Ok(status.success())
}

fn command(root: &Path, args: &[String]) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .arg("test")
        .current_dir(root)
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
