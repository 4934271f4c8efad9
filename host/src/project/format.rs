//! The format of manifests (PRJ-1, PRJ-2): blocks of lines, each with its place.

use beskid_frontend::Span;

/// What a manifest is written as.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
}

/// `kind "label" {`, lines, `}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) kind: Word,
    pub(crate) label: Option<Word>,
    pub(crate) entries: Vec<Entry>,
}

/// `key = value`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: Word,
    pub(crate) value: Value,
}

/// A text and where it stands, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// What a key is set to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// `"text"`.
    Text(Word),
    /// A word without quotes.
    Bare(Word),
    /// `["text", "text"]`, and where it stands as a whole.
    List(Vec<Word>, Span),
}

impl Value {
    pub(crate) const fn span(&self) -> Span {
        match self {
            Self::Text(word) | Self::Bare(word) => word.span,
            Self::List(_, span) => *span,
        }
    }

    /// The text, if it is one, with or without quotes.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(word) | Self::Bare(word) => Some(&word.text),
            Self::List(..) => None,
        }
    }
}

/// Why a text is no manifest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) span: Span,
    pub(super) message: String,
    pub(super) help: &'static str,
}

const BLOCK: &str =
    "a block is `KIND \"LABEL\" {` on one line, lines `KEY = VALUE`, and a line `}`";
const QUOTES: &str = "write the text between `\"`; there are no escapes";
const LIST: &str = "a list is `[\"TEXT\", \"TEXT\"]` on one line";

/// Reads the blocks of a manifest.
pub(super) fn parse(text: &str) -> Result<Document, Malformed> {
    let mut document = Document::default();
    let mut open = None::<Block>;
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    for whole in text[start..].split_inclusive('\n') {
        let line = Line::new(text, start, whole)?;
        start += whole.len();
        let Some(line) = line else { continue };
        match (&mut open, line.rest()) {
            (Some(_), "}") => document.blocks.extend(open.take()),
            (Some(block), _) => block.entries.push(line.entry()?),
            (None, "}") => return Err(line.wrong("no block is open here", BLOCK)),
            (None, _) => open = Some(line.opening()?),
        }
    }
    match open {
        None => Ok(document),
        Some(block) => Err(Malformed {
            span: block.kind.span,
            message: format!("the block `{}` does not end", block.kind.text),
            help: "close it by a line `}`",
        }),
    }
}

/// Reads what can be read of a manifest that may be half written: lines that are wrong are
/// left out.
pub(crate) fn lenient(text: &str) -> Document {
    let mut document = Document::default();
    let mut open = None::<Block>;
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    for whole in text[start..].split_inclusive('\n') {
        let line = Line::new(text, start, whole);
        start += whole.len();
        let Ok(Some(line)) = line else { continue };
        match line.opening() {
            Ok(block) => document.blocks.extend(open.replace(block)),
            Err(_) if line.rest() == "}" => document.blocks.extend(open.take()),
            Err(_) => {
                let block = open.as_mut();
                block
                    .into_iter()
                    .for_each(|block| block.entries.extend(line.entry()));
            }
        }
    }
    document.blocks.extend(open);
    document
}

/// A line without its comment, and how much of it was read.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Line<'t> {
    /// A line of a text; `None` if nothing is said in it.
    fn new(text: &'t str, start: usize, whole: &str) -> Result<Option<Self>, Malformed> {
        let content = whole.trim_end_matches(['\n', '\r']);
        let mut control = content.char_indices();
        let control = control.find(|(_, c)| c.is_control() && *c != '\t');
        let end = start + comment(content).unwrap_or(content.len());
        let end = start + text[start..end].trim_end().len();
        let mut line = Self {
            text,
            at: start,
            end,
        };
        line.skip();
        if let Some((at, sign)) = control {
            line.at = start + at;
            line.end = line.at + sign.len_utf8();
            return Err(line.wrong("a control character stands in the manifest", "remove it"));
        }
        Ok(Some(line).filter(|line| line.at < line.end))
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    fn skip(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn wrong(&self, message: impl Into<String>, help: &'static str) -> Malformed {
        Malformed {
            span: Span::of(self.at..self.end),
            message: message.into(),
            help,
        }
    }

    /// Takes a sign, if it is next.
    fn takes(&mut self, sign: char) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len_utf8();
            self.skip();
        }
        found
    }

    fn word(&mut self) -> Option<Word> {
        let rest = self.rest();
        let is_inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
        let len = rest.find(|c| !is_inner(c)).unwrap_or(rest.len());
        if !rest.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return None;
        }
        Some(self.take(len))
    }

    /// Takes what is next, and the blanks behind it.
    fn take(&mut self, len: usize) -> Word {
        let span = Span::of(self.at..self.at + len);
        let text = self.text[self.at..self.at + len].to_owned();
        self.at += len;
        self.skip();
        Word { text, span }
    }

    /// A text, whose first quote is next.
    fn quoted(&mut self) -> Result<Word, Malformed> {
        let Some(len) = self.rest()[1..].find('"') else {
            return Err(self.wrong("the text does not end", QUOTES));
        };
        self.at += 1;
        let word = Word {
            text: self.text[self.at..self.at + len].to_owned(),
            span: Span::of(self.at..self.at + len),
        };
        self.at += len + 1;
        self.skip();
        Ok(word)
    }

    fn opening(mut self) -> Result<Block, Malformed> {
        let whole = self;
        let Some(kind) = self.word() else {
            return Err(whole.wrong("this is no block", BLOCK));
        };
        let label = match self.rest().starts_with('"') {
            true => Some(self.quoted()?),
            false => None,
        };
        if !self.takes('{') {
            return Err(whole.wrong("this is no begin of a block", BLOCK));
        }
        if self.at < self.end {
            return Err(self.wrong("something stands behind `{`", BLOCK));
        }
        Ok(Block {
            kind,
            label,
            entries: Vec::new(),
        })
    }

    fn entry(mut self) -> Result<Entry, Malformed> {
        let whole = self;
        let Some(key) = self.word() else {
            return Err(whole.wrong("this is neither `KEY = VALUE` nor `}`", BLOCK));
        };
        if !self.takes('=') {
            let what = match self.rest().ends_with('{') {
                true => "a block stands in a block",
                false => "this is neither `KEY = VALUE` nor `}`",
            };
            return Err(whole.wrong(what, BLOCK));
        }
        let value = self.value()?;
        if self.at < self.end {
            return Err(self.wrong("something stands behind the value", QUOTES));
        }
        Ok(Entry { key, value })
    }

    fn value(&mut self) -> Result<Value, Malformed> {
        let start = self.at;
        if self.rest().starts_with('"') {
            return self.quoted().map(Value::Text);
        }
        if !self.takes('[') {
            let word = self.word().map(Value::Bare);
            return word.ok_or_else(|| self.wrong("this is no value", QUOTES));
        }
        let mut texts = Vec::new();
        loop {
            if self.takes(']') {
                return Ok(Value::List(texts, Span::of(start..self.at)));
            }
            if !self.rest().starts_with('"') {
                return Err(self.wrong("this is no text of the list", LIST));
            }
            texts.push(self.quoted()?);
            if !self.takes(',') && !self.rest().starts_with(']') {
                return Err(self.wrong("the list does not end", LIST));
            }
        }
    }
}

