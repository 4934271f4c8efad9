//! The words of a tool: a program, and arguments of its own.
//!
//! A setting keeps them quoted as for a shell, which is how they cross to the
//! linker strategies.

use std::collections::BTreeMap;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// What stands before a path that is relative to the working directory.
const HERE: &str = "";

/// What a file may say of a tool.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a command, or a list of its words")]
pub(super) enum Written {
    Command(String),
    Words(Vec<String>),
}

impl Written {
    /// Its words. What is a file as a whole, seen from a folder, is a program,
    /// whatever spaces its path has.
    pub(super) fn words_in(self, folder: &Path) -> Result<Vec<String>, String> {
        match self {
            Self::Words(words) => Ok(words),
            Self::Command(command) if folder.join(&command).is_file() => Ok(vec![command]),
            Self::Command(command) => shell_words::split(&command)
                .map_err(|_| format!("a quotation mark is not closed in `{command}`")),
        }
    }
}

/// Reads the table `tools`.
pub(super) fn read<'d, D: Deserializer<'d>>(
    deserializer: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    let written = BTreeMap::<String, Written>::deserialize(deserializer)?;
    let quoted = written.into_iter().map(|(role, written)| {
        let words = written
            .words_in(Path::new(HERE))
            .map_err(D::Error::custom)?;
        Ok((role, shell_words::join(words)))
    });
    quoted.collect()
}

/// A command of a variable, with its words quoted.
///
/// # Errors
/// E5301 names the variable.
pub(super) fn quoted(variable: &str, command: String) -> Result<String, Diagnostic> {
    let words = Written::Command(command)
        .words_in(Path::new(HERE))
        .map_err(|reason| {
            Diagnostic::new(Code::E5301, format!("`{variable}`: {reason}"))
                .help("quote as for a shell, for instance `'/opt/my tools/cc' -m64`")
        })?;
    Ok(shell_words::join(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_or_the_whole_is_a_file() {
        let quoted = |command: &str| quoted("CC", command.to_owned());
        assert_eq!(quoted("ccache gcc  -m64").unwrap(), "ccache gcc -m64");
        assert_eq!(quoted("'/a b/cc' -x").unwrap(), "'/a b/cc' -x");
        assert_eq!(quoted("'/a b/cc").unwrap_err().code, "E5301");
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("my cc");
        std::fs::write(&program, "").unwrap();
        let program = program.to_str().unwrap();
        assert_eq!(quoted(program).unwrap(), format!("'{program}'"));
    }
}
