//! `cargo xtask bench`: run the benches, and write `benches/README.md`'s tables, the
//! plots and the history.

mod history;
mod machine;
mod page;
mod plot;
mod row;
mod targets;

use std::path::Path;
use std::process::Stdio;

use crate::cargo::cargo;
use history::History;
use row::Row;

/// One run of a bench, in the order of the page.
struct Bench {
    /// Name of the target in `benches/Cargo.toml`.
    name: &'static str,
    /// A feature that only this run is built with.
    feature: Option<&'static str>,
    args: &'static [&'static str],
}

const BENCHES: &[Bench] = &[
    bench("ratios", &["4000"]),
    Bench {
        feature: Some("serialized"),
        ..bench("ratios", &["2000", "--sizes"])
    },
    bench("scale", &[]),
    bench("commands", &[]),
    bench("front", &[]),
    bench("code", &[]),
    bench("collector", &[]),
];

const fn bench(name: &'static str, args: &'static [&'static str]) -> Bench {
    Bench {
        name,
        feature: None,
        args,
    }
}

/// Runs the benches that are named, or all; the page is only written after all.
pub fn run(root: &Path, names: &[String]) -> Result<bool, String> {
    if let Some(unknown) = names.iter().find(|name| !known(name)) {
        let all = BENCHES.iter().map(|bench| bench.name).collect::<Vec<_>>();
        let all = all.join(", ");
        return Err(format!("no bench `{unknown}`; there are {all}"));
    }
    let here = machine::describe(root)?;
    if let Some(warning) = machine::busy() {
        eprintln!("xtask: {warning}");
    }
    let mut rows = Vec::new();
    for bench in BENCHES {
        if names.is_empty() || names.iter().any(|name| name == bench.name) {
            rows.extend(measured(root, bench)?);
        }
    }
    if names.is_empty() {
        let folder = root.join("benches");
        let mut history = History::read(&folder)?;
        page::write(&folder, &here, &rows, history.last(&here))?;
        plot::write(&folder, &rows)?;
        history.append(&here, rows)?;
    } else {
        print!("{}", page::tables(&rows, None));
    }
    Ok(true)
}

fn known(name: &str) -> bool {
    BENCHES.iter().any(|bench| bench.name == name)
}

fn measured(root: &Path, bench: &Bench) -> Result<Vec<Row>, String> {
    eprintln!("xtask: {} {}", bench.name, bench.args.join(" "));
    let mut command = cargo(root);
    command.args(["bench", "--package", "beskid-benches", "--bench"]);
    command.arg(bench.name);
    if let Some(feature) = bench.feature {
        // A size is the same whatever the profile, and this one is built sooner.
        command.args(["--profile", "dev", "--features", feature]);
    }
    command.arg("--").args(bench.args).arg("--json");
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cannot start cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("the bench {} failed", bench.name));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // Cargo adds `--bench`, and a bench may say more than rows.
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(row::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_bench_is_named_with_the_known_ones() {
        let error = run(Path::new("."), &["speed".to_owned()]).unwrap_err();
        assert!(error.starts_with("no bench `speed`; there are ratios, "));
    }
}
