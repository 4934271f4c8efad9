//! The whole source is the fuzzer's: whatever it is, it has a tree, which has every
//! byte of it, and whose nodes lie in one another.
//!
//! Input: the text; what is not UTF-8 is replaced.
#![no_main]

use beskid_syntax::{Node, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let tree = parse(&text);
    let mut at = 0;
    for token in tree.tokens() {
        for piece in token.trivia() {
            assert_eq!(piece.span.start, at);
            at = piece.span.end;
        }
        assert_eq!(token.span().start, at);
        at = token.span().end;
    }
    assert_eq!(at as usize, text.len());
    let mut nodes = 0;
    walk(tree.root(), &mut nodes);
    assert_eq!(nodes, tree.node_count());
    for error in tree.errors() {
        assert!(!error.message(&text).is_empty());
        let _ = (error.label(), error.help(&text));
    }
});

fn walk(node: Node<'_>, nodes: &mut usize) {
    *nodes += 1;
    let mut at = node.first_token().id();
    for child in node.children() {
        assert!(at <= child.first_token().id());
        at = child.token_after().id();
        walk(child, nodes);
    }
    assert!(at <= node.token_after().id() || node.id().0 == 0);
}
