//! Whose the arguments are that stand behind a source, or behind `--`.
//!
//! Scripts are sources that begin with `#!`: the system starts them by their path, and
//! what stands behind it is the script's, options too. Where no source is named, neither
//! before `--` nor behind it, what stands there is for the project's program.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::args::{Cli, Command};
use super::lean;

/// What marks that the first word is no source.
const NO_INPUT: &str = "--no-input";

/// The arguments of this process, with `--` behind the path of a script that is
/// run, and a mark where there is no source before `--`.
pub(super) fn mark(mut args: Vec<OsString>) -> Vec<OsString> {
    let own = args.iter().take_while(|arg| *arg != "--").count();
    let behind = args.get(own + 1).map(Path::new);
    if own < args.len() && !behind.is_some_and(is_source) && runs_project(&args[..own]) {
        args.insert(own, NO_INPUT.into());
        return args;
    }
    // Whatever is last has nothing behind it.
    let last = args.len().saturating_sub(1);
    let mut places = 1..own.min(last);
    let script = places.find(|at| is_script(args[*at].as_ref()) && runs_last(&args[..=*at]));
    if let Some(at) = script
        && args[at + 1] != "--"
    {
        args.insert(at + 1, "--".into());
    }
    args
}

/// Gives the program what stands behind the mark.
pub(super) fn unmark(cli: &mut Cli) {
    if let Command::Run(run) = &mut cli.command
        && run.no_input
    {
        let first = run.program.input.take().map(PathBuf::into_os_string);
        run.arguments.splice(0..0, first);
    }
}

/// Whether the arguments ask to run whatever is here.
fn runs_project(args: &[OsString]) -> bool {
    let command = lean::parse(args).map(|cli| cli.command);
    matches!(command, Some(Command::Run(run)) if run.program.input.is_none())
}

/// Whether the arguments ask to run the source that their last one names.
fn runs_last(args: &[OsString]) -> bool {
    let Ok(cli) = Cli::try_parse_from(args) else {
        return false;
    };
    match cli.command {
        Command::Run(run) => {
            let input = run.program.input.as_deref().map(Path::as_os_str);
            run.arguments.is_empty() && input == args.last().map(OsString::as_os_str)
        }
        _ => false,
    }
}

/// Whether a word behind `--` is the source itself, and no argument.
fn is_source(path: &Path) -> bool {
    let is_one = |end: &OsStr| ["bd", "clif", "bska"].iter().any(|name| end == *name);
    path.extension().is_some_and(is_one) || is_script(path)
}

/// Pipes are left alone: who reads from one takes it from whoever comes later.
fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    fs::metadata(path).is_ok_and(|meta| meta.is_file())
        && File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok())
        && start == *b"#!"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cmd_3_what_stands_behind_two_hyphens_is_the_projects_programs() {
        let given = |line: &str| {
            let words = line.split_whitespace().map(OsString::from);
            let args = mark(words.collect());
            let mut cli = lean::parse(&args).unwrap();
            unmark(&mut cli);
            match cli.command {
                Command::Run(run) => (run.program.input, run.arguments),
                other => panic!("{other:?}"),
            }
        };
        let (input, arguments) = given("beskid run --frozen -- a --frozen");
        assert_eq!(
            (input, arguments),
            (None, vec!["a".into(), "--frozen".into()])
        );
        assert_eq!(given("beskid run --"), (None, Vec::new()));
        let (input, arguments) = given("beskid run x.bd -- a");
        assert_eq!((input, arguments), (Some("x.bd".into()), vec!["a".into()]));
        let (input, arguments) = given("beskid run -- x.bd a");
        assert_eq!((input, arguments), (Some("x.bd".into()), vec!["a".into()]));
    }

    #[test]
    fn what_stands_behind_a_script_is_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("script"), "#!/usr/bin/env beskid\n").unwrap();
        fs::write(path("plain"), "unit main() { }\n").unwrap();
        // Where the mark was put.
        let at = |args: &[&str]| {
            let before = args.iter().map(|arg| match *arg {
                "script" | "plain" => path(arg),
                other => other.to_owned(),
            });
            let before = before.map(OsString::from).collect::<Vec<_>>();
            let after = mark(before.clone());
            if after == before {
                return None;
            }
            assert_eq!(after.len(), before.len() + 1);
            after.iter().position(|arg| arg == "--")
        };
        assert_eq!(at(&["beskid", "run", "script", "--help"]), Some(3));
        assert_eq!(
            at(&["beskid", "-v", "run", "--exit-code", "script", "a"]),
            Some(5)
        );
        assert_eq!(at(&["beskid", "run", "script", "script", "a"]), Some(3));
        let other: [&[&str]; 6] = [
            &["beskid", "run", "script"],
            &["beskid", "run", "script", "--", "a"],
            &["beskid", "run", "--", "script", "-a"],
            &["beskid", "run", "plain", "--help"],
            &["beskid", "run", "plain", "script", "-a"],
            &["beskid", "build", "script", "--kind", "object"],
        ];
        for args in other {
            assert_eq!(at(args), None, "{args:?}");
        }
        // The value of an option is no source.
        assert_eq!(
            at(&["beskid", "--plugin", "script", "run", "plain", "-v"]),
            None
        );
    }
}
