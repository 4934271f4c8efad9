//! INV-names: no file, folder or module has a name that says nothing.

use std::collections::BTreeSet;

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-names";

const EMPTY: &[&str] = &[
    "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils",
];
const FIX: &str = "name it after its subject";

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut report = |path: &str, line: usize, kind: &str, name: &str| {
        violations.push(Violation {
            path: path.to_owned(),
            line,
            label: LABEL,
            what: format!("a {kind} is called `{name}`"),
            fix: FIX.to_owned(),
        });
    };
    let mut folders = BTreeSet::new();
    for path in &repository.paths {
        for (at, _) in path.match_indices('/') {
            let folder = &path[..at];
            let name = folder.rsplit('/').next().unwrap_or(folder);
            if is_empty_name(name) && folders.insert(folder) {
                report(folder, 1, "folder", name);
            }
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let stem = name.split('.').next().unwrap_or(name);
        if is_empty_name(stem) {
            report(path, 1, "file", name);
        }
    }
    for (path, scan) in &repository.sources {
        for (line, code) in (1..).zip(scan.code.lines()) {
            // A `mod a;` names a file, and is reported there.
            let mut words = code.split_whitespace().skip_while(|word| *word != "mod");
            let Some(name) = words.nth(1) else { continue };
            if code.contains('{') && is_empty_name(name.trim_end_matches('{')) {
                report(path, line, "module", name.trim_end_matches('{'));
            }
        }
    }
    violations
}

/// `utils`, and also `link_utils`: the last word names the thing.
fn is_empty_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit(['_', '-']).next().unwrap_or(&name);
    EMPTY.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::places;

    #[test]
    fn fires_on_files_folders_and_modules() {
        let repository = Repository::of(&[
            ("a/utils/b.rs", ""),
            ("a/utils/c.rs", ""),
            ("d/link_helpers.rs", ""),
            ("e/misc.test.txt", ""),
            ("f.rs", "\npub mod common {\n}\n"),
        ]);
        let found = places(&check(&repository));
        assert_eq!(
            found,
            [
                "a/utils:1",
                "d/link_helpers.rs:1",
                "e/misc.test.txt:1",
                "f.rs:2"
            ]
        );
    }

    #[test]
    fn passes_on_names_with_a_subject() {
        let repository = Repository::of(&[
            ("utilities/common_symbols.rs", "mod relocations { }\n"),
            ("b.rs", "// mod utils {\n"),
        ]);
        assert_eq!(check(&repository), []);
    }
}
