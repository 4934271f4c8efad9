//! What texts declare, as lists.

use beskid_frontend::references::{Declaration, DeclarationKind, outline};
use beskid_syntax::Tree;
use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, Location, SymbolInformation, SymbolKind,
    WorkspaceSymbolParams,
};
use serde_json::{Value, json};

use super::asked::{document, params};
use super::documents::Kind;
use super::manifests;
use super::reply::Reply;
use super::text::Lines;
use super::workspace::Workspace;

/// Most symbols of an answer: nobody reads more.
const MOST: usize = 1_000;

/// The answer to `textDocument/documentSymbol`.
pub(super) fn of_document(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<DocumentSymbolParams>(of)?;
    let document = document(workspace, &of.text_document)?;
    let symbols = match document.kind {
        Kind::Manifest => manifests::symbols(&document.text),
        Kind::Source => {
            let tree = beskid_syntax::parse(&document.text);
            tree_of(&tree, &Lines::new(&document.text))
        }
    };
    if workspace.client.nested_symbols {
        return Ok(json!(symbols));
    }
    let mut flat = Vec::new();
    for symbol in symbols {
        flatten(symbol, None, &document.uri, &mut flat);
    }
    Ok(json!(flat))
}

/// The symbols of a text, those of items in them.
fn tree_of(tree: &Tree, lines: &Lines<'_>) -> Vec<DocumentSymbol> {
    let declared = outline(tree);
    let listed = declared.iter().filter(|of| is_listed(of));
    let mut roots = Vec::new();
    // Those around come first, so that the parts of each are behind it.
    for of in listed.collect::<Vec<_>>().into_iter().rev() {
        let mut children = Vec::new();
        roots.retain(
            |(parent, symbol): &(Option<beskid_frontend::Span>, DocumentSymbol)| {
                let own = *parent == Some(of.name);
                if own {
                    children.push(symbol.clone());
                }
                !own
            },
        );
        children.reverse();
        roots.push((of.container, symbol(of, tree, lines, children)));
    }
    roots.reverse();
    roots.into_iter().map(|(_, symbol)| symbol).collect()
}

fn is_listed(of: &Declaration) -> bool {
    use DeclarationKind as Kind;
    let inner = matches!(of.kind, Kind::Local | Kind::Parameter | Kind::TypeParameter);
    !inner && !of.name.is_empty()
}

#[expect(deprecated, reason = "the type has a field that is no longer used")]
fn symbol(
    of: &Declaration,
    tree: &Tree,
    lines: &Lines<'_>,
    children: Vec<DocumentSymbol>,
) -> DocumentSymbol {
    DocumentSymbol {
        name: of.name.text(tree.text()).to_owned(),
        detail: Some(of.signature(tree)),
        kind: kind(of.kind),
        tags: None,
        deprecated: None,
        range: lines.range(of.whole),
        selection_range: lines.range(of.name),
        children: (!children.is_empty()).then_some(children),
    }
}

#[expect(deprecated, reason = "the type has a field that is no longer used")]
fn flatten(
    symbol: DocumentSymbol,
    container: Option<&str>,
    uri: &lsp_types::Uri,
    flat: &mut Vec<SymbolInformation>,
) {
    flat.push(SymbolInformation {
        name: symbol.name.clone(),
        kind: symbol.kind,
        tags: None,
        deprecated: None,
        location: Location::new(uri.clone(), symbol.selection_range),
        container_name: container.map(str::to_owned),
    });
    for child in symbol.children.into_iter().flatten() {
        flatten(child, Some(&symbol.name), uri, flat);
    }
}

/// The answer to `workspace/symbol`: of texts that are open, and of the files of the folders.
pub(super) fn of_workspace(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<WorkspaceSymbolParams>(of)?;
    let query = of.query.to_lowercase();
    let mut found = Vec::new();
    for path in workspace.sources() {
        let Some(uri) = workspace.uri(&path) else {
            continue;
        };
        let text = workspace.text(&path);
        let tree = beskid_syntax::parse(&text);
        let mut flat = Vec::new();
        for symbol in tree_of(&tree, &Lines::new(&text)) {
            flatten(symbol, None, &uri, &mut flat);
        }
        found.extend(
            flat.into_iter()
                .filter(|symbol| matches(&symbol.name, &query)),
        );
        if found.len() >= MOST {
            found.truncate(MOST);
            break;
        }
    }
    Ok(json!(found))
}

/// Whether a name has the signs of a query in their order, whatever the case of its letters.
fn matches(name: &str, query: &str) -> bool {
    let mut signs = name.chars().flat_map(char::to_lowercase);
    query.chars().all(|wanted| signs.any(|sign| sign == wanted))
}

/// A declaration as the protocol names its kind.
pub(super) const fn kind(of: DeclarationKind) -> SymbolKind {
    match of {
        DeclarationKind::Module => SymbolKind::MODULE,
        DeclarationKind::Type => SymbolKind::STRUCT,
        DeclarationKind::Field => SymbolKind::FIELD,
        DeclarationKind::Event => SymbolKind::EVENT,
        DeclarationKind::Enum => SymbolKind::ENUM,
        DeclarationKind::Variant => SymbolKind::ENUM_MEMBER,
        DeclarationKind::Contract => SymbolKind::INTERFACE,
        DeclarationKind::Attribute => SymbolKind::CLASS,
        DeclarationKind::Function | DeclarationKind::Test => SymbolKind::FUNCTION,
        DeclarationKind::Method => SymbolKind::METHOD,
        DeclarationKind::TypeParameter => SymbolKind::TYPE_PARAMETER,
        DeclarationKind::Parameter | DeclarationKind::Local => SymbolKind::VARIABLE,
    }
}
