//! INV-size: files stay small; 500 lines want a reason, 800 are the end.

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-size";

/// Files that are tables and may pass 800 lines: path and reason.
pub const TABLES: &[(&str, &str)] = &[];

const WANTS_A_REASON: usize = 500;
const END: usize = 800;
const REASON: &str = "//! Long because";

pub fn check(repository: &Repository, tables: &[(&str, &str)]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |path: &str, line: usize, what: String, fix: &str| {
        violations.push(Violation {
            path: path.to_owned(),
            line,
            label: LABEL,
            what,
            fix: fix.to_owned(),
        });
    };
    for (path, text) in repository.rust() {
        let lines = text.lines().count();
        let table = tables.iter().any(|(table, _)| *table == path);
        let mut header = text.lines().take_while(|line| line.starts_with("//!"));
        let reason = header.any(|line| line.starts_with(REASON));
        if lines > END && !table {
            let what = format!("{lines} lines, more than {END}");
            report(path, END + 1, what, "split it by subject");
        } else if lines > WANTS_A_REASON && !table && !reason {
            let what = format!("{lines} lines, more than {WANTS_A_REASON}, without a reason");
            let fix = "split it, or give the reason in the header: `//! Long because …`";
            report(path, WANTS_A_REASON + 1, what, fix);
        } else if table && lines <= END {
            let what = format!("listed as a long table, but has {lines} lines");
            report(
                path,
                1,
                what,
                "take it out of TABLES in xtask/src/tidy/sizes.rs",
            );
        }
    }
    for (table, _) in tables {
        if repository.text(table).is_none() {
            let what = format!("TABLES lists `{table}`, which does not exist");
            report("xtask/src/tidy/sizes.rs", 1, what, "take it out");
        }
    }
    violations
}

/// The median length of the Rust files, in lines.
pub fn median(repository: &Repository) -> usize {
    let mut lengths: Vec<usize> = repository
        .rust()
        .map(|(_, text)| text.lines().count())
        .collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    fn file(header: &str, lines: usize) -> String {
        format!("{header}\n{}", "\n".repeat(lines - 1))
    }

    #[test]
    fn fires_over_each_limit() {
        let (long, longer) = (file("//! A.", 501), file("//! Long because x", 801));
        let repository = Repository::of(&[("a.rs", &long), ("b.rs", &longer)]);
        assert_eq!(places(&check(&repository, &[])), ["a.rs:501", "b.rs:801"]);
    }

    #[test]
    fn fires_on_exemptions_that_nothing_needs() {
        let repository = Repository::of(&[("a.rs", "//! A.\n")]);
        let found = check(&repository, &[("a.rs", "table"), ("gone.rs", "table")]);
        assert_eq!(places(&found), ["a.rs:1", "xtask/src/tidy/sizes.rs:1"]);
    }

    #[test]
    fn passes_within_the_limits_with_a_reason_or_as_a_table() {
        let (short, long) = (file("//! A.", 500), file("//! A.\n//! Long because x", 799));
        let table = file("//! A.", 2000);
        let repository = Repository::of(&[("a.rs", &short), ("b.rs", &long), ("c.rs", &table)]);
        assert_eq!(check(&repository, &[("c.rs", "a table")]), []);
    }

    #[test]
    fn the_median_is_of_lines() {
        let repository = Repository::of(&[("a.rs", "\n"), ("b.rs", "\n\n\n"), ("c.rs", "\n\n")]);
        assert_eq!(median(&repository), 2);
    }
}
