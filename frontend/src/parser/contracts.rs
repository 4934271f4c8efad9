//! Attributes and foreign contracts.

use beskid_plugin_api::codes::Code;

use super::{Parsed, Parser};
use crate::ast::{
    Argument, ArgumentValue, Attribute, Call, Contract, Expr, ExprKind, Method, Name,
};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::lexer::{Punct, StrPart, TokenKind};

/// The attributes: what each is for, and the code and the help if it stands
/// elsewhere.
static KNOWN: [(&str, &str, Code, &str); 4] = [
    (
        Attribute::EXTERN,
        "contracts",
        codes::MISPLACED_EXTERN,
        "declare the foreign function in a contract with this attribute",
    ),
    (
        Attribute::EXPORT,
        "functions",
        codes::MISPLACED_EXPORT,
        "leave it out, or put it before a `pub` function",
    ),
    (
        Attribute::CALLBACK,
        "contracts",
        codes::MISPLACED_ATTRIBUTE,
        "declare the functions of the host in a contract with this attribute",
    ),
    (
        Attribute::LAYOUT,
        "types",
        codes::MISPLACED_ATTRIBUTE,
        "leave it out, or put it before a `type`",
    ),
];

impl<'a> Parser<'a> {
    /// The attributes before an item or a method.
    pub(super) fn attributes(&mut self) -> Parsed<Vec<Attribute<'a>>> {
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

    fn attribute(&mut self) -> Parsed<Attribute<'a>> {
        let name = self.name("the attribute's name")?;
        let mut args = Vec::new();
        if self.eat(Punct::OpenParen) {
            while !self.at(Punct::CloseParen) {
                let argument = self.name("the argument's name")?;
                self.expect(Punct::Colon)?;
                args.push((argument, self.argument()?));
                if !self.eat(Punct::Comma) {
                    break;
                }
            }
            self.expect(Punct::CloseParen)?;
        }
        let span = name.span.to(self.previous_span());
        if !KNOWN.iter().any(|(known, ..)| *known == name.text) {
            let what = format!("attributes named `{}`", name.text);
            return Err(self.unsupported(&what, span));
        }
        Ok(Attribute { name, args, span })
    }

    fn argument(&mut self) -> Parsed<Argument> {
        let span = self.span();
        let value = match self.peek() {
            TokenKind::Int(value) => Some(ArgumentValue::Int(*value)),
            TokenKind::Str(index) => match self.tokens.strings[*index as usize].as_slice() {
                [] => Some(ArgumentValue::Text(String::new())),
                [StrPart::Text(text)] => Some(ArgumentValue::Text(text.clone())),
                _ => None,
            },
            _ => None,
        };
        let Some(value) = value else {
            return Err(self.unexpected("a number, or a string without code"));
        };
        self.bump();
        Ok(Argument { value, span })
    }

    /// The only attribute that may be here, if it is.
    pub(super) fn only(
        &mut self,
        mut attributes: Vec<Attribute<'a>>,
        allowed: &[&str],
    ) -> Parsed<Option<Attribute<'a>>> {
        let other = |attribute: &&Attribute| !allowed.contains(&attribute.name.text);
        if let Some(other) = attributes.iter().find(other) {
            let known = KNOWN.iter().find(|(name, ..)| *name == other.name.text);
            if let Some((name, place, code, help)) = known {
                let message = format!("`{name}` is for {place}");
                let diagnostic = SourceDiagnostic::new(code.clone(), message, other.span, "");
                return Err(self.report(diagnostic.help(*help)));
            }
        }
        let last = attributes.pop();
        if let Some(first) = attributes.first() {
            let message = format!("a second attribute `{}`", first.name.text);
            return Err(self.report(SourceDiagnostic::new(
                codes::DUPLICATE,
                message,
                first.span,
                "",
            )));
        }
        Ok(last)
    }

    /// A contract, from its keyword on.
    pub(super) fn contract(&mut self, attributes: Vec<Attribute<'a>>) -> Parsed<Contract<'a>> {
        let span = self.span();
        self.bump();
        let name = self.name("the contract's name")?;
        let allowed = [Attribute::EXTERN, Attribute::CALLBACK];
        let Some(foreign) = self.only(attributes, &allowed)? else {
            return Err(self.unsupported("contracts without `Extern` or `Callback`", span));
        };
        self.expect(Punct::OpenBrace)?;
        let mut methods = Vec::new();
        while !self.at(Punct::CloseBrace) {
            let attributes = self.attributes()?;
            let foreign = self.only(attributes, &[Attribute::EXTERN])?;
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
    pub(super) fn method_call(&mut self, receiver: Name<'a>) -> Parsed<Expr<'a>> {
        self.bump();
        let method = self.name("the method's name")?;
        self.expect(Punct::OpenParen)?;
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
