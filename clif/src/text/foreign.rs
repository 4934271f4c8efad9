//! Foreign functions of a `.clif` file: `; extern: %getpid libc.so.6`, in a
//! comment anywhere in it, makes an import one of the library.

use std::collections::BTreeMap;

use beskid_plugin_api::runtime_abi::is_runtime_symbol;

use super::file::File;
use super::source_error::SourceError;

/// The libraries of a file's foreign functions.
#[derive(Debug, Default)]
pub(super) struct Foreign<'t>(BTreeMap<&'t str, Directive<'t>>);

#[derive(Debug, Clone, Copy)]
struct Directive<'t> {
    library: &'t str,
    line: usize,
}

impl<'t> Foreign<'t> {
    /// Reads the directives.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] for the first one that is malformed or is the
    /// second for a name.
    pub(super) fn read(file: &'t File) -> Result<Self, SourceError> {
        let mut directives = BTreeMap::new();
        let functions = file.functions.iter().map(|function| &function.comments);
        let comments = [&file.preamble].into_iter().chain(functions);
        for comment in comments.flatten() {
            let words = comment.text.trim_start_matches(';').trim_start();
            let Some(rest) = words.strip_prefix("extern:") else {
                continue;
            };
            let line = comment.line;
            let refused = |message| SourceError::Syntax { line, message };
            let (name, library) = parse(rest).map_err(refused)?;
            let before = directives.insert(name, Directive { library, line });
            if let Some(before) = before {
                let message = format!(
                    "`%{name}` has a library already, in line {}: `{}`",
                    before.line, before.library
                );
                return Err(refused(message));
            }
        }
        Ok(Self(directives))
    }

    /// The library of an import, if it is foreign.
    pub(super) fn library(&self, name: &str) -> Option<&'t str> {
        self.0.get(name).map(|directive| directive.library)
    }

    /// Refuses the first directive whose name is not among the imports.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] with its line.
    pub(super) fn check(&self, is_import: impl Fn(&str) -> bool) -> Result<(), SourceError> {
        let unused = self.0.iter().filter(|(name, _)| !is_import(name));
        match unused.min_by_key(|(_, directive)| directive.line) {
            None => Ok(()),
            Some((name, directive)) => Err(SourceError::Syntax {
                line: directive.line,
                message: format!("no function of this file imports `%{name}`"),
            }),
        }
    }
}

/// Name and library: ` %getpid libc.so.6`. The library is what is left of the
/// line, for its path may hold spaces.
fn parse(words: &str) -> Result<(&str, &str), String> {
    let form =
        || "expected a function and its library, as in `extern: %getpid libc.so.6`".to_owned();
    let (name, library) = words
        .trim()
        .split_once(char::is_whitespace)
        .ok_or_else(form)?;
    let name = name.strip_prefix('%').ok_or_else(form)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(form());
    }
    if is_runtime_symbol(name) {
        return Err(format!("`%{name}` is a function of the runtime"));
    }
    Ok((name, library.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::parse::parse;

    const MAIN: &str = "function %main() {\n    fn0 = %f()\nblock0:\n    return\n}\n";

    fn error(text: &str) -> String {
        match parse(text, None) {
            Err(SourceError::Syntax { line, message }) => format!("{line}: {message}"),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn ext_002_a_directive_stands_anywhere_and_its_library_may_hold_spaces() {
        for text in [
            format!("; extern: %f a b/lib f.so \n{MAIN}"),
            format!("test run\n\n;;extern:\t%f   a b/lib f.so\n\n{MAIN}"),
            format!("{MAIN}\n; extern: %f a b/lib f.so\n"),
            MAIN.replace("block0", "; extern: %f a b/lib f.so\nblock0"),
        ] {
            let file = File::read(&text).unwrap();
            let foreign = Foreign::read(&file).unwrap();
            assert_eq!(foreign.library("f"), Some("a b/lib f.so"), "{text}");
            assert_eq!(foreign.library("g"), None);
        }
    }

    #[test]
    fn ext_002_a_malformed_directive_is_one_error_with_its_line() {
        let form = "2: expected a function and its library, as in `extern: %getpid libc.so.6`";
        for directive in [
            "",
            "%f",
            "f libc.so.6",
            "% libc.so.6",
            "%f-g x.so",
            "u0:3 x.so",
        ] {
            assert_eq!(error(&format!("\n; extern: {directive}\n{MAIN}")), form);
        }
        let runtime = format!("; extern: %alloc libx.so\n{MAIN}");
        assert_eq!(error(&runtime), "1: `%alloc` is a function of the runtime");
        let twice = format!("; extern: %f a.so\n{MAIN}\n; extern: %f b.so\n");
        assert_eq!(
            error(&twice),
            "8: `%f` has a library already, in line 1: `a.so`"
        );
        for name in ["g", "main"] {
            let text = format!("{MAIN}; extern: %{name} a.so\n");
            let message = format!("6: no function of this file imports `%{name}`");
            assert_eq!(error(&text), message);
        }
    }
}
