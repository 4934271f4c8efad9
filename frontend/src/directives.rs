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
pub(crate) fn parts(line: &str) -> Vec<Part<'_>> {
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

/// The directives of a line.
pub(crate) fn directives(line: &str) -> impl Iterator<Item = Directive<'_>> {
    parts(line).into_iter().filter_map(|part| match part {
        Part::Directive(directive) => Some(directive),
        Part::Text(_) => None,
    })
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
        let found = directives(line).map(|found| (found.word, found.argument));
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
}
