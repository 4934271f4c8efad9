//! The language by the backends that are loaded from files: what its cases and programs
//! do is what they do by the built-in ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::Path;
use std::thread::{available_parallelism, scope};

use beskid_tests::built::{built, c_backend, third_party_backend};
use beskid_tests::cases::{Case, cases_below};
use beskid_tests::language::{DIRECTIVES, check_run};
use beskid_tests::llvm::has_llvm;

/// Runs every program of a folder by a backend of a file, at levels of optimization.
fn agrees(folder: &str, plugin: &Path, backend: &str, levels: &[&str]) {
    let cases = cases_below(folder, &DIRECTIVES);
    let cases = cases.iter().filter(|case| case.all("error").is_empty());
    let cases = cases.collect::<Vec<_>>();
    assert!(cases.len() > 30, "{}", cases.len());
    let check = |case: &Case| {
        let folder = tempfile::tempdir().unwrap();
        let plugin = plugin.to_str().unwrap();
        levels.iter().find_map(|level| {
            let args = ["--plugin", plugin, "--backend", backend];
            let args = [&args[..], &["--optimize", level]].concat();
            check_run(case, folder.path(), (&args, &[])).err()
        })
    };
    let threads = available_parallelism().map_or(2, usize::from);
    let share = |of: usize| {
        let mine = cases.iter().skip(of).step_by(threads);
        mine.filter_map(|case| check(case)).collect::<Vec<_>>()
    };
    let failures = scope(|scope| {
        let threads = (0..threads).map(|of| scope.spawn(move || share(of)));
        let threads = threads.collect::<Vec<_>>();
        let all = threads.into_iter().flat_map(|one| one.join().unwrap());
        all.collect::<Vec<_>>()
    });
    let count = failures.len();
    assert!(count == 0, "{count} programs:\n{}", failures.join("\n"));
}

#[test]
fn programs_do_the_same_by_llvm() {
    if has_llvm() {
        let plugin = built().plugin("backend_llvm");
        agrees("cases/programs", plugin, "llvm", &["none", "speed"]);
    }
}

#[test]
fn cases_do_the_same_by_llvm() {
    if has_llvm() {
        let plugin = built().plugin("backend_llvm");
        agrees("cases/language", plugin, "llvm", &["speed"]);
    }
}

#[test]
fn programs_do_the_same_by_a_backend_in_c() {
    agrees("cases/programs", c_backend(), "c11", &["speed"]);
}

#[test]
fn programs_do_the_same_by_way_of_c() {
    agrees("cases/programs", third_party_backend(), "c", &["speed"]);
}
