//! Expressions, by what they are.

use beskid_syntax::literal::{self, Suffix};
use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Token, TokenKind};

use super::conversions::{Fit, IN_OK};
use super::few::Few;
use super::state::Checker;
use super::turn::Turn;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// An expression. What is wanted says what literals and the like become; the
    /// result may be of another type.
    pub(super) fn expr(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        match node.kind() {
            NodeKind::Literal => self.literal(node, wanted, false),
            NodeKind::Name => self.named(node, wanted),
            NodeKind::Postfix => self.postfix(node, wanted),
            NodeKind::Chain => self.chain(node, wanted),
            NodeKind::Paren => self.paren(node, wanted),
            NodeKind::Unary => self.unary(node, wanted),
            NodeKind::Interpolation => self.interpolation(node),
            NodeKind::StructValue => self.struct_value(node, wanted),
            NodeKind::EnumValue => self.enum_value(node, wanted),
            NodeKind::Array => self.array(node, wanted),
            NodeKind::Match => self.match_expression(node, wanted, true),
            NodeKind::Lambda => self.lambda(node, wanted),
            NodeKind::Block => self.block(node, wanted),
            NodeKind::Assign => self.assignment(node, true),
            NodeKind::Unit => {
                let span = self.span(node);
                self.add(ExprKind::Unit, Ty::UNIT, span)
            }
            // The parser has reported what is broken.
            _ => {
                let span = self.span(node);
                self.broken(span)
            }
        }
    }

    fn paren(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        match node.children().next() {
            Some(inner) => self.expr(inner, wanted),
            None => {
                let span = self.span(node);
                self.broken(span)
            }
        }
    }

    /// A literal; `negative` after a minus.
    pub(super) fn literal(&mut self, node: Node<'t>, wanted: Option<Ty>, negative: bool) -> ExprId {
        let token = node.first_token();
        let text = token.text();
        let span = self.placed(token.span());
        if node.tree().is_refused(token.span()) {
            return self.broken(span);
        }
        match token.kind() {
            TokenKind::Integer => self.integer(token, wanted, negative, span),
            TokenKind::Float => {
                let value = literal::float(text);
                let value = if negative { -value } else { value };
                self.add(ExprKind::Float(value.to_bits()), Ty::F64, span)
            }
            TokenKind::Char => {
                let value = i64::from(u32::from(literal::character(text)));
                self.add(ExprKind::Scalar(value), Ty::CHAR, span)
            }
            TokenKind::True => self.add(ExprKind::Scalar(1), Ty::BOOL, span),
            TokenKind::False => self.add(ExprKind::Scalar(0), Ty::BOOL, span),
            _ => {
                let text = literal::characters(text).into_owned();
                self.text(text, span)
            }
        }
    }

    pub(super) fn text(&mut self, text: String, span: Span) -> ExprId {
        let text = self.frame().body.add_text(text);
        self.add(ExprKind::Text(text), Ty::STR, span)
    }

    /// INF-3.
    fn integer(
        &mut self,
        token: Token<'t>,
        wanted: Option<Ty>,
        negative: bool,
        span: Span,
    ) -> ExprId {
        let (value, suffix) = literal::integer(token.text());
        let ty = match (suffix, wanted) {
            (Some(Suffix::I32), _) => Ty::I32,
            (Some(Suffix::I64), _) => Ty::I64,
            (Some(Suffix::U8), _) => Ty::U8,
            (None, Some(wanted)) if wanted.is_integer() => wanted,
            (None, Some(Ty::F64)) => {
                let message = "expected f64, found an integer";
                let diagnostic = SourceDiagnostic::new(codes::TYPE_MISMATCH, message, span, "");
                self.report(diagnostic.help(format!("write `{}.0`", token.text())));
                return self.broken(span);
            }
            // Nobody knows what it was to be.
            (None, Some(Ty::ERROR)) if value > Some(i32::MAX as u64) => Ty::I64,
            _ => Ty::I32,
        };
        match self.fitting(token, value, ty, negative, span) {
            Some(value) => self.add(ExprKind::Scalar(value), ty, span),
            None => self.broken(span),
        }
    }

    /// The value of an integer literal of a type; none, and a report, if the type does not
    /// hold it.
    pub(super) fn fitting(
        &mut self,
        token: Token<'t>,
        value: Option<u64>,
        ty: Ty,
        negative: bool,
        span: Span,
    ) -> Option<i64> {
        let value = value.map(i128::from);
        let value = value.map(|value| if negative { -value } else { value });
        let (least, most) = ty.range();
        match value {
            // The least negative u8 wraps, as negation does.
            Some(value)
                if (least..=most).contains(&value)
                    || (ty == Ty::U8 && (-255..0).contains(&value)) =>
            {
                Some(match ty {
                    Ty::U8 => i64::from(value as u8),
                    _ => value as i64,
                })
            }
            value => {
                let sign = if negative { "-" } else { "" };
                let message = match value {
                    Some(_) => format!(
                        "{sign}{} does not fit {}: it holds {least} to {most}",
                        token.text(),
                        self.name(ty)
                    ),
                    None => format!("the integer {} does not fit 64 bits", token.text()),
                };
                let diagnostic = SourceDiagnostic::new(codes::OUT_OF_RANGE, message, span, "");
                self.report(diagnostic.help(match ty {
                    Ty::I64 => {
                        "the widest integers are i64; a number with a point, `1.0`, is an f64"
                    }
                    _ => "write a number that fits, or declare a wider type: i64",
                }));
                None
            }
        }
    }

    fn unary(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let span = self.span(node);
        let Some(unary) = views::Unary::cast(node) else {
            return self.broken(span);
        };
        let Some(operand) = unary.operand() else {
            return self.broken(span);
        };
        match unary.operator().kind() {
            TokenKind::Minus => {
                if operand.kind() == NodeKind::Literal
                    && matches!(
                        operand.first_token().kind(),
                        TokenKind::Integer | TokenKind::Float
                    )
                {
                    let value = self.literal(operand, wanted, true);
                    self.frame().body.exprs[value.0 as usize].span = span;
                    return value;
                }
                // As in a chain: what says its type is negated in it, and widened then.
                let wanted = wanted.filter(|_| self.adapts(operand));
                let value = self.expr(operand, wanted);
                let ty = self.type_of(value);
                if ty.is_number() || self.is_param(ty) {
                    return self.add(ExprKind::Negate(value), ty, span);
                }
                self.bad_operand("-", ty, span)
            }
            TokenKind::Not => {
                let value = self.expr(operand, Some(Ty::BOOL));
                match self.type_of(value) {
                    Ty::BOOL => self.add(ExprKind::Not(value), Ty::BOOL, span),
                    Ty::NEVER => value,
                    ty => self.bad_operand("!", ty, span),
                }
            }
            _ => self.misplaced_reference(node, span),
        }
    }

    fn bad_operand(&mut self, operator: &str, ty: Ty, span: Span) -> ExprId {
        if ty == Ty::NEVER {
            return self.add(ExprKind::Unit, Ty::NEVER, span);
        }
        if ty != Ty::ERROR {
            let message = format!("there is no `{operator}` of {}", self.name(ty));
            self.report(SourceDiagnostic::new(codes::BAD_OPERAND, message, span, ""));
        }
        self.broken(span)
    }

    /// TXT-2.
    fn interpolation(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let mut parts = Few::new();
        let mut codes = node.children();
        for token in node.tokens() {
            let text = literal::characters(token.text());
            if !text.is_empty() {
                let text = text.into_owned();
                let span = self.placed(token.span());
                parts.push(self.text(text, span));
            }
            if token.kind() != TokenKind::TextEnd
                && let Some(code) = codes.next()
            {
                parts.push(self.hole(code));
            }
        }
        let list = self.frame().body.add_list(&parts);
        self.add(ExprKind::Interpolation(list), Ty::STR, span)
    }

    fn hole(&mut self, node: Node<'t>) -> ExprId {
        let value = self.expr(node, None);
        let value = self.read_of(node, value);
        let ty = self.type_of(value);
        let printable = matches!(
            ty,
            Ty::STR
                | Ty::I32
                | Ty::I64
                | Ty::U8
                | Ty::F64
                | Ty::BOOL
                | Ty::CHAR
                | Ty::NEVER
                | Ty::ERROR
        );
        if printable || self.is_param(ty) {
            return value;
        }
        let span = self.span(node);
        let message = format!("{} has no text", self.name(ty));
        let diagnostic = SourceDiagnostic::new(codes::TYPE_MISMATCH, message, span, "");
        let help = match self.types.kind(ty) {
            Kind::Struct(_) => "use its fields",
            _ if self.outcome(ty).is_some() => IN_OK,
            _ => "numbers, bool, char and string have",
        };
        self.report(diagnostic.help(help));
        self.broken(span)
    }

    /// `[a, b]`: the elements' common type.
    fn array(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let span = self.span(node);
        let element = wanted.and_then(|wanted| match self.types.kind(wanted) {
            Kind::Array(of) => Some(of),
            _ => None,
        });
        let nodes = node.children().collect::<Few<_>>();
        let (element, values) = match element {
            Some(element) => {
                let values = nodes
                    .iter()
                    .map(|node| self.expect(*node, element, codes::TYPE_MISMATCH));
                (element, values.collect::<Few<_>>())
            }
            _ if wanted == Some(Ty::ERROR) => {
                for node in nodes {
                    self.expr(node, wanted);
                }
                return self.broken(span);
            }
            _ if nodes.is_empty() => {
                let message = "the type of the elements cannot be inferred";
                let diagnostic = SourceDiagnostic::new(codes::CANNOT_INFER, message, span, "");
                self.report(diagnostic.help("declare it: `i32[] x = [];`"));
                return self.broken(span);
            }
            _ => self.common(&nodes, codes::TYPE_MISMATCH),
        };
        if element == Ty::UNIT {
            let message = "nothing holds a value of type unit";
            self.report(SourceDiagnostic::new(codes::UNIT_LOCAL, message, span, ""));
            return self.broken(span);
        }
        if element == Ty::ERROR {
            return self.broken(span);
        }
        let list = self.frame().body.add_list(&values);
        let ty = self.types.array(element);
        self.add(ExprKind::Array(list), ty, span)
    }

    /// Values of one type: that of those that say one, the widest of integers; literals
    /// adapt.
    pub(super) fn common(
        &mut self,
        nodes: &[Node<'t>],
        code: beskid_plugin_api::codes::Code,
    ) -> (Ty, Few<ExprId>) {
        let mut common = None::<Ty>;
        let mut values = Few::from_elem(None, nodes.len());
        for at in Turn::order(nodes.iter().map(|node| self.turn(*node))) {
            let value = self.expr(nodes[at], common);
            let ty = self.type_of(value);
            common = Some(self.join(common, ty));
            values[at] = Some(value);
        }
        let found = nodes.iter().zip(&values);
        let found = found.filter_map(|(node, value)| Some((self.span(*node), (*value)?)));
        let found = found.collect::<Few<_>>();
        let common = self.blaming_later(common, &found);
        let common = common.unwrap_or(Ty::ERROR);
        let mut coerced = Few::new();
        for (node, value) in nodes.iter().zip(values) {
            let Some(value) = value else { continue };
            coerced.push(self.coerce_of(*node, value, common, code.clone()));
        }
        (common, coerced)
    }

    /// The type that values share: this one, unless some are of another. Then it is that of
    /// the first ones, as they are read: those that follow are wrong. Integers beside floats
    /// are, wherever they stand: they are to be floats.
    pub(super) fn blaming_later(
        &mut self,
        common: Option<Ty>,
        values: &[(Span, ExprId)],
    ) -> Option<Ty> {
        let all = common?;
        if all == Ty::F64 {
            return common;
        }
        let mut first = None;
        let mut fits = true;
        for (span, value) in values {
            let ty = self.type_of(*value);
            fits &= self.fits(ty, all, *span) != Fit::Not;
            if ty != Ty::ERROR {
                first = Some(self.join(first, ty));
            }
        }
        if fits { common } else { first.or(common) }
    }

    /// The type of values of which some have one type and some another.
    pub(super) fn join(&mut self, known: Option<Ty>, new: Ty) -> Ty {
        match known {
            None | Some(Ty::NEVER) => new,
            Some(known) if known.is_integer() && new.is_integer() => {
                if known == Ty::I64 || new == Ty::U8 {
                    known
                } else {
                    new
                }
            }
            Some(known) => known,
        }
    }
}
