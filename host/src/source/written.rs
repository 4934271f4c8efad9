//! A source file as it was written, to be written again.

use std::path::Path;

use beskid_plugin_api::diagnostic::Diagnostic;

use super::{MAX_SOURCE, text};
use crate::input::read_any;

/// A file, and the text of it that the language explains.
pub(crate) struct Written {
    shown: String,
    bytes: Vec<u8>,
    text: Vec<u8>,
}

impl Written {
    /// Reads a file, or standard input as `-`.
    ///
    /// # Errors
    /// E4040 if it cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, Diagnostic> {
        let bytes = read_any(path, MAX_SOURCE)?.bytes;
        let shown = match path.as_os_str() == "-" {
            true => "<stdin>".to_owned(),
            false => path.display().to_string(),
        };
        Ok(Self::of(bytes, shown))
    }

    /// A text that has been read already, and its path as messages say it.
    pub(crate) fn of(bytes: Vec<u8>, shown: String) -> Self {
        let mut text = bytes.clone();
        text::skip_preamble(&mut text);
        Self { shown, bytes, text }
    }

    /// All of it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the language explains; positions are those that an editor shows.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// What stands before that: a byte-order mark, the first line of a script.
    pub(crate) fn preamble(&self) -> &[u8] {
        let length = text::preamble_length(&self.bytes);
        self.bytes.get(..length).unwrap_or_default()
    }

    /// Its path, as messages say it.
    pub(crate) fn shown(&self) -> String {
        self.shown.clone()
    }
}
