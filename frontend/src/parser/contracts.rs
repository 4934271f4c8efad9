//! Attributes and foreign contracts.

use super::{Parsed, Parser};
use crate::ast::{Attribute, Call, Contract, Expr, ExprKind, Method, Name, Text};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::lexer::{Punct, StrPart, TokenKind};

impl Parser<'_> {
    /// The attributes before an item or a method.
    pub(super) fn attributes(&mut self) -> Parsed<Vec<Attribute>> {
        let mut attributes = Vec::new();
        while self.eat(Punct::OpenBracket) {
            loop {
                attributes.push(self.attribute()?);
                if !self.eat(Punct::Comma) {
                    break;
                }
            }
            self.expect(Punct::CloseBracket)?;
        }
        Ok(attributes)
    }

    fn attribute(&mut self) -> Parsed<Attribute> {
        let name = self.name("the attribute's name")?;
        let mut args = Vec::new();
        if self.eat(Punct::OpenParen) {
            while !self.at(Punct::CloseParen) {
                let argument = self.name("the argument's name")?;
                self.expect(Punct::Colon)?;
                args.push((argument, self.text()?));
                if !self.eat(Punct::Comma) {
                    break;
                }
            }
            self.expect(Punct::CloseParen)?;
        }
        let span = name.span.to(self.previous_span());
        if ![Attribute::EXTERN, Attribute::EXPORT].contains(&name.text.as_str()) {
            let what = format!("attributes named `{}`", name.text);
            return Err(self.unsupported(&what, span));
        }
        Ok(Attribute { name, args, span })
    }

    fn text(&mut self) -> Parsed<Text> {
        let span = self.span();
        match self.peek() {
            TokenKind::Str(parts) => match parts.as_slice() {
                [] => Ok(String::new()),
                [StrPart::Text(text)] => Ok(text.clone()),
                _ => Err(()),
            },
            _ => Err(()),
        }
        .map(|text| {
            self.bump();
            Text { text, span }
        })
        .map_err(|()| self.unexpected("a string without code"))
    }

    /// The only attribute that may be here, if it is.
    pub(super) fn only(
        &mut self,
        mut attributes: Vec<Attribute>,
        allowed: Option<&str>,
    ) -> Parsed<Option<Attribute>> {
        let other = |attribute: &&Attribute| Some(attribute.name.text.as_str()) != allowed;
        if let Some(other) = attributes.iter().find(other) {
            let (code, message, help) = if other.name.text == Attribute::EXTERN {
                let help = "declare the foreign function in a contract with this attribute";
                (codes::MISPLACED_EXTERN, "`Extern` is for contracts", help)
            } else {
                let help = "leave it out, or put it before a `pub` function";
                (codes::MISPLACED_EXPORT, "`Export` is for functions", help)
            };
            let diagnostic = Diagnostic::new(code, message, other.span, "");
            return Err(self.report(diagnostic.help(help)));
        }
        let last = attributes.pop();
        if let Some(first) = attributes.first() {
            let message = format!("a second attribute `{}`", first.name.text);
            return Err(self.report(Diagnostic::new(codes::DUPLICATE, message, first.span, "")));
        }
        Ok(last)
    }

    /// A contract, from its keyword on.
    pub(super) fn contract(&mut self, attributes: Vec<Attribute>) -> Parsed<Contract> {
        let span = self.span();
        self.bump();
        let name = self.name("the contract's name")?;
        let Some(foreign) = self.only(attributes, Some(Attribute::EXTERN))? else {
            return Err(self.unsupported("contracts without `Extern`", span));
        };
        self.expect(Punct::OpenBrace)?;
        let mut methods = Vec::new();
        while !self.at(Punct::CloseBrace) {
            let attributes = self.attributes()?;
            let foreign = self.only(attributes, Some(Attribute::EXTERN))?;
            let result = self.type_name("a result type")?;
            let name = self.name("the method's name")?;
            self.expect(Punct::OpenParen)?;
            let params = self.params()?;
            self.expect(Punct::Semicolon)?;
            methods.push(Method {
                foreign,
                result,
                name,
                params,
            });
        }
        self.bump();
        Ok(Contract {
            name,
            foreign,
            methods,
        })
    }

    /// `receiver.method(args)`, from the dot on.
    pub(super) fn method_call(&mut self, receiver: Name) -> Parsed<Expr> {
        let span = self.span();
        self.bump();
        let method = self.name("the method's name")?;
        if !self.eat(Punct::OpenParen) {
            return Err(self.unsupported("members", span));
        }
        let args = self.arguments()?;
        let span = receiver.span.to(self.previous_span());
        let call = Call {
            receiver: Some(receiver),
            callee: method,
            args,
        };
        let kind = ExprKind::Call(Box::new(call));
        Ok(Expr { kind, span })
    }
}
