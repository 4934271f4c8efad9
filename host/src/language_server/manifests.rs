//! Manifests: what is in them, what their words mean, where they lead.

use std::path::{Path, PathBuf};

use beskid_frontend::Span;
use lsp_types::{
    CompletionItem, CompletionItemKind, DocumentSymbol, Location, Range, SymbolKind, Uri,
};

use super::place;
use super::text::Lines;
use super::workspace::Workspace;
use crate::project::{Block, Document, Entry, KEYS, Word, lenient, manifest_at};

/// The blocks of a manifest as symbols, with their keys.
pub(super) fn symbols(text: &str) -> Vec<DocumentSymbol> {
    let lines = Lines::new(text);
    let blocks = lenient(text).blocks;
    let blocks = blocks.iter().map(|block| {
        let name = match &block.label {
            Some(label) => format!("{} {}", block.kind.text, label.text),
            None => block.kind.text.clone(),
        };
        let keys = block.entries.iter().map(|entry| {
            let whole = entry.key.span.to(entry.value.span());
            symbol(
                &entry.key.text,
                SymbolKind::PROPERTY,
                whole,
                entry.key.span,
                &lines,
            )
        });
        let keys = keys.collect::<Vec<_>>();
        let end = block
            .entries
            .last()
            .map_or(block.kind.span, |entry| entry.value.span());
        let named = block
            .label
            .as_ref()
            .map_or(block.kind.span, |label| label.span);
        let whole = block.kind.span.to(named).to(end.max(named));
        let mut symbol = symbol(&name, SymbolKind::OBJECT, whole, named, &lines);
        symbol.children = (!keys.is_empty()).then_some(keys);
        symbol
    });
    blocks.collect()
}

#[expect(deprecated, reason = "the type has a field that is no longer used")]
fn symbol(
    name: &str,
    kind: SymbolKind,
    whole: Span,
    own: Span,
    lines: &Lines<'_>,
) -> DocumentSymbol {
    DocumentSymbol {
        name: name.to_owned(),
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: lines.range(whole),
        selection_range: lines.range(own),
        children: None,
    }
}

/// What stands at an offset of a manifest.
enum At<'d> {
    Kind(&'d Block),
    Label(&'d Block, &'d Word),
    Key(&'d Block, &'d Entry),
    Value(&'d Block, &'d Entry),
}

fn at(document: &Document, offset: u32) -> Option<At<'_>> {
    let on = |span: Span| span.start <= offset && offset <= span.end;
    for block in &document.blocks {
        if on(block.kind.span) {
            return Some(At::Kind(block));
        }
        if let Some(label) = block.label.as_ref().filter(|label| on(label.span)) {
            return Some(At::Label(block, label));
        }
        for entry in &block.entries {
            if on(entry.key.span) {
                return Some(At::Key(block, entry));
            }
            if on(entry.value.span()) {
                return Some(At::Value(block, entry));
            }
        }
    }
    None
}

/// What there is to say of a word of a manifest, and where the word stands.
pub(super) fn hover(text: &str, offset: u32) -> Option<(Span, String)> {
    let document = lenient(text);
    let (kind, key, span) = match at(&document, offset)? {
        At::Kind(block) => (block, None, block.kind.span),
        At::Label(block, label) => (block, None, label.span),
        At::Key(block, entry) => (block, Some(entry), entry.key.span),
        At::Value(block, entry) => (block, Some(entry), entry.value.span()),
    };
    let kind = kind.kind.text.as_str();
    let key = key.map(|entry| entry.key.text.as_str());
    let mut known = KEYS.iter().filter(|known| known.block == kind);
    let known = known.find(|known| known.key == key.unwrap_or_default())?;
    let title = match key {
        Some(key) => format!("{kind}.{key}"),
        None => kind.to_owned(),
    };
    Some((span, format!("**{title}**\n\n{}", known.meaning)))
}

/// Where a value of a manifest leads: another manifest, or the file of an entry.
pub(super) fn definition(
    workspace: &Workspace,
    own: &Path,
    text: &str,
    offset: u32,
) -> Option<Location> {
    let document = lenient(text);
    let found = match at(&document, offset)? {
        At::Value(block, entry) => {
            let folder = own.parent()?;
            target(&document, folder, block, entry)?
        }
        At::Label(block, _) => {
            let folder = own.parent()?;
            let mut keys = block.entries.iter();
            let path = keys.find(|entry| entry.key.text == "path")?;
            target(&document, folder, block, path)?
        }
        _ => return None,
    };
    let uri = workspace.uri(&place::canonical(&found))?;
    Some(Location::new(uri, Range::default()))
}

