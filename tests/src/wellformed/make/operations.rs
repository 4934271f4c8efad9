//! Operators, lengths, and texts with holes.

use crate::wellformed::tree::{Expr, Op, Piece, Type, Width};

use super::maker::{Maker, Place};

impl Maker {
    /// An operation that gives the type.
    pub fn operation(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        match ty {
            Type::Int(width) => Some(self.arithmetic(*width, depth)),
            Type::Float => {
                let op = [Op::Add, Op::Sub, Op::Mul][self.random.below(3)];
                Some(self.both(op, ty, depth))
            }
            Type::Bool => Some(self.truth(depth)),
            Type::Text if self.random.percent(40) => Some(self.both(Op::Add, ty, depth)),
            Type::Text => Some(Expr::Holes(self.holes(depth))),
            _ => None,
        }
    }

    fn both(&mut self, op: Op, ty: &Type, depth: usize) -> Expr {
        let left = self.expr(ty, Place::Free, depth);
        let right = self.expr(ty, Place::Free, depth);
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    fn arithmetic(&mut self, width: Width, depth: usize) -> Expr {
        let ty = Type::Int(width);
        if width == Width::I64 && self.random.percent(15) {
            let array = self.locals(|one| matches!(one.ty, Type::Array(_) | Type::Text));
            if let Some(one) = self.random.pick(&array).cloned() {
                let builtin = self.random.percent(30);
                let text = one.ty == Type::Text;
                return Expr::Length {
                    of: Box::new(Expr::Local(one.local)),
                    text,
                    builtin,
                };
            }
        }
        if self.random.percent(8) {
            return Expr::Negate(Box::new(self.expr(&ty, Place::Free, depth)));
        }
        let op = [Op::Add, Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem][self.random.below(6)];
        let left = self.expr(&ty, Place::Free, depth);
        let literal = matches!(left, Expr::Int { .. });
        if matches!(op, Op::Div | Op::Rem) && self.random.percent(95) {
            let mut value = width.wrap(1 + self.random.below(9) as i128);
            if width != Width::U8 && self.random.percent(20) {
                value = -value;
            }
            let by = Expr::Int {
                value,
                width,
                bare: !literal,
            };
            return Expr::Binary(op, Box::new(left), Box::new(by));
        }
        let right = self.operand(width, literal, depth);
        let (left, right) = match self.random.percent(50) {
            true => (left, right),
            false => (right, left),
        };
        // Of two literals none takes its type from the other.
        Expr::Binary(op, Box::new(left), Box::new(right))
    }

    /// The other operand of one of a width: as wide or narrower, or a bare literal.
    fn operand(&mut self, width: Width, literal: bool, depth: usize) -> Expr {
        if !literal && self.random.percent(35) {
            return self.integer(&Type::Int(width), true);
        }
        let own = self.width();
        let own = if self.random.percent(70) {
            width
        } else {
            own.min(width)
        };
        self.expr(&Type::Int(own), Place::Free, depth)
    }

    fn truth(&mut self, depth: usize) -> Expr {
        match self.random.below(10) {
            0 => Expr::Not(Box::new(self.expr(&Type::Bool, Place::Free, depth))),
            1 => self.both(Op::And, &Type::Bool, depth),
            2 => self.both(Op::Or, &Type::Bool, depth),
            3 => {
                let objects =
                    self.locals(|one| matches!(one.ty, Type::Struct(..) | Type::Array(_)));
                let Some(one) = self.random.pick(&objects).cloned() else {
                    return Expr::Bool(true);
                };
                let other = match self.local(&one.ty) {
                    Some(other) if self.random.percent(70) => other,
                    _ if self.is_data(&one.ty) => self.expr(&one.ty, Place::Free, depth),
                    _ => Expr::Local(one.local),
                };
                let op = if self.random.percent(70) {
                    Op::Same
                } else {
                    Op::Other
                };
                Expr::Binary(op, Box::new(Expr::Local(one.local)), Box::new(other))
            }
            4 | 5 => {
                let ty = self.data_type(2);
                let op = if self.random.percent(60) {
                    Op::Equal
                } else {
                    Op::Unequal
                };
                self.both(op, &ty, depth)
            }
            _ => {
                let op = [Op::Less, Op::LessEqual, Op::More, Op::MoreEqual][self.random.below(4)];
                let ty = match self.random.below(8) {
                    0 => Type::Float,
                    1 => Type::Char,
                    _ => {
                        let width = self.width();
                        let left = self.expr(&Type::Int(width), Place::Free, depth);
                        let literal = matches!(left, Expr::Int { .. });
                        let right = self.operand(width, literal, depth);
                        return Expr::Binary(op, Box::new(left), Box::new(right));
                    }
                };
                self.both(op, &ty, depth)
            }
        }
    }

    /// Text with some holes.
    pub fn holes(&mut self, depth: usize) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for at in 0..1 + self.random.below(3) {
            if at > 0 || self.random.percent(50) {
                let text = [" ", ", ", "/", "=", " $ ", "<", "}"][self.random.below(7)];
                pieces.push(Piece::Text(text.to_owned()));
            }
            let ty = self.plain_type();
            pieces.push(Piece::Hole(self.expr(&ty, Place::Free, depth)));
        }
        pieces
    }
}