/// Where a comment begins, which is not within quotes.
fn comment(line: &str) -> Option<usize> {
    let mut is_quoted = false;
    let mut last = ' ';
    for (at, sign) in line.char_indices() {
        is_quoted ^= sign == '"';
        if !is_quoted && last == '/' && sign == '/' {
            return Some(at - 1);
        }
        last = if is_quoted { ' ' } else { sign };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (String, String) {
        let found = parse(text).unwrap_err();
        let Span { start, end } = found.span;
        let at = text.get(start as usize..end as usize).unwrap_or_default();
        (found.message, at.to_owned())
    }

    #[test]
    fn prj_1_blocks_are_lines_with_comments_outside_quotes() {
        let text = "\u{feff}// head\r\nproject { // here\r\n\tname = \"a//b\" // there\n}\n\n\
                    target \"X\" {\n kind = App\n}\n";
        let document = parse(text).unwrap();
        let [project, target] = document.blocks.as_slice() else {
            panic!("{document:?}");
        };
        assert_eq!(project.kind.text, "project");
        let Value::Text(name) = &project.entries[0].value else {
            panic!("{project:?}");
        };
        assert_eq!(name.text, "a//b");
        assert_eq!(
            text[name.span.start as usize..name.span.end as usize],
            *"a//b"
        );
        assert_eq!(target.label.as_ref().unwrap().text, "X");
        let Value::Bare(kind) = &target.entries[0].value else {
            panic!("{target:?}");
        };
        assert_eq!(kind.text, "App");
        assert_eq!(parse("").unwrap(), Document::default());
    }

    #[test]
    fn prj_2_texts_have_no_escapes_and_lists_are_of_texts() {
        let document = parse("link {\n a = \"\\n\"\n b = [ \"x\" , \"y\", ]\n c = []\n}").unwrap();
        let entries = &document.blocks[0].entries;
        assert!(matches!(&entries[0].value, Value::Text(word) if word.text == "\\n"));
        let Value::List(list, _) = &entries[1].value else {
            panic!("{entries:?}");
        };
        let list = list.iter().map(|word| word.text.as_str());
        assert_eq!(list.collect::<Vec<_>>(), ["x", "y"]);
        assert!(matches!(&entries[2].value, Value::List(list, _) if list.is_empty()));
    }

    #[test]
    fn prj_3_what_is_malformed_is_shown_where_it_stands() {
        let cases = [
            ("project {\nname = \"a\"", "does not end", "project"),
            ("}", "no block is open", "}"),
            ("project\n{\n}", "no begin of a block", "project"),
            ("project { name = \"x\" }", "behind `{`", "name = \"x\" }"),
            ("project {\n name\n}", "neither", "name"),
            ("project {\n # note\n}", "neither", "# note"),
            ("project {\n inner {\n}", "a block in a block", "inner {"),
            ("project {\n name = \"x\n}", "does not end", "\"x"),
            ("project {\n name = 3\n}", "no value", "3"),
            ("project {\n name = \"x\" y\n}", "behind the value", "y"),
            (
                "link {\n a = [\"x\" \"y\"]\n}",
                "list does not end",
                "\"y\"]",
            ),
            ("link {\n a = [x]\n}", "no text of the list", "x]"),
            ("link {\n a = [\"x\",\n}", "no text of the list", ""),
            ("project {\n name = \"a\0b\"\n}", "control", "\0"),
            ("target \"A {\n}", "does not end", "\"A {"),
        ];
        for (text, message, at) in cases {
            let found = refused(text);
            let message = message.replace("a block in a block", "a block stands in a block");
            assert!(found.0.contains(&message), "{text:?}: {found:?}");
            assert_eq!(found.1, at, "{text:?}: {found:?}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused() {
        let pieces = [
            "project {",
            "\n",
            "}",
            "\"",
            "[",
            "]",
            ",",
            "=",
            "a",
            "//",
            "é",
            "\u{feff}",
            " ",
        ];
        let mut state = 1_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
            }
            if let Err(found) = parse(&text) {
                let range = found.span.start as usize..found.span.end as usize;
                assert!(text.get(range).is_some(), "{text:?}: {found:?}");
            }
        }
    }
}
