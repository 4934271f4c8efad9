//! Scripts, sources that begin with `#!`: the system starts them by their path,
//! and what stands behind it is the script's, options too.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use clap::Parser;

use super::args::{Cli, Command};

/// The arguments of this process, with `--` behind the path of a script that is
/// run.
pub(super) fn mark(mut args: Vec<OsString>) -> Vec<OsString> {
    let own = args.iter().take_while(|arg| *arg != "--").count();
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

/// Whether the arguments ask to run the source that their last one names.
fn runs_last(args: &[OsString]) -> bool {
    let Ok(cli) = Cli::try_parse_from(args) else {
        return false;
    };
    match cli.command {
        Command::Run(run) => {
            run.arguments.is_empty()
                && Some(run.input.as_os_str()) == args.last().map(AsRef::as_ref)
        }
        _ => false,
    }
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
