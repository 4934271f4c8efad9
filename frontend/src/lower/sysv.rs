//! How values cross the boundary to C on x86-64: the classes of System V
//! (FFI-3, FFI-4).

use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, Type as MachineType, types};

use super::machine::machine_type;
use crate::types::structs::{Struct, WORD};
use crate::types::{FunctionType, Type, Types};

/// Registers for arguments.
const INTEGER_REGISTERS: usize = 6;
const FLOAT_REGISTERS: usize = 8;

/// A signature as C has it.
#[derive(Debug, PartialEq)]
pub(super) struct Crossing {
    pub(super) params: Vec<Passing>,
    pub(super) result: Returning,
    /// Machine parameters.
    pub(super) machine: Vec<AbiParam>,
    /// Machine results.
    pub(super) returns: Vec<AbiParam>,
}

/// How an argument is passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Passing {
    /// As it is.
    Scalar,
    /// A struct, one register for each of its words.
    Registers(Vec<MachineType>),
    /// A struct, copied to the stack. Before it comes a word of padding if it
    /// needs more alignment than a word.
    Stack { padded: bool },
}

/// How a result is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Returning {
    /// As it is, or not at all.
    Scalar,
    /// A struct, one register for each of its words.
    Registers(Vec<MachineType>),
    /// A struct, written to where the first machine parameter points.
    Memory,
}

impl Crossing {
    /// Classifies a signature.
    pub(super) fn of(types: &Types, signature: &FunctionType) -> Self {
        let mut crossing = Self {
            params: Vec::with_capacity(signature.params.len()),
            result: Returning::Scalar,
            machine: Vec::new(),
            returns: Vec::new(),
        };
        let mut free = Registers::default();
        crossing.returned(types, signature.result, &mut free);
        for ty in &signature.params {
            let passing = match ty {
                Type::Struct(id) => crossing.passed(types.get(*id), &mut free),
                ty => crossing.scalar(*ty, &mut free),
            };
            crossing.params.push(passing);
        }
        crossing
    }

    /// Whether a struct crosses by value, which System V alone has rules for.
    pub(super) fn has_structs(&self) -> bool {
        self.result != Returning::Scalar
            || self
                .params
                .iter()
                .any(|passing| *passing != Passing::Scalar)
    }

    fn returned(&mut self, types: &Types, result: Type, free: &mut Registers) {
        let Type::Struct(id) = result else {
            self.returns = machine_type(result)
                .map(AbiParam::new)
                .into_iter()
                .collect();
            return;
        };
        if let Some(words) = words(types.get(id)) {
            self.returns = words.iter().copied().map(AbiParam::new).collect();
            self.result = Returning::Registers(words);
        } else {
            // The address of the result goes in, and comes back.
            let address = AbiParam::new(types::I64);
            free.take(types::I64);
            self.machine.push(address);
            self.returns.push(address);
            self.result = Returning::Memory;
        }
    }

    fn scalar(&mut self, ty: Type, free: &mut Registers) -> Passing {
        if let Some(machine) = machine_type(ty) {
            let param = AbiParam::new(machine);
            // C's compilers count on small integers being extended.
            let param = match ty {
                Type::Bool | Type::U8 => param.uext(),
                _ => param,
            };
            if !free.take(machine) {
                free.stack += WORD;
            }
            self.machine.push(param);
        }
        Passing::Scalar
    }

    fn passed(&mut self, passed: &Struct, free: &mut Registers) -> Passing {
        if let Some(words) = words(passed)
            && free.take_all(&words)
        {
            self.machine
                .extend(words.iter().copied().map(AbiParam::new));
            return Passing::Registers(words);
        }
        let padded = !free.stack.is_multiple_of(passed.align.max(WORD));
        let mut copied = |size| {
            let purpose = ArgumentPurpose::StructArgument(size);
            self.machine.push(AbiParam::special(types::I64, purpose));
            free.stack += size;
        };
        if padded {
            copied(WORD);
        }
        copied(passed.c_size.next_multiple_of(WORD));
        Passing::Stack { padded }
    }
}

/// The classes of a struct's words; `None` if it goes through memory. A word is
/// a float if a float is in it, because `f64` fills it; a word of padding has
/// no class, and no register.
fn words(passed: &Struct) -> Option<Vec<MachineType>> {
    if passed.c_size > 2 * WORD {
        return None;
    }
    let mut words = Vec::with_capacity(2);
    for field in &passed.fields {
        let word = ((field.offset - passed.base) / WORD) as usize;
        if word == words.len() {
            words.push(match field.ty {
                Type::F64 => types::F64,
                _ => types::I64,
            });
        }
    }
    Some(words)
}

/// What is left for arguments.
struct Registers {
    integers: usize,
    floats: usize,
    /// Bytes on the stack so far.
    stack: u32,
}

impl Default for Registers {
    fn default() -> Self {
        Self {
            integers: INTEGER_REGISTERS,
            floats: FLOAT_REGISTERS,
            stack: 0,
        }
    }
}

impl Registers {
    /// Takes a register, if one is left.
    fn take(&mut self, ty: MachineType) -> bool {
        self.take_all(&[ty])
    }

