//! What tools answer to the queries of a plan, and where it goes.

use std::collections::BTreeMap;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{Query, ToolCall};

/// Longest answer, in bytes.
pub(super) const MOST_BYTES: usize = 4096;

/// The answers so far, by what stands for them.
#[derive(Debug, Default)]
pub(super) struct Answers {
    by_placeholder: BTreeMap<String, String>,
}

impl Answers {
    /// Takes what a tool wrote to standard output for the answer to a query.
    ///
    /// # Errors
    /// E5180 if it is none.
    pub(super) fn add(&mut self, query: &Query, written: &[u8]) -> Result<(), Diagnostic> {
        let answer = read(written).map_err(|reason| {
            let role = &query.call.role;
            let message = format!("the {role} gives no answer for `{}`: {reason}", query.name);
            Diagnostic::new(Code::E5180, message).help(
                "name another tool under `[tools]`, or report this to the author of the strategy",
            )
        })?;
        self.by_placeholder.insert(query.placeholder(), answer);
        Ok(())
    }

    /// A text with the answers in place of what stands for them.
    pub(super) fn fill(&self, text: &str) -> String {
        let answers = self.by_placeholder.iter();
        answers.fold(text.to_owned(), |text, (placeholder, answer)| {
            text.replace(placeholder, answer)
        })
    }

    /// The same of a call.
    pub(super) fn fill_call(&self, call: &ToolCall) -> ToolCall {
        let mut call = call.clone();
        if !self.by_placeholder.is_empty() {
            let texts = call.args.iter_mut().chain(call.env.values_mut());
            texts.for_each(|text| *text = self.fill(text));
        }
        call
    }
}

fn read(written: &[u8]) -> Result<String, String> {
    if written.len() > MOST_BYTES {
        return Err(format!("it wrote more than {MOST_BYTES} bytes"));
    }
    let text = str::from_utf8(written).map_err(|_| "it is not UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err("it wrote nothing".to_owned());
    }
    if text.contains(['\n', '\r', '\0']) {
        return Err("it wrote more than a line".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str) -> Query {
        Query::new(name, ToolCall::new("C driver", ["cc"], ["-x"]))
    }

    #[test]
    fn answers_stand_where_later_steps_want_them() {
        let mut answers = Answers::default();
        answers.add(&query("start"), b"/usr/lib/Scrt1.o\n").unwrap();
        answers.add(&query("libs"), b"/usr/li b\r\n").unwrap();
        let call = ToolCall::new("linker", ["ld"], ["@{start}", "-L@{libs}", "@{other}"]);
        let call = answers.fill_call(&call.with_env("A", "@{libs}:@{libs}"));
        assert_eq!(call.args, ["/usr/lib/Scrt1.o", "-L/usr/li b", "@{other}"]);
        assert_eq!(call.env["A"], "/usr/li b:/usr/li b");
    }

    #[test]
    fn what_is_no_single_line_is_no_answer() {
        let long = vec![b'x'; MOST_BYTES + 1];
        for (written, reason) in [
            (b"".as_slice(), "nothing"),
            (b"\n", "nothing"),
            (b"a\nb\n", "more than a line"),
            (b"a\0b", "more than a line"),
            (b"\xff\n", "not UTF-8"),
            (&long, "more than 4096 bytes"),
        ] {
            let error = Answers::default().add(&query("q"), written).unwrap_err();
            assert_eq!(error.code, "E5180");
            assert!(error.message.contains(reason), "{error}");
        }
    }
}
