//! Blocks and statements.

use super::{Parsed, Parser, Reported};
use crate::ast::{AssignOp, Block, Expr, ExprKind, Statement};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::lexer::{Punct, TokenKind, Word};

impl<'a> Parser<'a> {
    pub(super) fn block(&mut self) -> Parsed<Block<'a>> {
        let start = self.span();
        self.expect(Punct::OpenBrace)?;
        self.nested(|parser| {
            let mut statements = Vec::new();
            loop {
                if parser.eat(Punct::CloseBrace) {
                    let span = start.to(parser.previous_span());
                    return Ok(Block { statements, span });
                }
                if *parser.peek() == TokenKind::End {
                    let missing = parser.unexpected("`}`");
                    if let Some(last) = parser.diagnostics.last_mut() {
                        last.related = Some((start, "to close this".to_owned()));
                    }
                    return Err(missing);
                }
                let (depth, before) = (parser.depth, parser.next);
                match parser.statement() {
                    Ok(statement) => statements.push(statement),
                    Err(Reported) => {
                        statements.push(Statement::Broken);
                        parser.depth = depth;
                        parser.skip_statement(before);
                        if parser.next == before {
                            parser.bump();
                        }
                    }
                }
            }
        })
    }

    fn statement(&mut self) -> Parsed<Statement<'a>> {
        let span = self.span();
        match self.peek() {
            TokenKind::Word(Word::Let) => self.inferred_local(),
            TokenKind::Word(Word::If) => self.if_statement(),
            TokenKind::Word(Word::While) => {
                self.bump();
                Ok(Statement::While {
                    condition: self.expression()?,
                    body: self.block()?,
                })
            }
            TokenKind::Word(Word::For) => self.for_statement(),
            TokenKind::Word(Word::Return) => {
                self.bump();
                let value = if self.at(Punct::Semicolon) {
                    None
                } else {
                    Some(self.expression()?)
                };
                self.expect(Punct::Semicolon)?;
                Ok(Statement::Return { value, span })
            }
            TokenKind::Word(Word::Break) => {
                self.bump();
                self.expect(Punct::Semicolon)?;
                Ok(Statement::Break(span))
            }
            TokenKind::Word(Word::Continue) => {
                self.bump();
                self.expect(Punct::Semicolon)?;
                Ok(Statement::Continue(span))
            }
            TokenKind::Word(Word::Match) => Err(self.unsupported("`match` expressions", span)),
            TokenKind::Punct(Punct::OpenBrace) => Ok(Statement::Block(self.block()?)),
            TokenKind::Word(Word::Ref) => self.typed_local(),
            TokenKind::Name if self.starts_typed_local() => self.typed_local(),
            _ => self.expression_statement(),
        }
    }

    /// `i32 x`, `i32 mut x`, and, to be refused with a good message, `i32[] x`.
    fn starts_typed_local(&self) -> bool {
        match self.peek_at(1) {
            TokenKind::Name | TokenKind::Word(Word::Mut) => true,
            TokenKind::Punct(Punct::OpenBracket) => {
                *self.peek_at(2) == TokenKind::Punct(Punct::CloseBracket)
            }
            _ => false,
        }
    }

    fn typed_local(&mut self) -> Parsed<Statement<'a>> {
        let ty = Some(self.type_name("a type")?);
        let mutable = self.eat_word(Word::Mut);
        self.local(ty, mutable)
    }

    fn inferred_local(&mut self) -> Parsed<Statement<'a>> {
        self.bump();
        let mutable = self.eat_word(Word::Mut);
        self.local(None, mutable)
    }

    fn local(
        &mut self,
        ty: Option<crate::ast::TypeName<'a>>,
        mutable: bool,
    ) -> Parsed<Statement<'a>> {
        let name = self.name("the local's name")?;
        self.expect(Punct::Eq)?;
        let value = self.expression()?;
        self.expect(Punct::Semicolon)?;
        Ok(Statement::Let {
            ty,
            mutable,
            name,
            value,
        })
    }

    fn if_statement(&mut self) -> Parsed<Statement<'a>> {
        self.bump();
        let mut arms = vec![(self.expression()?, self.block()?)];
        let mut otherwise = None;
        while self.eat_word(Word::Else) {
            if self.eat_word(Word::If) {
                arms.push((self.expression()?, self.block()?));
            } else {
                otherwise = Some(self.block()?);
                break;
            }
        }
        Ok(Statement::If { arms, otherwise })
    }

    fn for_statement(&mut self) -> Parsed<Statement<'a>> {
        self.bump();
        let variable = self.name("the loop's variable")?;
        if !self.eat_word(Word::In) {
            return Err(self.unexpected("`in`"));
        }
        let iterated = self.expression()?;
        let span = iterated.span;
        let ExprKind::Call(call) = iterated.kind else {
            return Err(self.unsupported("loops over anything but `range(from, to)`", span));
        };
        let crate::ast::Call {
            receiver,
            callee,
            args,
        } = *call;
        if receiver.is_some() || callee.text != "range" {
            return Err(self.unsupported("loops over anything but `range(from, to)`", span));
        }
        let Ok([from, to]) = <[Expr; 2]>::try_from(args) else {
            let message = "`range` takes two arguments";
            let diagnostic = SourceDiagnostic::new(codes::WRONG_ARITY, message, span, "");
            return Err(self.report(diagnostic.help("write `range(from, to)`; `to` is excluded")));
        };
        Ok(Statement::For {
            variable,
            from,
            to,
            body: self.block()?,
        })
    }

    fn expression_statement(&mut self) -> Parsed<Statement<'a>> {
        let target = self.expression()?;
        let op = match self.peek() {
            TokenKind::Punct(Punct::Eq) => Some(AssignOp::Set),
            TokenKind::Punct(Punct::PlusEq) => Some(AssignOp::Add),
            TokenKind::Punct(Punct::MinusEq) => Some(AssignOp::Sub),
            _ => None,
        };
        let statement = match op {
            None => Statement::Expr(target),
            Some(op) => {
                self.bump();
                let value = self.expression()?;
                Statement::Assign { target, op, value }
            }
        };
        self.expect(Punct::Semicolon)?;
        Ok(statement)
    }
}
