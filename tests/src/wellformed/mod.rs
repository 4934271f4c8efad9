//! Random programs that have to be accepted, and what they do.
//!
//! A seed makes a tree; the tree has a text, and an evaluator that knows nothing of the
//! compiler. What the compiler makes of the text must do what the evaluator says.

mod evaluate;
mod make;
mod print;
mod random;
mod tree;
mod value;

pub use evaluate::Outcome;
pub use random::Random;

/// A program for a test.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The source.
    pub source: String,
    /// What it does.
    pub outcome: Outcome,
}

/// The source of a program that may run for long.
pub fn source(seed: u64) -> String {
    print::print(&make::make(seed))
}

/// The program of a seed. What ends late or says little is passed over.
pub fn sample(seed: u64) -> Sample {
    let mut attempt = seed << 16;
    loop {
        let program = make::make(attempt);
        attempt += 1;
        let Ok(outcome) = evaluate::evaluate(&program) else {
            continue;
        };
        let lines = outcome.output.lines().count();
        let source = print::print(&program);
        let length = source.lines().count();
        if lines >= 8 && (20..=200).contains(&length) {
            return Sample { source, outcome };
        }
    }
}
