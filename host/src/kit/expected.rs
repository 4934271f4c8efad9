//! Lists of tests that are expected to fail.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::input::read_bounded;

/// Largest list that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// The tests that a file lists: the name of one in each line, `#` begins a comment.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    path: PathBuf,
    names: BTreeSet<String>,
}

impl Expected {
    /// Reads a list.
    ///
    /// # Errors
    /// E4040 if the file cannot be read, E5183 if it is not UTF-8 or lists a test twice.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostic> {
        let bytes = read_bounded(path, LARGEST)?;
        let text = String::from_utf8(bytes)
            .map_err(|error| wrong(path, &format!("is not UTF-8: {error}")))?;
        let mut names = BTreeSet::new();
        for (number, line) in (1..).zip(text.lines()) {
            let (name, _) = line.split_once('#').unwrap_or((line, ""));
            let name = name.trim();
            if !name.is_empty() && !names.insert(name.to_owned()) {
                let reason = format!("has `{name}` twice, again in line {number}");
                return Err(wrong(path, &reason));
            }
        }
        Ok(Self {
            path: path.to_owned(),
            names,
        })
    }

    /// Whether a test is to fail.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Checks that each name is one of the kit's.
    ///
    /// # Errors
    /// E5183 names the first that is not.
    pub(crate) fn check<'t>(
        &self,
        known: impl Iterator<Item = &'t str> + Clone,
    ) -> Result<(), Diagnostic> {
        let mut names = self.names.iter();
        let unknown = names.find(|name| !known.clone().any(|known| known == *name));
        match unknown {
            None => Ok(()),
            Some(name) => Err(wrong(
                &self.path,
                &format!("lists `{name}`, which is no test for such a plugin"),
            )),
        }
    }
}

fn wrong(path: &Path, reason: &str) -> Diagnostic {
    let shown = path.display().to_string();
    Diagnostic::new(Code::E5183, format!("`{shown}` {reason}"))
        .path(shown)
        .help("write the name of a test in each line; `beskid plugin check PLUGIN --list` has them")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_list_has_a_name_in_each_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        fs::write(&path, "# all of it\na/b # because\n\n c \r\n").unwrap();
        let expected = Expected::read(&path).unwrap();
        assert!(expected.has("a/b") && expected.has("c") && !expected.has("a"));
        expected.check(["c", "d", "a/b"].into_iter()).unwrap();
        let error = expected.check(["c"].into_iter()).unwrap_err();
        assert_eq!(error.code, Code::E5183);
        assert!(error.message.contains("`a/b`"), "{error}");
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        assert_eq!(Expected::read(&path).unwrap_err().code, Code::E4040);
        for bytes in [&b"a\n#\na"[..], b"\xff"] {
            fs::write(&path, bytes).unwrap();
            assert_eq!(Expected::read(&path).unwrap_err().code, Code::E5183);
        }
    }
}
