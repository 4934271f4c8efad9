//! Mutations of sources by tokens and by nodes, so that more than the parser sees what
//! changes.

use beskid_syntax::{Node, NodeId, NodeKind, Span, TokenId, TokenKind, Tree, parse};

use crate::dice::Dice;
use crate::mutate::Mutate;

/// Names that mean something wherever they stand.
const NAMES: [&str; 16] = [
    "main", "i32", "i64", "u8", "f64", "bool", "char", "string", "unit", "ref", "out", "range",
    "this", "panic", "len", "Option",
];

/// Most tokens that one mutation moves.
const MOST: usize = 12;

/// Mutates a source: mostly a token or a node of it, sometimes any byte.
pub fn mutated_source(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    mutate: Mutate,
) -> usize {
    let text = data.get(..size).map(String::from_utf8_lossy);
    let changed = match text {
        Some(text) if !seed.is_multiple_of(4) => edited(&text, seed / 4),
        _ => None,
    };
    match changed {
        Some(text) if text.len() <= max_size.min(data.len()) => {
            data[..text.len()].copy_from_slice(text.as_bytes());
            text.len()
        }
        _ => mutate(data, size, max_size),
    }
}

/// The text with one of its parts changed; `None`, if it has none of a kind.
fn edited(text: &str, seed: u32) -> Option<String> {
    let mut dice = Dice(seed);
    let tree = parse(text);
    match dice.below(8)? {
        0 => tokens_moved(&tree, &mut dice),
        1 => token_spelled(&tree, &mut dice),
        2 => Some(replaced(text, some_node(&tree, &mut dice)?.span(), "")),
        3 => node_repeated(&tree, &mut dice),
        _ => node_exchanged(&tree, &mut dice),
    }
}

fn replaced(text: &str, span: Span, with: &str) -> String {
    let (before, after) = (&text[..span.start as usize], &text[span.end as usize..]);
    [before, " ", with, " ", after].concat()
}

/// A run of tokens in the place of another, which may be empty.
fn tokens_moved(tree: &Tree, dice: &mut Dice) -> Option<String> {
    let count = tree.tokens().count();
    let mut run = || {
        let first = dice.below(count)?;
        let last = first + dice.below(MOST)?;
        let [first, last] = [first, last].map(|id| tree.token(TokenId(id as u32)).span());
        Some(first.to(last))
    };
    let (from, to) = (run()?, run()?);
    let gone = Span::new(to.start, to.start);
    let to = if dice.below(2)? == 0 { to } else { gone };
    Some(replaced(tree.text(), to, from.text(tree.text())))
}

/// Another token in the place of one.
fn token_spelled(tree: &Tree, dice: &mut Dice) -> Option<String> {
    let token = tree.token(TokenId(dice.below(tree.tokens().count())? as u32));
    let all = [TokenKind::WORDS, TokenKind::PUNCTUATION].concat();
    let with = match dice.below(3)? {
        0 => NAMES[dice.below(NAMES.len())?],
        _ => all[dice.below(all.len())?].spelling()?,
    };
    Some(replaced(tree.text(), token.span(), with))
}

fn some_node<'t>(tree: &'t Tree, dice: &mut Dice) -> Option<Node<'t>> {
    tree.node(NodeId(dice.below(tree.node_count())? as u32))
}

/// A statement, member or item a second time.
fn node_repeated(tree: &Tree, dice: &mut Dice) -> Option<String> {
    let node = some_node(tree, dice)?;
    let after = Span::new(node.span().end, node.span().end);
    Some(replaced(tree.text(), after, node.text()))
}

/// A node in the place of another of its kind; an expression in that of any.
fn node_exchanged(tree: &Tree, dice: &mut Dice) -> Option<String> {
    let to = some_node(tree, dice)?;
    let nodes = (0..tree.node_count() as u32).filter_map(|id| tree.node(NodeId(id)));
    let alike = |node: &Node<'_>| {
        let same = node.kind() == to.kind();
        node.id() != to.id() && (same || is_expression(*node) && is_expression(to))
    };
    let others = nodes.filter(alike).collect::<Vec<_>>();
    let from = others[dice.below(others.len())?];
    Some(replaced(tree.text(), to.span(), from.text()))
}

fn is_expression(node: Node<'_>) -> bool {
    use NodeKind::{
        Array, Chain, EnumValue, Interpolation, Lambda, Literal, Match, Name, Paren, Postfix,
        StructValue, Unary,
    };
    matches!(
        node.kind(),
        Array
            | Chain
            | EnumValue
            | Interpolation
            | Lambda
            | Literal
            | Match
            | Name
            | Paren
            | Postfix
            | StructValue
            | Unary
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_edited_often_stays_well_formed() {
        let text = "i32 f(i32 n) { if n > 2 { return n * f(n - 1); } return 7; }";
        let edits = (0..400).filter_map(|seed| edited(text, seed));
        let good = edits.filter(|text| parse(text).errors().is_empty());
        let good = good.collect::<std::collections::BTreeSet<_>>();
        assert!(good.len() > 30, "{good:#?}");
    }

    #[test]
    fn no_text_is_too_short() {
        for text in ["", "f", "\u{1f980}", "\""] {
            for seed in 0..100 {
                let _ = edited(text, seed);
            }
        }
    }
}
