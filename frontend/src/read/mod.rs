//! From the syntax tree to what the checker knows: the items of a source, and the
//! bodies of its functions one by one, so that not all of them are in memory at
//! once. What of the language the checker does not know yet is reported here, at
//! its place.

mod attributes;
mod errors;
mod expressions;
mod items;
mod statements;
mod types;

pub(crate) use errors::syntax_errors;

use beskid_syntax::{Node, Token, Tree};

use crate::ast;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// The items of a source, without the bodies of functions.
pub(crate) fn source<'t>(
    tree: &'t Tree,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> ast::Source<'t> {
    let mut reader = Reader { diagnostics };
    let mut source = ast::Source::default();
    for item in tree.root().children() {
        reader.item(item, &mut source);
    }
    source
}

/// The body of a function.
pub(crate) fn body<'t>(
    function: &ast::Function<'t>,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> ast::Block<'t> {
    Reader { diagnostics }.body(function)
}

struct Reader<'r> {
    diagnostics: &'r mut Vec<SourceDiagnostic>,
}

impl Reader<'_> {
    fn report(&mut self, diagnostic: SourceDiagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn unsupported(&mut self, what: &str, span: Span) {
        let message = format!("{what} are not supported yet");
        let help = "functions, locals, control flow, the builtin types, and types with fields are";
        self.report(SourceDiagnostic::new(codes::UNSUPPORTED, message, span, "").help(help));
    }
}

fn name(token: Token<'_>) -> ast::Name<'_> {
    ast::Name {
        text: token.text(),
        span: token.span(),
    }
}

/// The first `<` of a node: where its type arguments or parameters begin.
fn first_angle(node: Node<'_>) -> Span {
    use beskid_syntax::TokenKind::Less;
    let angle = node.token(Less).map(Token::span);
    angle.unwrap_or_else(|| node.span())
}
