//! What is kept for editors, if they ask: what names mean, and what types there are.

use rustc_hash::FxHashMap;

use crate::span::Span;
use crate::types::Ty;

/// What is kept while a program is checked. Declarations are known by where their names
/// stand; a file's module by the begin of the file.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// A name, and the name of what it means.
    pub(crate) uses: Vec<(Span, Span)>,
    /// The name of a local, and its type.
    pub(crate) locals: Vec<(Span, Ty)>,
    /// An expression, and its type.
    pub(crate) values: Vec<(Span, Ty)>,
    /// The names of type parameters, by their numbers.
    pub(super) params: FxHashMap<u32, Span>,
}
