//! INV-circles: the files of a crate stand one above the other; none names items
//! of a file that names its own, directly or through others.

mod paths;

use std::collections::{BTreeMap, BTreeSet};

use paths::{Crate, Edges};

use super::Violation;
use crate::files::Repository;

pub const LABEL: &str = "INV-circles";

pub fn check(repository: &Repository) -> Vec<Violation> {
    let mut edges = Edges::new();
    for whole in Crate::all(repository) {
        edges.extend(whole.edges());
    }
    let mut violations = Vec::new();
    let mut reported = BTreeSet::new();
    for (from, named) in &edges {
        for (to, line) in named {
            let Some(circle) = circle(&edges, from, to) else {
                continue;
            };
            let members: BTreeSet<_> = circle.iter().copied().collect();
            if reported.insert(members) {
                violations.push(Violation {
                    path: from.clone(),
                    line: *line,
                    label: LABEL,
                    what: format!("a circle of files: {from} → {}", circle.join(" → ")),
                    fix: "move what both need to a file below them".to_owned(),
                });
            }
        }
    }
    violations
}

/// The shortest way from `to` back to `from`, both included, if there is one.
fn circle<'e>(edges: &'e Edges, from: &'e str, to: &'e str) -> Option<Vec<&'e str>> {
    let mut ways = vec![vec![to]];
    let mut seen = BTreeSet::from([to]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let at = *way.last()?;
            if at == from {
                return Some(way);
            }
            for next in edges.get(at).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(next) {
                    let mut way = way.clone();
                    way.push(next);
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        let found = check(&Repository::of(files));
        found.iter().map(ToString::to_string).collect()
    }

    const TWO: [(&str, &str); 3] = [
        ("c/src/lib.rs", "mod a;\nmod b;\n"),
        ("c/src/a.rs", "use crate::b::B;\npub struct A;\n"),
        ("c/src/b.rs", "\nuse super::a::A;\npub struct B;\n"),
    ];

    #[test]
    fn fires_once_on_files_that_name_each_other() {
        let expected = "c/src/a.rs:1: [INV-circles] a circle of files: c/src/a.rs → \
                        c/src/b.rs → c/src/a.rs; move what both need to a file below them";
        assert_eq!(messages(&TWO), [expected]);
    }

    #[test]
    fn fires_on_circles_through_others_and_through_reexports() {
        let files = [
            ("c/src/lib.rs", "mod a;\nmod b;\nmod d;\n"),
            (
                "c/src/a.rs",
                "use std::fmt;\nuse crate::{\n    b::{self as other, B},\n};\n",
            ),
            ("c/src/b/mod.rs", "mod e;\npub use e::B;\n"),
            ("c/src/b/e.rs", "fn f() { crate::d::g(); }\npub struct B;\n"),
            ("c/src/d.rs", "use crate::a;\n"),
        ];
        let found = messages(&files);
        assert_eq!(found.len(), 1);
        let circle = "c/src/a.rs → c/src/b/e.rs → c/src/d.rs → c/src/a.rs";
        assert!(found[0].contains(circle), "{found:?}");
    }

    #[test]
    fn fires_on_a_parent_that_needs_a_child_that_needs_it() {
        let child = ("c/src/a/b.rs", "use super::A;\npub fn f() {}\n");
        let parent = |text| [("c/src/a/mod.rs", text), child];
        let needs = "mod b;\nuse b::f;\npub struct A;\n";
        assert_eq!(messages(&parent(needs)).len(), 1);
        let offers = "mod b;\npub(crate) use b::f;\npub struct A;\n";
        assert_eq!(messages(&parent(offers)), [""; 0]);
    }

    #[test]
    fn passes_on_tests_comments_and_other_crates() {
        let files = [
            (
                "c/src/a.rs",
                "use d::b::B;\n// use crate::b::B;\npub(in crate::b) struct A;\n",
            ),
            (
                "c/src/b.rs",
                "use crate::a::A;\n#[cfg(test)]\nmod tests {\n use crate::e::E;\n}\n",
            ),
            ("c/src/e.rs", "use crate::b::B;\n"),
            ("d/src/b.rs", "macro_rules! m { () => { $crate::b::B } }\n"),
        ];
        assert_eq!(messages(&files), [""; 0]);
    }
}
