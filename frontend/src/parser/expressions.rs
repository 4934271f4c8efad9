//! Expressions, by precedence.

use super::{Parsed, Parser};
use crate::ast::{BinaryOp, Call, Expr, ExprKind, StrPiece, UnaryOp};
use crate::lexer::{self, Punct, StrPart, TokenKind, Word};
use crate::span::Span;

/// How tightly a binary operator binds, and what it does.
const fn binary_operator(punct: Punct) -> Option<(u8, BinaryOp)> {
    Some(match punct {
        Punct::OrOr => (0, BinaryOp::Or),
        Punct::AndAnd => (1, BinaryOp::And),
        Punct::EqEq | Punct::Identical => (2, BinaryOp::Equal),
        Punct::NotEq | Punct::NotIdentical => (2, BinaryOp::NotEqual),
        Punct::Less => (3, BinaryOp::Less),
        Punct::LessEq => (3, BinaryOp::LessEqual),
        Punct::Greater => (3, BinaryOp::Greater),
        Punct::GreaterEq => (3, BinaryOp::GreaterEqual),
        Punct::Plus => (4, BinaryOp::Add),
        Punct::Minus => (4, BinaryOp::Subtract),
        Punct::Star => (5, BinaryOp::Multiply),
        Punct::Slash => (5, BinaryOp::Divide),
        Punct::Percent => (5, BinaryOp::Remainder),
        _ => return None,
    })
}

/// A chain of one level whose last operand is still being parsed.
struct OpenChain<'a> {
    level: u8,
    first: Expr<'a>,
    rest: Vec<(BinaryOp, Expr<'a>)>,
    pending: BinaryOp,
}

impl<'a> OpenChain<'a> {
    fn close(mut self, last: Expr<'a>) -> Expr<'a> {
        let span = self.first.span.to(last.span);
        self.rest.push((self.pending, last));
        let kind = ExprKind::Chain(Box::new(self.first), self.rest);
        Expr { kind, span }
    }
}

impl<'a> Parser<'a> {
    pub(super) fn expression(&mut self) -> Parsed<Expr<'a>> {
        self.nested(Self::binary)
    }

