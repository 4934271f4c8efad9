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

impl<'t> Checker<'t> {
    /// A pattern for values of a type.
    pub(super) fn pattern(
        &mut self,
        node: Node<'t>,
        ty: Ty,
        bound: &mut Vec<(&'t str, Span)>,
    ) -> PatternId {
        let pattern = match node.kind() {
            NodeKind::NamePattern => self.bind(node, ty, bound),
            NodeKind::LiteralPattern => self.literal_pattern(node, ty),
            NodeKind::VariantPattern => self.variant_pattern(node, ty, bound),
            _ => Pattern::Any,
        };
        self.frame().body.add_pattern(pattern)
    }

    fn bind(&mut self, node: Node<'t>, ty: Ty, bound: &mut Vec<(&'t str, Span)>) -> Pattern {
        let name = node.first_token();
        let span = self.placed(name.span());
        let text = name.text();
        if let Some((_, first)) = bound.iter().find(|(known, _)| *known == text) {
            let first = *first;
            let message = format!("the pattern binds `{text}` twice");
            let again = SourceDiagnostic::new(codes::BOUND_TWICE, message, span, "again here");
            self.report(again.related(first, "first here"));
            return Pattern::Any;
        }
        bound.push((text, span));
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

    fn literal_pattern(&mut self, node: Node<'t>, ty: Ty) -> Pattern {
        let span = self.span(node);
        let first = node.first_token();
        let negative = first.kind() == TokenKind::Minus;
        let token = node.last_token();
        let text = token.text();
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
                if !ty.is_integer() {
                    return self.wrong_pattern(ty, natural, span);
                }
                let value = value.map(i128::from);
                let value = value.map(|value| if negative { -value } else { value });
                let (least, most) = ty.range();
                return match value {
                    Some(value) if (least..=most).contains(&value) => Pattern::Scalar(value as i64),
                    _ => {
                        let message = format!("{} does not fit {}", node.text(), self.name(ty));
                        self.report(SourceDiagnostic::new(
                            codes::OUT_OF_RANGE,
                            message,
                            span,
                            "",
                        ));
                        Pattern::Any
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
            _ => return Pattern::Any,
        };
        if ty != found.0 {
            return self.wrong_pattern(ty, found.0, span);
        }
        found.1
    }

    fn wrong_pattern(&mut self, wanted: Ty, found: Ty, span: Span) -> Pattern {
        if wanted != Ty::ERROR && wanted != Ty::NEVER && !self.is_param(wanted) {
            let (wanted, found) = (self.name(wanted), self.name(found));
            let message = format!("the value is {wanted}, the pattern is {found}");
            self.report(SourceDiagnostic::new(
                codes::TYPE_MISMATCH,
                message,
                span,
                "",
            ));
        }
        Pattern::Any
    }

    fn variant_pattern(
        &mut self,
        node: Node<'t>,
        ty: Ty,
        bound: &mut Vec<(&'t str, Span)>,
    ) -> Pattern {
        let span = self.span(node);
        let Some(view) = VariantPattern::cast(node) else {
            return Pattern::Any;
        };
        let inner = view.patterns().collect::<Few<_>>();
        let unknown = |checker: &mut Self, bound: &mut Vec<(&'t str, Span)>| {
            for node in &inner {
                checker.pattern(*node, Ty::ERROR, bound);
            }
            Pattern::Any
        };
        let (Some(path), Some(variant)) = (view.path(), view.variant()) else {
            return unknown(self, bound);
        };
        let Some((head, inferred)) = self.enum_head(path, Some(ty)) else {
            return unknown(self, bound);
        };
        let same = match inferred {
            Some(_) => self.owner_of(head) == self.owner_of(ty),
            None => head == ty,
        };
        if !same {
            self.wrong_pattern(ty, head, span);
            return unknown(self, bound);
        }
        self.fill(ty);
        let Some(index) = self.variant_index(ty, variant) else {
            return unknown(self, bound);
        };
        let Kind::Enum(id) = self.types.kind(ty) else {
            return unknown(self, bound);
        };
        let payload = self.types.enumeration(id).variants[index].payload.clone();
        if payload.len() != inner.len() {
            let (wanted, found) = (payload.len(), inner.len());
            let message = format!(
                "`{}` carries {wanted} value{}, the pattern has {found}",
                variant.text(),
                plural(wanted)
            );
            self.report(SourceDiagnostic::new(
                codes::PATTERN_COUNT,
                message,
                span,
                "",
            ));
            return unknown(self, bound);
        }
        let inner = inner.iter().zip(payload);
        let inner = inner.map(|(node, ty)| self.pattern(*node, ty, bound));
        let inner = inner.collect::<Vec<_>>();
        let list = self.frame().body.add_patterns(&inner);
        Pattern::Variant(index as u32, list)
    }
}
