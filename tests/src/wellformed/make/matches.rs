//! Matches whose arms cover everything.

use crate::wellformed::tree::{Arm, Body, Expr, Local, Match, Pattern, Stmt, Type};

use super::maker::{Maker, Place};

impl Maker {
    /// A type that is worth a match.
    fn choosable(&mut self) -> Type {
        let locals = self.locals(|one| matches!(one.ty, Type::Enum(..)));
        if self.random.percent(60)
            && let Some(one) = self.random.pick(&locals)
        {
            return one.ty.clone();
        }
        loop {
            let ty = self.data_type(2);
            if !matches!(
                ty,
                Type::Struct(..) | Type::Array(_) | Type::Param(_) | Type::Float
            ) {
                return ty;
            }
        }
    }

    /// A match as a value.
    pub fn choice(&mut self, ty: &Type, place: Place, depth: usize) -> Expr {
        let of = self.choosable();
        let inner = if place == Place::Free {
            Place::Free
        } else {
            Place::Exact
        };
        let value = self.expr(&of, Place::Free, depth.min(1));
        let arms = self.arms(&of, &mut |maker, _| {
            Body::Value(maker.expr(ty, inner, depth))
        });
        Expr::Match(Box::new(Match { of: value, arms }))
    }

    /// A match as a statement.
    pub fn choice_statement(&mut self, depth: usize) -> Stmt {
        let of = self.choosable();
        let value = self.expr(&of, Place::Free, 2);
        let arms = self.arms(&of, &mut |maker, arm| {
            let mut block = Vec::new();
            if maker.room == 0 || maker.random.percent(50) {
                block.push(maker.say_of(&format!("arm {arm}")));
            }
            block.extend(maker.statements(1, depth.saturating_sub(1)));
            Body::Block(block)
        });
        Stmt::Expr(Expr::Match(Box::new(Match { of: value, arms })))
    }

    /// Arms for every value of a type.
    pub fn arms(&mut self, of: &Type, body: &mut dyn FnMut(&mut Self, usize) -> Body) -> Vec<Arm> {
        let mut arms = Vec::new();
        if let Type::Enum(at, _) = of {
            let count = self.program.enums[*at].variants.len();
            let turn = self.random.below(count);
            let all = (0..count).map(|one| (one + turn) % count);
            let short = count > 1 && self.random.percent(25);
            for (position, variant) in all.enumerate() {
                if short && position + 1 == count {
                    break;
                }
                if self.random.percent(35) && !self.fields(of, variant).is_empty() {
                    arms.push(self.arm(of, Some(variant), true, arms.len(), body));
                }
                arms.push(self.arm(of, Some(variant), false, arms.len(), body));
            }
            if short {
                arms.push(self.arm(of, None, false, arms.len(), body));
            }
            return arms;
        }
        for _ in 0..1 + self.random.below(3) {
            arms.push(self.arm(of, None, true, arms.len(), body));
        }
        arms.push(self.arm(of, None, false, arms.len(), body));
        arms
    }

    fn arm(
        &mut self,
        of: &Type,
        variant: Option<usize>,
        special: bool,
        number: usize,
        body: &mut dyn FnMut(&mut Self, usize) -> Body,
    ) -> Arm {
        self.inside(|maker| {
            let mut bound = Vec::new();
            let pattern = match variant {
                Some(variant) => maker.variant_pattern(of, variant, special, &mut bound),
                None if special && !maker.random.percent(15) => maker.special(of, &mut bound, 2),
                None => maker.general(of, &mut bound),
            };
            for (local, ty) in bound {
                maker.reveal(local, ty, false);
            }
            let guarded = special && maker.random.percent(40);
            let guard = guarded.then(|| maker.guard());
            Arm {
                pattern,
                guard,
                body: body(maker, number),
            }
        })
    }

    fn fields(&self, of: &Type, variant: usize) -> Vec<Type> {
        let Type::Enum(at, types) = of else {
            return Vec::new();
        };
        let fields = self.program.enums[*at].variants[variant].1.iter();
        fields.map(|ty| ty.with(types)).collect()
    }

    fn variant_pattern(
        &mut self,
        of: &Type,
        variant: usize,
        special: bool,
        bound: &mut Vec<(Local, Type)>,
    ) -> Pattern {
        let Type::Enum(at, _) = of else {
            return Pattern::Any;
        };
        let fields = self.fields(of, variant);
        let fields = fields.iter().map(|ty| match special {
            true if self.random.percent(60) => self.special(ty, bound, 2),
            _ => self.general(ty, bound),
        });
        Pattern::Variant(*at, variant, fields.collect())
    }

    /// A pattern that meets some values.
    fn special(&mut self, of: &Type, bound: &mut Vec<(Local, Type)>, depth: usize) -> Pattern {
        match of {
            Type::Enum(at, _) if depth > 0 => {
                let variant = self.random.below(self.program.enums[*at].variants.len());
                let fields = self.fields(of, variant);
                let fields = fields.iter().map(|ty| self.special(ty, bound, depth - 1));
                Pattern::Variant(*at, variant, fields.collect())
            }
            Type::Int(_) => Pattern::Literal(self.integer(of, true)),
            Type::Bool | Type::Char | Type::Text => {
                Pattern::Literal(self.value(of, Place::Free, 0))
            }
            _ => self.general(of, bound),
        }
    }

    /// A pattern that meets every value.
    fn general(&mut self, of: &Type, bound: &mut Vec<(Local, Type)>) -> Pattern {
        if self.random.percent(30) {
            return Pattern::Any;
        }
        let local = self.reserve();
        bound.push((local, of.clone()));
        Pattern::Bind(local)
    }
}
