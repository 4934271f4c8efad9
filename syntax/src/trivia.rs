//! What stands between tokens: blanks and comments (LEX-1, LEX-2).

use crate::span::Span;

/// A piece of what stands between tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trivia {
    /// What it is.
    pub kind: TriviaKind,
    /// Where it is.
    pub span: Span,
}

/// What stands between tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TriviaKind {
    /// Spaces, tabs and line ends.
    Blank,
    /// From `//` to before the end of the line.
    LineComment,
    /// From exactly three slashes to before the end of the line.
    DocLine,
    /// From `/*` to the next `*/`.
    BlockComment,
}

/// The piece that starts here, and where it ends. Of a block comment that does
/// not end, that is the end of the text.
#[inline]
pub(crate) fn piece(text: &[u8], start: usize) -> Option<(TriviaKind, usize)> {
    let rest = &text[start..];
    match *rest.first()? {
        b' ' | b'\t' | b'\n' | b'\r' => {
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let count = rest.iter().position(|byte| !blank(byte));
            Some((TriviaKind::Blank, start + count.unwrap_or(rest.len())))
        }
        b'/' => comment(rest).map(|(kind, count)| (kind, start + count)),
        _ => None,
    }
}

fn comment(rest: &[u8]) -> Option<(TriviaKind, usize)> {
    if rest.starts_with(b"//") {
        let count = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        // The `\r` of a line end is not of the comment.
        let count = match rest[..count].last() {
            Some(b'\r') if count < rest.len() => count - 1,
            _ => count,
        };
        let doc = rest.starts_with(b"///") && !rest.starts_with(b"////");
        let kind = match doc {
            true => TriviaKind::DocLine,
            false => TriviaKind::LineComment,
        };
        return Some((kind, count));
    }
    let inner = rest.strip_prefix(b"/*")?;
    let count = memchr::memmem::find(inner, b"*/").map_or(rest.len(), |at| at + 4);
    Some((TriviaKind::BlockComment, count))
}

/// The pieces of a gap between tokens.
pub(crate) fn pieces(text: &str, gap: Span) -> impl Iterator<Item = Trivia> {
    let part = text.get(..gap.end as usize).unwrap_or_default().as_bytes();
    let mut at = gap.start as usize;
    std::iter::from_fn(move || {
        let (kind, end) = piece(part, at)?;
        let span = Span::of(at..end);
        at = end;
        Some(Trivia { kind, span })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(TriviaKind, &str)> {
        let pieces = pieces(text, Span::of(0..text.len()));
        pieces
            .map(|piece| (piece.kind, piece.span.text(text)))
            .collect()
    }

    #[test]
    fn lex_2_comments_are_kept_apart() {
        let found = shown(" \r\n// a\r\n/// b\n//// c\n/* d /* e */");
        assert_eq!(
            found,
            [
                (TriviaKind::Blank, " \r\n"),
                (TriviaKind::LineComment, "// a"),
                (TriviaKind::Blank, "\r\n"),
                (TriviaKind::DocLine, "/// b"),
                (TriviaKind::Blank, "\n"),
                (TriviaKind::LineComment, "//// c"),
                (TriviaKind::Blank, "\n"),
                (TriviaKind::BlockComment, "/* d /* e */"),
            ]
        );
        assert_eq!(shown("/* a"), [(TriviaKind::BlockComment, "/* a")]);
        assert_eq!(shown("/*/"), [(TriviaKind::BlockComment, "/*/")]);
    }
}
