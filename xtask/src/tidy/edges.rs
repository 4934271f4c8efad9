//! INV-edges: the folders are the architecture; a crate depends only on what its row allows.

mod table;

use std::collections::{BTreeSet, VecDeque};

use table::{HIDDEN, ROWS, Row};

use super::Violation;
use crate::files::Repository;
use crate::glob;
use crate::graph::{Graph, Package};

pub const LABEL: &str = "INV-edges";

pub fn check(repository: &Repository, graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (folder, package) in graph.members() {
        let path = format!("{folder}/Cargo.toml");
        let mut report = |culprit: &str, what: String, fix: &str| {
            violations.push(Violation {
                line: line_of(repository.text(&path).unwrap_or_default(), culprit),
                path: path.clone(),
                label: LABEL,
                what,
                fix: fix.to_owned(),
            });
        };
        let Some(row) = ROWS.iter().find(|row| glob::matches(row.folder, folder)) else {
            let fix = "add its row to ROWS in xtask/src/tidy/edges/table.rs";
            report(
                "name",
                format!("no rule says what {folder} may depend on"),
                fix,
            );
            continue;
        };
        for dependency in graph.direct(package) {
            if !allowed(row, folder, dependency) {
                let what = format!("{} depends on {}", package.name, dependency.name);
                let fix = "drop the dependency; shared types belong in plugin-api";
                report(&dependency.name, what, fix);
            }
        }
        for chain in forbidden_chains(graph, package, row.never) {
            let next = chain.get(1).copied().unwrap_or_default();
            let what = format!("a forbidden edge: {}", chain.join(" → "));
            report(next, what, "drop the dependency that leads there");
        }
    }
    violations
}

fn allowed(row: &Row, folder: &str, dependency: &Package) -> bool {
    let Some(target) = dependency.folder.as_deref() else {
        return row.outside;
    };
    row.workspace.iter().any(|pattern| match *pattern {
        ".." => folder
            .rsplit_once('/')
            .is_some_and(|(parent, _)| parent == target),
        pattern => glob::matches(pattern, target),
    })
}

/// The shortest chain of names from `package` to each package that it must not reach.
fn forbidden_chains<'a>(
    graph: &'a Graph,
    package: &'a Package,
    never: &[&str],
) -> Vec<Vec<&'a str>> {
    let mut chains = Vec::new();
    let mut seen = BTreeSet::from([package.name.as_str()]);
    let mut queue = VecDeque::from([(package, vec![package.name.as_str()])]);
    while let Some((at, chain)) = queue.pop_front() {
        for next in graph.direct(at) {
            let hidden = HIDDEN
                .iter()
                .any(|(from, to, _)| *from == at.name && *to == next.name);
            if hidden || !seen.insert(&next.name) {
                continue;
            }
            let mut chain = chain.clone();
            chain.push(&next.name);
            if never
                .iter()
                .any(|pattern| glob::segment(pattern, &next.name))
            {
                chains.push(chain);
            } else {
                queue.push_back((next, chain));
            }
        }
    }
    chains
}

fn line_of(manifest: &str, key: &str) -> usize {
    (1..)
        .zip(manifest.lines())
        .find(|(_, line)| line.starts_with(key))
        .map_or(1, |(number, _)| number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(lines: &[&str]) -> Vec<String> {
        let graph = crate::tidy::testing::graph(lines);
        let found = check(&Repository::default(), &graph);
        found.into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn fires_on_edges_between_parts() {
        let found = messages(&[
            "backend-aot aot: linker host frontend jit",
            "backend-jit jit:",
            "clif clif: frontend",
            "frontend frontend:",
            "host host:",
            "linker-strategies/unix linker: clif",
            "runtime runtime: api outside",
            "plugin-api api:",
            "xtask xtask: host",
            "- outside:",
        ]);
        let expected = [
            "aot depends on linker",
            "aot depends on host",
            "aot depends on frontend",
            "aot depends on jit",
            "clif depends on frontend",
            "linker depends on clif",
            "runtime depends on api",
            "runtime depends on outside",
            "xtask depends on host",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn fires_on_forbidden_packages_at_any_distance() {
        let found = messages(&[
            "plugin-api api: clap outside",
            "- clap:",
            "- outside: libloading cranelift-entity",
            "- libloading:",
            "- cranelift-entity:",
        ]);
        let expected = [
            "a forbidden edge: api → clap",
            "a forbidden edge: api → outside → libloading",
            "a forbidden edge: api → outside → cranelift-entity",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn fires_on_a_dylib_with_more_and_on_a_package_without_a_row() {
        let found = messages(&[
            "backend-jit jit:",
            "clif clif:",
            "backend-jit/dylib dylib: jit clif outside",
            "elsewhere new:",
            "- outside:",
        ]);
        let expected = [
            "dylib depends on clif",
            "dylib depends on outside",
            "no rule says what elsewhere may depend on",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_line_is_that_of_the_dependency() {
        let graph = crate::tidy::testing::graph(&["clif clif: frontend", "frontend frontend:"]);
        let manifest = "[package]\n\n[dependencies]\nfrontend.workspace = true\n";
        let repository = Repository::of(&[("clif/Cargo.toml", manifest)]);
        assert_eq!(check(&repository, &graph)[0].line, 4);
    }

    #[test]
    fn passes_on_the_designed_graph() {
        let found = messages(&[
            "plugin-api api: abi_stable",
            "clif clif: api cranelift-codegen",
            "frontend frontend: api clif cranelift-codegen",
            "runtime runtime:",
            "backend-jit jit: api clif cranelift-jit",
            "backend-jit/dylib dylib: jit api",
            "linker-strategies/unix linker: api",
            "linker-strategies/unix/dylib linker-dylib: linker api",
            "host host: api clif frontend runtime jit linker libloading",
            "tests tests: host api",
            "- abi_stable: libloading",
            "- libloading:",
            "- cranelift-codegen:",
            "- cranelift-jit: cranelift-codegen",
        ]);
        assert_eq!(found, Vec::<String>::new());
    }
}
