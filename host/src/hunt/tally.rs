//! What a hunt has done so far, in numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use beskid_clif::generate::Mnemonics;
use serde::Serialize;

use super::outcome::Outcome;

/// What a hunt has done so far.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tally {
    /// Seed of the artifacts.
    pub seed: u64,
    /// Artifacts that were compared.
    pub artifacts: u64,
    /// Results and traps of an engine, each of one artifact.
    pub executions: u64,
    /// Of those, traps.
    pub traps: u64,
    /// Artifacts that fewer than two engines took, so that nothing was compared.
    pub uncompared: u64,
    /// Times that an engine did not take an artifact, and the last reason.
    pub refusals: BTreeMap<String, (u64, String)>,
    /// Times that each mnemonic stood in an artifact.
    pub mnemonics: Mnemonics,
    /// Findings.
    pub findings: u64,
    /// Disagreements that are those of findings again.
    pub duplicates: u64,
    /// How long it took, in seconds.
    pub seconds: f64,
}

impl Tally {
    /// Counts what the engines made of an artifact.
    pub(super) fn count(&mut self, outcomes: &[(String, Outcome)], mnemonics: &Mnemonics) {
        self.artifacts += 1;
        let mut comparable = 0;
        for (name, outcome) in outcomes {
            comparable += u64::from(outcome.is_comparable());
            self.traps += u64::from(*outcome == Outcome::Trapped);
            if outcome.is_refusal() {
                let entry = self.refusals.entry(name.clone()).or_default();
                *entry = (entry.0 + 1, outcome.to_string());
            }
        }
        self.executions += comparable;
        self.uncompared += u64::from(comparable < 2);
        for (mnemonic, times) in mnemonics {
            *self.mnemonics.entry(mnemonic.clone()).or_default() += times;
        }
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.seconds = time.as_secs_f64();
    }

    /// Executions in a second.
    pub fn rate(&self) -> f64 {
        match self.seconds > 0.0 {
            true => self.executions as f64 / self.seconds,
            false => 0.0,
        }
    }
}
