//! Expressions.

use beskid_syntax::literal;
use beskid_syntax::views::{self, Member, Postfix, StructValue};
use beskid_syntax::{Node, NodeKind, Token, TokenKind};

use super::{Reader, first_angle, name};
use crate::ast::{BinaryOp, Call, Expr, ExprKind, Literal, StrPiece, UnaryOp};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

const fn binary_operator(kind: TokenKind) -> BinaryOp {
    match kind {
        TokenKind::OrOr => BinaryOp::Or,
        TokenKind::AndAnd => BinaryOp::And,
        TokenKind::EqEq | TokenKind::Identical => BinaryOp::Equal,
        TokenKind::NotEq | TokenKind::NotIdentical => BinaryOp::NotEqual,
        TokenKind::Less => BinaryOp::Less,
        TokenKind::LessEq => BinaryOp::LessEqual,
        TokenKind::Greater => BinaryOp::Greater,
        TokenKind::GreaterEq => BinaryOp::GreaterEqual,
        TokenKind::Minus => BinaryOp::Subtract,
        TokenKind::Star => BinaryOp::Multiply,
        TokenKind::Slash => BinaryOp::Divide,
        TokenKind::Percent => BinaryOp::Remainder,
        // The parser makes chains of these, and of `+`.
        _ => BinaryOp::Add,
    }
}

