//! Other names for what a text declares.

use beskid_frontend::references::{Declaration, DeclarationKind, is_type_name};
use beskid_frontend::{DEFAULT_ENTRYPOINT, Span};
use beskid_syntax::TokenKind;
use lsp_server::ErrorCode;
use lsp_types::{Range, RenameParams, TextDocumentPositionParams, TextEdit, Uri};
use serde_json::{Value, json};

use super::asked::{Asked, params};
use super::documents::{Document, Kind};
use super::labels;
use super::manifests;
use super::navigation::everywhere;
use super::renamed;
use super::reply::{Refusal, Reply};
use super::text::Lines;
use super::workspace::Workspace;

/// The answer to `textDocument/prepareRename`: the name, if it can have another.
pub(super) fn prepare(workspace: &mut Workspace, of: Value) -> Reply {
    let asked = Asked::new(workspace, &params::<TextDocumentPositionParams>(of)?)?;
    let renamed = renamed(workspace, &asked).ok();
    let found = renamed.map(|renamed| {
        json!({
            "range": renamed.range,
            "placeholder": renamed.name,
        })
    });
    Ok(json!(found))
}

/// The answer to `textDocument/rename`: all in one document.
pub(super) fn rename(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<RenameParams>(of)?;
    let new = of.new_name;
    if !is_name(&new) {
        let message = format!("`{new}` is no name: letters, digits and `_`, and no reserved word");
        return Err(Refusal::new(ErrorCode::InvalidParams, message));
    }
    let asked = Asked::new(workspace, &of.text_document_position)?;
    if asked.document.kind == Kind::Source && is_of_language(&new) {
        let message = format!("`{new}` cannot be its name: the language has one of that name");
        return Err(Refusal::new(ErrorCode::RequestFailed, message));
    }
    let renamed = renamed(workspace, &asked)?;
    renamed::check(workspace, &asked, &renamed.ranges, &new)?;
    let edits = renamed.ranges.into_iter();
    let edits = edits.map(|range| TextEdit::new(range, new.clone()));
    Ok(changes(&asked.document.uri, &edits.collect::<Vec<_>>()))
}

/// Changes of one text, as the protocol has them.
pub(super) fn changes(uri: &Uri, edits: &[TextEdit]) -> Value {
    json!({ "changes": { uri.as_str(): edits } })
}

/// What gets another name.
struct Renamed {
    name: String,
    /// Where the editor asked.
    range: Range,
    ranges: Vec<Range>,
}

fn renamed(workspace: &mut Workspace, asked: &Asked) -> Result<Renamed, Refusal> {
    let refused = |message: &str| Refusal::new(ErrorCode::RequestFailed, message);
    let nothing = || refused("there is no name here that a program declares");
    if asked.document.kind == Kind::Manifest {
        let dependency = manifests::dependency(&asked.document.text, asked.offset);
        let used = dependency.and_then(|label| {
            let mut uses = labels::uses(workspace, &asked.document, &label).into_iter();
            Some((label, uses.next()?))
        });
        if let Some((name, place)) = used {
            return Err(used_elsewhere(&name, &place.uri));
        }
        return label(&asked.document, asked.offset).ok_or_else(nothing);
    }
    let (place, declared) = asked.meaning().ok_or_else(nothing)?;
    let explored = asked.explored().ok_or_else(nothing)?;
    if declared.is_empty() {
        return Err(refused(
            "a module has the name of its file: rename the file",
        ));
    }
    let name = explored.text(place).to_owned();
    if explored
        .references
        .declaration(declared)
        .is_some_and(begins)
        && name == DEFAULT_ENTRYPOINT
    {
        return Err(refused("a program begins at `main`, by this name"));
    }
    let own = &asked.document.uri;
    let named = everywhere(workspace, asked, declared);
    let named = named.into_iter().filter(|named| named.text == name);
    let is_alias = explored.text(declared) != name;
    // What an import calls it here is this text's affair.
    let named = named.filter(|named| !is_alias || named.location.uri == *own);
    let named = named.collect::<Vec<_>>();
    if !is_alias
        && explored
            .sources
            .file_of(declared)
            .is_none_or(|file| file.base > 0)
    {
        return Err(refused("it is declared in another file: rename it there"));
    }
    if let Some(other) = named.iter().find(|named| named.location.uri != *own) {
        return Err(used_elsewhere(&name, &other.location.uri));
    }
    let lines = Lines::new(&asked.document.text);
    let mut ranges = named
        .into_iter()
        .map(|named| named.location.range)
        .collect::<Vec<_>>();
    if !is_alias {
        let documented = explored.references.documented(&explored.sources, declared);
        ranges.extend(documented.into_iter().map(|span| lines.range(span)));
    }
    Ok(Renamed {
        range: lines.range(place),
        ranges,
        name,
    })
}

fn used_elsewhere(name: &str, uri: &Uri) -> Refusal {
    let message = format!(
        "`{name}` is also used in `{}`, and only this text is changed",
        uri.as_str()
    );
    Refusal::new(ErrorCode::RequestFailed, message)
}

/// Whether a program may begin at what is declared: a function of a file's own module.
fn begins(of: &Declaration) -> bool {
    let is_in_file = of.container.is_none_or(Span::is_empty);
    of.kind == DeclarationKind::Function && is_in_file
}

/// Whether the language itself has something of this name: who reads it thinks of that,
/// though a program may have another.
fn is_of_language(name: &str) -> bool {
    is_type_name(name) || name == "Std"
}

/// A label of a manifest.
fn label(document: &Document, offset: u32) -> Option<Renamed> {
    let (name, spans) = manifests::named(&document.text, offset)?;
    let lines = Lines::new(&document.text);
    let around = |span: &&Span| span.start <= offset && offset <= span.end;
    Some(Renamed {
        range: lines.range(*spans.iter().find(around)?),
        ranges: spans.iter().map(|span| lines.range(*span)).collect(),
        name,
    })
}

/// Whether a text is a name that a program may declare.
pub(super) fn is_name(text: &str) -> bool {
    let tree = beskid_syntax::parse(text);
    let mut tokens = tree.tokens();
    let is_one = tokens
        .next()
        .is_some_and(|token| token.kind() == TokenKind::Name && token.text() == text);
    is_one && text.is_ascii()
}
