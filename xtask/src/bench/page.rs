//! The tables of `benches/README.md`, between two marks.

use std::fmt::Write;
use std::path::Path;

use super::machine::Machine;
use super::row::{Outcome, Row};
use super::targets;

const BEGIN: &str = "<!-- written by cargo xtask bench -->\n";
const END: &str = "<!-- end -->\n";

pub fn write(
    folder: &Path,
    here: &Machine,
    rows: &[Row],
    before: Option<&[Row]>,
) -> Result<(), String> {
    let path = folder.join("README.md");
    let failed = |error| format!("cannot rewrite {}: {error}", path.display());
    let page = std::fs::read_to_string(&path).map_err(failed)?;
    let text = format!("{}{}", head(here), tables(rows, before));
    let page = between(&page, &text)
        .ok_or_else(|| format!("{} has no marks for the tables", path.display()))?;
    std::fs::write(&path, page).map_err(failed)
}

fn between(page: &str, text: &str) -> Option<String> {
    let (head, rest) = page.split_once(BEGIN)?;
    let (_, tail) = rest.split_once(END)?;
    Some(format!("{head}{BEGIN}{text}{END}{tail}"))
}

fn head(here: &Machine) -> String {
    let Machine {
        date,
        commit,
        processor,
        peers,
    } = here;
    let peers = peers.join("; ");
    format!("{date}, commit {commit}, {processor}. {peers}.\n")
}

/// A table for each group, in the order of the rows.
pub fn tables(rows: &[Row], before: Option<&[Row]>) -> String {
    let mut text = String::new();
    let mut group = None;
    for row in rows {
        if group != Some(&row.group) {
            group = Some(&row.group);
            let columns = "| | target | ratio | last run | ours | peer |";
            // Writing to a string does not fail.
            let _ = write!(
                text,
                "\n### {}\n\n{columns}\n|---|---|---|---|---|---|\n",
                row.group
            );
        }
        let target = targets::of(&row.what);
        let last = before.and_then(|rows| {
            let same = |other: &&Row| (&other.group, &other.what) == (&row.group, &row.what);
            rows.iter().find(same)?.ratio()
        });
        let (ratio, ours, theirs) = match &row.result {
            Outcome::Skipped { skipped } => (skipped.clone(), String::new(), String::new()),
            Outcome::Measured {
                ours,
                theirs,
                ratio,
            } => (
                match target.is_none_or(|target| target.is_met(*ours, *theirs)) {
                    true => format!("{ratio:.3}"),
                    // What misses its target stands out.
                    false => format!("**{ratio:.3}**"),
                },
                amount(*ours, &row.unit),
                amount(*theirs, &row.unit),
            ),
        };
        let target = target.map_or_else(String::new, |target| target.to_string());
        let last = last.map_or_else(String::new, |last| format!("{last:.3}"));
        let _ = writeln!(
            text,
            "| {} | {target} | {ratio} | {last} | {ours} | {theirs} |",
            row.what
        );
    }
    text
}

fn amount(value: f64, unit: &str) -> String {
    match unit {
        "s" if value < 0.001 => format!("{:.1} µs", value * 1e6),
        "s" if value < 1.0 => format!("{:.2} ms", value * 1e3),
        "s" => format!("{value:.2} s"),
        "B" if value < 1e6 => format!("{:.1} kB", value / 1e3),
        "B" => format!("{:.1} MB", value / 1e6),
        _ => format!("{value:.3} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::row::parse;
    use super::*;

    fn row(what: &str, ratio: f64) -> Row {
        let line = format!(
            "{{\"group\":\"g\",\"what\":\"{what}\",\"ours\":{},\"theirs\":0.5,\"ratio\":{ratio}}}",
            ratio * 0.5
        );
        parse(&line).unwrap()
    }

    #[test]
    fn a_missed_target_stands_out_and_the_last_run_stands_beside() {
        let what = "run hello ÷ tcc -run, CPU";
        let text = tables(
            &[row(what, 0.9), row("other", 0.5)],
            Some(&[row(what, 0.75)]),
        );
        assert!(
            text.contains("| ≤ 0.8 | **0.900** | 0.750 | 450.00 ms | 500.00 ms |"),
            "{text}"
        );
        assert!(text.contains("| other |  | 0.500 |  |"), "{text}");
    }

    #[test]
    fn only_what_is_between_the_marks_is_written_anew() {
        let page = format!("a\n{BEGIN}old\n{END}b\n");
        let new = between(&page, "new\n").unwrap();
        assert_eq!(new, format!("a\n{BEGIN}new\n{END}b\n"));
        assert!(between("no marks", "new").is_none());
    }
}
