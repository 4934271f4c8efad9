//! What an editor offers to do to a text.

use beskid_frontend::references::{described, mended};
use beskid_frontend::{LineIndex, Span};
use beskid_syntax::{Node, NodeKind, Tree};
use lsp_types::{CodeActionKind, CodeActionParams, TextEdit};
use serde_json::{Value, json};

use super::asked::{document, params};
use super::documents::{Document, Kind};
use super::formatting;
use super::programs::Program;
use super::renaming::changes;
use super::reply::Reply;
use super::text::Lines;
use super::workspace::Workspace;

/// The kinds of what is offered.
pub(super) const KINDS: [CodeActionKind; 3] = [
    CodeActionKind::QUICKFIX,
    CodeActionKind::REFACTOR_REWRITE,
    FORMAT,
];

/// The layout of a whole text.
const FORMAT: CodeActionKind = CodeActionKind::new("source.format");

/// Something that is offered.
struct Offer {
    title: String,
    kind: CodeActionKind,
    edits: Vec<TextEdit>,
    /// The code and the place of the warning that it mends.
    mends: Option<(String, Span)>,
}

/// The answer to `textDocument/codeAction`.
pub(super) fn code_actions(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<CodeActionParams>(of)?;
    let document = document(workspace, &of.text_document)?;
    if document.kind == Kind::Manifest {
        return Ok(json!([]));
    }
    let lines = Lines::new(&document.text);
    let chosen = Span::new(lines.offset(of.range.start), lines.offset(of.range.end));
    let program = workspace.program(&document);
    let mut offers = mends(&program, &document, &lines, chosen);
    offers.extend(documents(&document, &lines, chosen));
    offers.extend(format(&document));
    let wanted = |kind: &CodeActionKind| match &of.context.only {
        None => true,
        Some(only) => only.iter().any(|only| {
            let rest = kind.as_str().strip_prefix(only.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }),
    };
    let told = &of.context.diagnostics;
    let offers = offers.into_iter().filter(|offer| wanted(&offer.kind));
    let offers = offers.map(|offer| {
        let mut action = json!({
            "title": offer.title,
            "kind": offer.kind,
            "edit": changes(&document.uri, &offer.edits),
        });
        if let Some((code, span)) = offer.mends {
            let range = lines.range(span);
            let code = json!(code);
            let mut told = told.iter();
            let mended = told.find(|told| told.range == range && json!(told.code) == code);
            if let Some(mended) = mended {
                action["diagnostics"] = json!([mended]);
            }
        }
        action
    });
    Ok(json!(offers.collect::<Vec<_>>()))
}

fn format(document: &Document) -> Option<Offer> {
    let edits = formatting::edits(document).filter(|edits| !edits.is_empty())?;
    Some(Offer {
        title: "Format the text".to_owned(),
        kind: FORMAT,
        edits,
        mends: None,
    })
}

/// What mends the warnings of a part of a text.
fn mends(program: &Program, document: &Document, lines: &Lines<'_>, chosen: Span) -> Vec<Offer> {
    let own = program
        .told
        .iter()
        .filter(|told| told.path == document.path);
    let found = own.flat_map(|told| &told.diagnostics);
    let near = found.filter(|found| {
        let span = found.span();
        span.start <= chosen.end && chosen.start <= span.end
    });
    let Some(explored) = &program.explored else {
        return Vec::new();
    };
    let Some(tree) = explored.sources.tree(0) else {
        return Vec::new();
    };
    let mut offers = Vec::<Offer>::new();
    for found in near {
        let code = found.diagnostic.code.as_str();
        let offer = match code {
            "W1503" => import_at(tree, found.span()).map(|node| {
                let edit =
                    TextEdit::new(lines.range(whole_lines(tree.text(), node)), String::new());
                (format!("Remove `{}`", node.text()), edit)
            }),
            _ if beskid_frontend::codes::is_about_docs(&found.diagnostic.code) => {
                let known = |name: &str| explored.declares(name);
                mended(tree, found.span(), &known).map(|text| {
                    let edit = TextEdit::new(lines.range(found.span()), text);
                    ("Mend the documentation".to_owned(), edit)
                })
            }
            _ => None,
        };
        let Some((title, edit)) = offer else { continue };
        // Several warnings of one comment are mended at once.
        if offers.iter().any(|known| known.edits == [edit.clone()]) {
            continue;
        }
        offers.push(Offer {
            title,
            kind: CodeActionKind::QUICKFIX,
            edits: vec![edit],
            mends: Some((code.to_owned(), found.span())),
        });
    }
    offers
}

/// The import at a place.
fn import_at(tree: &Tree, span: Span) -> Option<Node<'_>> {
    let ids = 0..tree.node_count() as u32;
    let mut nodes = ids.filter_map(|id| tree.node(beskid_syntax::NodeId(id)));
    nodes.find(|node| {
        let own = node.span();
        node.kind() == NodeKind::Use && own.start <= span.start && span.end <= own.end
    })
}

/// A node with the rest of its lines, if nothing else stands there.
fn whole_lines(text: &str, node: Node<'_>) -> Span {
    let span = node.span();
    let range = span.range();
    let before = text[..range.start].trim_end_matches([' ', '\t']);
    let after = text[range.end..].trim_start_matches([' ', '\t']);
    if !(before.is_empty() || before.ends_with('\n')) {
        return span;
    }
    let rest = after
        .strip_prefix("\r\n")
        .or_else(|| after.strip_prefix('\n'));
    match rest {
        Some(rest) => Span::of(before.len()..text.len() - rest.len()),
        None if after.is_empty() => Span::of(before.len()..text.len()),
        None => span,
    }
}

/// Documentation for what is declared on a line and has none.
fn documents(document: &Document, lines: &Lines<'_>, chosen: Span) -> Option<Offer> {
    let tree = beskid_syntax::parse(&document.text);
    let (at, name, text) = described(&tree, chosen.start)?;
    let index = LineIndex::new(&document.text);
    let (_, column) = index.position_in_bytes(at);
    let start = at as usize + 1 - column.min(at as usize + 1);
    let indent = document.text.get(start..at as usize)?;
    if !indent.trim().is_empty() {
        return None;
    }
    let written = text
        .iter()
        .map(|line| format!("{line}\n{indent}"))
        .collect::<String>();
    Some(Offer {
        title: format!("Document `{name}`"),
        kind: CodeActionKind::REFACTOR_REWRITE,
        edits: vec![TextEdit::new(lines.range(Span::new(at, at)), written)],
        mends: None,
    })
}
