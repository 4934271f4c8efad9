//! Documentation comments (DOC-1).

use crate::span::Span;
use crate::tree::Node;
use crate::trivia::TriviaKind;

/// The documentation of an item, a member, a variant, a contract's signature or a
/// parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Docs<'t> {
    /// From the first `///` to the end of the last line.
    pub span: Span,
    /// The lines, each without its `///` and one space after it.
    pub lines: Vec<&'t str>,
}

impl Docs<'_> {
    /// The lines, joined.
    pub fn body(&self) -> String {
        self.lines.join("\n")
    }
}

impl<'t> Node<'t> {
    /// The last run of `///` lines before it. A run ends where a line is empty, or
    /// has something else; a run before that one belongs to nothing.
    pub fn docs(self) -> Option<Docs<'t>> {
        let text = self.tree().text();
        let gap = self.first_token().gap();
        // Before most there are blanks alone.
        memchr::memchr(b'/', gap.text(text).as_bytes())?;
        let mut docs = None::<Docs<'t>>;
        let mut ended = true;
        for piece in self.first_token().trivia() {
            let here = piece.span.text(text);
            match piece.kind {
                TriviaKind::DocLine => {
                    let line = here.strip_prefix("///").unwrap_or(here);
                    let line = line.strip_prefix(' ').unwrap_or(line);
                    match &mut docs {
                        Some(run) if !ended => {
                            run.lines.push(line);
                            run.span = run.span.to(piece.span);
                        }
                        _ => {
                            let lines = vec![line];
                            let span = piece.span;
                            docs = Some(Docs { span, lines });
                        }
                    }
                    ended = false;
                }
                TriviaKind::Blank => {
                    let lines = || here.bytes().filter(|byte| *byte == b'\n').count();
                    ended = ended || lines() > 1;
                }
                TriviaKind::LineComment | TriviaKind::BlockComment => ended = true,
            }
        }
        docs
    }
}
