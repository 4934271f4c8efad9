//! Patterns (MAT-1…MAT-3).

use beskid_syntax::literal;
use beskid_syntax::views::VariantPattern;
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::few::Few;
use super::frame::{LocalInfo, LocalKind};
use super::meaning::plural;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Pattern, PatternId};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// What the pattern of an arm was found to be.
#[derive(Debug, Default)]
pub(super) struct Read<'t> {
    bound: Vec<(&'t str, Span)>,
    /// Whether something of it was refused: what it matches is not known.
    pub(super) refused: bool,
    /// Where it binds the name of a variant, and how that is written.
    pub(super) variant: Option<(Span, String)>,
}

impl Read<'_> {
    fn refuse(&mut self) -> Pattern {
        self.refused = true;
        Pattern::Any
    }
}

impl<'t> Checker<'t> {
    /// A pattern for values of a type.
    pub(super) fn pattern(&mut self, node: Node<'t>, ty: Ty, read: &mut Read<'t>) -> PatternId {
        let pattern = match node.kind() {
            NodeKind::NamePattern => self.bind(node, ty, read),
            NodeKind::LiteralPattern => self.literal_pattern(node, ty, read),
            NodeKind::VariantPattern => self.variant_pattern(node, ty, read),
            _ => Pattern::Any,
        };
        self.frame().body.add_pattern(pattern)
    }

    fn bind(&mut self, node: Node<'t>, ty: Ty, read: &mut Read<'t>) -> Pattern {
        let name = node.first_token();
        let span = self.placed(name.span());
        let text = name.text();
        if let Some((_, first)) = read.bound.iter().find(|(known, _)| *known == text) {
            let first = *first;
            let message = format!("the pattern binds `{text}` twice");
            let again = SourceDiagnostic::new(codes::BOUND_TWICE, message, span, "again here");
            self.report(again.related(first, "first here"));
            return read.refuse();
        }
        self.check_reserved(text, span);
        read.bound.push((text, span));
        if read.variant.is_none() {
            let variant = self.variant_written(ty, text);
            read.variant = variant.map(|variant| (span, variant));
        }
        // Bindings hide silently (MAT-3).
        let info = LocalInfo {
            name: text,
            span,
            kind: LocalKind::Bound,
        };
        let frame = self.frame();
        let local = frame.local(ty, info);
        frame.scopes.bind(text, local);
        if ty == Ty::UNIT {
            return Pattern::Any;
        }
        Pattern::Bind(local)
    }

    /// The pattern of a variant of a name, if a type has one, with `_` for its parts.
    fn variant_written(&mut self, ty: Ty, name: &str) -> Option<String> {
        let Kind::Enum(_) = self.types.kind(ty) else {
            return None;
        };
        self.fill(ty);
        let Kind::Enum(id) = self.types.kind(ty) else {
            return None;
        };
        let of = self.types.enumeration(id);
        let variant = &of.variants[of.variant(name)?];
        let parts = vec!["_"; variant.payload.len()].join(", ");
        let parts = match parts.is_empty() {
            true => String::new(),
            false => format!("({parts})"),
        };
        Some(format!("{}::{name}{parts}", self.names.item(of.item).name))
    }

