//! A `.clif` file as Cranelift's own grammar of test files reads it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::str::FromStr;

use beskid_plugin_api::panics::contain_panic;
use cranelift_codegen::ir::Function;
use cranelift_codegen::isa::{self, CallConv, OwnedTargetIsa};
use cranelift_reader::{Feature, IsaSpec, ParseOptions, TestFile, parse_test};
use target_lexicon::Triple;

use super::source_error::SourceError;

/// What stands in a file.
pub(super) struct File {
    /// Its functions, in file order.
    pub(super) functions: Vec<TextFunction>,
    /// What its comments before the functions say.
    pub(super) preamble: Vec<Comment>,
    /// The kinds of its `test` lines.
    pub(super) tests: Vec<String>,
    /// A feature of Cranelift that it needs.
    pub(super) needed: Option<String>,
    /// The targets that this build generates code for, in file order.
    pub(super) isas: Vec<OwnedTargetIsa>,
    /// The words of its `set` and `target` lines, without comments.
    pub(super) header: Vec<Vec<String>>,
    /// Stands in signatures for the convention that none of them writes: the
    /// platform's.
    pub(super) unwritten: CallConv,
}

/// A function, and what its comments say.
pub(super) struct TextFunction {
    pub(super) func: Function,
    /// Line, from 1.
    pub(super) line: usize,
    pub(super) comments: Vec<Comment>,
}

/// A comment, with its sign.
pub(super) struct Comment {
    pub(super) text: String,
    /// Line, from 1.
    pub(super) line: usize,
}

impl File {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SourceError::Syntax`] with the line.
    pub(super) fn read(text: &str) -> Result<Self, SourceError> {
        let written = text;
        let text = &without_foreign_targets(text);
        // The parser panics on some declarations that it does not expect.
        let unwritten = unwritten(text);
        let options = ParseOptions {
            default_calling_convention: unwritten,
            ..ParseOptions::default()
        };
        let parsed = contain_panic(|| parse_test(text, options));
        let parsed = parsed.map_err(|_| SourceError::Syntax {
            line: 0,
            message: "the parser gave up on this text".to_owned(),
        })?;
        let file = parsed.map_err(|error| SourceError::Syntax {
            line: error.location.line_number,
            message: error.message,
        })?;
        Ok(Self::of(written, text, file, unwritten))
    }

    /// `written` has the lines that were left out of `text`.
    fn of(written: &str, text: &str, file: TestFile<'_>, unwritten: CallConv) -> Self {
        let comments = |found: &[cranelift_reader::Comment<'_>]| {
            let found = found.iter().map(|comment| Comment {
                text: comment.text.to_owned(),
                line: line_of(text, comment.text),
            });
            found.collect::<Vec<_>>()
        };
        let functions = file.functions.into_iter();
        let functions = functions.map(|(func, details)| TextFunction {
            func,
            line: details.location.line_number,
            comments: comments(&details.comments),
        });
        let needed = file.features.iter().find_map(|feature| match feature {
            Feature::With(name) => Some((*name).to_owned()),
            Feature::Without(_) => None,
        });
        let tests = file.commands.iter();
        Self {
            functions: functions.collect(),
            preamble: comments(&file.preamble_comments),
            tests: tests.map(|test| test.command.to_owned()).collect(),
            needed,
            isas: match file.isa_spec {
                IsaSpec::None(_) => Vec::new(),
                IsaSpec::Some(isas) => isas,
            },
            header: header(written)
                .map(|(_, words)| words.map(str::to_owned).collect())
                .collect(),
            unwritten,
        }
    }
}

/// Conventions that any signature may have, the most usual platform's first.
const CONVENTIONS: [CallConv; 5] = [
    CallConv::SystemV,
    CallConv::Fast,
    CallConv::WindowsFastcall,
    CallConv::AppleAarch64,
    CallConv::Probestack,
];

/// A convention that the text does not name. If it names all of them, `fast`
/// stands for itself and for none.
fn unwritten(text: &str) -> CallConv {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let words = words.collect::<HashSet<_>>();
    let mut free = CONVENTIONS.into_iter();
    let free = free.find(|convention| !words.contains(convention.to_string().as_str()));
    free.unwrap_or(CallConv::Fast)
}

/// The lines before the first function, in words, without comments.
fn header(text: &str) -> impl Iterator<Item = (&str, std::str::SplitWhitespace<'_>)> {
    let lines = text
        .lines()
        .take_while(|line| !line.starts_with("function"));
    lines.map(|line| {
        let words = line.split(';').next().unwrap_or_default();
        (line, words.split_whitespace())
    })
}

/// The text without the lines that say how to compile for an architecture that
/// this build has no code generator for; the other lines keep their numbers.
/// The parser refuses some of these lines, and settings that belong to none of
/// the targets that are left.
fn without_foreign_targets(text: &str) -> Cow<'_, str> {
    let mut foreign = Vec::new();
    // Settings since the last target that is kept.
    let mut settings = Vec::new();
    let mut kept = false;
    for (line, mut words) in header(text) {
        match words.next() {
            Some("set") => settings.push(line),
            Some("target") if words.next().is_some_and(is_foreign) => foreign.push(line),
            Some("target") => {
                settings.clear();
                kept = true;
            }
            _ => {}
        }
    }
    if foreign.is_empty() {
        return Cow::Borrowed(text);
    }
    if kept {
        foreign.append(&mut settings);
    }
    let mut kept = text.to_owned();
    for line in foreign {
        let start = line.as_ptr() as usize - text.as_ptr() as usize;
        kept.replace_range(start..start + line.len(), &" ".repeat(line.len()));
    }
    Cow::Owned(kept)
}

/// Whether it is a triple, and of an architecture without code generator.
fn is_foreign(triple: &str) -> bool {
    Triple::from_str(triple).is_ok_and(|triple| isa::lookup(triple).is_err())
}

/// Line of a part of the text, from 1.
fn line_of(text: &str, part: &str) -> usize {
    let offset = part.as_ptr() as usize - text.as_ptr() as usize;
    let before = text.get(..offset).unwrap_or_default();
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "function %f() {\nblock0:\n    return\n}\n";

    #[test]
    fn targets_without_code_generator_are_left_out_with_their_settings() {
        for header in [
            "test run\nset opt_level=speed\ntarget x86_64\nset opt_level=none\ntarget s390x\n",
            "test run\ntarget pulley32\ntarget pulley64be\nset is_pic\ntarget i686\n",
            "test run\ntarget riscv32 has_m\ntarget x86_64\n",
        ] {
            let text = format!("{header}\n{FUNCTION}");
            let file = File::read(&text).map_err(|error| error.to_string());
            let file = file.unwrap_or_else(|error| panic!("{header}: {error}"));
            assert_eq!(file.isas.len(), header.matches("x86_64").count());
            let lines = header.lines().count();
            assert_eq!(file.functions[0].line, lines + 2, "{header}");
        }
    }

    #[test]
    fn a_target_that_is_none_and_a_dangling_setting_stay_errors() {
        for (header, line) in [
            ("test run\ntarget weird\n", 2),
            ("test run\ntarget x86_64\nset is_pic\n", 3),
        ] {
            match File::read(&format!("{header}\n{FUNCTION}")) {
                Err(SourceError::Syntax { line: found, .. }) => assert_eq!(found, line),
                _ => panic!("{header}"),
            }
        }
    }
}
