//! Where names are declared, and where they are used.

use std::path::Path;

use beskid_frontend::Span;
use beskid_frontend::references::DeclarationKind;
use lsp_types::{Location, ReferenceParams, TextDocumentPositionParams, Uri};
use serde_json::{Value, json};

use super::asked::{Asked, location, params};
use super::documents::{Document, Kind};
use super::labels;
use super::manifests;
use super::programs::Explored;
use super::reply::Reply;
use super::workspace::Workspace;

/// The answer to `textDocument/definition` and `textDocument/declaration`: the language has
/// no declaration apart from the definition.
pub(super) fn definition(workspace: &mut Workspace, of: Value) -> Reply {
    let asked = Asked::new(workspace, &params::<TextDocumentPositionParams>(of)?)?;
    if asked.document.kind == Kind::Manifest {
        let Document { path, text, .. } = &asked.document;
        let path = path.as_ref();
        let place =
            path.and_then(|path| manifests::definition(workspace, path, text, asked.offset));
        return Ok(json!(place));
    }
    let place = asked.meaning().and_then(|(_, declared)| {
        location(workspace, asked.explored()?, declared, &asked.document.uri)
    });
    Ok(json!(place))
}

/// The answer to `textDocument/references`.
pub(super) fn references(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<ReferenceParams>(of)?;
    let asked = Asked::new(workspace, &of.text_document_position)?;
    let with_declaration = of.context.include_declaration;
    if asked.document.kind == Kind::Manifest {
        let Document { uri, text, .. } = &asked.document;
        let found = manifests::named(text, asked.offset).map(|(_, spans)| {
            let spans = if with_declaration {
                &spans[..]
            } else {
                &spans[1..]
            };
            manifests::locations(uri, text, spans)
        });
        let label = manifests::dependency(text, asked.offset);
        let named = label.map(|label| labels::uses(workspace, &asked.document, &label));
        let found = found.map(|mut found| {
            found.extend(named.into_iter().flatten());
            found
        });
        return Ok(json!(found));
    }
    let Some((_, declared)) = asked.meaning() else {
        return Ok(Value::Null);
    };
    let found = everywhere(workspace, &asked, declared);
    let kept = found
        .into_iter()
        .filter(|place| !place.declares || with_declaration);
    let kept = kept.map(|place| place.location).collect::<Vec<_>>();
    Ok(json!(kept))
}

/// A place where something is named.
pub(super) struct Named {
    pub(super) location: Location,
    /// Whether it is the declaration.
    pub(super) declares: bool,
    /// The name as it is written there: an import may give it another.
    pub(super) text: String,
}

/// Every place where a declaration is named, in all programs of the editor's folders: first
/// those of the text itself, each once.
pub(super) fn everywhere(workspace: &mut Workspace, asked: &Asked, declared: Span) -> Vec<Named> {
    let mut found = Vec::new();
    let Some(explored) = asked.explored() else {
        return found;
    };
    named_in(
        workspace,
        explored,
        declared,
        &asked.document.uri,
        &mut found,
    );
    let of = explored.references.declaration(declared);
    let is_local = of.is_some_and(|of| {
        use DeclarationKind as Kind;
        matches!(of.kind, Kind::Local | Kind::Parameter | Kind::TypeParameter)
    });
    let place = explored.sources.file_of(declared).map(|file| {
        let path = match file.base {
            0 => asked.document.path.clone(),
            base => explored.path(base).cloned(),
        };
        (
            path,
            Span::new(declared.start - file.base, declared.end - file.base),
        )
    });
    if let Some((Some(path), local)) = place.filter(|_| !is_local) {
        // A module of a file is named as the file is.
        let name = match declared.is_empty() {
            true => path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            false => explored.text(declared).to_owned(),
        };
        elsewhere(workspace, &path, local, &name, asked, &mut found);
    }
    found
}

/// Those of other programs: only files that have the name are looked at.
fn elsewhere(
    workspace: &mut Workspace,
    path: &Path,
    local: Span,
    name: &str,
    asked: &Asked,
    found: &mut Vec<Named>,
) {
    for file in workspace.files_with(name) {
        if Some(&file) == asked.document.path.as_ref() {
            continue;
        }
        let Some(uri) = workspace.uri(&file) else {
            continue;
        };
        let program = workspace.explored(&file);
        let Some(explored) = &program.explored else {
            continue;
        };
        if let Some(declared) = explored.global(path, local) {
            named_in(workspace, explored, declared, &uri, found);
        }
    }
}

fn named_in(
    workspace: &Workspace,
    explored: &Explored,
    declared: Span,
    own: &Uri,
    found: &mut Vec<Named>,
) {
    let declares = !declared.is_empty();
    let uses = explored
        .references
        .uses_of(declared)
        .map(|place| (place, false));
    let all = declares.then_some((declared, true)).into_iter().chain(uses);
    for (place, declares) in all {
        let Some(location) = location(workspace, explored, place, own) else {
            continue;
        };
        if !found.iter().any(|known| known.location == location) {
            found.push(Named {
                location,
                declares,
                text: explored.text(place).to_owned(),
            });
        }
    }
}
