//! The attributes that the compiler knows, and their arguments.

use beskid_syntax::literal;
use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;

/// An attribute that the compiler knows, as it stands before something.
#[derive(Debug, Clone)]
pub(super) struct Known<'t> {
    pub(super) name: &'t str,
    pub(super) args: Vec<(&'t str, Span, Argument)>,
    /// Without its brackets.
    pub(super) span: Span,
}

/// An argument of an attribute that the compiler knows.
#[derive(Debug, Clone)]
pub(super) struct Argument {
    pub(super) value: ArgumentValue,
    pub(super) span: Span,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ArgumentValue {
    Int(u64),
    Text(String),
    Other,
}

impl<'t> Checker<'t> {
    /// The attribute of this name before an item, with its arguments.
    pub(super) fn known_attribute(&mut self, node: Node<'t>, name: &str) -> Option<Known<'t>> {
        let mut found = None::<Known<'t>>;
        for attribute in node.attributes() {
            let Some(view) = views::Attribute::cast(attribute) else {
                continue;
            };
            let path = view.path().and_then(|path| path.single());
            let Some(path) = path.filter(|path| path.text() == name) else {
                continue;
            };
            let end = attribute.last_token().span().start;
            let span = Span::new(path.span().start, end);
            let inner = span.text(attribute.tree().text()).trim_end().len() as u32;
            let span = self.placed(Span::new(span.start, span.start + inner));
            if found.is_some() {
                let message = format!("a second attribute `{name}`");
                self.report(SourceDiagnostic::new(codes::DUPLICATE, message, span, ""));
                continue;
            }
            let args = view.arguments().filter_map(|argument| {
                let value = argument.value()?;
                let name = argument.name();
                let argument = Argument {
                    value: constant(value),
                    span: self.span(value),
                };
                Some((name.text(), self.placed(name.span()), argument))
            });
            found = Some(Known {
                name: path.text(),
                args: args.collect(),
                span,
            });
        }
        found
    }

    /// The values of an attribute's arguments, in the order of their names.
    pub(super) fn known_arguments(
        &mut self,
        attribute: &Known<'t>,
        known: &[&str],
    ) -> Vec<Option<Argument>> {
        let mut found = vec![None; known.len()];
        for (name, span, value) in &attribute.args {
            let Some(index) = known.iter().position(|known| known == name) else {
                let message = format!("`{}` has no argument `{name}` here", attribute.name);
                let diagnostic = SourceDiagnostic::new(codes::BAD_ARGUMENT, message, *span, "");
                self.report(diagnostic.help(format!("its arguments are: {}", known.join(", "))));
                continue;
            };
            if found[index].is_some() {
                let message = format!("a second argument `{name}`");
                self.report(SourceDiagnostic::new(codes::DUPLICATE, message, *span, ""));
            }
            found[index] = Some(value.clone());
        }
        found
    }

    /// The values of arguments that are texts.
    pub(super) fn known_texts(
        &mut self,
        attribute: &Known<'t>,
        known: &[&str],
    ) -> Vec<Option<(String, Span)>> {
        let found = self.known_arguments(attribute, known);
        let texts = found.into_iter().map(|argument| {
            let argument = argument?;
            if let ArgumentValue::Text(text) = argument.value {
                return Some((text, argument.span));
            }
            let message = "a text is wanted here";
            let diagnostic = SourceDiagnostic::new(codes::BAD_ARGUMENT, message, argument.span, "");
            self.report(diagnostic.help("put it between quotes"));
            None
        });
        texts.collect()
    }
}

/// The value of an argument, if the compiler has a use for it.
fn constant(node: Node<'_>) -> ArgumentValue {
    let token = node.first_token();
    match (node.kind(), token.kind()) {
        (NodeKind::Literal, TokenKind::Integer) => {
            let value = literal::integer(token.text()).0;
            value.map_or(ArgumentValue::Other, ArgumentValue::Int)
        }
        (NodeKind::Literal, TokenKind::Text) => {
            ArgumentValue::Text(literal::characters(token.text()).into_owned())
        }
        _ => ArgumentValue::Other,
    }
}

/// Whether an attribute has an argument of this name, even a wrong one, which was
/// reported.
pub(super) fn has(attribute: &Known<'_>, name: &str) -> bool {
    attribute.args.iter().any(|(known, ..)| *known == name)
}
