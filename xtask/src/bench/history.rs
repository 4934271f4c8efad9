//! Earlier runs: one line of JSON for each, in `benches/history.jsonl`.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::machine::Machine;
use super::row::Row;

#[derive(Debug, Serialize, Deserialize)]
pub struct Run {
    machine: Machine,
    rows: Vec<Row>,
}

pub struct History {
    path: PathBuf,
    runs: Vec<Run>,
}

impl History {
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("history.jsonl");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
        };
        let runs: Result<_, _> = text.lines().map(serde_json::from_str).collect();
        let runs = runs.map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path, runs })
    }

    /// The rows of the last run on a machine like this one.
    pub fn last(&self, here: &Machine) -> Option<&[Row]> {
        let mut alike = self.runs.iter().rev();
        let found = alike.find(|run| run.machine.processor == here.processor);
        found.map(|run| run.rows.as_slice())
    }

    /// Adds a run, in the file too.
    pub fn append(&mut self, here: &Machine, rows: Vec<Row>) -> Result<(), String> {
        let run = Run {
            machine: here.clone(),
            rows,
        };
        let failed = |error: String| format!("cannot write {}: {error}", self.path.display());
        let mut line = serde_json::to_string(&run).map_err(|error| failed(error.to_string()))?;
        line.push('\n');
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.path);
        let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
        written.map_err(|error| failed(error.to_string()))?;
        self.runs.push(run);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(processor: &str) -> Machine {
        Machine {
            date: "2026-01-01".to_owned(),
            commit: "abc".to_owned(),
            processor: processor.to_owned(),
            peers: Vec::new(),
        }
    }

    #[test]
    fn the_last_run_of_the_same_machine_is_found_again() {
        let folder = std::env::temp_dir().join(format!("beskid-history-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let row = |ratio: f64| {
            let line = format!(
                "{{\"group\":\"g\",\"what\":\"w\",\"ours\":1.0,\"theirs\":1.0,\"ratio\":{ratio}}}"
            );
            super::super::row::parse(&line).unwrap()
        };
        let mut history = History::read(&folder).unwrap();
        assert!(history.last(&machine("a")).is_none());
        for (processor, ratio) in [("a", 1.0), ("a", 2.0), ("b", 3.0)] {
            history
                .append(&machine(processor), vec![row(ratio)])
                .unwrap();
        }
        let again = History::read(&folder).unwrap();
        assert_eq!(again.last(&machine("a")), Some([row(2.0)].as_slice()));
        std::fs::write(folder.join("history.jsonl"), "{").unwrap();
        assert!(History::read(&folder).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
