//! What a plugin says of itself that its manifest does not.

use beskid_plugin_api::backend::BackendDescription;
use beskid_plugin_api::linker::LinkerDescription;
use serde::{Deserialize, Serialize};

/// What a plugin says of itself that its manifest does not.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Facts {
    /// One line about it.
    #[serde(default)]
    pub about: String,
    /// Architectures that a backend compiles for.
    #[serde(default)]
    pub architectures: Vec<String>,
    /// Features that a backend knows.
    #[serde(default)]
    pub features: Vec<String>,
}

/// Longest line about a plugin, and longest name, in characters.
const LONGEST: [usize; 2] = [500, 60];
/// Most names of a list.
const MOST: usize = 200;

impl From<BackendDescription> for Facts {
    fn from(found: BackendDescription) -> Self {
        let features = found.features.iter().take(MOST);
        let architectures = found.architectures.iter().take(MOST);
        Self {
            about: start(&found.about, LONGEST[0]),
            architectures: architectures.map(|name| start(name, LONGEST[1])).collect(),
            features: features
                .map(|feature| start(feature.name(), LONGEST[1]))
                .collect(),
        }
    }
}

impl From<LinkerDescription> for Facts {
    fn from(found: LinkerDescription) -> Self {
        Self {
            about: start(&found.about, LONGEST[0]),
            ..Self::default()
        }
    }
}

/// As much of a text as is shown and kept.
fn start(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plugin_says_is_bounded() {
        let mut said = BackendDescription::new("tiny", "0.1.0", "x".repeat(1 << 20));
        said.architectures = vec!["y".repeat(1 << 20); 1000];
        let facts = Facts::from(said);
        assert_eq!(facts.about.len(), LONGEST[0]);
        assert_eq!(facts.architectures.len(), MOST);
        assert_eq!(facts.architectures[0].len(), LONGEST[1]);
    }
}