impl Reader<'_> {
    pub(super) fn expression<'t>(&mut self, node: Node<'t>) -> Expr<'t> {
        let kind = match node.kind() {
            NodeKind::Name => self.name(node),
            NodeKind::Literal => self.literal(node.first_token()),
            NodeKind::Chain => self.chain(node),
            NodeKind::Postfix => return self.postfix(node),
            NodeKind::Unary => self.unary(node),
            NodeKind::Paren => node
                .children()
                .next()
                .map(|inner| self.expression(inner).kind),
            NodeKind::Unit => Some(ExprKind::Unit),
            NodeKind::Interpolation => Some(self.interpolation(node)),
            NodeKind::StructValue => self.struct_value(node),
            _ => {
                self.unknown(node);
                None
            }
        };
        let span = node.span();
        kind.map_or_else(|| Expr::broken(span), |kind| Expr { kind, span })
    }

    fn unknown(&mut self, node: Node<'_>) {
        let span = node.span();
        let (what, span) = match node.kind() {
            NodeKind::Match => ("`match` expressions", node.first_token().span()),
            NodeKind::Lambda => ("lambdas", span),
            NodeKind::Array => ("arrays", span),
            NodeKind::EnumValue => ("enums", span),
            NodeKind::Block => ("blocks as values", span),
            NodeKind::Assign => ("assignments as values", span),
            // What is broken was reported.
            NodeKind::Error => return,
            _ => ("expressions of this kind", span),
        };
        self.unsupported(what, span);
    }

    fn name<'t>(&mut self, node: Node<'t>) -> Option<ExprKind<'t>> {
        if let Some(arguments) = node.children().next() {
            self.unsupported("generic functions", first_angle(arguments));
            return None;
        }
        Some(ExprKind::Name(node.first_token().text()))
    }

    fn literal<'t>(&mut self, token: Token<'t>) -> Option<ExprKind<'t>> {
        let text = token.text();
        Some(match token.kind() {
            TokenKind::Integer => match literal::integer(text) {
                (Some(value), suffix) => ExprKind::Int(value, suffix),
                (None, _) => {
                    let message = format!("the integer {text} does not fit 64 bits");
                    let span = token.span();
                    self.report(SourceDiagnostic::new(
                        codes::OUT_OF_RANGE,
                        message,
                        span,
                        "",
                    ));
                    return None;
                }
            },
            TokenKind::Float => ExprKind::Float(literal::float(text)),
            TokenKind::Char => ExprKind::Char(literal::character(text)),
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            _ => {
                let text = literal::characters(text).into_owned();
                ExprKind::Str(vec![StrPiece::Text(text)])
            }
        })
    }

    fn chain<'t>(&mut self, node: Node<'t>) -> Option<ExprKind<'t>> {
        let chain = views::Chain::cast(node)?;
        let first = self.expression(chain.first()?);
        let rest = chain.rest().map(|(operator, operand)| {
            let operand = self.expression(operand);
            (binary_operator(operator.kind()), operand)
        });
        Some(ExprKind::Chain(Box::new(first), rest.collect()))
    }

    fn unary<'t>(&mut self, node: Node<'t>) -> Option<ExprKind<'t>> {
        let unary = views::Unary::cast(node)?;
        let operator = unary.operator();
        let operand = Box::new(self.expression(unary.operand()?));
        Some(match operator.kind() {
            TokenKind::Minus => ExprKind::Unary(UnaryOp::Negate, operand),
            TokenKind::Not => ExprKind::Unary(UnaryOp::Not, operand),
            _ if operator.text() == "ref" => ExprKind::Ref(operand),
            _ => {
                self.unsupported("`out` arguments", operator.span());
                return None;
            }
        })
    }

    fn interpolation<'t>(&mut self, node: Node<'t>) -> ExprKind<'t> {
        let mut pieces = Vec::new();
        let mut codes = node.children();
        for token in node.tokens() {
            let text = literal::characters(token.text());
            if !text.is_empty() {
                pieces.push(StrPiece::Text(text.into_owned()));
            }
            if token.kind() != TokenKind::TextEnd
                && let Some(code) = codes.next()
            {
                pieces.push(StrPiece::Code(self.expression(code)));
            }
        }
        ExprKind::Str(pieces)
    }

    fn struct_value<'t>(&mut self, node: Node<'t>) -> Option<ExprKind<'t>> {
        let value = StructValue::cast(node)?;
        let path = value.path()?;
        let mut fields = Vec::new();
        for field in value.fields() {
            fields.push((name(field.name()), self.expression(field.value()?)));
        }
        let Some(single) = path.single() else {
            match path.node().child(NodeKind::TypeArguments) {
                Some(arguments) => self.unsupported("generic types", first_angle(arguments)),
                None => self.unsupported("types of other modules", path.node().span()),
            }
            return None;
        };
        let name = name(single);
        Some(ExprKind::New(Box::new(Literal { name, fields })))
    }

    /// Calls and fields, from left to right.
    fn postfix<'t>(&mut self, node: Node<'t>) -> Expr<'t> {
        let Some((base, suffixes)) = Postfix::cast(node).and_then(|postfix| {
            let suffixes = postfix.suffixes().collect::<Vec<_>>();
            Some((postfix.base()?, suffixes))
        }) else {
            return Expr::broken(node.span());
        };
        let mut suffixes = suffixes.as_slice();
        let mut value = match self.call(base, suffixes) {
            Some((call, count)) => {
                suffixes = suffixes.get(count..).unwrap_or_default();
                call
            }
            None => self.expression(base),
        };
        for suffix in suffixes {
            let span = value.span.to(suffix.span());
            let angle = suffix.child(NodeKind::TypeArguments).map(first_angle);
            let refused = match (suffix.kind(), angle, &value.kind) {
                (NodeKind::Member, None, _) => None,
                (NodeKind::Member, Some(angle), _) => Some(("generic methods", angle)),
                (NodeKind::Arguments, ..) => match value.kind {
                    ExprKind::Field(..) => Some(("methods of values", value.span)),
                    _ => Some(("calls of anything but functions", value.span)),
                },
                (NodeKind::Index, ..) => Some(("arrays", suffix.span())),
                _ => Some(("`?` operators", suffix.span())),
            };
            if let Some((what, place)) = refused {
                if !matches!(value.kind, ExprKind::Broken) {
                    self.unsupported(what, place);
                }
                if suffix.kind() != NodeKind::Member {
                    for inner in suffix.children() {
                        self.expression(inner);
                    }
                }
                value = Expr::broken(span);
            } else if let Some(member) = Member::cast(*suffix) {
                value = field(value, name(member.name()), span);
            }
        }
        value
    }

    /// `function(args)` or `receiver.function(args)` at the begin of what is called,
    /// and how many of the suffixes that takes.
    fn call<'t>(&mut self, base: Node<'t>, suffixes: &[Node<'t>]) -> Option<(Expr<'t>, usize)> {
        if base.kind() != NodeKind::Name || base.children().next().is_some() {
            return None;
        }
        let base = name(base.first_token());
        let (receiver, callee, arguments, count) = match suffixes {
            [arguments, ..] if arguments.kind() == NodeKind::Arguments => {
                (None, base, *arguments, 1)
            }
            [member, arguments, ..]
                if arguments.kind() == NodeKind::Arguments
                    && member.children().next().is_none() =>
            {
                let callee = name(Member::cast(*member)?.name());
                (Some(base), callee, *arguments, 2)
            }
            _ => return None,
        };
        let args = arguments
            .children()
            .map(|arg| self.expression(arg))
            .collect();
        let span = Span::new(base.span.start, arguments.span().end);
        let kind = ExprKind::Call(Box::new(Call {
            receiver,
            callee,
            args,
        }));
        Some((Expr { kind, span }, count))
    }
}

/// A field of a value, in the list of those that are read of it already.
fn field<'t>(value: Expr<'t>, name: crate::ast::Name<'t>, span: Span) -> Expr<'t> {
    let kind = match value.kind {
        ExprKind::Field(object, mut path) => {
            path.push(name);
            ExprKind::Field(object, path)
        }
        kind => {
            let span = value.span;
            ExprKind::Field(Box::new(Expr { kind, span }), vec![name])
        }
    };
    Expr { kind, span }
}

impl<'t> Expr<'t> {
    /// What was reported.
    pub(super) const fn broken(span: Span) -> Self {
        let kind = ExprKind::Broken;
        Self { kind, span }
    }
}
