//! Chains of operators.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, TokenKind};

use super::compare::Comparison;
use super::conversions::Fit;
use super::few::Few;
use super::state::Checker;
use super::turn::Turn;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{BinaryOp, ExprId, ExprKind, Step};
use crate::span::Span;
use crate::types::Ty;

impl<'t> Checker<'t> {
    pub(super) fn chain(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let chain = views::Chain::cast(node);
        let Some((chain, first)) = chain.and_then(|chain| Some((chain, chain.first()?))) else {
            let span = self.span(node);
            return self.broken(span);
        };
        let logical = chain.rest().next().map(|(operator, _)| operator.kind());
        if let Some(operator @ (TokenKind::AndAnd | TokenKind::OrOr)) = logical {
            return self.logical(node, operator);
        }
        // Operands that say their type come first, in what they say; literals
        // take it on.
        let compares = logical.is_some_and(|operator| operation(operator).compares());
        let wanted = wanted.filter(|wanted| !compares && wanted.is_number());
        let mut hint = None::<Ty>;
        let turns = node.children().map(|node| match node.kind() {
            NodeKind::Postfix if !compares => Turn::First,
            _ => self.turn(node),
        });
        let turns = turns.collect::<Few<_>>();
        let mut values = Few::from_elem(None, turns.len());
        for turn in Turn::ALL {
            for (index, node) in node.children().enumerate() {
                if turns[index] != turn {
                    continue;
                }
                let value = match turn {
                    Turn::First => {
                        let value = self.expr(node, None);
                        self.read_of(node, value)
                    }
                    _ => self.expr(node, hint),
                };
                let ty = self.type_of(value);
                hint = match turn {
                    Turn::First => Some(self.join(hint, ty)),
                    _ => hint.or(Some(ty)),
                };
                values[index] = Some(value);
            }
            if turn == Turn::First {
                hint = hint.or(wanted);
            }
        }
        self.steps(first, chain, &values)
    }

    fn logical(&mut self, node: Node<'t>, operator: TokenKind) -> ExprId {
        let span = self.span(node);
        let mut values = Few::new();
        for operand in node.children() {
            let value = self.expr(operand, Some(Ty::BOOL));
            values.push(match self.type_of(value) {
                Ty::BOOL | Ty::ERROR => value,
                Ty::NEVER => {
                    let place = self.span(operand);
                    self.add(ExprKind::Convert(value), Ty::BOOL, place)
                }
                ty => {
                    let place = self.span(operand);
                    let sign = operator.spelling().unwrap_or_default();
                    let message = format!("`{sign}` is of bools, this is {}", self.name(ty));
                    let diagnostic = SourceDiagnostic::new(codes::BAD_OPERANDS, message, place, "");
                    self.report(diagnostic);
                    self.broken(place)
                }
            });
        }
        let list = self.frame().body.add_list(&values);
        let kind = match operator {
            TokenKind::AndAnd => ExprKind::And(list),
            _ => ExprKind::Or(list),
        };
        self.add(kind, Ty::BOOL, span)
    }

    /// Applies operators from left to right.
    fn steps(
        &mut self,
        first: Node<'t>,
        chain: views::Chain<'t>,
        values: &[Option<ExprId>],
    ) -> ExprId {
        let start_span = self.span(first);
        let [Some(start), values @ ..] = values else {
            return self.broken(start_span);
        };
        let (mut left, mut ty) = (*start, self.type_of(*start));
        let mut steps = Few::new();
        let mut span = start_span;
        for ((operator, node), value) in chain.rest().zip(values.iter().flatten()) {
            let op = operation(operator.kind());
            span = start_span.to(self.span(node));
            let right_ty = self.type_of(*value);
            match self.operation(op, ty, right_ty, span) {
                Ok((operands, result)) => {
                    let right = self.coerce_of(node, *value, operands, codes::TYPE_MISMATCH);
                    steps.push(Step {
                        op,
                        right,
                        operands,
                        span,
                    });
                    ty = result;
                }
                Err(()) => {
                    // What comes after a mistake is checked by its type alone.
                    steps.clear();
                    left = self.broken(span);
                    ty = Ty::ERROR;
                }
            }
        }
        if steps.is_empty() {
            return left;
        }
        let first_ty = self.type_of(left);
        let first_operands = steps[0].operands;
        let converts = first_ty != first_operands && !first_ty.is_integer();
        if converts && first_ty != Ty::ERROR {
            left = self.add(ExprKind::Convert(left), first_operands, start_span);
        }
        let steps = self.frame().body.add_steps(&steps);
        self.add(ExprKind::Chain(left, steps), ty, span)
    }

