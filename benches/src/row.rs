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
    pub fn row(self, what: &str, unit: &str, sides: (f64, f64)) {
        self.print(what, unit, None, sides);
    }

    /// A comparison at a size, which a plot can have as a point.
    pub fn row_of_size(self, what: &str, unit: &str, size: usize, sides: (f64, f64)) {
        self.print(what, unit, Some(size), sides);
    }

    fn print(self, what: &str, unit: &str, size: Option<usize>, (ours, theirs): (f64, f64)) {
        let ratio = ours / theirs;
        if !self.json {
            println!("{what:<58} {ours:>12.4} {theirs:>12.4} {unit:<5} {ratio:>7.3}");
            return;
        }
        let mut row = json!({
            "group": self.group, "what": what, "unit": unit,
            "ours": ours, "theirs": theirs, "ratio": ratio,
        });
        if let Some(size) = size {
            row["size"] = size.into();
        }
        println!("{row}");
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
