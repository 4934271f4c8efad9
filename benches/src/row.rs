//! What a bench prints: a table for people, or one JSON object per line for
//! `cargo xtask bench`.

use serde_json::json;

/// Prints the rows of one group.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    group: &'static str,
    json: bool,
}

impl Rows {
    /// JSON if the command line says `--json`.
    pub fn new(group: &'static str) -> Self {
        let json = std::env::args().any(|argument| argument == "--json");
        Self { group, json }
    }

    /// A comparison in `unit`: ours, theirs.
    pub fn row(self, what: &str, unit: &str, (ours, theirs): (f64, f64)) {
        let ratio = ours / theirs;
        if self.json {
            let group = self.group;
            println!(
                "{}",
                json!({"group": group, "what": what, "unit": unit, "ours": ours, "theirs": theirs, "ratio": ratio})
            );
        } else {
            println!("{what:<58} {ours:>12.4} {theirs:>12.4} {unit:<5} {ratio:>7.3}");
        }
    }

    /// A comparison whose peer is not here.
    pub fn skipped(self, what: &str, missing: &str) {
        if self.json {
            let group = self.group;
            println!(
                "{}",
                json!({"group": group, "what": what, "skipped": format!("{missing} not installed")})
            );
        } else {
            println!("{what:<58} skipped: {missing} not installed");
        }
    }
}
