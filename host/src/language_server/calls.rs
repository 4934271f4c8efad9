//! What a call takes, while it is written.

use beskid_frontend::Span;
use beskid_frontend::references::DeclarationKind;
use beskid_syntax::{Token, TokenKind, Tree};
use lsp_types::{
    ParameterInformation, ParameterLabel, SignatureHelp, SignatureInformation,
    TextDocumentPositionParams,
};
use serde_json::{Value, json};

use super::asked::{Asked, params};
use super::programs::Explored;
use super::reply::Reply;
use super::typed::marked;
use super::workspace::Workspace;

/// The answer to `textDocument/signatureHelp`: one signature.
pub(super) fn signature_help(workspace: &mut Workspace, of: Value) -> Reply {
    let asked = Asked::new(workspace, &params::<TextDocumentPositionParams>(of)?)?;
    let offset = asked.offset;
    let whole = asked.explored().and_then(|explored| help(explored, offset));
    let found = whole.or_else(|| {
        let (_, text) = marked(&asked.document.text, offset as usize);
        let program = workspace.imagined(&asked.document, text);
        help(program.explored.as_ref()?, offset)
    });
    Ok(json!(found))
}

fn help(explored: &Explored, offset: u32) -> Option<SignatureHelp> {
    let tree = explored.sources.tree(0)?;
    let (callee, given) = call_around(tree, offset)?;
    let (_, declared) = explored.references.meaning(callee.start)?;
    let of = explored.references.declaration(declared)?;
    let own = explored.sources.tree(of.base)?;
    let name = explored.text(of.name);
    let (label, parts) = match of.kind {
        DeclarationKind::Local | DeclarationKind::Parameter | DeclarationKind::Field => {
            let ty = explored.references.local_type(of.name);
            let ty = ty.or_else(|| Some(explored.references.value_at(callee.start)?.1))?;
            let (result, parts) = function_type(&ty)?;
            (format!("{result} {name}({})", parts.join(", ")), parts)
        }
        DeclarationKind::Function
        | DeclarationKind::Method
        | DeclarationKind::Variant
        | DeclarationKind::Event => (of.signature(own), of.parameters(own)),
        _ => return None,
    };
    let documentation = of.node(own).and_then(|node| node.docs());
    let documentation = documentation.map(|docs| {
        let text = crate::docs::described(&beskid_frontend::api::documentation(&docs));
        lsp_types::Documentation::MarkupContent(lsp_types::MarkupContent {
            kind: lsp_types::MarkupKind::Markdown,
            value: text,
        })
    });
    let last = parts.len().saturating_sub(1) as u32;
    let parameters = parts.into_iter().map(|part| ParameterInformation {
        label: ParameterLabel::Simple(part),
        documentation: None,
    });
    Some(SignatureHelp {
        signatures: vec![SignatureInformation {
            label,
            documentation,
            parameters: Some(parameters.collect()),
            active_parameter: None,
        }],
        active_signature: Some(0),
        active_parameter: Some(given.min(last)),
    })
}

/// The name that is called around an offset, and how many arguments end before it. Tokens
/// tell it, since what is being written is seldom whole.
fn call_around(tree: &Tree, offset: u32) -> Option<(Span, u32)> {
    let tokens = tree.tokens();
    let before = tokens.take_while(|token| token.span().start < offset);
    let before = before
        .filter(|token| token.kind() != TokenKind::End)
        .collect::<Vec<_>>();
    let (mut depth, mut given) = (0, 0);
    let mut rest = before.iter().enumerate().rev();
    let open = loop {
        let (at, token) = rest.next()?;
        match token.kind() {
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => depth += 1,
            TokenKind::OpenParen if depth == 0 => break at,
            // A block or an index around is no call.
            TokenKind::OpenBrace | TokenKind::Semicolon if depth == 0 => return None,
            TokenKind::OpenBracket if depth == 0 => given = 0,
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => depth -= 1,
            TokenKind::Comma if depth == 0 => given += 1,
            _ => {}
        }
    };
    let callee = callee(&before[..open])?;
    Some((callee.span(), given))
}

/// The name before a parenthesis, with the type arguments left out.
fn callee<'t>(before: &[Token<'t>]) -> Option<Token<'t>> {
    let mut rest = before.iter().rev();
    let mut token = rest.next()?;
    if token.text().starts_with('>') {
        let mut depth = token.text().len();
        while depth > 0 {
            token = rest.next()?;
            match token.text() {
                "<" => depth -= 1,
                text if text.starts_with('>') => depth += text.len(),
                _ => {}
            }
        }
        token = rest.next()?;
    }
    (token.kind() == TokenKind::Name).then_some(*token)
}

/// The result and the parameters of the name of a function type, `R(P, Q)`.
fn function_type(name: &str) -> Option<(&str, Vec<String>)> {
    let inner = name.strip_suffix(')')?;
    let mut depth = 0;
    let open = inner.char_indices().rev().find(|(_, sign)| match sign {
        ')' => {
            depth += 1;
            false
        }
        '(' if depth == 0 => true,
        '(' => {
            depth -= 1;
            false
        }
        _ => false,
    });
    let (open, _) = open?;
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, open + 1);
    for (at, sign) in inner.char_indices().skip_while(|(at, _)| *at <= open) {
        match sign {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(inner[start..at].trim().to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(inner[start..].trim().to_owned());
    parts.retain(|part| !part.is_empty());
    Some((&inner[..open], parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(text: &str) -> Option<(String, u32)> {
        let tree = beskid_syntax::parse(text);
        let (span, given) = call_around(&tree, text.len() as u32)?;
        Some((span.text(text).to_owned(), given))
    }

    #[test]
    fn the_call_is_that_around_what_is_written() {
        let found = |name: &str, given| Some((name.to_owned(), given));
        assert_eq!(called("i32 m() { f("), found("f", 0));
        assert_eq!(called("i32 m() { f(1, g(2, 3), "), found("f", 2));
        assert_eq!(called("i32 m() { f(1, g(2, "), found("g", 1));
        assert_eq!(
            called("i32 m() { f<i32>([1, 2], a.b(\")\", "),
            found("b", 1)
        );
        assert_eq!(called("i32 m() { f(1); "), None);
        assert_eq!(called("i32 m() { (1, "), None);
        assert_eq!(called(""), None);
    }

    #[test]
    fn a_function_type_has_a_result_and_parameters() {
        let found = function_type("i32(Map<i32, u8>, unit(i32, i32))").unwrap();
        assert_eq!(
            found,
            (
                "i32",
                vec!["Map<i32, u8>".to_owned(), "unit(i32, i32)".to_owned()]
            )
        );
        assert_eq!(function_type("unit()"), Some(("unit", Vec::new())));
        assert_eq!(function_type("i32"), None);
    }
}
