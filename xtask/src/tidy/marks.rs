//! INV-marks: nothing unfinished, and no test switched off.

use super::Violation;
use crate::files::Repository;
use crate::scan::has_word;

pub const LABEL: &str = "INV-marks";

pub fn check(repository: &Repository) -> Vec<Violation> {
    // In halves, so that this file carries no mark itself.
    let notes = [["FIX", "ME"].concat(), ["XX", "X"].concat()];
    let macros = [["to", "do!"].concat(), ["unimple", "mented!"].concat()];
    let off = ["#[ig", "nore"].concat();
    let mut violations = Vec::new();
    for (path, text) in repository.rust() {
        let Some(scan) = repository.sources.get(path) else {
            continue;
        };
        let mut report = |line: usize, mark: &str, fix: &str| {
            violations.push(Violation {
                path: path.to_owned(),
                line,
                label: LABEL,
                what: format!("`{mark}` in the source"),
                fix: fix.to_owned(),
            });
        };
        for (line, (raw, code)) in (1..).zip(text.lines().zip(scan.code.lines())) {
            for mark in notes.iter().filter(|mark| has_word(raw, mark)) {
                report(line, mark, "do it, or state the limit as a fact");
            }
            for mark in macros.iter().filter(|mark| calls(code, mark)) {
                report(line, mark, "write the code, or return a diagnostic");
            }
            let conditional = code.contains("cfg_attr") && has_word(code, "ignore");
            if code.contains(&off) || conditional {
                report(
                    line,
                    &off,
                    "make the test run everywhere, or select it by cfg",
                );
            }
        }
    }
    violations
}

/// Whether `code` calls the macro; the bang in `mark` parts it from longer names.
fn calls(code: &str, mark: &str) -> bool {
    code.match_indices(mark)
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    #[test]
    fn fires_on_each_mark() {
        let text = [
            "// FIX",
            "ME: x\n",
            "// XX",
            "X\n",
            "to",
            "do!()\n",
            "a(unimple",
            "mented![])\n",
            "#[ig",
            "nore]\n",
            "#[cfg_attr(windows, ig",
            "nore = \"\")]\n",
        ]
        .concat();
        let repository = Repository::of(&[("a.rs", &text)]);
        let found = places(&check(&repository));
        assert_eq!(
            found,
            ["a.rs:1", "a.rs:2", "a.rs:3", "a.rs:4", "a.rs:5", "a.rs:6"]
        );
    }

    #[test]
    fn passes_on_words_that_only_contain_a_mark() {
        let text = [
            "let mktemp = \"XX",
            "XXXX\"; // to",
            "do!\n",
            "my_to",
            "do!();\n",
            "fn ignore() {}\n",
        ]
        .concat();
        assert_eq!(check(&Repository::of(&[("a.rs", &text)])), []);
    }
}
