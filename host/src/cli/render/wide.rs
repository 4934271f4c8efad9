//! Sources of excerpts, whose columns count characters; lines that are too wide to be shown,
//! cut around what is wrong in them.

use beskid_frontend::{SourceDiagnostic, Span};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Most bytes of a line that is shown as it is.
const WIDEST: usize = 1_000;
/// Bytes that are shown before and behind a place in a wider one.
const AROUND: usize = 80;

/// A source as it is.
#[derive(Debug)]
pub(super) struct Whole<'t> {
    pub(super) path: &'t str,
    pub(super) text: &'t str,
}

impl SourceCode for Whole<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, lines_before, lines_after)?;
        let start = read.span().offset();
        let before = start.saturating_sub(read.column())..start;
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.to_owned(),
            read.data(),
            *read.span(),
            read.line(),
            characters(self.text, before),
            read.line_count(),
        )))
    }
}

fn characters(text: &str, range: std::ops::Range<usize>) -> usize {
    let (len, part) = (range.len(), text.get(range));
    part.map_or(len, |part| part.chars().count())
}

/// A line, or the part of it that is shown.
#[derive(Debug)]
pub(super) struct Wide<'t> {
    path: &'t str,
    text: &'t str,
    line: usize,
    /// Where the line begins.
    start: usize,
    shown: std::ops::Range<usize>,
}

impl<'t> Wide<'t> {
    /// The line that a diagnostic is about, if it, or one that would be shown with it, is too
    /// wide; the diagnostic then tells what lies in the part of it that is shown, and no more.
    pub(super) fn of(path: &'t str, text: &'t str, found: &mut SourceDiagnostic) -> Option<Self> {
        let others = found.related.iter().chain(&found.notes);
        let mut places = std::iter::once(&found.label).chain(others);
        if !places.any(|(span, _)| is_wide(text, *span)) {
            return None;
        }
        let at = found.label.0.start as usize;
        let before = text.get(..at)?;
        let start = line_start(text, at);
        let end = line_end(text, at);
        let place = &mut found.label.0;
        place.end = place.end.min(place.start + AROUND as u32).min(end as u32);
        let from = at.saturating_sub(AROUND).max(start);
        let to = (place.end as usize + AROUND).min(end);
        let shown = text.floor_char_boundary(from)..text.floor_char_boundary(to);
        let is_shown =
            |span: Span| shown.start <= span.start as usize && span.end as usize <= shown.end;
        found.related.take_if(|(span, _)| !is_shown(*span));
        found.notes.retain(|(span, _)| is_shown(*span));
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        Some(Self {
            path,
            text,
            line,
            start,
            shown,
        })
    }
}

/// Whether a line of a place, or one beside them, is too wide.
fn is_wide(text: &str, span: Span) -> bool {
    let start = line_start(text, span.start as usize);
    let start = line_start(text, start.saturating_sub(1));
    let end = line_end(text, span.end as usize);
    let end = line_end(text, (end + 1).min(text.len()));
    let lines = text.get(start..end).unwrap_or_default();
    lines.split('\n').any(|line| line.len() > WIDEST)
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).and_then(|text| text.rfind('\n'));
    before.map_or(0, |end| end + 1)
}

fn line_end(text: &str, at: usize) -> usize {
    let after = text.get(at..).and_then(|text| text.find('\n'));
    after.map_or(text.len(), |len| at + len)
}

impl SourceCode for Wide<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        if span.offset() < self.shown.start || end > self.shown.end {
            return Err(MietteError::OutOfBounds);
        }
        // Without the lines around, the place itself is asked for.
        let shown = match (lines_before, lines_after) {
            (0, 0) => span.offset()..end,
            _ => self.shown.clone(),
        };
        let data = self
            .text
            .get(shown.clone())
            .ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.to_owned(),
            data.as_bytes(),
            (shown.start, shown.len()).into(),
            self.line,
            characters(self.text, self.start..shown.start),
            1,
        )))
    }
}