    /// Operands and binary operators. The open chains, each binding tighter
    /// than the one before, are on a stack of their own, so that the depth of
    /// the recursion is that of the parentheses.
    fn binary(&mut self) -> Parsed<Expr<'a>> {
        let mut open = Vec::<OpenChain<'_>>::new();
        let mut operand = self.unary()?;
        while let Some((level, op)) = self.operator() {
            while let Some(tighter) = open.pop_if(|chain| chain.level > level) {
                operand = tighter.close(operand);
            }
            match open.last_mut() {
                Some(chain) if chain.level == level => {
                    let pending = std::mem::replace(&mut chain.pending, op);
                    chain.rest.push((pending, operand));
                }
                _ => open.push(OpenChain {
                    level,
                    first: operand,
                    rest: Vec::new(),
                    pending: op,
                }),
            }
            operand = self.unary()?;
        }
        while let Some(chain) = open.pop() {
            operand = chain.close(operand);
        }
        Ok(operand)
    }

    fn operator(&mut self) -> Option<(u8, BinaryOp)> {
        let TokenKind::Punct(punct) = self.peek() else {
            return None;
        };
        let operator = binary_operator(*punct)?;
        self.bump();
        Some(operator)
    }

    fn unary(&mut self) -> Parsed<Expr<'a>> {
        let start = self.span();
        let op = match self.peek() {
            TokenKind::Punct(Punct::Minus) => UnaryOp::Negate,
            TokenKind::Punct(Punct::Not) => UnaryOp::Not,
            TokenKind::Word(Word::Ref) => {
                self.bump();
                let place = self.nested(Self::unary)?;
                let span = start.to(place.span);
                let kind = ExprKind::Ref(Box::new(place));
                return Ok(Expr { kind, span });
            }
            _ => return self.postfix(),
        };
        self.bump();
        let operand = self.nested(Self::unary)?;
        let span = start.to(operand.span);
        let kind = ExprKind::Unary(op, Box::new(operand));
        Ok(Expr { kind, span })
    }

    fn postfix(&mut self) -> Parsed<Expr<'a>> {
        let mut primary = self.primary()?;
        if self.at(Punct::Dot) {
            primary = self.fields(primary)?;
        }
        let span = self.span();
        match self.peek() {
            TokenKind::Punct(Punct::OpenBracket) => Err(self.unsupported("arrays", span)),
            TokenKind::Punct(Punct::Path) => Err(self.unsupported("enums", span)),
            TokenKind::Punct(Punct::Question) => Err(self.unsupported("`?` operators", span)),
            _ => Ok(primary),
        }
    }

    fn primary(&mut self) -> Parsed<Expr<'a>> {
        let span = self.span();
        let kind = match self.peek() {
            TokenKind::Int(value) => ExprKind::Int(*value),
            TokenKind::Float(value) => ExprKind::Float(*value),
            TokenKind::Char(value) => ExprKind::Char(*value),
            TokenKind::Word(Word::True) => ExprKind::Bool(true),
            TokenKind::Word(Word::False) => ExprKind::Bool(false),
            TokenKind::Word(Word::Match) => {
                return Err(self.unsupported("`match` expressions", span));
            }
            TokenKind::Str(index) => {
                let parts = self.tokens.strings[*index as usize].clone();
                self.bump();
                let pieces = parts.into_iter().map(|part| self.piece(part));
                let pieces = pieces.collect::<Parsed<Vec<_>>>()?;
                let kind = ExprKind::Str(pieces);
                return Ok(Expr { kind, span });
            }
            TokenKind::Name => return self.name_or_call(),
            TokenKind::Punct(Punct::OpenParen) => return self.parenthesized(),
            _ => return Err(self.unexpected("an expression")),
        };
        self.bump();
        Ok(Expr { kind, span })
    }

    fn name_or_call(&mut self) -> Parsed<Expr<'a>> {
        let name = self.name("a name")?;
        let called = *self.peek_at(2) == TokenKind::Punct(Punct::OpenParen);
        if self.at(Punct::Dot) && called && matches!(self.peek_at(1), TokenKind::Name) {
            return self.method_call(name);
        }
        if self.at_literal() {
            return self.literal(name);
        }
        if !self.eat(Punct::OpenParen) {
            let kind = ExprKind::Name(name.text);
            return Ok(Expr {
                kind,
                span: name.span,
            });
        }
        let args = self.arguments()?;
        let span = name.span.to(self.previous_span());
        let call = Call {
            receiver: None,
            callee: name,
            args,
        };
        let kind = ExprKind::Call(Box::new(call));
        Ok(Expr { kind, span })
    }

    /// Arguments, from after `(` to after `)`.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr<'a>>> {
        let mut args = Vec::new();
        while !self.at(Punct::CloseParen) {
            args.push(self.expression()?);
            if !self.eat(Punct::Comma) {
                break;
            }
        }
        self.expect(Punct::CloseParen)?;
        Ok(args)
    }

    fn parenthesized(&mut self) -> Parsed<Expr<'a>> {
        let start = self.span();
        self.bump();
        if self.eat(Punct::CloseParen) {
            let span = start.to(self.previous_span());
            return Ok(Expr {
                kind: ExprKind::Unit,
                span,
            });
        }
        let inner = self.expression()?;
        self.expect(Punct::CloseParen)?;
        if self.at(Punct::Arrow) {
            let span = self.span();
            return Err(self.unsupported("lambdas", span));
        }
        Ok(Expr {
            kind: inner.kind,
            span: start.to(self.previous_span()),
        })
    }

    /// Parses the code of an interpolation, which the lexer has only skipped.
    fn piece(&mut self, part: StrPart) -> Parsed<StrPiece<'a>> {
        let code = match part {
            StrPart::Text(text) => return Ok(StrPiece::Text(text)),
            StrPart::Code(span) => span,
        };
        let tokens = lexer::tokens(self.text, code, &mut self.diagnostics);
        let outer = std::mem::replace(&mut self.tokens, tokens);
        let next = std::mem::replace(&mut self.next, 0);
        let parsed = self.whole_expression(code);
        self.tokens = outer;
        self.next = next;
        parsed.map(StrPiece::Code)
    }

    fn whole_expression(&mut self, code: Span) -> Parsed<Expr<'a>> {
        if *self.peek() == TokenKind::End {
            let message = "an interpolation needs an expression";
            let span = Span::new(code.start - 2, code.end + 1);
            return Err(self.report(
                crate::diagnostic::SourceDiagnostic::new(
                    crate::codes::UNEXPECTED,
                    message,
                    span,
                    "",
                )
                .help("write `\\${` for the characters themselves"),
            ));
        }
        let expr = self.expression()?;
        match self.peek() {
            TokenKind::End => Ok(expr),
            _ => Err(self.unexpected("`}`")),
        }
    }
}
