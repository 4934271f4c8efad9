//! Attributes: which of them the checker knows, and where they may stand.

use beskid_plugin_api::codes::Code;
use beskid_syntax::literal;
use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::{Reader, name};
use crate::ast::{Argument, ArgumentValue, Attribute};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;

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

impl Reader<'_> {
    /// The attribute of an item or a method, of those that may stand there.
    /// `Err` if one of them is broken, so that it is not known what the item is.
    pub(super) fn attribute<'t>(
        &mut self,
        item: Node<'t>,
        allowed: &[&str],
    ) -> Result<Option<Attribute<'t>>, Broken> {
        let mut found = None;
        let mut broken = false;
        for node in item.attributes() {
            let Some(attribute) = self.read_attribute(node) else {
                broken = true;
                continue;
            };
            let known = KNOWN.iter().find(|(name, ..)| *name == attribute.name.text);
            if allowed.contains(&attribute.name.text) {
                if let Some(first) = found.replace(attribute) {
                    let message = format!("a second attribute `{}`", first.name.text);
                    self.report(SourceDiagnostic::new(
                        codes::DUPLICATE,
                        message,
                        first.span,
                        "",
                    ));
                }
            } else if let Some((name, place, code, help)) = known {
                let message = format!("`{name}` is for {place}");
                let diagnostic = SourceDiagnostic::new(code.clone(), message, attribute.span, "");
                self.report(diagnostic.help(*help));
            } else {
                let what = format!("attributes named `{}`", attribute.name.text);
                self.unsupported(&what, attribute.span);
            }
        }
        if broken { Err(Broken) } else { Ok(found) }
    }

    fn read_attribute<'t>(&mut self, node: Node<'t>) -> Option<Attribute<'t>> {
        let attribute = views::Attribute::cast(node)?;
        let path = attribute.path()?;
        // Without its brackets.
        let span = path.node().span();
        let end = node.last_token().span().start;
        let inner = node.tree().text().get(span.start as usize..end as usize)?;
        let span = crate::span::Span::new(span.start, span.start + inner.trim_end().len() as u32);
        let Some(single) = path.single() else {
            self.unsupported("attributes of other modules", span);
            return None;
        };
        let mut args = Vec::new();
        for argument in attribute.arguments() {
            args.push((name(argument.name()), self.argument(argument.value()?)?));
        }
        Some(Attribute {
            name: name(single),
            args,
            span,
        })
    }

    fn argument(&mut self, value: Node<'_>) -> Option<Argument> {
        let span = value.span();
        let token = value.first_token();
        let read = match (value.kind(), token.kind()) {
            (NodeKind::Literal, TokenKind::Integer) => {
                literal::integer(token.text()).0.map(ArgumentValue::Int)
            }
            (NodeKind::Literal, TokenKind::Text) => {
                let text = literal::characters(token.text());
                Some(ArgumentValue::Text(text.into_owned()))
            }
            _ => None,
        };
        let Some(value) = read else {
            self.unsupported("arguments other than small numbers and texts", span);
            return None;
        };
        Some(Argument { value, span })
    }
}

/// An attribute is broken, and was reported.
pub(super) struct Broken;
