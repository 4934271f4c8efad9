//! What the names of a text mean, for the colours of it.

use beskid_frontend::Span;
use beskid_frontend::references::DeclarationKind;
use lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensLegend,
    SemanticTokensParams,
};
use serde_json::{Value, json};

use super::asked::{Asked, params};
use super::documents::Kind;
use super::programs::Explored;
use super::reply::Reply;
use super::text::Lines;
use super::workspace::Workspace;

/// The kinds of names, in the order of their numbers.
const TYPES: [SemanticTokenType; 13] = [
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::STRUCT,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::EVENT,
    SemanticTokenType::ENUM,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::INTERFACE,
    SemanticTokenType::DECORATOR,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::METHOD,
    SemanticTokenType::TYPE_PARAMETER,
    SemanticTokenType::PARAMETER,
    SemanticTokenType::VARIABLE,
];

/// What else is said of a name, a bit each.
const MODIFIERS: [SemanticTokenModifier; 2] = [
    SemanticTokenModifier::DECLARATION,
    SemanticTokenModifier::DEFAULT_LIBRARY,
];

/// What the numbers of an answer mean.
pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TYPES.to_vec(),
        token_modifiers: MODIFIERS.to_vec(),
    }
}

/// The answer to `textDocument/semanticTokens/full`.
pub(super) fn semantic_tokens(workspace: &mut Workspace, of: Value) -> Reply {
    let of = params::<SemanticTokensParams>(of)?;
    let asked = Asked::at(workspace, &of.text_document, lsp_types::Position::default())?;
    let explored = asked
        .explored()
        .filter(|_| asked.document.kind == Kind::Source);
    let data = explored.map_or_else(Vec::new, |explored| tokens(explored, &asked.document.text));
    Ok(json!(SemanticTokens {
        result_id: None,
        data,
    }))
}

fn tokens(explored: &Explored, text: &str) -> Vec<SemanticToken> {
    let lines = Lines::new(text);
    let end = text.len() as u32;
    let (mut line, mut column) = (0, 0);
    let mut data = Vec::new();
    for (place, kind, modifiers) in named(explored, end) {
        let range = lines.range(place);
        if range.start.line != range.end.line {
            continue;
        }
        let delta_line = range.start.line - line;
        let before = if delta_line == 0 { column } else { 0 };
        data.push(SemanticToken {
            delta_line,
            delta_start: range.start.character - before,
            length: range.end.character - range.start.character,
            token_type: number(kind),
            token_modifiers_bitset: modifiers,
        });
        (line, column) = (range.start.line, range.start.character);
    }
    data
}

/// The names of the first file that mean something, in their order, each once.
fn named(explored: &Explored, end: u32) -> Vec<(Span, DeclarationKind, u32)> {
    let references = &explored.references;
    let uses = references.uses().iter().filter_map(|(place, declared)| {
        let of = references.declaration(*declared)?;
        let library = of.base > 0 && explored.path(of.base).is_none();
        Some((*place, of.kind, u32::from(library) << 1))
    });
    let declared = references.declarations().iter();
    let declared = declared.filter(|of| !of.name.is_empty());
    let declared = declared.map(|of| (of.name, of.kind, 1));
    let all = declared.chain(uses);
    let mut all = all
        .filter(|(place, ..)| place.end <= end)
        .collect::<Vec<_>>();
    all.sort_by_key(|(place, ..)| *place);
    all.dedup_by_key(|(place, ..)| place.start);
    all
}

const fn number(kind: DeclarationKind) -> u32 {
    match kind {
        DeclarationKind::Module => 0,
        DeclarationKind::Type => 1,
        DeclarationKind::Field => 2,
        DeclarationKind::Event => 3,
        DeclarationKind::Enum => 4,
        DeclarationKind::Variant => 5,
        DeclarationKind::Contract => 6,
        DeclarationKind::Attribute => 7,
        DeclarationKind::Function | DeclarationKind::Test => 8,
        DeclarationKind::Method => 9,
        DeclarationKind::TypeParameter => 10,
        DeclarationKind::Parameter => 11,
        DeclarationKind::Local => 12,
    }
}
