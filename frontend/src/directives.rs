//! Directives in lines of documentation (DOC-2).

/// A part of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'t> {
    Text(&'t str),
    Directive(Directive<'t>),
}

/// A directive: its word, and what stands between the parentheses after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Directive<'t> {
    pub(crate) word: &'t str,
    pub(crate) argument: Option<&'t str>,
    /// All of it.
    pub(crate) written: &'t str,
}

/// The parts of a line, in their order.
fn parts(line: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut text, mut at) = (0, 0);
    while let Some(found) = line[at..].find('@').map(|found| at + found) {
        at = found + 1;
        let before = line[..found].chars().next_back();
        if before.is_some_and(|before| before.is_alphanumeric() || before == '@') {
            continue;
        }
        let Some(directive) = directive(&line[found..]) else {
            continue;
        };
        if text < found {
            parts.push(Part::Text(&line[text..found]));
        }
        parts.push(Part::Directive(directive));
        at = found + directive.written.len();
        text = at;
    }
    if text < line.len() {
        parts.push(Part::Text(&line[text..]));
    }
    parts
}

/// The parts of each line, in their order. A line of a fenced code block, of Markdown, is
/// text as it stands.
pub(crate) fn lines<'t>(lines: &[&'t str]) -> impl Iterator<Item = Vec<Part<'t>>> {
    let mut fence = None::<Fence>;
    lines.iter().map(move |line| {
        let inside = fence.is_some();
        match (&fence, Fence::of(line)) {
            (None, opened) => fence = opened,
            (Some(open), Some(found)) if found.closes(open) => fence = None,
            _ => {}
        }
        match inside || fence.is_some() {
            true => vec![Part::Text(line)],
            false => parts(line),
        }
    })
}

/// The directives of documentation.
pub(crate) fn directives<'t>(all: &[&'t str]) -> impl Iterator<Item = Directive<'t>> {
    lines(all).flatten().filter_map(|part| match part {
        Part::Directive(directive) => Some(directive),
        Part::Text(_) => None,
    })
}

/// What opens or closes a fenced code block.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// Whether nothing follows.
    bare: bool,
}

impl Fence {
    fn of(line: &str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let after = text.trim_start_matches(mark);
        let length = text.len() - after.len();
        let is_fence = length >= 3 && line.len() - text.len() < 4;
        (is_fence && (mark == '~' || !after.contains('`'))).then(|| Self {
            mark,
            length,
            bare: after.trim().is_empty(),
        })
    }

    const fn closes(&self, open: &Self) -> bool {
        self.bare && self.mark as u32 == open.mark as u32 && self.length >= open.length
    }
}

/// The directive that begins with the `@` here.
fn directive(here: &str) -> Option<Directive<'_>> {
    let word = here.get(1..)?;
    let end = word.find(|c: char| !c.is_ascii_alphanumeric());
    let word = &word[..end.unwrap_or(word.len())];
    if word.is_empty() {
        return None;
    }
    let rest = &here[1 + word.len()..];
    let argument = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let length = 1 + word.len() + argument.map_or(0, |(argument, _)| argument.len() + 2);
    Some(Directive {
        word,
        argument: argument.map(|(argument, _)| argument.trim()),
        written: &here[..length],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_2_several_directives_fit_a_line() {
        let line = "Adds. @arg(a) one. @returns a sum, mail a@b or @@ or @arg(";
        let line = [line];
        let found = directives(&line).map(|found| (found.word, found.argument));
        assert!(found.eq([("arg", Some("a")), ("returns", None), ("arg", None)]));
    }

    #[test]
    fn doc_2_what_is_no_directive_is_text() {
        let line = "A @ref( b )é @ c@d";
        let found = parts(line);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], Part::Text("A "));
        let Part::Directive(directive) = found[1] else {
            panic!("{found:?}");
        };
        assert_eq!(
            (directive.argument, directive.written),
            (Some("b"), "@ref( b )")
        );
        assert_eq!(found[2], Part::Text("é @ c@d"));
    }

    #[test]
    fn doc_2_code_has_no_directives() {
        let text = [
            "@ref(a)",
            "```beskid",
            "@arg(b)",
            "~~~",
            "``` x",
            "````",
            "@ref(c) `@ref(d)`",
            "    ```",
            "@ref(e)",
            "~~~",
            "```",
            "@ref(f)",
        ];
        let found = directives(&text).filter_map(|found| found.argument);
        assert!(found.eq(["a", "c", "d", "e"]));
        let count = lines(&text).count();
        assert_eq!(count, text.len());
    }
}
