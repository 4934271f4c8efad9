//! Random programs do what the tests' own evaluator says, in memory at both levels and
//! through an object file.
//!
//! `BESKID_RANDOM_PROGRAMS` is how many there are, and `BESKID_RANDOM_FIRST` the seed of the
//! first one. `BESKID_RANDOM_STRESS` collects garbage at every allocation.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use beskid_tests::command::{Ended, beskid, end};
use beskid_tests::wellformed::{Sample, sample};

const WAYS: [[&str; 2]; 3] = [["jit", "none"], ["jit", "speed"], ["aot", "speed"]];

/// Bytes of stack for each of the threads that evaluate programs.
const STACK: usize = 512 << 20;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect(name))
}

/// Whether a run did what the evaluator says.
fn agrees(sample: &Sample, ended: &Ended) -> bool {
    let output = &sample.outcome.output;
    match &sample.outcome.end {
        Ok(result) => ended.status == Some(0) && ended.stdout == format!("{output}{result}\n"),
        Err(message) => {
            ended.status == Some(101)
                && ended.stdout == *output
                && ended.stderr.contains(message.as_str())
        }
    }
}

/// What is wrong with the program of a seed.
fn wrong(folder: &Path, seed: u64, stress: bool) -> Option<String> {
    let sample = sample(seed);
    let file = format!("random_{seed}.bd");
    std::fs::write(folder.join(&file), &sample.source).unwrap();
    for [backend, level] in WAYS {
        let mut command = beskid(folder);
        command.args(["--backend", backend, "--optimize", level, "run", &file]);
        if stress {
            command.env("BESKID_GC_STRESS", "1");
        }
        let ended = end(&mut command);
        if !agrees(&sample, &ended) {
            let Sample { source, outcome } = sample;
            return Some(format!(
                "seed {seed}, {backend}, {level}: {ended:#?}\nexpected {outcome:#?}\n{source}"
            ));
        }
    }
    std::fs::remove_file(folder.join(&file)).unwrap();
    None
}

#[test]
fn random_programs_do_what_the_evaluator_says() {
    let folder = tempfile::tempdir().unwrap();
    let count = number("BESKID_RANDOM_PROGRAMS", 300);
    let first = number("BESKID_RANDOM_FIRST", 1);
    let stress = number("BESKID_RANDOM_STRESS", 0) != 0;
    let next = AtomicU64::new(first);
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get().min(4));
    let work = || {
        let mut found = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count {
                return found;
            }
            found.extend(wrong(folder.path(), seed, stress));
        }
    };
    let found: Vec<String> = std::thread::scope(|scope| {
        // The evaluator calls itself where a program does.
        let worker = || std::thread::Builder::new().stack_size(STACK);
        let workers = (0..workers).map(|_| worker().spawn_scoped(scope, work).unwrap());
        let workers: Vec<_> = workers.collect();
        workers
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let seeds = found.iter().filter_map(|what| what.split(',').next());
    let seeds = seeds.collect::<Vec<_>>().join(", ");
    let shown = found.first().map_or("", String::as_str);
    assert!(
        found.is_empty(),
        "of {count} disagree {seeds}; one of them:\n{shown}"
    );
}

/// A seed always makes the same program, and different seeds different ones.
#[test]
fn a_seed_names_a_program() {
    let [one, again, other] = [7, 7, 8].map(|seed| sample(seed).source);
    assert_eq!(one, again);
    assert_ne!(one, other);
}
