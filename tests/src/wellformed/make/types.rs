//! Which types there are, and what can be done with them.

use crate::wellformed::tree::{Type, Width};

use super::maker::Maker;

impl Maker {
    /// An integer type.
    pub fn width(&mut self) -> Width {
        [Width::U8, Width::I32, Width::I32, Width::I64, Width::I64][self.random.below(5)]
    }

    /// A type that an interpolation shows.
    pub fn plain_type(&mut self) -> Type {
        let known = self.here.known.len();
        if known > 0 && self.random.percent(65) {
            let ty = self.here.known[self.random.below(known)].ty.clone();
            if self.is_plain(&ty) {
                return ty;
            }
        }
        match self.random.below(10) {
            0..=4 => Type::Int(self.width()),
            5 => Type::Float,
            6 => Type::Bool,
            7 => Type::Char,
            _ => Type::Text,
        }
    }

    /// A type whose values can be compared and need no context.
    pub fn data_type(&mut self, depth: usize) -> Type {
        let open = self.here.generics;
        if open > 0 && self.random.percent(25) {
            return Type::Param(self.random.below(open));
        }
        if depth == 0 || self.random.percent(50) {
            return self.plain_type();
        }
        if self.random.percent(25) {
            return Type::Array(Box::new(self.data_type(depth - 1)));
        }
        let enums = self.program.enums.len();
        let structs = self.program.structs.len();
        let at = self.random.below(enums + structs);
        let ty = if at < enums {
            let generics = self.program.enums[at].generics;
            Type::Enum(at, self.data_types(generics, depth - 1))
        } else {
            let generics = self.program.structs[at - enums].generics;
            Type::Struct(at - enums, self.data_types(generics, depth - 1))
        };
        if self.is_data(&ty) {
            ty
        } else {
            self.plain_type()
        }
    }

    fn data_types(&mut self, count: usize, depth: usize) -> Vec<Type> {
        (0..count).map(|_| self.data_type(depth)).collect()
    }

    /// Any type.
    pub fn any_type(&mut self, depth: usize) -> Type {
        match self.random.below(12) {
            0 if depth > 0 => self.function_type(),
            1 if !self.program.contracts.is_empty() => {
                let at = self.random.below(self.program.contracts.len());
                if self.conforming(at).is_empty() {
                    return self.plain_type();
                }
                Type::Contract(at)
            }
            2 if !self.program.structs.is_empty() => {
                let at = self.random.below(self.program.structs.len());
                let generics = self.program.structs[at].generics;
                Type::Struct(at, self.data_types(generics, depth.min(1)))
            }
            _ => self.data_type(depth),
        }
    }

    /// A function type over data.
    pub fn function_type(&mut self) -> Type {
        let count = self.random.below(3);
        let params = (0..count).map(|_| self.data_type(0)).collect();
        Type::Function(params, Box::new(self.data_type(0)))
    }

    /// Whether values of a type can be compared with `==`; then they also have their type
    /// without a context.
    pub fn is_data(&self, ty: &Type) -> bool {
        self.is_data_within(ty, &mut Vec::new())
    }

    fn is_data_within(&self, ty: &Type, seen: &mut Vec<Type>) -> bool {
        if seen.contains(ty) {
            return true;
        }
        seen.push(ty.clone());
        match ty {
            Type::Unit | Type::Contract(_) | Type::Function(..) => false,
            Type::Array(item) => self.is_data_within(item, seen),
            Type::Struct(at, args) => {
                let fields = self.program.structs[*at].fields.iter();
                fields
                    .map(|(_, ty)| ty.with(args))
                    .all(|ty| self.is_data_within(&ty, seen))
            }
            Type::Enum(at, args) => {
                let fields = self.program.enums[*at]
                    .variants
                    .iter()
                    .flat_map(|(_, fields)| fields);
                fields
                    .map(|ty| ty.with(args))
                    .all(|ty| self.is_data_within(&ty, seen))
            }
            _ => true,
        }
    }

    /// Whether an interpolation shows values of a type.
    pub fn is_plain(&self, ty: &Type) -> bool {
        matches!(
            ty,
            Type::Int(_) | Type::Float | Type::Bool | Type::Char | Type::Text
        )
    }

    /// The structs without parameters that conform to a contract.
    pub fn conforming(&self, contract: usize) -> Vec<usize> {
        let structs = self.program.structs.iter().enumerate();
        structs
            .filter(|(_, one)| {
                one.generics == 0 && one.contracts.iter().any(|&at| self.covers(at, contract))
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a contract is another one or embeds it.
    pub fn covers(&self, contract: usize, wanted: usize) -> bool {
        contract == wanted
            || self.program.contracts[contract]
                .embeds
                .is_some_and(|embedded| self.covers(embedded, wanted))
    }
}

/// Finds the arguments that make an open type the wanted one.
pub fn unify(open: &Type, wanted: &Type, args: &mut Vec<Option<Type>>) -> bool {
    let all = |open: &[Type], wanted: &[Type], args: &mut Vec<Option<Type>>| {
        open.len() == wanted.len() && open.iter().zip(wanted).all(|(a, b)| unify(a, b, args))
    };
    match (open, wanted) {
        (Type::Param(at), _) => match &args[*at] {
            Some(before) => before == wanted,
            None => {
                args[*at] = Some(wanted.clone());
                true
            }
        },
        (Type::Array(a), Type::Array(b)) => unify(a, b, args),
        (Type::Struct(a, own), Type::Struct(b, others))
        | (Type::Enum(a, own), Type::Enum(b, others)) => a == b && all(own, others, args),
        (Type::Function(a, result), Type::Function(b, other)) => {
            all(a, b, args) && unify(result, other, args)
        }
        _ => open == wanted,
    }
}
