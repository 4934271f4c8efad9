//! Expressions of a wanted type.

use crate::wellformed::tree::{Body, Expr, Lambda, Op, Piece, Stmt, Type};

use super::maker::{Maker, Place};

const LETTERS: &[char] = &[
    'a', 'b', 'Z', '0', ' ', '$', '"', '\\', '\'', '{', 'é', 'ž', '→', '\n',
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "yes",
    "no",
    "x y",
    "\"q\"",
    "$5",
    "{b}",
    "naïve",
    "tab\t",
    "\\",
    "long words here",
];

impl Maker {
    /// An expression of a type.
    pub fn expr(&mut self, ty: &Type, place: Place, depth: usize) -> Expr {
        if depth == 0 {
            return self.short(ty, place);
        }
        for _ in 0..6 {
            let made = match self.random.below(18) {
                0..=2 => Some(self.short(ty, place)),
                3 => self.field(ty),
                4 => self.element(ty, depth - 1),
                5 | 6 => self.call(ty, place, depth - 1),
                7 | 8 => self.method(ty, depth - 1),
                9 => self.dispatch(ty, depth - 1),
                10 => self.call_value(ty, depth - 1),
                11 => Some(self.choice(ty, place, depth - 1)),
                12 => self.assignment(ty, place, depth - 1),
                13 => self.conversion(ty, place, depth - 1),
                14 => self.seen(ty, depth - 1),
                _ => self.operation(ty, depth - 1),
            };
            if let Some(made) = made {
                return made;
            }
        }
        self.value(ty, place, depth - 1)
    }

    /// A local, or else a literal.
    pub fn short(&mut self, ty: &Type, place: Place) -> Expr {
        if self.random.percent(75) {
            if let Some(local) = self.local(ty) {
                return local;
            }
            if self.random.percent(50)
                && let Some(field) = self.field(ty)
            {
                return field;
            }
        }
        self.value(ty, place, 0)
    }

    /// A new value of a type.
    pub fn value(&mut self, ty: &Type, place: Place, depth: usize) -> Expr {
        match ty {
            Type::Int(_) => {
                let bare = place != Place::Free && self.random.percent(70);
                self.integer(ty, bare)
            }
            Type::Float => {
                let whole = self.random.below(41) as f64 - 20.0;
                Expr::Float(whole + self.random.below(4) as f64 * 0.25)
            }
            Type::Bool => Expr::Bool(self.random.percent(50)),
            Type::Char => Expr::Char(LETTERS[self.random.below(LETTERS.len())]),
            Type::Text => Expr::Text(TEXTS[self.random.below(TEXTS.len())].to_owned()),
            Type::Array(item) => {
                if place != Place::Free && self.random.percent(4) {
                    return Expr::Array(Vec::new());
                }
                let count = 1 + self.random.below(4);
                let inner = if place == Place::Free {
                    Place::Free
                } else {
                    Place::Exact
                };
                Expr::Array((0..count).map(|_| self.expr(item, inner, depth)).collect())
            }
            Type::Struct(at, types) => self.new_struct(*at, types, place, depth),
            Type::Enum(at, types) => self.variant(*at, types, place, depth),
            Type::Contract(at) => {
                let structs = self.conforming(*at);
                let of = structs[self.random.below(structs.len())];
                self.expr(&Type::Struct(of, Vec::new()), Place::Exact, depth)
            }
            Type::Function(params, result) => self.lambda(params, result, depth),
            Type::Param(_) => match self.local(ty).or_else(|| self.field(ty)) {
                Some(known) => known,
                // A program that is thrown away.
                None => Expr::This,
            },
            Type::Unit => Expr::Text(String::new()),
        }
    }

    /// An integer literal.
    pub fn integer(&mut self, ty: &Type, bare: bool) -> Expr {
        let Type::Int(width) = *ty else {
            return Expr::Bool(false);
        };
        let value = match self.random.below(10) {
            0..=5 => self.random.below(12) as i64,
            6 => -(self.random.below(12) as i64),
            7 => self.random.below(1000) as i64,
            8 => width.wrap(i128::from(self.random.next() as i64)),
            _ => [
                127,
                128,
                255,
                i64::from(i32::MAX),
                i64::from(i32::MIN),
                i64::MAX,
            ][self.random.below(6)],
        };
        let value = width.wrap(i128::from(value));
        Expr::Int { value, width, bare }
    }

    fn new_struct(&mut self, at: usize, types: &[Type], place: Place, depth: usize) -> Expr {
        let one = self.program.structs[at].clone();
        let inferred = one.generics > 0 && self.random.percent(60);
        let mut fields = Vec::new();
        for (field, (_, ty)) in one.fields.iter().enumerate() {
            let inner = match inferred && place == Place::Free && ty.is_open() {
                true => Place::Free,
                false => Place::Typed,
            };
            // What is inferred from both sides is exact.
            let inner = if inferred && ty.is_open() && inner == Place::Typed {
                Place::Exact
            } else {
                inner
            };
            fields.push((field, self.expr(&ty.with(types), inner, depth)));
        }
        if fields.len() > 1 && self.random.percent(30) {
            let last = fields.len() - 1;
            fields.swap(0, last);
        }
        Expr::New {
            of: at,
            types: if inferred { Vec::new() } else { types.to_vec() },
            fields,
        }
    }

