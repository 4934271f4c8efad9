//! Workers that run jobs of programs, each for a limited time: a job that takes longer ends,
//! and its worker takes the next one.

use std::error::Error;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use beskid_host::embed::{Config, Engine, Imports};

const JOBS: &str = "\
[Export(Abi: \"C\")]
pub i64 collatz(i64 from) {
    mut i64 n = from;
    mut i64 steps = 0;
    while n != 1 {
        if n % 2 == 0 { n = n / 2; } else { n = 3 * n + 1; }
        steps = steps + 1;
    }
    return steps;
}
";

/// Answers each job by its steps, or by what ended it. Zero never comes to one.
pub fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::new().deadline(Duration::from_millis(50));
    let engine = Engine::new(config)?;
    let artifact = engine.artifact_of_source("jobs.bd", JOBS)?;
    let jobs = Mutex::new([27, 0, 97, 1, 0, 871].into_iter());
    let (done, answers) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..3 {
            let (done, engine, artifact, jobs) = (done.clone(), &engine, &artifact, &jobs);
            scope.spawn(move || -> Result<(), String> {
                let instance = engine.compile(artifact, Imports::new());
                let instance = instance.map_err(|error| error.to_string())?;
                let collatz = instance.function::<(i64,), i64>("collatz");
                let collatz = collatz.map_err(|error| error.to_string())?;
                loop {
                    let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(job) = next else { return Ok(()) };
                    let answer = collatz.call((job,)).map_err(|trap| trap.kind());
                    done.send((job, answer))
                        .map_err(|error| error.to_string())?;
                }
            });
        }
    });
    drop(done);
    let mut answers = answers.iter().collect::<Vec<_>>();
    answers.sort_unstable_by_key(|(job, _)| *job);
    for (job, answer) in &answers {
        println!("{job}: {answer:?}");
    }
    let steps = answers.iter().map(|(_, answer)| answer.ok());
    let expected = [None, None, Some(0), Some(111), Some(118), Some(178)];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    Ok(())
}