    fn literal_pattern(&mut self, node: Node<'t>, ty: Ty, read: &mut Read<'t>) -> Pattern {
        let span = self.span(node);
        let first = node.first_token();
        let negative = first.kind() == TokenKind::Minus;
        let token = node.last_token();
        let text = token.text();
        if node.tree().is_refused(token.span()) {
            return read.refuse();
        }
        let found = match token.kind() {
            TokenKind::Integer => {
                let (value, suffix) = literal::integer(text);
                let natural = match suffix {
                    Some(literal::Suffix::I32) => Ty::I32,
                    Some(literal::Suffix::I64) => Ty::I64,
                    Some(literal::Suffix::U8) => Ty::U8,
                    None if ty.is_integer() => ty,
                    None => Ty::I32,
                };
                if !ty.is_integer() || natural != ty {
                    self.wrong_pattern(ty, natural, span);
                    return read.refuse();
                }
                let value = value.map(i128::from);
                let value = value.map(|value| if negative { -value } else { value });
                let (least, most) = ty.range();
                return match value {
                    Some(value) if (least..=most).contains(&value) => Pattern::Scalar(value as i64),
                    _ => {
                        let message = format!("{} does not fit {}", node.text(), self.name(ty));
                        let diagnostic =
                            SourceDiagnostic::new(codes::OUT_OF_RANGE, message, span, "");
                        self.report(diagnostic.help(format!(
                            "{} holds {least} to {most}: no value matches this",
                            self.name(ty)
                        )));
                        read.refuse()
                    }
                };
            }
            TokenKind::Float => {
                let value = literal::float(text);
                let value = if negative { -value } else { value };
                (Ty::F64, Pattern::Float(value.to_bits()))
            }
            TokenKind::Char => {
                let value = i64::from(u32::from(literal::character(text)));
                (Ty::CHAR, Pattern::Scalar(value))
            }
            TokenKind::True => (Ty::BOOL, Pattern::Scalar(1)),
            TokenKind::False => (Ty::BOOL, Pattern::Scalar(0)),
            TokenKind::Text => {
                let text = literal::characters(text).into_owned();
                let text = self.frame().body.add_text(text);
                (Ty::STR, Pattern::Text(text))
            }
            _ => return read.refuse(),
        };
        if ty != found.0 {
            self.wrong_pattern(ty, found.0, span);
            return read.refuse();
        }
        found.1
    }

    fn wrong_pattern(&mut self, wanted: Ty, found: Ty, span: Span) {
        if wanted != Ty::ERROR && wanted != Ty::NEVER && !self.is_param(wanted) {
            let [wanted, found] = self.names_of(wanted, found);
            let message = format!("the value is {wanted}, the pattern is {found}");
            self.report(SourceDiagnostic::new(
                codes::TYPE_MISMATCH,
                message,
                span,
                "",
            ));
        }
    }

    fn variant_pattern(&mut self, node: Node<'t>, ty: Ty, read: &mut Read<'t>) -> Pattern {
        let span = self.span(node);
        let Some(view) = VariantPattern::cast(node) else {
            return Pattern::Any;
        };
        let inner = view.patterns().collect::<Few<_>>();
        let unknown = |checker: &mut Self, read: &mut Read<'t>| {
            for node in &inner {
                checker.pattern(*node, Ty::ERROR, read);
            }
            read.refuse()
        };
        let variant = view.variant();
        let Some(path) = view.path() else {
            let written = self.variant_written(ty, variant.text());
            let of = written.and_then(|written| Some(written.split_once("::")?.0.to_owned()));
            self.bare_pattern(node, variant, of);
            return unknown(self, read);
        };
        let Some((head, inferred)) = self.enum_head(path, Some(ty)) else {
            return unknown(self, read);
        };
        let same = match inferred {
            Some(_) => self.owner_of(head) == self.owner_of(ty),
            None => head == ty,
        };
        if !same {
            self.wrong_pattern(ty, head, span);
            return unknown(self, read);
        }
        self.fill(ty);
        let Some(index) = self.variant_index(ty, variant) else {
            return unknown(self, read);
        };
        let Kind::Enum(id) = self.types.kind(ty) else {
            return unknown(self, read);
        };
        let payload = Few::from_slice(&self.types.enumeration(id).variants[index].payload);
        if payload.len() != inner.len() {
            let (wanted, found) = (payload.len(), inner.len());
            let message = format!(
                "`{}` carries {wanted} value{}, the pattern has {found}",
                variant.text(),
                plural(wanted)
            );
            let diagnostic = SourceDiagnostic::new(codes::PATTERN_COUNT, message, span, "");
            let written = self.variant_written(ty, variant.text());
            let written = written.filter(|_| inner.is_empty());
            self.report(match written {
                Some(written) => diagnostic.help(format!("write `{written}`")),
                None => diagnostic,
            });
            return unknown(self, read);
        }
        let inner = inner.iter().zip(payload);
        let inner = inner.map(|(node, ty)| self.pattern(*node, ty, read));
        let inner = inner.collect::<Few<_>>();
        let list = self.frame().body.add_patterns(&inner);
        Pattern::Variant(index as u32, list)
    }
}
