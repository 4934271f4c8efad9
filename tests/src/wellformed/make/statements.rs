//! Statements.

use crate::wellformed::tree::{Expr, Op, Piece, Stmt, Type, Width};

use super::maker::{Maker, Place};

impl Maker {
    /// Some statements of one block.
    pub fn statements(&mut self, count: usize, depth: usize) -> Vec<Stmt> {
        let mut block = Vec::new();
        for _ in 0..count {
            if self.room == 0 {
                break;
            }
            self.room -= 1;
            self.statement(depth, &mut block);
        }
        block
    }

    fn inner(&mut self, depth: usize) -> Vec<Stmt> {
        let count = 1 + self.random.below(3);
        let mut block = self.inside(|maker| maker.statements(count, depth.saturating_sub(1)));
        if block.is_empty() {
            block.push(self.say_of("here"));
        }
        block
    }

    fn statement(&mut self, depth: usize, block: &mut Vec<Stmt>) {
        match self.random.below(if depth > 0 { 30 } else { 17 }) {
            0..=6 => block.push(self.local_statement()),
            7 | 8 => block.push(self.say_of("say")),
            9 | 10 => self.assign_statement(block),
            11 => self.compound_statement(block),
            12 => self.call_statement(block),
            13 => self.listen_statements(block),
            14 => self.raise_statement(block),
            15 => block.push(self.say_some()),
            16 => self.leave_statement(block),
            17..=20 => block.push(self.if_statement(depth)),
            21..=25 => self.loop_statement(depth, block),
            26..=28 => block.push(self.choice_statement(depth)),
            _ => {
                let inner = self.inner(depth);
                block.push(Stmt::Block(inner));
            }
        }
    }

    /// A line about one local.
    fn say_some(&mut self) -> Stmt {
        let locals = self.locals(|_| true);
        match self.random.pick(&locals).cloned() {
            Some(one) => self.say_local(one.local, &one.ty),
            None => self.say_of("say"),
        }
    }

    fn local_statement(&mut self) -> Stmt {
        let mutable = self.random.percent(55);
        if self.random.percent(15)
            && let Some(tried) = self.try_statement()
        {
            return tried;
        }
        let ty = self.any_type(2);
        let written = !self.is_data(&ty) || self.random.percent(65);
        let place = if written { Place::Typed } else { Place::Free };
        let value = self.expr(&ty, place, 3);
        let local = self.declare(ty.clone(), mutable);
        Stmt::Let {
            local,
            ty: written.then_some(ty),
            mutable,
            value,
        }
    }

    /// A local that a `?` gives.
    fn try_statement(&mut self) -> Option<Stmt> {
        let Some(Type::Enum(1, types)) = self.here.result.clone() else {
            return None;
        };
        let ty = self.plain_type();
        let of = Type::Enum(1, vec![ty.clone(), types[1].clone()]);
        let value = self.expr(&of, Place::Free, 2);
        let local = self.declare(ty, false);
        Some(Stmt::Let {
            local,
            ty: None,
            mutable: false,
            value: Expr::Try(Box::new(value)),
        })
    }

    /// Something that can be assigned, and its type.
    fn target(&mut self) -> Option<(Expr, Type)> {
        let mut all = Vec::new();
        for one in self.locals(|_| true) {
            match &one.ty {
                Type::Array(item) if self.random.percent(60) => {
                    let at = self.index(1);
                    let element = Expr::Index(Box::new(Expr::Local(one.local)), Box::new(at));
                    all.push((element, (**item).clone()));
                }
                Type::Struct(of, types) if one.mutable && self.random.percent(70) => {
                    let fields = &self.program.structs[*of].fields;
                    let field = self.random.below(fields.len());
                    let ty = fields[field].1.with(types);
                    let object = Box::new(Expr::Local(one.local));
                    all.push((
                        Expr::Field {
                            object,
                            of: *of,
                            field,
                            bare: false,
                        },
                        ty,
                    ));
                }
                _ if one.mutable => all.push((Expr::Local(one.local), one.ty)),
                _ => {}
            }
        }
        if let Some(of) = self.here.this {
            for (field, (_, ty)) in self.program.structs[of]
                .fields
                .clone()
                .into_iter()
                .enumerate()
            {
                let bare = self.random.percent(50);
                all.push((
                    Expr::Field {
                        object: Box::new(Expr::This),
                        of,
                        field,
                        bare,
                    },
                    ty,
                ));
            }
        }
        self.random.pick(&all).cloned()
    }

