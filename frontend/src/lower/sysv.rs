//! How values cross the boundary to C on x86-64: the classes of System V
//! (FFI-3, FFI-4).

use cranelift_codegen::ir::types::{F64, I64};
use cranelift_codegen::ir::{AbiParam, ArgumentPurpose, Type as MachineType};

use super::machine::machine_type;
use crate::types::{Kind, Layout, Signature, StructId, Ty, Types, WORD};

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
    pub(super) fn of(types: &Types, signature: &Signature) -> Self {
        let mut crossing = Self {
            params: Vec::with_capacity(signature.params.len()),
            result: Returning::Scalar,
            machine: Vec::new(),
            returns: Vec::new(),
        };
        let mut free = Registers::default();
        crossing.returned(types, signature.result, &mut free);
        for ty in &signature.params {
            let passing = match types.kind(*ty) {
                Kind::Struct(id) => crossing.passed(types, id, &mut free),
                _ => crossing.scalar(types, *ty, &mut free),
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

    fn returned(&mut self, types: &Types, result: Ty, free: &mut Registers) {
        let Kind::Struct(id) = types.kind(result) else {
            self.returns = machine_type(types, result)
                .map(AbiParam::new)
                .into_iter()
                .collect();
            return;
        };
        if let Some(words) = words(types, id, &Layout::of_struct(types, id)) {
            self.returns = words.iter().copied().map(AbiParam::new).collect();
            self.result = Returning::Registers(words);
        } else {
            // The address of the result goes in, and comes back.
            let address = AbiParam::new(I64);
            free.take(I64);
            self.machine.push(address);
            self.returns.push(address);
            self.result = Returning::Memory;
        }
    }

    fn scalar(&mut self, types: &Types, ty: Ty, free: &mut Registers) -> Passing {
        if let Some(machine) = machine_type(types, ty) {
            let param = AbiParam::new(machine);
            // C's compilers count on small integers being extended.
            let param = match ty {
                Ty::BOOL | Ty::U8 => param.uext(),
                _ => param,
            };
            if !free.take(machine) {
                free.stack += WORD;
            }
            self.machine.push(param);
        }
        Passing::Scalar
    }

    fn passed(&mut self, types: &Types, id: StructId, free: &mut Registers) -> Passing {
        let passed = Layout::of_struct(types, id);
        if let Some(words) = words(types, id, &passed)
            && free.take_all(&words)
        {
            self.machine
                .extend(words.iter().copied().map(AbiParam::new));
            return Passing::Registers(words);
        }
        let padded = !free.stack.is_multiple_of(passed.align.max(WORD));
        let mut copied = |size| {
            let purpose = ArgumentPurpose::StructArgument(size);
            self.machine.push(AbiParam::special(I64, purpose));
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
fn words(types: &Types, id: StructId, passed: &Layout) -> Option<Vec<MachineType>> {
    if passed.c_size > 2 * WORD {
        return None;
    }
    let mut words = Vec::with_capacity(2);
    let fields = types.structure(id).fields.iter();
    for (field, offset) in fields.zip(&passed.offsets) {
        let word = ((offset - passed.base) / WORD) as usize;
        if word == words.len() {
            words.push(match field.ty {
                Ty::F64 => F64,
                _ => I64,
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
    use crate::types::{Field, Form, Struct};

    const MIXED: &[Ty] = &[Ty::U8, Ty::F64];
    const LARGE: &[Ty] = &[Ty::I64; 3];

    /// Types with these structs behind the views, which have the types of [`S`] and
    /// [`T`].
    fn with_structs(structs: &[(&[Ty], u32)]) -> Types {
        let mut types = Types::default();
        for (fields, align) in structs {
            let fields = fields.iter().map(|ty| Field {
                name: String::new(),
                ty: *ty,
            });
            types.structs.push(Struct {
                name: "S".to_owned(),
                item: None,
                args: Box::default(),
                fields: fields.collect(),
                events: Vec::new(),
                form: Form::CLayout { align: *align },
                methods: Vec::new(),
            });
        }
        for id in 0..types.structs.len() as StructId {
            types.of(Kind::Struct(id));
        }
        types
    }

    fn crossing(structs: &[(&[Ty], u32)], params: &[Ty], result: Ty) -> Crossing {
        let types = with_structs(structs);
        let params = params.into();
        Crossing::of(&types, &Signature { params, result })
    }

    /// The views, by their order; then the structs.
    const VIEW: u32 = Ty::BYTES.0 + 1;
    const S: Ty = Ty(VIEW + 3);
    const T: Ty = Ty(VIEW + 4);
    const I: MachineType = I64;
    const F: MachineType = F64;

    #[test]
    fn ffi_4_structs_of_two_words_go_in_registers_by_class() {
        let classes: [(&[Ty], &[MachineType]); 6] = [
            (&[Ty::U8], &[I]),
            (&[Ty::I32, Ty::I32, Ty::BOOL], &[I, I]),
            (&[Ty::F64], &[F]),
            (&[Ty::F64, Ty::F64], &[F, F]),
            (MIXED, &[I, F]),
            (&[Ty::F64, Ty::I32], &[F, I]),
        ];
        for (fields, expected) in classes {
            let crossing = crossing(&[(fields, 1)], &[S], S);
            assert_eq!(crossing.params, [Passing::Registers(expected.to_vec())]);
            assert_eq!(crossing.result, Returning::Registers(expected.to_vec()));
        }
    }

    #[test]
    fn ffi_4_a_word_of_padding_takes_no_register() {
        for (field, expected) in [(Ty::I64, I), (Ty::F64, F), (Ty::BOOL, I)] {
            let crossing = crossing(&[(&[field], 16)], &[S, S], S);
            let one = Passing::Registers(vec![expected]);
            assert_eq!(crossing.params, [one.clone(), one]);
            assert_eq!(crossing.result, Returning::Registers(vec![expected]));
        }
        // On the stack it is two words, at a multiple of two.
        let params = [Ty::I64, Ty::I64, Ty::I64, Ty::I64, Ty::I64, Ty::I64];
        let params = [&params[..], &[Ty::BOOL, S]].concat();
        let crossing = crossing(&[(&[Ty::I64], 16)], &params, Ty::UNIT);
        assert_eq!(crossing.params[7], Passing::Stack { padded: true });
        let purpose = ArgumentPurpose::StructArgument(16);
        assert_eq!(
            crossing.machine.last().map(|param| param.purpose),
            Some(purpose)
        );
    }

    #[test]
    fn ffi_4_a_struct_goes_to_the_stack_whole_and_leaves_its_register_to_others() {
        let params = [Ty::I64, Ty::I64, Ty::I64, Ty::I64, Ty::I64, S, Ty::I64];
        let crossing = crossing(&[(&[Ty::I64, Ty::I64], 1)], &params, Ty::UNIT);
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
        let params = [S, S, T];
        let crossing = crossing(&[(LARGE, 1), (LARGE, 16)], &params, Ty::UNIT);
        assert_eq!(crossing.params[1], Passing::Stack { padded: false });
        assert_eq!(crossing.params[2], Passing::Stack { padded: false });
        let odd = crossing_after_one_word();
        assert_eq!(odd.params[1], Passing::Stack { padded: true });
        assert_eq!(odd.machine.len(), 3);
    }

    fn crossing_after_one_word() -> Crossing {
        crossing(&[(LARGE, 1), (LARGE, 16)], &[S, T], Ty::UNIT)
    }

    #[test]
    fn ffi_3_views_are_two_words_in_registers_or_three_in_memory() {
        let types = with_structs(&[]);
        let signature = Signature {
            params: [0, 1, 2].map(|view| Ty(VIEW + view)).into(),
            result: Ty(VIEW),
        };
        let crossing = Crossing::of(&types, &signature);
        let two = Passing::Registers(vec![I, I]);
        let expected = [two.clone(), two, Passing::Stack { padded: false }];
        assert_eq!(crossing.params, expected);
        assert_eq!(crossing.result, Returning::Registers(vec![I, I]));
    }
}
