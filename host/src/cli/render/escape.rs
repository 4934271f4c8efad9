//! What a terminal would obey is shown instead: the one place where text of
//! sources, artifacts, plugins and tools becomes harmless.

use std::borrow::Cow;

/// One line: a line break is escaped too.
pub(in crate::cli) fn escape_line(text: &str) -> Cow<'_, str> {
    escape(text, |c| c == '\t')
}

/// Text of several lines.
pub(in crate::cli) fn escape_text(text: &str) -> Cow<'_, str> {
    let keep = |c| matches!(c, '\t' | '\n');
    if text.contains("\r\n") {
        let text = text.replace("\r\n", "\n");
        return Cow::Owned(escape(&text, keep).into_owned());
    }
    escape(text, keep)
}

/// A source in which every character has its place: what is obeyed becomes
/// something of the same size, so that spans stay right.
pub(super) fn cover(text: &str) -> Cow<'_, str> {
    let keep = |c| matches!(c, '\t' | '\n' | '\r');
    if !text.chars().any(|c| is_obeyed(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    let covered = text.chars().map(|c| match c.len_utf8() {
        _ if keep(c) || !is_obeyed(c) => c,
        1 => '?',
        2 => '¿',
        _ => '\u{fffd}',
    });
    Cow::Owned(covered.collect())
}

fn escape(text: &str, keep: fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(|c| is_obeyed(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_obeyed(c) && !keep(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Control characters, and those that change the order of a line.
const fn is_obeyed(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(escape_line("a\x1b[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
        assert_eq!(escape_text("a\r\nb\rc\td"), "a\nb\\rc\td");
        assert_eq!(escape_line("\u{202e}x\u{9b}"), "\\u{202e}x\\u{9b}");
        assert_eq!(escape_line("größe → 大"), "größe → 大");
    }

    #[test]
    fn covered_sources_keep_their_offsets() {
        let source = "a\x1bb\u{85}c\u{202e}d\n";
        let covered = cover(source);
        assert_eq!(covered, "a?b¿c\u{fffd}d\n");
        assert_eq!(covered.len(), source.len());
    }
}