    fn assign_statement(&mut self, block: &mut Vec<Stmt>) {
        let Some((place, ty)) = self.target() else {
            return block.push(self.local_statement());
        };
        let value = self.expr(&ty, Place::Typed, 2);
        block.push(Stmt::Assign(place, value));
    }

    fn compound_statement(&mut self, block: &mut Vec<Stmt>) {
        for _ in 0..4 {
            let Some((place, ty)) = self.target() else {
                break;
            };
            let op = match ty {
                Type::Int(_) | Type::Float if self.random.percent(50) => Op::Sub,
                Type::Int(_) | Type::Float | Type::Text => Op::Add,
                _ => continue,
            };
            let value = self.expr(&ty, Place::Free, 2);
            return block.push(Stmt::Compound(place, op, value));
        }
        block.push(self.local_statement());
    }

    fn call_statement(&mut self, block: &mut Vec<Stmt>) {
        let ty = if self.random.percent(70) {
            Type::Unit
        } else {
            self.plain_type()
        };
        let call = match self.random.below(3) {
            0 => self.call(&ty, Place::Free, 2),
            1 => self.call_value(&ty, 2),
            _ => None,
        };
        let call = call
            .or_else(|| self.method(&ty, 2))
            .or_else(|| self.dispatch(&ty, 2));
        match call.or_else(|| self.call(&ty, Place::Free, 2)) {
            Some(call) => block.push(Stmt::Expr(call)),
            None => block.push(self.local_statement()),
        }
    }

    /// A handler for an event of a known struct, which may be taken away again.
    fn listen_statements(&mut self, block: &mut Vec<Stmt>) {
        let structs = self.locals(|one| one.mutable && matches!(one.ty, Type::Struct(..)));
        let structs = structs.into_iter().filter(|one| match one.ty {
            Type::Struct(of, _) => one.mutable && !self.program.structs[of].events.is_empty(),
            _ => false,
        });
        let structs: Vec<_> = structs.collect();
        let Some(one) = self.random.pick(&structs).cloned() else {
            return block.push(self.local_statement());
        };
        let Type::Struct(of, _) = one.ty else {
            return;
        };
        let event = self.random.below(self.program.structs[of].events.len());
        let params = self.program.structs[of].events[event].2.clone();
        let object = Expr::Local(one.local);
        let ty = Type::Function(params, Box::new(Type::Unit));
        // What is captured makes each handler another one.
        let tag = self.declare(Type::Int(Width::I32), false);
        self.marks += 1;
        let value = Expr::Int {
            value: self.marks,
            width: Width::I32,
            bare: true,
        };
        block.push(Stmt::Let {
            local: tag,
            ty: Some(Type::Int(Width::I32)),
            mutable: false,
            value,
        });
        let mut value = self.value(&ty, Place::Typed, 1);
        if let Expr::Lambda(lambda) = &mut value
            && let crate::wellformed::tree::Body::Block(inner) = &mut lambda.body
        {
            let pieces = vec![
                Piece::Text("handler ".to_owned()),
                Piece::Hole(Expr::Local(tag)),
            ];
            inner.insert(0, Stmt::Say(pieces));
        }
        let local = self.declare(ty.clone(), false);
        let handler = Expr::Local(local);
        block.push(Stmt::Let {
            local,
            ty: Some(ty),
            mutable: false,
            value,
        });
        let subscribe = |add| Stmt::Subscribe {
            object: object.clone(),
            of,
            event,
            handler: handler.clone(),
            add,
        };
        block.push(subscribe(true));
        if self.random.percent(30) {
            block.push(subscribe(true));
        }
        if let Some(call) = self.method(&Type::Unit, 1) {
            block.push(Stmt::Expr(call));
        }
        if self.random.percent(50) {
            block.push(subscribe(false));
        }
    }

    fn raise_statement(&mut self, block: &mut Vec<Stmt>) {
        let of = self
            .here
            .this
            .filter(|&of| !self.program.structs[of].events.is_empty());
        let Some(of) = of else {
            return block.push(self.local_statement());
        };
        let event = self.random.below(self.program.structs[of].events.len());
        let params = self.program.structs[of].events[event].2.clone();
        let args = params
            .iter()
            .map(|ty| self.expr(ty, Place::Typed, 1))
            .collect();
        block.push(Stmt::Raise { of, event, args });
    }