    /// The type of an operator's operands and of its result.
    pub(super) fn operation(
        &mut self,
        op: BinaryOp,
        left: Ty,
        right: Ty,
        span: Span,
    ) -> Result<(Ty, Ty), ()> {
        if left == Ty::ERROR || right == Ty::ERROR {
            return Err(());
        }
        let operands = if left == right || right == Ty::NEVER {
            left
        } else if left == Ty::NEVER {
            right
        } else if left.is_integer() && right.is_integer() {
            self.join(Some(left), right)
        } else if self.is_open(left) || self.is_open(right) {
            // It depends on the arguments whether these go together.
            let result = if op.compares() { Ty::BOOL } else { Ty::ERROR };
            if !op.compares() {
                return Err(());
            }
            return Ok((right, result));
        } else if self.fits(right, left, span) == Fit::Converts {
            left
        } else if self.fits(left, right, span) == Fit::Converts {
            right
        } else {
            return self.bad_operands(op, left, right, span);
        };
        let good = match op {
            BinaryOp::Add => operands.is_number() || operands == Ty::STR,
            BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Remainder => {
                operands.is_number()
            }
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => {
                operands.is_number() || operands == Ty::CHAR
            }
            BinaryOp::Equal | BinaryOp::NotEqual => match self.comparison(operands) {
                Comparison::Endless(first, next) if !self.is_open(operands) => {
                    self.endless_comparison(first, next, span);
                    return Err(());
                }
                found => found == Comparison::Structural,
            },
            BinaryOp::Same | BinaryOp::NotSame => self.has_identity(operands),
        };
        if !good && !self.is_open(operands) && operands != Ty::NEVER {
            return self.bad_operands(op, left, right, span);
        }
        let result = if op.compares() { Ty::BOOL } else { operands };
        Ok((operands, result))
    }

    fn bad_operands(
        &mut self,
        op: BinaryOp,
        left: Ty,
        right: Ty,
        span: Span,
    ) -> Result<(Ty, Ty), ()> {
        let sign = sign(op);
        let equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual) && left == right;
        let part = equality.then(|| self.not_compared(left)).flatten();
        let is_byte_and_char =
            [left, right] == [Ty::U8, Ty::CHAR] || [left, right] == [Ty::CHAR, Ty::U8];
        let same = left == right;
        let [left, right] = self.names_of(left, right);
        let message = if same {
            format!("there is no `{sign}` of {left}")
        } else {
            format!("there is no `{sign}` of {left} and {right}")
        };
        let mut diagnostic = SourceDiagnostic::new(codes::BAD_OPERANDS, message, span, "");
        if op == BinaryOp::Add && (left == "string" || right == "string") {
            diagnostic.set_help(Some("text of a value is `\"${value}\"`".to_owned()));
        } else if left == "string" && right == "string" && op.compares() {
            let help = format!("write `String.Compare(a, b) {sign} 0`, with `use Core.String;`");
            diagnostic.set_help(Some(help));
        } else if is_byte_and_char {
            let help =
                "the character of a byte is `Convert.U8ToChar(byte)`, with `use Core.Convert;`";
            diagnostic.set_help(Some(help.to_owned()));
        } else if part.is_some() {
            diagnostic.set_help(part);
        }
        self.report(diagnostic);
        Err(())
    }
}

const fn operation(kind: TokenKind) -> BinaryOp {
    match kind {
        TokenKind::EqEq => BinaryOp::Equal,
        TokenKind::NotEq => BinaryOp::NotEqual,
        TokenKind::Identical => BinaryOp::Same,
        TokenKind::NotIdentical => BinaryOp::NotSame,
        TokenKind::Less => BinaryOp::Less,
        TokenKind::LessEq => BinaryOp::LessEqual,
        TokenKind::Greater => BinaryOp::Greater,
        TokenKind::GreaterEq => BinaryOp::GreaterEqual,
        TokenKind::Minus => BinaryOp::Subtract,
        TokenKind::Star => BinaryOp::Multiply,
        TokenKind::Slash => BinaryOp::Divide,
        TokenKind::Percent => BinaryOp::Remainder,
        // The parser makes chains of these, and of `+`.
        _ => BinaryOp::Add,
    }
}

const fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Remainder => "%",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Same => "===",
        BinaryOp::NotSame => "!==",
    }
}
