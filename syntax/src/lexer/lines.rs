//! The reading of a text that is broken in which a string ends with its line, where what
//! follows tells that its quote is missing, or the brace of code in it.
//!
//! A legal text is never read so. The reading is taken if it has fewer errors.

use super::{Lexed, Lexer};
use crate::error::{ErrorKind, SyntaxError};
use crate::kinds::TokenKind;
use crate::span::Span;

/// Most bytes of a line that are looked through for the end of code in a string.
const LONGEST_HOLE: usize = 256;

/// Most strings and pieces of code that are ended so, since what follows each is read again.
const MOST_CUTS: usize = 128;

/// Code in a string that ends before the text does.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// Where it ends: at a quote, or at the end of a line.
    end: usize,
    /// How many were open where it begins.
    open: usize,
    swallowed: Option<u32>,
    /// How many errors were reported to its begin.
    reported: usize,
}

impl Lexed {
    /// Whether a string or code in one may have ended with its line.
    pub(crate) fn is_over_lines(&self, text: &str) -> bool {
        (0..self.tokens.len()).any(|token| {
            let span = match self.tokens.kind(token) {
                TokenKind::Text | TokenKind::TextMiddle | TokenKind::TextEnd => {
                    self.tokens.span(token)
                }
                // Of code, a line's end may stand between tokens.
                TokenKind::TextStart => return true,
                _ => return false,
            };
            span.text(text).contains('\n')
        })
    }
}

/// Whether a token ends a string without its quote, or is before code without its brace or
/// after it.
pub(crate) fn is_cut(cuts: &[u32], token: usize) -> bool {
    cuts.binary_search(&(token as u32)).is_ok()
}

impl Lexer<'_> {
    /// Where the line of a part of a string ends that begins at an offset, if the quote
    /// that is here begins another string, which a word behind it tells.
    pub(super) fn cut_before_quote(&self, start: usize) -> Option<usize> {
        if !self.may_cut() {
            return None;
        }
        let end = self.line_end(start, self.at)?;
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        begins_text(rest).then_some(end)
    }

    /// Where the line ends of a part of a string that begins at an offset, and no quote
    /// follows in the text.
    pub(super) fn cut_before_end(&self, start: usize) -> Option<usize> {
        let end = self.bytes.len();
        self.line_end(start, end).filter(|_| self.may_cut())
    }

    fn may_cut(&self) -> bool {
        self.by_lines && self.cuts.len() < MOST_CUTS
    }

    /// The end of the line of an offset, if it is before another.
    fn line_end(&self, start: usize, before: usize) -> Option<usize> {
        let part = self.bytes.get(start..before)?;
        let end = start + memchr::memchr(b'\n', part)?;
        let is_wide = end > start + 1 && self.bytes.get(end - 1) == Some(&b'\r');
        Some(if is_wide { end - 1 } else { end })
    }

    /// Ends the code that begins here at a quote or with the line, if no `}` of the line
    /// does; whether it is so.
    pub(super) fn cuts_hole(&mut self) -> bool {
        if !self.may_cut() || self.cut.is_some() {
            return false;
        }
        let line = self.bytes.get(self.at..).unwrap_or_default();
        let line = &line[..line.len().min(LONGEST_HOLE)];
        let Some(len) = memchr::memchr(b'\n', line) else {
            return false;
        };
        let line = &line[..len];
        if closes(line) {
            return false;
        }
        let Some(count) = hole_end(line) else {
            return false;
        };
        let end = self.at + count;
        let span = Span::of(self.at - 2..self.at);
        let error = SyntaxError::new(ErrorKind::UnterminatedHole, span);
        self.errors.push(error);
        self.cuts.push(self.tokens.len() as u32);
        self.cut = Some(Cut {
            end,
            open: self.open.len(),
            swallowed: self.swallowed,
            reported: self.errors.len(),
        });
        self.bytes = &self.bytes[..end];
        self.text = &self.text[..end];
        true
    }

    /// Goes on after code that was cut, with the end of its string; whether it was.
    pub(super) fn after_cut(&mut self) -> bool {
        let Some(cut) = self.cut.take() else {
            return false;
        };
        (self.text, self.bytes) = (self.whole, self.whole.as_bytes());
        self.open.truncate(cut.open);
        self.swallowed = cut.swallowed;
        self.errors.truncate(cut.reported);
        let is_quote = self.byte(0) == b'"';
        self.at = cut.end + usize::from(is_quote);
        self.cuts.push(self.tokens.len() as u32);
        let span = Span::of(cut.end..self.at);
        self.tokens.push(TokenKind::TextEnd, span);
        true
    }
}

/// Whether a quote begins a string, since no code goes on so behind one.
fn begins_text(behind: &[u8]) -> bool {
    let blanks = behind
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    let rest = &behind[blanks.count()..];
    match rest.first() {
        Some(b'"' | b'$' | b'\\' | b'#') => true,
        Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80 => {
            !rest.starts_with(b"when ")
        }
        _ => false,
    }
}

/// Where code in a string ends that is not closed in the rest of its line: at a quote that
/// has pairs of them around it, or with the line, if a statement does.
fn hole_end(line: &[u8]) -> Option<usize> {
    let quotes = memchr::memchr_iter(b'"', line).collect::<Vec<_>>();
    if quotes.is_empty() {
        let line = line.trim_ascii_end();
        return line.ends_with(b";").then_some(line.len());
    }
    let is_odd = quotes.len() % 2 == 1;
    let mut ends = quotes.into_iter().step_by(2).filter(|_| is_odd);
    ends.find(|quote| !begins_text(&line[quote + 1..]))
}

/// Whether the code in a string ends in the rest of its line, and the string does.
fn closes(line: &[u8]) -> bool {
    /// What is open.
    #[derive(PartialEq, Eq)]
    enum Open {
        Text,
        Hole,
        Brace,
    }
    let mut open = vec![Open::Hole];
    let mut at = 0;
    while let (Some(last), Some(byte)) = (open.last(), line.get(at)) {
        let next = line.get(at + 1);
        at += 1;
        match (last, byte) {
            (Open::Text, b'\\') => at += 1,
            (Open::Text, b'"') | (Open::Hole | Open::Brace, b'}') => {
                open.pop();
            }
            (Open::Text, b'$') if next == Some(&b'{') => {
                at += 1;
                open.push(Open::Hole);
            }
            (Open::Text, _) => {}
            (_, b'"') => open.push(Open::Text),
            (_, b'{') => open.push(Open::Brace),
            // A character.
            (_, b'\'') if next == Some(&b'\\') => at += 3,
            (_, b'\'') if line.get(at + 1) == Some(&b'\'') => at += 2,
            _ => {}
        }
    }
    open.is_empty()
}
