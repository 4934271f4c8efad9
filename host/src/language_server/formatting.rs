//! The one layout of a text.

use beskid_frontend::parse;
use lsp_types::{DocumentFormattingParams, TextEdit};
use serde_json::{Value, json};

use super::asked::{document, params};
use super::documents::{Document, Kind};
use super::reply::Reply;
use super::text::Lines;
use super::workspace::Workspace;
use crate::source::Written;

/// The answer to `textDocument/formatting`: nothing for a text that does not follow the
/// grammar, whose layout nobody knows (FMT-4).
pub(super) fn formatting(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<DocumentFormattingParams>(of)?;
    let document = document(workspace, &of.text_document)?;
    Ok(json!(edits(&document)))
}

/// What lays a text out: no edit, if it is laid out.
pub(super) fn edits(document: &Document) -> Option<Vec<TextEdit>> {
    if document.kind != Kind::Source {
        return None;
    }
    let written = Written::of(document.text.as_bytes().to_vec(), String::new());
    let (tree, wrong) = parse(written.text());
    if !wrong.is_empty() {
        return None;
    }
    let text = beskid_syntax::format(&tree?).ok()?;
    let new = [written.preamble(), text.as_bytes()].concat();
    if new == written.bytes() {
        return Some(Vec::new());
    }
    let new = String::from_utf8(new).ok()?;
    let whole = Lines::new(&document.text).whole();
    Some(vec![TextEdit::new(whole, new)])
}
