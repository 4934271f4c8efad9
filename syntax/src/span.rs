//! Positions in a text.

use std::ops::Range;

/// A range of bytes of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` to before `end`.
    #[inline]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// A range of a text's bytes; what lies beyond 4 GiB is at its end.
    #[inline]
    pub fn of(range: Range<usize>) -> Self {
        let short = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self::new(short(range.start), short(range.end))
    }

    /// From the start of this span to the end of `other`.
    #[inline]
    #[must_use]
    pub const fn to(self, other: Self) -> Self {
        Self::new(self.start, other.end)
    }

    /// To index a text with.
    #[inline]
    pub const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of bytes.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// What of a text is here; nothing, if the text has no such range.
    #[inline]
    pub fn text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or_default()
    }
}

/// Finds lines and columns in a text.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Bytes that begin no character; there are none in most texts.
    inner: Vec<u32>,
}

impl LineIndex {
    /// Notes where each line starts.
    pub fn new(text: &str) -> Self {
        let inner = match text.is_ascii() {
            true => Vec::new(),
            false => {
                let bytes = (0..).zip(text.bytes());
                let inner = bytes.filter(|(_, byte)| (0x80..0xc0).contains(byte));
                inner.map(|(offset, _)| offset).collect()
            }
        };
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(newlines.map(|offset| offset as u32 + 1));
        Self {
            starts: starts.collect(),
            inner,
        }
    }

    /// Line and column of an offset, both from 1; the column counts characters.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let (line, column) = self.position_in_bytes(offset);
        let start = offset - (column as u32 - 1);
        let inner = |end: u32| self.inner.partition_point(|at| *at < end);
        (line, column - (inner(offset) - inner(start)))
    }

    /// The same with a column that counts bytes, as debuggers do.
    pub fn position_in_bytes(&self, offset: u32) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied();
        (line, (offset - start.unwrap_or(0)) as usize + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one() {
        let index = LineIndex::new("ab\ncd\n");
        assert_eq!(index.position(0), (1, 1));
        assert_eq!(index.position(2), (1, 3));
        assert_eq!(index.position(3), (2, 1));
        assert_eq!(index.position(6), (3, 1));
    }

    #[test]
    fn columns_count_characters_or_bytes() {
        let text = "ž\na🌿bž c\n";
        let index = LineIndex::new(text);
        let at = |part: &str| text.find(part).unwrap() as u32;
        assert_eq!(index.position(at("b")), (2, 3));
        assert_eq!(index.position(at("c")), (2, 6));
        assert_eq!(index.position_in_bytes(at("c")), (2, 10));
        assert_eq!(index.position(text.len() as u32), (3, 1));
    }
}
