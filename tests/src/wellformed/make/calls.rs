//! Expressions that take something of another: fields, elements, calls.

use crate::wellformed::tree::{Expr, Op, Type, Width};

use super::maker::{Maker, Place};
use super::types::unify;

impl Maker {
    /// A struct that can be named, and the type arguments that it has.
    fn objects(&self) -> Vec<(Expr, usize, Vec<Type>)> {
        let mut all = Vec::new();
        for one in self.locals(|one| matches!(one.ty, Type::Struct(..))) {
            if let Type::Struct(of, types) = one.ty {
                all.push((Expr::Local(one.local), of, types));
            }
        }
        if let Some(Type::Struct(of, types)) = self.this() {
            all.push((Expr::This, of, types));
        }
        all
    }

    /// A field of that type.
    pub fn field(&mut self, ty: &Type) -> Option<Expr> {
        let mut all = Vec::new();
        for (object, of, types) in self.objects() {
            for (field, (_, found)) in self.program.structs[of].fields.iter().enumerate() {
                if found.with(&types) == *ty {
                    all.push((object.clone(), of, field));
                }
            }
        }
        let (object, of, field) = self.random.pick(&all)?.clone();
        let bare = matches!(object, Expr::This) && self.random.percent(50);
        Some(Expr::Field {
            object: Box::new(object),
            of,
            field,
            bare,
        })
    }

    /// An element of a known array.
    pub fn element(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        let array = match ty {
            Type::Int(Width::U8) if self.random.percent(40) => Type::Text,
            _ => Type::Array(Box::new(ty.clone())),
        };
        let array = match self.local(&array) {
            Some(local) => local,
            None => self.field(&array)?,
        };
        Some(Expr::Index(Box::new(array), Box::new(self.index(depth))))
    }