    /// An end of a loop, of the function or, seldom, of the program, under a condition.
    fn leave_statement(&mut self, block: &mut Vec<Stmt>) {
        let condition = self.expr(&Type::Bool, Place::Free, 2);
        let result = self.here.result.clone().unwrap_or(Type::Unit);
        let leave = match self.random.below(10) {
            0..=2 if self.here.loops > 0 => Stmt::Break,
            3..=5 if self.here.loops > 0 => Stmt::Continue,
            6 if self.random.percent(30) => Stmt::Panic(self.expr(&Type::Text, Place::Typed, 1)),
            _ if result == Type::Unit => Stmt::Return(None),
            _ => Stmt::Return(Some(self.expr(&result, Place::Typed, 2))),
        };
        block.push(Stmt::If(vec![(condition, vec![leave])], None));
    }

    fn if_statement(&mut self, depth: usize) -> Stmt {
        let mut chain = Vec::new();
        for _ in 0..1 + self.random.below(4) / 2 {
            let condition = self.expr(&Type::Bool, Place::Free, 2);
            chain.push((condition, self.inner(depth)));
        }
        let last = self.random.percent(50).then(|| self.inner(depth));
        Stmt::If(chain, last)
    }

    fn loop_statement(&mut self, depth: usize, block: &mut Vec<Stmt>) {
        self.here.loops += 1;
        match self.random.below(4) {
            0 => {
                let width = [Width::U8, Width::I32, Width::I64][self.random.below(3)];
                let literal = |value, bare| Expr::Int { value, width, bare };
                let local = self.declare(Type::Int(width), false);
                let value = literal(1 + self.random.below(7) as i64, true);
                block.push(Stmt::Let {
                    local,
                    ty: Some(Type::Int(width)),
                    mutable: true,
                    value,
                });
                let mut condition = Expr::Binary(
                    Op::More,
                    Box::new(Expr::Local(local)),
                    Box::new(literal(0, true)),
                );
                if self.random.percent(40) {
                    let other = self.expr(&Type::Bool, Place::Free, 2);
                    condition = Expr::Binary(Op::And, Box::new(condition), Box::new(other));
                }
                let mut inner = self.inner(depth);
                inner.insert(
                    0,
                    Stmt::Compound(Expr::Local(local), Op::Sub, literal(1, true)),
                );
                block.push(Stmt::While(condition, inner));
            }
            1 => {
                let ty = Type::Int(self.width());
                let (from, to) = (self.integer_near(&ty), self.integer_near(&ty));
                let stmt = self.inside(|maker| {
                    let local = maker.declare_head(ty);
                    let body = maker.loop_body(depth);
                    Stmt::Range(local, from, to, body)
                });
                block.push(stmt);
            }
            2 if !self.iterators.is_empty() => {
                let at = self.random.below(self.iterators.len());
                let of = Type::Struct(self.iterators[at], Vec::new());
                let value = self.short(&of, Place::Free);
                block.push(self.each(value, Type::Int(Width::I32), depth));
            }
            _ => {
                let item = self.data_type(1);
                let value = self.expr(&Type::Array(Box::new(item.clone())), Place::Free, 2);
                block.push(self.each(value, item, depth));
            }
        }
        self.here.loops -= 1;
    }

    fn each(&mut self, value: Expr, item: Type, depth: usize) -> Stmt {
        self.inside(|maker| {
            let local = maker.declare_head(item.clone());
            let mut body = vec![maker.say_local(local, &item)];
            body.extend(maker.loop_body(depth));
            Stmt::Each(local, value, body)
        })
    }

    fn loop_body(&mut self, depth: usize) -> Vec<Stmt> {
        let count = 1 + self.random.below(3);
        let mut body = self.statements(count, depth.saturating_sub(1));
        if body.is_empty() {
            body.push(self.say_of("turn"));
        }
        body
    }

    fn integer_near(&mut self, ty: &Type) -> Expr {
        if self.random.percent(15) {
            return self.expr(ty, Place::Free, 1);
        }
        match *ty {
            Type::Int(width) => Expr::Int {
                value: self.random.below(6) as i64,
                width,
                bare: false,
            },
            _ => Expr::Bool(false),
        }
    }
}