    fn variant(&mut self, at: usize, types: &[Type], place: Place, depth: usize) -> Expr {
        let one = self.program.enums[at].clone();
        let own = |ty: &Type| matches!(ty, Type::Enum(of, _) if *of == at);
        let mut variant = self.random.below(one.variants.len());
        if depth == 0 && one.variants[variant].1.iter().any(own) {
            variant = 0;
        }
        let fields = &one.variants[variant].1;
        let told = (0..one.generics).all(|param| fields.contains(&Type::Param(param)));
        let inferred =
            one.generics > 0 && (place != Place::Free || told) && self.random.percent(70);
        let mut args = Vec::new();
        for ty in fields {
            let inner = match inferred && ty.is_open() {
                true if place == Place::Free => Place::Free,
                true => Place::Exact,
                false => Place::Typed,
            };
            args.push(self.expr(&ty.with(types), inner, depth.saturating_sub(1)));
        }
        Expr::Variant {
            of: at,
            types: if inferred { Vec::new() } else { types.to_vec() },
            variant,
            args,
        }
    }

    /// A closure, or at times a function of that type.
    fn lambda(&mut self, params: &[Type], result: &Type, depth: usize) -> Expr {
        let functions = self
            .program
            .functions
            .iter()
            .enumerate()
            .filter(|(at, one)| {
                one.generics == 0
                    && !self.bounded[*at]
                    && one.result == *result
                    && one.params.len() == params.len()
                    && one.params.iter().zip(params).all(|((_, a, _), b)| a == b)
            });
        let functions: Vec<_> = functions.map(|(at, _)| at).collect();
        if self.random.percent(40)
            && let Some(&at) = self.random.pick(&functions)
        {
            return Expr::Function(at);
        }
        let outer = self.here.clone();
        self.here.captured = self.here.known.len();
        self.here.loops = 0;
        self.here.itself = None;
        self.here.result = Some(result.clone());
        let typed = self.random.percent(50);
        let lambda = self.inside(|maker| {
            let params = params
                .iter()
                .map(|ty| (maker.declare_head(ty.clone()), ty.clone()));
            let params: Vec<_> = params.collect();
            let body = if *result == Type::Unit
                || (depth > 0 && maker.room > 4 && maker.random.percent(30))
            {
                let count = 1 + maker.random.below(2);
                Body::Block(maker.function_block(count, depth.min(1)))
            } else {
                Body::Value(maker.expr(result, Place::Exact, depth.max(1)))
            };
            Lambda {
                params,
                typed,
                body,
            }
        });
        let names = std::mem::take(&mut self.here.names);
        self.here = outer;
        self.here.names = names;
        Expr::Lambda(Box::new(lambda))
    }

    /// Statements that end with the result of the function that is being made.
    pub fn function_block(&mut self, count: usize, depth: usize) -> Vec<Stmt> {
        let mut block = self.statements(count, depth);
        let result = self.here.result.clone().unwrap_or(Type::Unit);
        if result != Type::Unit {
            let value = self.expr(&result, Place::Typed, 2);
            block.push(Stmt::Return(Some(value)));
        } else if block.is_empty() {
            block.push(Stmt::Say(vec![Piece::Text("nothing".to_owned())]));
        }
        block
    }

    /// An assignment as a value.
    fn assignment(&mut self, ty: &Type, place: Place, depth: usize) -> Option<Expr> {
        if place == Place::Free && !self.is_data(ty) {
            return None;
        }
        let locals = self.locals(|one| one.mutable && one.ty == *ty);
        let locals: Vec<_> = locals.into_iter().filter(|one| one.mutable).collect();
        let local = self.random.pick(&locals)?.local;
        if self.random.percent(50) {
            return None;
        }
        let value = self.expr(ty, Place::Typed, depth);
        Some(Expr::Assign(Box::new(Expr::Local(local)), Box::new(value)))
    }

    /// An integer of another type.
    fn conversion(&mut self, ty: &Type, place: Place, depth: usize) -> Option<Expr> {
        let (Type::Int(width), Place::Typed) = (ty, place) else {
            return None;
        };
        let from = self.width();
        if from == *width {
            return None;
        }
        let value = self.expr(&Type::Int(from), Place::Free, depth);
        Some(Expr::Convert(*width, Box::new(value)))
    }

    /// An expression that says when it is evaluated.
    pub fn seen(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        if !self.is_data(ty) || self.program.functions.is_empty() {
            return None;
        }
        self.marks += 1;
        let mark = Expr::Int {
            value: self.marks,
            width: crate::wellformed::tree::Width::I32,
            bare: true,
        };
        let explicit = self.random.percent(30);
        let place = if explicit { Place::Typed } else { Place::Free };
        let value = self.expr(ty, place, depth);
        let types = if explicit {
            vec![ty.clone()]
        } else {
            Vec::new()
        };
        Some(Expr::Call {
            function: 0,
            types,
            args: vec![mark, value],
        })
    }

    /// A truth value for a guard, without calls.
    pub fn guard(&mut self) -> Expr {
        let ty = self.plain_type();
        if ty == Type::Bool {
            return self.short(&ty, Place::Free);
        }
        let left = self.short(&ty, Place::Free);
        let right = self.short(&ty, Place::Free);
        let op = if ty == Type::Text {
            Op::Equal
        } else {
            Op::LessEqual
        };
        Expr::Binary(op, Box::new(left), Box::new(right))
    }
}
