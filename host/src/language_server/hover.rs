//! What there is to say about a name or an expression.

use beskid_frontend::api::documentation;
use beskid_frontend::references::{Declaration, DeclarationKind};
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, TextDocumentPositionParams};
use serde_json::{Value, json};

use super::asked::{Asked, params};
use super::documents::Kind;
use super::manifests;
use super::programs::Explored;
use super::reply::Reply;
use super::text::Lines;
use super::workspace::Workspace;
use crate::docs::described;

/// The answer to `textDocument/hover`, in Markdown.
pub(super) fn hover(workspace: &mut Workspace, of: Value) -> Reply {
    let asked = Asked::new(workspace, &params::<TextDocumentPositionParams>(of)?)?;
    let lines = Lines::new(&asked.document.text);
    let found = match asked.document.kind {
        Kind::Manifest => manifests::hover(&asked.document.text, asked.offset),
        Kind::Source => source(&asked),
    };
    let found = found.map(|(span, value)| Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }),
        range: Some(lines.range(span)),
    });
    Ok(json!(found))
}

fn source(asked: &Asked) -> Option<(beskid_frontend::Span, String)> {
    let explored = asked.explored()?;
    if let Some((place, declared)) = asked.meaning() {
        let of = explored.references.declaration(declared)?;
        return Some((place, about(explored, of)));
    }
    let (span, ty) = explored.references.value_at(asked.offset)?;
    Some((span, code(&ty)))
}

/// A declaration: what it says of itself, and its documentation.
pub(super) fn about(explored: &Explored, of: &Declaration) -> String {
    let mut text = code(&line(explored, of));
    if let Some(container) = container(explored, of) {
        text.push_str(&format!("\n\nin `{container}`"));
    }
    let docs = explored
        .sources
        .tree(of.base)
        .and_then(|tree| of.node(tree)?.docs());
    if let Some(docs) = docs {
        text.push_str("\n\n---\n\n");
        text.push_str(&described(&documentation(&docs)));
    }
    text
}

/// A declaration in a line; of a local its type, whether or not it is written.
pub(super) fn line(explored: &Explored, of: &Declaration) -> String {
    let name = explored.text(of.name);
    let tree = explored.sources.tree(of.base);
    match of.kind {
        DeclarationKind::Local | DeclarationKind::Parameter => {
            match explored.references.local_type(of.name) {
                Some(ty) => format!("{ty} {name}"),
                None => tree.map_or_else(String::new, |tree| of.signature(tree)),
            }
        }
        DeclarationKind::Module if of.name.is_empty() => {
            let path = explored.sources.module_of(of.base).unwrap_or_default();
            format!("mod {}", path.join("."))
        }
        _ => tree.map_or_else(String::new, |tree| of.signature(tree)),
    }
}

/// What a declaration is in, as others name it.
fn container(explored: &Explored, of: &Declaration) -> Option<String> {
    use DeclarationKind as Kind;
    if matches!(of.kind, Kind::Local | Kind::Parameter | Kind::TypeParameter) {
        return None;
    }
    let mut parts = Vec::new();
    let mut next = of.container;
    while let Some(name) = next {
        let around = explored.references.declaration(name)?;
        if name.is_empty() {
            let path = explored.sources.module_of(around.base)?;
            parts.extend(path.iter().rev().cloned());
        } else {
            parts.push(explored.text(name).to_owned());
        }
        next = around.container;
    }
    parts.reverse();
    (!parts.is_empty()).then(|| parts.join("."))
}

fn code(text: &str) -> String {
    format!("```beskid\n{text}\n```")
}
