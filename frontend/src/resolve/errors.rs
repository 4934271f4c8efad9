//! What does not follow the grammar, as diagnostics.

use beskid_plugin_api::codes::Code;
use beskid_syntax::{ErrorKind, Tree};

use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::source::shifted;

/// The errors of a tree.
pub(crate) fn syntax_errors(tree: &Tree, base: u32) -> impl Iterator<Item = SourceDiagnostic> + '_ {
    tree.errors().iter().map(move |error| {
        let message = error.message(tree.text());
        let mut diagnostic = SourceDiagnostic::new(
            code(error.kind),
            message,
            shifted(error.span, base),
            error.label(),
        );
        diagnostic.set_help(error.help(tree.text()));
        match error.related {
            Some(span) => diagnostic.related(shifted(span, base), "to close this"),
            None => diagnostic,
        }
    })
}

const fn code(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::TooLarge => codes::TOO_LARGE,
        ErrorKind::UnknownCharacter => codes::BAD_CHARACTER,
        ErrorKind::UnterminatedComment
        | ErrorKind::UnterminatedText
        | ErrorKind::UnterminatedHole => codes::UNTERMINATED,
        ErrorKind::BadEscape => codes::BAD_ESCAPE,
        ErrorKind::EmptyCharacter | ErrorKind::BadCharacter | ErrorKind::BadNumber => {
            codes::BAD_LITERAL
        }
        ErrorKind::Expected { .. }
        | ErrorKind::EmptyHole
        | ErrorKind::StrayBrace
        | ErrorKind::Receiver => codes::UNEXPECTED,
        ErrorKind::TooDeep => codes::TOO_DEEP,
        ErrorKind::Later => codes::UNSUPPORTED,
        ErrorKind::MetaBlock => codes::META_BLOCK,
    }
}
