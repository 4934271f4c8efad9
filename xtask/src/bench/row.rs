//! What a bench says: one comparison in each line.

use serde::{Deserialize, Serialize};

/// A comparison of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The part of the page that it belongs to.
    pub group: String,
    /// Both sides, in words.
    pub what: String,
    /// `s` or `B`.
    #[serde(default = "seconds")]
    pub unit: String,
    /// Functions or lines, for a row that has a point in a plot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    #[serde(flatten)]
    pub result: Outcome,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Medians in the row's unit.
    Measured { ours: f64, theirs: f64, ratio: f64 },
    /// The peer is not here.
    Skipped { skipped: String },
}

fn seconds() -> String {
    "s".to_owned()
}

/// Reads a line of a bench.
pub fn parse(line: &str) -> Result<Row, String> {
    serde_json::from_str(line).map_err(|error| format!("no row of a bench: {line}: {error}"))
}

impl Row {
    pub fn ratio(&self) -> Option<f64> {
        match self.result {
            Outcome::Measured { ratio, .. } => Some(ratio),
            Outcome::Skipped { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_comparison_or_says_what_is_missing() {
        let row = parse(r#"{"group":"code","what":"a ÷ b","ours":1.5,"theirs":3,"ratio":0.5}"#);
        let row = row.unwrap();
        assert_eq!((row.unit.as_str(), row.ratio()), ("s", Some(0.5)));
        let row = parse(r#"{"group":"code","what":"a ÷ b","skipped":"b not installed"}"#).unwrap();
        assert_eq!(row.ratio(), None);
        assert!(parse(r#"{"group":"code"}"#).is_err());
    }
}
