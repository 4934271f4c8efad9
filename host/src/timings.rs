//! `--timings`: how long each phase of a command took, and whether it was done or what
//! came of it was known (STG-4).

use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::json;

/// How the phases are shown, if somebody asked for them.
static SHOWN: OnceLock<Shown> = OnceLock::new();
/// Those that are kept.
static KEPT: Mutex<Vec<Timed>> = Mutex::new(Vec::new());

/// How phases are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A line for people each.
    Lines,
    /// A JSON value each.
    Json,
    /// Not here: they are kept for another process.
    Kept,
}

/// A phase that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Timed {
    name: String,
    became: Became,
    took: Duration,
}

impl Timed {
    /// Shows it.
    pub(crate) fn tell(&self) {
        tell(&self.name, self.became, self.took);
    }
}

/// The phases that were kept since the last time.
pub(crate) fn kept() -> Vec<Timed> {
    std::mem::take(&mut KEPT.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What became of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Became {
    /// Its work was done.
    Done,
    /// What comes of it was known from an earlier command.
    Reused,
}

impl Became {
    const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Reused => "reused",
        }
    }
}

/// From now on each phase is shown when it has ended.
pub(crate) fn show(how: Shown) {
    // A command is asked once.
    let _ = SHOWN.set(how);
}

/// A phase that has begun.
#[derive(Debug)]
pub(crate) struct Phase {
    name: &'static str,
    begun: Instant,
}

/// Begins a phase.
pub(crate) fn phase(name: &'static str) -> Phase {
    Phase {
        name,
        begun: Instant::now(),
    }
}

impl Phase {
    /// Ends it. A phase that fails is not shown: the error says so.
    pub(crate) fn ended(self, became: Became) {
        tell(self.name, became, self.begun.elapsed());
    }
}

/// Shows a phase that has ended.
pub(crate) fn tell(name: &str, became: Became, took: Duration) {
    let Some(how) = SHOWN.get() else { return };
    let is_json = match how {
        Shown::Lines => false,
        Shown::Json => true,
        Shown::Kept => {
            let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
            return kept.push(Timed {
                name: name.to_owned(),
                became,
                took,
            });
        }
    };
    let text = line(is_json, name, became, took.as_secs_f64() * 1e3);
    // Nobody is left to be told that standard error is closed.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

fn line(is_json: bool, name: &str, became: Became, milliseconds: f64) -> String {
    let state = became.name();
    match is_json {
        false => format!("time: {name:<22} {state:<6} {milliseconds:>10.3} ms\n"),
        true => {
            let value = json!({ "phase": name, "state": state, "milliseconds": milliseconds });
            format!("{value}\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stg_4_a_line_names_the_phase_and_what_became_of_it() {
        let text = line(false, "parse", Became::Reused, 1.25);
        assert_eq!(text, "time: parse                  reused      1.250 ms\n");
        let text = line(true, "link", Became::Done, 2.0);
        let value = serde_json::from_str::<serde_json::Value>(&text).unwrap();
        let expected = json!({ "phase": "link", "state": "done", "milliseconds": 2.0 });
        assert_eq!(value, expected);
    }
}