    /// Takes one register each, or none at all.
    fn take_all(&mut self, machine: &[MachineType]) -> bool {
        let floats = machine.iter().filter(|ty| ty.is_float()).count();
        let integers = machine.len() - floats;
        if integers > self.integers || floats > self.floats {
            return false;
        }
        self.integers -= integers;
        self.floats -= floats;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::structs::Form;

    const MIXED: &[Type] = &[Type::U8, Type::F64];
    const LARGE: &[Type] = &[Type::I64; 3];

    fn crossing(structs: &[(&[Type], u32)], params: &[Type], result: Type) -> Crossing {
        let structs = structs.iter().map(|(fields, align)| {
            let fields = fields.iter().map(|ty| ("", *ty)).collect::<Vec<_>>();
            Struct::laid_out("S", &fields, Form::CLayout { align: *align })
        });
        let mut types = Types::default();
        types.structs = structs.collect();
        let params = params.to_vec();
        Crossing::of(&types, &FunctionType { params, result })
    }

    const S: Type = Type::Struct(0);
    const I: MachineType = types::I64;
    const F: MachineType = types::F64;

    #[test]
    fn ffi_4_structs_of_two_words_go_in_registers_by_class() {
        let classes: [(&[Type], &[MachineType]); 6] = [
            (&[Type::U8], &[I]),
            (&[Type::I32, Type::I32, Type::Bool], &[I, I]),
            (&[Type::F64], &[F]),
            (&[Type::F64, Type::F64], &[F, F]),
            (MIXED, &[I, F]),
            (&[Type::F64, Type::I32], &[F, I]),
        ];
        for (fields, expected) in classes {
            let crossing = crossing(&[(fields, 1)], &[S], S);
            assert_eq!(crossing.params, [Passing::Registers(expected.to_vec())]);
            assert_eq!(crossing.result, Returning::Registers(expected.to_vec()));
        }
    }

    #[test]
    fn ffi_4_a_word_of_padding_takes_no_register() {
        for (field, expected) in [(Type::I64, I), (Type::F64, F), (Type::Bool, I)] {
            let crossing = crossing(&[(&[field], 16)], &[S, S], S);
            let one = Passing::Registers(vec![expected]);
            assert_eq!(crossing.params, [one.clone(), one]);
            assert_eq!(crossing.result, Returning::Registers(vec![expected]));
        }
        // On the stack it is two words, at a multiple of two.
        let params = [
            Type::I64,
            Type::I64,
            Type::I64,
            Type::I64,
            Type::I64,
            Type::I64,
        ];
        let params = [&params[..], &[Type::Bool, S]].concat();
        let crossing = crossing(&[(&[Type::I64], 16)], &params, Type::Unit);
        assert_eq!(crossing.params[7], Passing::Stack { padded: true });
        let purpose = ArgumentPurpose::StructArgument(16);
        assert_eq!(
            crossing.machine.last().map(|param| param.purpose),
            Some(purpose)
        );
    }

    #[test]
    fn ffi_4_a_struct_goes_to_the_stack_whole_and_leaves_its_register_to_others() {
        let params = [
            Type::I64,
            Type::I64,
            Type::I64,
            Type::I64,
            Type::I64,
            S,
            Type::I64,
        ];
        let crossing = crossing(&[(&[Type::I64, Type::I64], 1)], &params, Type::Unit);
        assert_eq!(crossing.params[5], Passing::Stack { padded: false });
        let purpose = ArgumentPurpose::StructArgument(16);
        assert_eq!(crossing.machine[5].purpose, purpose);
        assert_eq!(crossing.machine.len(), 7);
    }

    #[test]
    fn ffi_4_large_structs_go_through_memory() {
        let crossing = crossing(&[(LARGE, 1)], &[S], S);
        assert_eq!(crossing.params, [Passing::Stack { padded: false }]);
        assert_eq!(crossing.result, Returning::Memory);
        assert_eq!(crossing.machine[0], AbiParam::new(I));
        assert_eq!(crossing.returns, [AbiParam::new(I)]);
    }

    #[test]
    fn ffi_4_wide_structs_are_aligned_on_the_stack() {
        let params = [S, S, Type::Struct(1)];
        let crossing = crossing(&[(LARGE, 1), (LARGE, 16)], &params, Type::Unit);
        assert_eq!(crossing.params[1], Passing::Stack { padded: false });
        assert_eq!(crossing.params[2], Passing::Stack { padded: false });
        let odd = crossing_after_one_word();
        assert_eq!(odd.params[1], Passing::Stack { padded: true });
        assert_eq!(odd.machine.len(), 3);
    }

    fn crossing_after_one_word() -> Crossing {
        crossing(
            &[(LARGE, 1), (LARGE, 16)],
            &[S, Type::Struct(1)],
            Type::Unit,
        )
    }

    #[test]
    fn ffi_3_views_are_two_words_in_registers_or_three_in_memory() {
        let types = Types::default();
        let signature = FunctionType {
            params: vec![Type::Struct(0), Type::Struct(1), Type::Struct(2)],
            result: Type::Struct(0),
        };
        let crossing = Crossing::of(&types, &signature);
        let two = Passing::Registers(vec![I, I]);
        let expected = [two.clone(), two, Passing::Stack { padded: false }];
        assert_eq!(crossing.params, expected);
        assert_eq!(crossing.result, Returning::Registers(vec![I, I]));
    }
}