fn target(document: &Document, folder: &Path, block: &Block, entry: &Entry) -> Option<PathBuf> {
    let text = entry.value.text()?;
    match (block.kind.text.as_str(), entry.key.text.as_str()) {
        ("dependency" | "member", "path") => manifest_at(&folder.join(text)),
        ("target", "entry") => {
            let file = folder.join(root_of(document)).join(text);
            file.is_file().then_some(file)
        }
        _ => None,
    }
}

/// The folder of a project's sources, as its manifest says.
pub(super) fn root(text: &str) -> String {
    root_of(&lenient(text)).to_owned()
}

fn root_of(document: &Document) -> &str {
    let mut blocks = document.blocks.iter();
    let project = blocks.find(|block| block.kind.text == "project");
    let mut keys = project.into_iter().flat_map(|project| &project.entries);
    let root = keys.find(|entry| entry.key.text == "root");
    root.and_then(|root| root.value.text()).unwrap_or("Src")
}

/// The label of a dependency at an offset, which sources name.
pub(super) fn dependency(text: &str, offset: u32) -> Option<String> {
    match at(&lenient(text), offset)? {
        At::Label(block, label) if block.kind.text == "dependency" => Some(label.text.clone()),
        _ => None,
    }
}

/// A label of a manifest, and what names it there: the label first.
pub(super) fn named(text: &str, offset: u32) -> Option<(String, Vec<Span>)> {
    let document = lenient(text);
    let (kind, name) = match at(&document, offset)? {
        At::Label(block, label) => (block.kind.text.clone(), label.text.clone()),
        // A registry is named by the dependencies that come from it.
        At::Value(_, entry) if entry.key.text == "registry" => {
            ("registry".to_owned(), entry.value.text()?.to_owned())
        }
        _ => return None,
    };
    let blocks = document
        .blocks
        .iter()
        .filter(|block| block.kind.text == kind);
    let labels = blocks.filter_map(|block| block.label.as_ref());
    let labels = labels
        .filter(|label| label.text == name)
        .map(|label| label.span);
    let mut found = labels.collect::<Vec<_>>();
    if found.is_empty() {
        return None;
    }
    let entries = document.blocks.iter().flat_map(|block| &block.entries);
    let uses = entries.filter(|entry| {
        kind == "registry" && entry.key.text == "registry" && entry.value.text() == Some(&name)
    });
    found.extend(uses.map(|entry| entry.value.span()));
    Some((name, found))
}

/// The places of spans.
pub(super) fn locations(uri: &Uri, text: &str, spans: &[Span]) -> Vec<Location> {
    let lines = Lines::new(text);
    let spans = spans.iter();
    spans
        .map(|span| Location::new(uri.clone(), lines.range(*span)))
        .collect()
}

/// What may be written at an offset.
pub(super) fn completion(text: &str, offset: u32) -> Vec<CompletionItem> {
    let offset = offset as usize;
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[start..offset];
    let block = open_block(&text[..start]);
    let Some((kind, given)) = block else {
        let blocks = KEYS.iter().filter(|known| known.key.is_empty());
        let blocks =
            blocks.map(|known| item(known.block, known.meaning, CompletionItemKind::CLASS));
        return blocks.collect();
    };
    let of = KEYS
        .iter()
        .filter(|known| known.block == kind && !known.key.is_empty());
    match line.split_once('=') {
        None => {
            let open = of.filter(|known| !given.iter().any(|given| given == known.key));
            open.map(|known| item(known.key, known.meaning, CompletionItemKind::PROPERTY))
                .collect()
        }
        Some((key, _)) => {
            let mut of = of.filter(|known| known.key == key.trim());
            let values = of.next().map_or(&[][..], |known| known.values);
            let values = values.iter();
            values
                .map(|value| item(value, "", CompletionItemKind::VALUE))
                .collect()
        }
    }
}

/// The kind of the block that is open at the end of a text, and the keys that it has.
fn open_block(text: &str) -> Option<(String, Vec<String>)> {
    let mut open = None;
    for line in text.lines().map(str::trim) {
        if line == "}" {
            open = None;
        } else if line.ends_with('{') {
            let kind = line.split([' ', '\t', '"', '{']).next().unwrap_or_default();
            open = Some((kind.to_owned(), Vec::new()));
        } else if let (Some((_, keys)), Some((key, _))) = (&mut open, line.split_once('=')) {
            keys.push(key.trim().to_owned());
        }
    }
    open
}

fn item(label: &str, meaning: &str, kind: CompletionItemKind) -> CompletionItem {
    CompletionItem {
        label: label.to_owned(),
        kind: Some(kind),
        detail: (!meaning.is_empty()).then(|| meaning.to_owned()),
        ..CompletionItem::default()
    }
}
