//! Errors that end the command where nothing can be allocated any more, and no lock
//! be waited for: without memory, and in the handler of a crash.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use beskid_plugin_api::codes::Code;

/// Room for an error, in bytes.
const LONGEST: usize = 512;

/// Whether errors are JSON.
static JSON: AtomicBool = AtomicBool::new(false);

/// Has such errors be lines of JSON, as all others are.
pub(crate) fn say_in_json() {
    JSON.store(true, Ordering::Relaxed);
}

/// An error, which is written without memory. Its texts need no escapes.
pub(crate) struct LastWords<'w> {
    pub(crate) code: Code,
    pub(crate) message: fmt::Arguments<'w>,
    pub(crate) plugin: Option<&'w str>,
    pub(crate) help: &'w str,
}

impl LastWords<'_> {
    /// Writes it to standard error.
    pub(crate) fn say(&self) {
        let mut text = Buffer::default();
        let shown = Shown(self, JSON.load(Ordering::Relaxed));
        // What does not fit is not said, and nobody can be told what is not written.
        let _ = write!(text, "{shown}");
        let _ = std::io::stderr().write_all(&text.bytes[..text.length]);
    }
}

/// It in its form: JSON or not.
struct Shown<'w>(&'w LastWords<'w>, bool);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(words, json) = self;
        let LastWords {
            code,
            message,
            plugin,
            help,
        } = words;
        if !json {
            writeln!(out, "error[{code}]: {message}")?;
            if let Some(plugin) = plugin {
                writeln!(out, "  plugin: {plugin}")?;
            }
            return writeln!(out, "  help: {help}");
        }
        let quote = if plugin.is_some() { "\"" } else { "" };
        let plugin = plugin.unwrap_or("null");
        writeln!(
            out,
            "{{\"severity\":\"error\",\"code\":\"{code}\",\"message\":\"{message}\",\
             \"path\":null,\"line\":null,\"column\":null,\"end\":null,\
             \"plugin\":{quote}{plugin}{quote},\"notes\":[],\"help\":\"{help}\"}}"
        )
    }
}

struct Buffer {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Default for Buffer {
    fn default() -> Self {
        Self {
            bytes: [0; LONGEST],
            length: 0,
        }
    }
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end);
        room.ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole of it, which must fit.
    fn shown(words: &LastWords<'_>, json: bool) -> String {
        let mut buffer = Buffer::default();
        let shown = Shown(words, json);
        write!(buffer, "{shown}").unwrap();
        let text = std::str::from_utf8(&buffer.bytes[..buffer.length]).unwrap();
        assert_eq!(text, shown.to_string());
        text.to_owned()
    }

    #[test]
    fn the_longest_errors_fit_and_are_json_like_others() {
        let id = "x".repeat(64);
        for plugin in [None, Some(id.as_str())] {
            let message = format_args!("plugin `{}` {}", "x".repeat(64), usize::MAX);
            let words = LastWords {
                code: Code::E5140,
                message,
                plugin,
                help: "report this to the author of the plugin",
            };
            assert!(shown(&words, false).starts_with("error[E5140]: plugin"));
            let value: serde_json::Value = serde_json::from_str(&shown(&words, true)).unwrap();
            assert_eq!(value["code"], "E5140");
            assert_eq!(value["plugin"].as_str(), plugin);
        }
    }
}
