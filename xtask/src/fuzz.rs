//! `cargo xtask fuzz`: fill the corpora, then run the fuzz targets one after the other.

use std::path::Path;
use std::process::Command;

use crate::cargo::{cargo, succeeds};

/// The targets, in the order of the path through decoding.
const TARGETS: &[&str] = &[
    "container",
    "module",
    "function_body",
    "agreement",
    "syntax",
    "check",
    "lower",
];

/// Limits of each run, for libFuzzer.
const LIMITS: &[&str] = &["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"];

const SECONDS: &str = "60";

/// Runs the targets; says whether none found anything. The arguments are the
/// seconds for each target, and the targets.
pub fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let (seconds, targets) = parse(args)?;
    let folder = root.join("fuzz");
    if !succeeds(&mut seeds(&folder))? {
        return Ok(false);
    }
    let mut clean = true;
    for target in targets {
        clean &= succeeds(&mut fuzz(&folder, &target, &seconds))?;
    }
    Ok(clean)
}

fn parse(args: &[String]) -> Result<(String, Vec<String>), String> {
    let (seconds, targets) = match args.split_first() {
        Some((first, rest)) if first.parse::<u32>().is_ok() => (first.as_str(), rest),
        _ => (SECONDS, args),
    };
    let unknown = targets
        .iter()
        .find(|target| !TARGETS.contains(&target.as_str()));
    if let Some(unknown) = unknown {
        let all = TARGETS.join(", ");
        return Err(format!("no fuzz target `{unknown}`; there are {all}"));
    }
    let targets = match targets {
        [] => TARGETS.iter().map(|&target| target.to_owned()).collect(),
        chosen => chosen.to_vec(),
    };
    Ok((seconds.to_owned(), targets))
}

fn seeds(folder: &Path) -> Command {
    let mut command = cargo(folder);
    command.args(["run", "--quiet", "--locked", "--example", "seeds"]);
    command
}

fn fuzz(folder: &Path, target: &str, seconds: &str) -> Command {
    let mut command = cargo(folder);
    command
        .args(["fuzz", "run", "--sanitizer", "none", target, "--"])
        .arg(format!("-max_total_time={seconds}"))
        .args(LIMITS)
        .arg("-print_final_stats=1");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(given: &[&str]) -> Result<(String, Vec<String>), String> {
        let given: Vec<String> = given.iter().map(|&arg| arg.to_owned()).collect();
        parse(&given)
    }

    #[test]
    fn every_target_runs_a_minute_unless_told_otherwise() {
        let (seconds, targets) = parsed(&[]).unwrap();
        assert_eq!((seconds.as_str(), targets.len()), ("60", TARGETS.len()));
        let (seconds, targets) = parsed(&["600", "module"]).unwrap();
        assert_eq!(
            (seconds.as_str(), targets),
            ("600", vec!["module".to_owned()])
        );
    }

    #[test]
    fn an_unknown_target_is_named_with_the_known_ones() {
        let error = parsed(&["60", "linker"]).unwrap_err();
        assert_eq!(
            error,
            "no fuzz target `linker`; there are container, module, function_body, agreement, syntax, check, lower"
        );
    }

    #[test]
    fn the_time_and_the_limits_reach_the_fuzzer() {
        let command = fuzz(Path::new("fuzz"), "module", "600");
        let args: Vec<_> = command
            .get_args()
            .map(|arg| arg.to_string_lossy())
            .collect();
        assert!(args.contains(&"-max_total_time=600".into()), "{args:?}");
        assert!(LIMITS.iter().all(|limit| args.contains(&(*limit).into())));
    }
}