    /// An index, seldom a wild one.
    pub fn index(&mut self, depth: usize) -> Expr {
        let width = self.width();
        if self.random.percent(2) {
            return self.expr(&Type::Int(width), Place::Free, depth);
        }
        let value = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2][self.random.below(16)];
        Expr::Int {
            value,
            width,
            bare: width == Width::I32,
        }
    }

    /// A call of a function that gives the type.
    pub fn call(&mut self, ty: &Type, place: Place, depth: usize) -> Option<Expr> {
        let mut all = Vec::new();
        for (at, one) in self.program.functions.iter().enumerate().skip(1) {
            let itself = self.here.itself == Some(at);
            if self.here.making == Some(at) && !itself {
                // A lambda in a function would call it without end.
                continue;
            }
            let mut args = vec![None; one.generics];
            let fits = unify(&one.result, ty, &mut args);
            // A function that calls itself with a type made of its parameter never ends.
            let ends = |arg: &Type| !itself || !arg.is_open() || matches!(arg, Type::Param(_));
            if fits
                && args
                    .iter()
                    .flatten()
                    .all(|arg| self.is_data(arg) && ends(arg))
            {
                all.push((at, args));
            }
        }
        if let Some(at) = self.here.itself
            && self.here.result.as_ref() == Some(ty)
            && self.random.percent(50)
        {
            all = vec![(at, vec![None; self.program.functions[at].generics])];
        }
        let (at, args) = self.random.pick(&all)?.clone();
        Some(self.call_of(at, args, place, depth))
    }

    /// A call of a function with some of its type arguments.
    pub fn call_of(
        &mut self,
        at: usize,
        args: Vec<Option<Type>>,
        place: Place,
        depth: usize,
    ) -> Expr {
        let one = self.program.functions[at].clone();
        let itself = self.here.itself == Some(at);
        let types = args.into_iter().enumerate().map(|(param, arg)| match arg {
            Some(arg) => arg,
            None if itself => Type::Param(param),
            None => self.data_type(1),
        });
        let types: Vec<_> = types.collect();
        let told = (0..one.generics).all(|param| {
            one.params
                .iter()
                .any(|(_, ty, _)| *ty == Type::Param(param))
        });
        let inferred = one.generics > 0 && told && self.random.percent(60);
        let mut values = Vec::new();
        for (position, (_, ty, _)) in one.params.iter().enumerate() {
            if position == 0 && self.bounded[at] {
                values.push(self.bound(itself));
                continue;
            }
            let inner = if inferred && ty.is_open() {
                Place::Free
            } else {
                Place::Typed
            };
            values.push(self.expr(&ty.with(&types), inner, depth));
        }
        let _ = place;
        Expr::Call {
            function: at,
            types: if inferred { Vec::new() } else { types },
            args: values,
        }
    }

    /// The first argument of a function that calls itself.
    fn bound(&mut self, itself: bool) -> Expr {
        let bare = |value| {
            Box::new(Expr::Int {
                value,
                width: Width::I32,
                bare: true,
            })
        };
        if itself {
            return Expr::Binary(Op::Sub, Box::new(Expr::Local(0)), bare(1));
        }
        *bare(self.random.below(4) as i64)
    }

    /// A call of a method that gives the type.
    pub fn method(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        let mut all = Vec::new();
        for (object, of, types) in self.objects() {
            let count = match self.here.this == Some(of) {
                true => self.here.methods,
                false => self.program.structs[of].methods.len(),
            };
            for (method, found) in self.program.structs[of]
                .methods
                .iter()
                .enumerate()
                .take(count)
            {
                if found.result.with(&types) == *ty {
                    all.push((object.clone(), of, types.clone(), method));
                }
            }
        }
        let (object, of, types, method) = self.random.pick(&all)?.clone();
        let params = self.program.structs[of].methods[method].params.clone();
        let mut args = Vec::new();
        for (_, ty, _) in params {
            args.push(self.expr(&ty.with(&types), Place::Typed, depth));
        }
        let bare = matches!(object, Expr::This) && self.random.percent(50);
        Some(Expr::Method {
            object: Box::new(object),
            of,
            method,
            args,
            bare,
        })
    }

    /// A call of a contract's method that gives the type.
    pub fn dispatch(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        let mut all = Vec::new();
        for one in self.locals(|one| matches!(one.ty, Type::Contract(_))) {
            let Type::Contract(contract) = one.ty else {
                continue;
            };
            let methods = &self.program.contracts[contract].methods;
            for (method, (_, params, result)) in methods.iter().enumerate() {
                if result == ty {
                    all.push((one.local, contract, method, params.clone()));
                }
            }
        }
        let (local, contract, method, params) = self.random.pick(&all)?.clone();
        let args = params
            .iter()
            .map(|ty| self.expr(ty, Place::Typed, depth))
            .collect();
        Some(Expr::Dispatch {
            object: Box::new(Expr::Local(local)),
            contract,
            method,
            args,
        })
    }

    /// A call of a known value of function type.
    pub fn call_value(&mut self, ty: &Type, depth: usize) -> Option<Expr> {
        let gives = |one: &Type| matches!(one, Type::Function(_, result) if **result == *ty);
        let mut all = Vec::new();
        for one in self.locals(|one| gives(&one.ty)) {
            all.push((Expr::Local(one.local), one.ty));
        }
        for (object, of, types) in self.objects() {
            for (field, (_, found)) in self.program.structs[of].fields.iter().enumerate() {
                let found = found.with(&types);
                if gives(&found) {
                    let bare = matches!(object, Expr::This);
                    all.push((
                        Expr::Field {
                            object: Box::new(object.clone()),
                            of,
                            field,
                            bare,
                        },
                        found,
                    ));
                }
            }
        }
        let (callee, found) = self.random.pick(&all)?.clone();
        let Type::Function(params, _) = found else {
            return None;
        };
        let args = params
            .iter()
            .map(|ty| self.expr(ty, Place::Typed, depth))
            .collect();
        Some(Expr::CallValue(Box::new(callee), args))
    }
}
