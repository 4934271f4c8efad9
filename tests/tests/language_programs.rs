//! Programs in the whole language: they print what they are to, in memory at both levels
//! of optimization, through objects, with a collection at each allocation, and built.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::thread::{available_parallelism, scope};

use beskid_tests::built::{built, root};
use beskid_tests::cases::{Case, cases_below, examples};
use beskid_tests::command::run;
use beskid_tests::language::{DIRECTIVES, WAYS, check_diagnostics, check_executable, check_run};

fn check(case: &Case) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    check_diagnostics(case, folder.path())?;
    for way in WAYS {
        check_run(case, folder.path(), way)?;
    }
    check_executable(case, folder.path(), &["--optimize", "none"])?;
    check_executable(case, folder.path(), &["--optimize", "speed"])
}

#[test]
fn programs_run_alike_in_every_way() {
    let cases = cases_below("cases/programs", &DIRECTIVES);
    assert!(cases.len() >= 40, "{}", cases.len());
    built();
    let threads = available_parallelism().map_or(2, usize::from);
    let share = |of: usize| {
        let mine = cases.iter().skip(of).step_by(threads);
        mine.filter_map(|case| check(case).err())
            .collect::<Vec<_>>()
    };
    let failures = scope(|scope| {
        let threads = (0..threads).map(|of| scope.spawn(move || share(of)));
        let threads = threads.collect::<Vec<_>>();
        let all = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap());
        all.collect::<Vec<_>>()
    });
    let count = failures.len();
    assert!(count == 0, "{count} programs:\n{}", failures.join("\n"));
}

/// The examples that print something of weight print just that.
#[test]
fn examples_print_what_they_are_to() {
    let folder = tempfile::tempdir().unwrap();
    let outputs = root().join("tests/cases/programs/examples");
    let mut found = 0;
    for example in examples() {
        let output = outputs.join(example.file_name().unwrap());
        let Ok(expected) = fs::read_to_string(output.with_extension("stdout")) else {
            continue;
        };
        found += 1;
        let printed = run(folder.path(), ["run".as_ref(), example.as_os_str()]).succeeds();
        let rest = printed.strip_prefix(&expected);
        let rest = rest.unwrap_or_else(|| panic!("{example:?}: {printed}"));
        assert_eq!(rest.lines().count(), 1, "{example:?}: {printed}");
    }
    assert_eq!(found, fs::read_dir(outputs).unwrap().count());
}
