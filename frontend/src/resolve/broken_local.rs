//! Locals whose declarations cannot be read: they are locals all the same (SYN-8).

use beskid_syntax::{Node, NodeKind, Token, TokenKind};

/// The local that a statement declares which could not be read, if it does.
pub(crate) fn broken_local(node: Node<'_>) -> Option<Token<'_>> {
    if node.kind() != NodeKind::Error {
        return None;
    }
    let name = behind_type(node).or_else(|| before_value(node))?;
    (name.kind() == TokenKind::Name && name.id() < node.token_after().id()).then_some(name)
}

/// What stands behind `let`, or behind a type that was read.
fn behind_type(node: Node<'_>) -> Option<Token<'_>> {
    let first = past_mut(node.first_token());
    if first.kind() == TokenKind::Let {
        return Some(past_mut(first.next()));
    }
    let ty = node.children().next()?;
    let is_type = matches!(
        ty.kind(),
        NodeKind::NamedType
            | NodeKind::RefType
            | NodeKind::ArrayType
            | NodeKind::FunctionType
            | NodeKind::ArrowType
    );
    let behind = past_mut(ty.token_after());
    let is_named = behind.kind() == TokenKind::Name;
    (is_type && is_named && ty.first_token().id() == first.id()).then_some(behind)
}

/// What stands before the first `=`, if a type may stand before that.
fn before_value(node: Node<'_>) -> Option<Token<'_>> {
    let end = node.token_after().id();
    let tokens = std::iter::successors(Some(node.first_token()), |token| Some(token.next()));
    let tokens = tokens.take_while(|token| {
        token.id() < end && !matches!(token.kind(), TokenKind::OpenBrace | TokenKind::Semicolon)
    });
    let mut before = [None::<Token<'_>>; 2];
    for token in tokens {
        if token.kind() == TokenKind::Eq {
            let [ty, name] = before;
            let may_end_type = ty.is_some_and(|ty| {
                matches!(
                    ty.kind(),
                    TokenKind::Name
                        | TokenKind::Mut
                        | TokenKind::Greater
                        | TokenKind::CloseBracket
                        | TokenKind::CloseParen
                )
            });
            return name.filter(|_| may_end_type);
        }
        before = [before[1], Some(token)];
    }
    None
}

fn past_mut(token: Token<'_>) -> Token<'_> {
    match token.kind() {
        TokenKind::Mut => token.next(),
        _ => token,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syn_8_a_declaration_that_cannot_be_read_names_its_local() {
        for (statement, expected) in [
            ("P point = P { x: 1,, y: 2 };", Some("point")),
            ("i64[] a = [1,; 2];", Some("a")),
            ("i64(i64) f = x => => 1;", Some("f")),
            ("let x 5;", Some("x")),
            ("let mut x = ;", Some("x")),
            ("mut i64 e 5;", Some("e")),
            ("Map<i64, > m = f();", Some("m")),
            ("P<> q = 1;", Some("q")),
            ("let = 5;", None),
            ("x = = 1;", None),
            ("f(1,, x == 2);", None),
            ("return 1 1;", None),
        ] {
            let text = format!("unit f() {{ {statement} g(); }}");
            let tree = beskid_syntax::parse(&text);
            let found = tree.nodes().find_map(broken_local);
            assert_eq!(found.map(|name| name.text()), expected, "{statement}");
        }
    }
}
