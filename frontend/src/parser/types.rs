//! Types: their declarations, their uses, and the values of declared ones.

use super::{Parsed, Parser, Reported};
use crate::ast::{Attribute, Expr, ExprKind, Literal, Name, Param, Struct, TypeKind, TypeName};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::lexer::{Punct, TokenKind, Word};

impl<'a> Parser<'a> {
    /// `type Name { T field, ... }`, from its keyword on.
    pub(super) fn declared_type(&mut self, attributes: Vec<Attribute<'a>>) -> Parsed<Struct<'a>> {
        self.bump();
        let layout = self.only(attributes, &[Attribute::LAYOUT])?;
        let name = self.name("the type's name")?;
        let span = self.span();
        match self.peek() {
            TokenKind::Punct(Punct::Less) => return Err(self.unsupported("generic types", span)),
            TokenKind::Punct(Punct::Colon) => {
                return Err(self.unsupported("types that conform to contracts", span));
            }
            _ => self.expect(Punct::OpenBrace)?,
        }
        let mut fields = Vec::new();
        while !self.at(Punct::CloseBrace) {
            if self.at_word(Word::Event) {
                let span = self.span();
                return Err(self.unsupported("events", span));
            }
            fields.push(Param {
                ty: self.type_name("a field's type")?,
                name: self.name("the field's name")?,
            });
            if !self.eat(Punct::Comma) {
                if !self.at(Punct::CloseBrace) {
                    return Err(self.unseparated());
                }
                break;
            }
        }
        self.expect(Punct::CloseBrace)?;
        if fields.is_empty() {
            let message = format!("`{}` has no fields", name.text);
            let diagnostic = SourceDiagnostic::new(codes::UNEXPECTED, message, name.span, "");
            return Err(self.report(diagnostic.help("write at least one: `i32 x`")));
        }
        Ok(Struct {
            name,
            layout,
            fields,
        })
    }

    fn unseparated(&mut self) -> Reported {
        let reported = self.unexpected("`,` or `}`");
        if let Some(last) = self.diagnostics.last_mut() {
            last.set_help(Some("put a comma between fields".to_owned()));
        }
        reported
    }

    /// A type where it is used: a name, `ref T`, `T[]`, `T(A, B)` or
    /// `(A, B) => T`.
    pub(super) fn type_name(&mut self, what: &str) -> Parsed<TypeName<'a>> {
        let start = self.span();
        let kind = match self.peek() {
            TokenKind::Word(Word::Ref) => {
                self.bump();
                let inner = self.nested(Self::referred)?;
                TypeKind::Ref(Box::new(inner))
            }
            TokenKind::Word(Word::Out) => return Err(self.unsupported("`out` parameters", start)),
            TokenKind::Punct(Punct::OpenParen) => {
                self.bump();
                let params = self.type_names()?;
                self.expect(Punct::Arrow)?;
                let result = self.nested(|parser| parser.type_name("a result type"))?;
                TypeKind::Function(Box::new(result), params)
            }
            _ => TypeKind::Named(self.name(what)?.text),
        };
        let span = start.to(self.previous_span());
        self.type_suffixes(TypeName { kind, span })
    }

    /// What `ref` is to. `ref u8(i32)` is a function whose result is a
    /// reference, so no `(` belongs to it.
    fn referred(&mut self) -> Parsed<TypeName<'a>> {
        if !matches!(self.peek(), TokenKind::Name) {
            return self.type_name("a type");
        }
        let name = self.name("a type")?;
        let mut kind = TypeKind::Named(name.text);
        while self.eat(Punct::OpenBracket) {
            self.expect(Punct::CloseBracket)?;
            kind = TypeKind::Array;
        }
        let span = name.span.to(self.previous_span());
        Ok(TypeName { kind, span })
    }

    /// What follows a type and belongs to it.
    fn type_suffixes(&mut self, ty: TypeName<'a>) -> Parsed<TypeName<'a>> {
        let start = ty.span;
        let kind = if self.at(Punct::Less) {
            let span = self.span();
            return Err(self.unsupported("generic types", span));
        } else if self.eat(Punct::OpenBracket) {
            self.expect(Punct::CloseBracket)?;
            TypeKind::Array
        } else if self.eat(Punct::OpenParen) {
            TypeKind::Function(Box::new(ty), self.type_names()?)
        } else {
            return Ok(ty);
        };
        let span = start.to(self.previous_span());
        self.nested(|parser| parser.type_suffixes(TypeName { kind, span }))
    }

    /// Types, from after `(` to after `)`.
    fn type_names(&mut self) -> Parsed<Vec<TypeName<'a>>> {
        let mut types = Vec::new();
        while !self.at(Punct::CloseParen) {
            types.push(self.nested(|parser| parser.type_name("a parameter's type"))?);
            if !self.eat(Punct::Comma) {
                break;
            }
        }
        self.expect(Punct::CloseParen)?;
        Ok(types)
    }

    /// Whether a `{` starts the fields of a literal, and not a block.
    pub(super) fn at_literal(&self) -> bool {
        self.at(Punct::OpenBrace)
            && matches!(self.peek_at(1), TokenKind::Name)
            && *self.peek_at(2) == TokenKind::Punct(Punct::Colon)
    }

    /// `Name { field: value, ... }`, from the brace on.
    pub(super) fn literal(&mut self, name: Name<'a>) -> Parsed<Expr<'a>> {
        self.bump();
        let mut fields = Vec::new();
        while !self.at(Punct::CloseBrace) {
            let field = self.name("the field's name")?;
            self.expect(Punct::Colon)?;
            fields.push((field, self.expression()?));
            if !self.eat(Punct::Comma) {
                break;
            }
        }
        self.expect(Punct::CloseBrace)?;
        let span = name.span.to(self.previous_span());
        let kind = ExprKind::New(Box::new(Literal { name, fields }));
        Ok(Expr { kind, span })
    }

    /// The fields that are read of a value, from the first dot on.
    pub(super) fn fields(&mut self, value: Expr<'a>) -> Parsed<Expr<'a>> {
        let mut path = Vec::new();
        while self.eat(Punct::Dot) {
            path.push(self.name("the field's name")?);
        }
        let span = value.span.to(self.previous_span());
        if self.at(Punct::OpenParen) {
            return Err(self.unsupported("methods of values", span));
        }
        let kind = ExprKind::Field(Box::new(value), path);
        Ok(Expr { kind, span })
    }
}
