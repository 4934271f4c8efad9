//! INV-cranelift: one version of every Cranelift crate, in every lock file.

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-cranelift";

/// The fuzz targets have a lock of their own, and test the same Cranelift.
const LOCKS: [&str; 2] = ["Cargo.lock", "fuzz/Cargo.lock"];

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut first: Option<(String, String)> = None;
    let mut name = None;
    let lines = LOCKS.iter().flat_map(|lock| {
        let text = repository.text(lock).unwrap_or_default();
        (1..)
            .zip(text.lines())
            .map(|(line, text)| (*lock, line, text))
    });
    for (lock, line, text) in lines {
        if let Some(value) = text.strip_prefix("name = ") {
            name = Some(value.trim_matches('"')).filter(|name| name.starts_with("cranelift-"));
        }
        let (Some(name), Some(version)) = (name, text.strip_prefix("version = ")) else {
            continue;
        };
        let version = version.trim_matches('"');
        match &first {
            None => first = Some((name.to_owned(), version.to_owned())),
            Some((_, expected)) if expected == version => {}
            Some((other, expected)) => violations.push(Violation {
                path: lock.to_owned(),
                line,
                label: LABEL,
                what: format!("{name} is {version}, but {other} is {expected}"),
                fix: format!("ask for one version: `cargo update -p {name}@{version}`"),
            }),
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    fn lock(packages: &[(&str, &str)]) -> String {
        packages
            .iter()
            .map(|(name, version)| {
                format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
            })
            .collect()
    }

    #[test]
    fn fires_on_a_second_version() {
        let text = lock(&[
            ("cranelift-codegen", "0.135.8"),
            ("cranelift-jit", "0.134.0"),
            ("cranelift-codegen", "0.134.0"),
        ]);
        let other = lock(&[("cranelift-codegen", "0.136.0")]);
        let repository = Repository::of(&[(LOCKS[0], &text), (LOCKS[1], &other)]);
        assert_eq!(
            places(&check(&repository)),
            ["Cargo.lock:6", "Cargo.lock:9", "fuzz/Cargo.lock:3"]
        );
    }

    #[test]
    fn passes_on_one_version() {
        let text = lock(&[
            ("cranelift-codegen", "0.135.8"),
            ("goblin", "0.10.7"),
            ("cranelift-jit", "0.135.8"),
        ]);
        assert_eq!(check(&Repository::of(&[(LOCKS[0], &text)])), []);
    }
}
