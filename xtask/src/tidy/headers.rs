//! INV-header: every Rust file opens by saying what lives in it.

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-header";

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, text) in repository.rust() {
        let shebang = text.starts_with("#!") && !text.starts_with("#![");
        let line = usize::from(shebang) + 1;
        let first = text.lines().nth(line - 1).unwrap_or_default();
        let says = first
            .strip_prefix("//!")
            .is_some_and(|rest| !rest.trim().is_empty());
        if !says {
            violations.push(Violation {
                path: path.to_owned(),
                line,
                label: LABEL,
                what: "the file does not open with a `//!` line".to_owned(),
                fix: "say in its first line what lives here".to_owned(),
            });
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    #[test]
    fn fires_without_a_header() {
        let repository = Repository::of(&[
            ("a.rs", "fn a() {}\n"),
            ("b.rs", "\n//! Late.\n"),
            ("c.rs", "//!\n"),
            ("d.rs", "#!/bin/x\nfn a() {}\n"),
            ("e.rs", ""),
            ("f.rs", "#![no_std]\n//! Late.\n"),
        ]);
        let found = places(&check(&repository));
        assert_eq!(
            found,
            ["a.rs:1", "b.rs:1", "c.rs:1", "d.rs:2", "e.rs:1", "f.rs:1"]
        );
    }

    #[test]
    fn passes_with_a_header() {
        let repository = Repository::of(&[
            ("a.rs", "//! A.\n"),
            ("b.rs", "#!/bin/x\n//! B.\n"),
            ("c.txt", "c\n"),
        ]);
        assert_eq!(check(&repository), []);
    }
}
