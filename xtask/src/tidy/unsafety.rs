//! INV-unsafe: `unsafe` only at the listed boundaries; other crates forbid it.

use super::Violation;
use crate::files::Repository;
use crate::glob;
use crate::graph::Graph;

pub const LABEL: &str = "INV-unsafe";

/// Where `unsafe` may stand (see `glob` for the patterns), and why.
const PLACES: &[(&str, &str)] = &[
    ("backend-jit/src/", "JIT memory, and calls into it"),
    ("backend-jit/tests/", "calls into compiled code"),
    ("backend-llvm/src/llvm/", "LLVM's C interface"),
    ("backend-llvm/src/session.rs", "calls into compiled code"),
    ("c-api/src/", "C symbols over raw pointers"),
    ("benches/benches/", "frees compiled code"),
    ("benches/src/program.rs", "addresses of imports"),
    ("examples/calculator/tests/", "calls into compiled code"),
    ("host/src/at_exit.rs", "the C library's exit handlers"),
    ("host/src/embedded*.rs", "the runtime linked into the host"),
    ("host/src/embedded*/", "the runtime linked into the host"),
    ("host/src/embed/", "calls into compiled code, and out of it"),
    ("host/src/jobs.rs", "descriptors of a jobserver"),
    ("host/src/out_of_memory.rs", "the program's allocator"),
    ("host/src/plugins/divert.rs", "the C library's streams"),
    (
        "host/src/plugins/isolate/warden.rs",
        "parts a process in two",
    ),
    ("host/src/plugins/load*.rs", "opening plugins"),
    ("host/src/plugins/load*/", "opening plugins"),
    ("host/src/run/", "calling the entrypoint"),
    ("host/src/scratch/at_crash.rs", "handlers of fatal signals"),
    ("host/tests/", "drives the places above"),
    ("plugin-api/src/abi/", "the binary interface"),
    ("plugin-api/src/backend/request.rs", "addresses of imports"),
    ("plugin-api/src/sdk/", "the plugin's side of the interface"),
    ("plugin-api/tests/", "drives the places above"),
    ("runtime/", "C symbols over raw pointers"),
    ("tests/fixtures/", "hostile plugins"),
    ("tests/tests/", "loads plugins and calls compiled code"),
];

/// Crate roots above one of those places, which therefore cannot forbid it.
const ROOTS: &[&str] = &[
    "backend-jit/src/lib.rs",
    "backend-llvm/src/lib.rs",
    "benches/src/lib.rs",
    "c-api/src/lib.rs",
    "host/src/lib.rs",
    "plugin-api/src/lib.rs",
    "runtime/src/lib.rs",
];

pub fn check(repository: &Repository, graph: &Graph) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (path, scan) in &repository.sources {
        if PLACES.iter().any(|(place, _)| glob::matches(place, path)) {
            continue;
        }
        for line in scan.lines_with_word("unsafe") {
            violations.push(Violation {
                path: path.clone(),
                line,
                label: LABEL,
                what: "`unsafe` outside the listed boundaries".to_owned(),
                fix: "move it to one, or list the place in xtask/src/tidy/unsafety.rs".to_owned(),
            });
        }
    }
    let roots = graph.members().flat_map(|(_, package)| &package.roots);
    for root in roots.filter(|root| !may_hold_unsafe(root)) {
        let code = repository.sources.get(root).map_or("", |scan| &scan.code);
        if !code.contains("#![forbid(unsafe_code)]") {
            violations.push(Violation {
                path: root.clone(),
                line: 1,
                label: LABEL,
                what: "the crate needs no unsafe code, and does not forbid it".to_owned(),
                fix: "add `#![forbid(unsafe_code)]`".to_owned(),
            });
        }
    }
    violations
}

fn may_hold_unsafe(root: &str) -> bool {
    ROOTS.contains(&root) || glob::matches("tests/fixtures/", root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::testing::{graph, places};

    #[test]
    fn fires_on_unsafe_elsewhere_and_on_a_missing_forbid() {
        let graph = graph(&["clif beskid-clif:"]);
        let repository = Repository::of(&[
            ("clif/src/lib.rs", "//! A.\n#![deny(unsafe_code)]\n"),
            ("host/src/link.rs", "//! B.\nfn f() { unsafe { g() } }\n"),
            ("clif/src/a.rs", "#[unsafe(no_mangle)]\n"),
        ]);
        let found = places(&check(&repository, &graph));
        assert_eq!(
            found,
            ["clif/src/a.rs:1", "host/src/link.rs:2", "clif/src/lib.rs:1"]
        );
    }

    #[test]
    fn passes_at_the_boundaries_and_in_words() {
        let graph = graph(&["clif beskid-clif:", "runtime beskid-runtime:"]);
        let repository = Repository::of(&[
            ("clif/src/lib.rs", "//! unsafe\n#![forbid(unsafe_code)]\n"),
            ("clif/src/a.rs", "let unsafety = \"unsafe\"; // unsafe\n"),
            ("runtime/src/lib.rs", "unsafe { g() }\n"),
            ("host/src/plugins/loader.rs", "unsafe { g() }\n"),
        ]);
        assert_eq!(check(&repository, &graph), []);
    }
}
