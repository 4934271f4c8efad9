//! The fields of a block, each taken once and in the form that it must have.

use std::collections::HashSet;
use std::path::{Component, Path};

use beskid_frontend::{SourceDiagnostic, Span};
use beskid_plugin_api::codes::Code;

use super::format::{Block, Value, Word};
use super::written::problem;

/// The fields of a block that were not asked for yet.
pub(super) struct Fields<'b> {
    block: &'b Block,
    taken: Vec<&'b str>,
    problems: &'b mut Vec<SourceDiagnostic>,
}

impl<'b> Fields<'b> {
    /// The fields of a block. Those that are there twice are problems.
    pub(super) fn new(block: &'b Block, problems: &'b mut Vec<SourceDiagnostic>) -> Self {
        let mut known = HashSet::new();
        for entry in &block.entries {
            if !known.insert(entry.key.text.as_str()) {
                let message = format!("{}: `{}` is there twice", title(block), entry.key.text);
                let help = "keep one of the lines";
                problems.push(problem(Code::E3003, entry.key.span, message, help));
            }
        }
        Self {
            block,
            taken: Vec::new(),
            problems,
        }
    }

    /// E3004 about the block, or one of its fields.
    pub(super) fn invalid(&mut self, span: Span, what: &str, help: &str) {
        let message = format!("{}: {what}", title(self.block));
        self.problems
            .push(problem(Code::E3004, span, message, help));
    }

    fn value(&mut self, key: &'b str) -> Option<&'b Value> {
        self.taken.push(key);
        let entry = self
            .block
            .entries
            .iter()
            .find(|entry| entry.key.text == key);
        entry.map(|entry| &entry.value)
    }

    /// Leaves fields out, of which something else was said.
    pub(super) fn skip(&mut self, keys: &[&'b str]) {
        self.taken.extend(keys);
    }

    fn form(&mut self, key: &str, span: Span, form: &str) {
        let message = format!("{}: `{key}` is {form}", title(self.block));
        let help = "texts stand between `\"`, lists of them in `[ ]`";
        self.problems
            .push(problem(Code::E3003, span, message, help));
    }

    fn filled(&mut self, key: &str, word: &Word) -> Option<Word> {
        if word.text.trim().is_empty() {
            let what = format!("`{key}` is empty");
            self.invalid(quotes(word.span), &what, "write what it is to be");
            return None;
        }
        Some(word.clone())
    }

    /// A text in quotes.
    pub(super) fn text(&mut self, key: &'b str) -> Option<Word> {
        match self.value(key)? {
            Value::Text(word) => self.filled(key, word),
            other => {
                self.form(key, other.span(), "a text");
                None
            }
        }
    }

    /// A word, in quotes or not.
    pub(super) fn word(&mut self, key: &'b str) -> Option<Word> {
        match self.value(key)? {
            Value::Text(word) | Value::Bare(word) => self.filled(key, word),
            Value::List(_, span) => {
                self.form(key, *span, "a word");
                None
            }
        }
    }

    /// A list of texts, each with something in it.
    pub(super) fn list(&mut self, key: &'b str) -> Vec<Word> {
        match self.value(key) {
            None => Vec::new(),
            Some(Value::List(words, _)) => {
                let words = words.iter().filter_map(|word| self.filled(key, word));
                words.collect()
            }
            Some(other) => {
                self.form(key, other.span(), "a list of texts");
                Vec::new()
            }
        }
    }

    /// Says that a field must be there, if it is not.
    pub(super) fn require(&mut self, key: &str) {
        let has = |entry: &super::format::Entry| entry.key.text == key;
        if !self.block.entries.iter().any(has) {
            let what = format!("`{key}` is missing");
            let help = format!("add a line `{key} = …` to the block");
            self.invalid(self.block.kind.span, &what, &help);
        }
    }

    /// A path that leads down, to something below a folder.
    pub(super) fn path_below(&mut self, key: &'b str) -> Option<Word> {
        let word = self.text(key)?;
        let mut parts = Path::new(&word.text).components();
        if parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Some(word);
        }
        let what = format!("`{key}` leads out of its folder: `{}`", word.text);
        let help = "give a path that is relative, without `..`";
        self.invalid(word.span, &what, help);
        None
    }

    /// Warns of what nobody asked for.
    pub(super) fn finish(self) {
        for entry in &self.block.entries {
            let key = entry.key.text.as_str();
            if self.taken.contains(&key) {
                continue;
            }
            let message = format!("{}: nothing reads `{key}`", title(self.block));
            let known = self.taken.iter().map(|key| format!("`{key}`"));
            let known = known.collect::<Vec<_>>().join(", ");
            let help = format!("remove it, since it becomes an error later; there are {known}");
            let warning = problem(Code::E3004, entry.key.span, message, help);
            self.problems.push(warning.as_warning());
        }
    }
}

/// A block in a message: target `Checks`.
pub(super) fn title(block: &Block) -> String {
    match &block.label {
        Some(label) => format!("{} `{}`", block.kind.text, label.text),
        None => format!("`{}`", block.kind.text),
    }
}

/// The place of a text with its quotes.
pub(super) const fn quotes(span: Span) -> Span {
    Span::new(span.start.saturating_sub(1), span.end + 1)
}

/// Says which labels are missing, or are there more than once.
pub(super) fn check_labels<'b>(
    blocks: impl Iterator<Item = &'b Block>,
    key: fn(&str) -> String,
    problems: &mut Vec<SourceDiagnostic>,
) {
    let mut known = HashSet::new();
    for block in blocks {
        let Some(label) = block.label.as_ref() else {
            let message = format!("`{}` has no label", block.kind.text);
            let help = format!("write `{} \"NAME\" {{`", block.kind.text);
            problems.push(problem(Code::E3004, block.kind.span, message, help));
            continue;
        };
        if label.text.trim().is_empty() {
            let message = format!("the label of `{}` is empty", block.kind.text);
            let help = "write a name between the quotes";
            problems.push(problem(Code::E3004, quotes(label.span), message, help));
        } else if !known.insert(key(&label.text)) {
            let message = format!("{} is there twice", title(block));
            let help = "give one of them another label";
            problems.push(problem(Code::E3004, label.span, message, help));
        }
    }
}
