//! Places in texts, as editors count them: lines, and UTF-16 units in them (LSP-1).

use beskid_frontend::Span;
use lsp_types::{Position, Range};

/// Where the lines of a text begin.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// The lines of a text. They end as those of the protocol do: by `\n`, `\r\n` or `\r`.
    pub(super) fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let ends = (0..bytes.len()).filter(|at| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let starts = [0].into_iter().chain(ends.map(|at| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of an offset; of the end, if it is beyond.
    pub(super) fn position(&self, offset: u32) -> Position {
        let mut offset = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &self.text[self.starts[line]..offset];
        let column = before.chars().map(char::len_utf16).sum::<usize>();
        Position::new(line as u32, column as u32)
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The offset of a place. What is beyond the end of a line is its end, and what is beyond
    /// the last line the end of the text; within a pair of units it is before the pair.
    pub(super) fn offset(&self, position: Position) -> u32 {
        let line = position.line as usize;
        let Some(&start) = self.starts.get(line) else {
            return self.text.len() as u32;
        };
        let end = self
            .starts
            .get(line + 1)
            .copied()
            .unwrap_or(self.text.len());
        let of = self.text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = position.character as usize;
        for (at, sign) in of.char_indices() {
            if left < sign.len_utf16() {
                return (start + at) as u32;
            }
            left -= sign.len_utf16();
        }
        (start + of.len()) as u32
    }

    /// The whole text.
    pub(super) fn whole(&self) -> Range {
        Range::new(Position::new(0, 0), self.position(self.text.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lsp_1_positions_count_utf_16_units() {
        let lines = Lines::new("a\u{e9}\u{1f600}b\r\nc\rd\n");
        let expected = [
            (0, (0, 0)),
            (1, (0, 1)),
            (3, (0, 2)),
            (7, (0, 4)),
            (8, (0, 5)),
            (10, (1, 0)),
            (12, (2, 0)),
            (14, (3, 0)),
        ];
        for (offset, (line, column)) in expected {
            let position = Position::new(line, column);
            assert_eq!(lines.position(offset), position);
            assert_eq!(lines.offset(position), offset);
        }
    }

    #[test]
    fn places_beyond_the_text_are_its_ends() {
        let lines = Lines::new("a\u{1f600}b\nc");
        assert_eq!(lines.offset(Position::new(0, 2)), 1);
        assert_eq!(lines.offset(Position::new(0, 99)), 6);
        assert_eq!(lines.offset(Position::new(1, u32::MAX)), 8);
        assert_eq!(lines.offset(Position::new(u32::MAX, 0)), 8);
        assert_eq!(lines.position(3), Position::new(0, 1));
        assert_eq!(lines.position(u32::MAX), Position::new(1, 1));
        assert_eq!(Lines::new("").whole(), Range::default());
    }
}
