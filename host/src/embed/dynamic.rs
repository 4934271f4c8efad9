//! Functions whose types are known only when the program runs: called by words.

use std::fmt;

use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::program::Program;
use super::signature::FunctionType;
use super::trap::Trap;

/// A value whose type is known only when the program runs.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// An integer of 8 bits, or a boolean.
    I8(i8),
    /// An integer of 16 bits.
    I16(i16),
    /// An integer of 32 bits.
    I32(i32),
    /// An integer of 64 bits, or an address.
    I64(i64),
    /// A float of 32 bits.
    F32(f32),
    /// A float of 64 bits.
    F64(f64),
}

impl Value {
    /// Its machine type.
    pub const fn of_type(self) -> Type {
        match self {
            Self::I8(_) => Type::I8,
            Self::I16(_) => Type::I16,
            Self::I32(_) => Type::I32,
            Self::I64(_) => Type::I64,
            Self::F32(_) => Type::F32,
            Self::F64(_) => Type::F64,
        }
    }

    /// Its bits, in the lowest ones of a word.
    pub const fn word(self) -> u64 {
        match self {
            Self::I8(value) => value as u64,
            Self::I16(value) => value as u64,
            Self::I32(value) => value as u64,
            Self::I64(value) => value as u64,
            Self::F32(value) => value.to_bits() as u64,
            Self::F64(value) => value.to_bits(),
        }
    }

    /// The value of a type that the lowest bits of a word are; `None` for types that are
    /// no scalars of a word.
    pub const fn of_word(of_type: Type, word: u64) -> Option<Self> {
        Some(match of_type {
            Type::I8 => Self::I8(word as i8),
            Type::I16 => Self::I16(word as i16),
            Type::I32 => Self::I32(word as i32),
            Type::I64 => Self::I64(word as i64),
            Type::F32 => Self::F32(f32::from_bits(word as u32)),
            Type::F64 => Self::F64(f64::from_bits(word)),
            _ => return None,
        })
    }
}

/// Whether a function can be called by words: it takes and returns scalars, at most one.
pub(super) fn is_by_words(of_type: &FunctionType) -> bool {
    let mut types = of_type.params.iter().chain(&of_type.results);
    of_type.results.len() <= 1 && types.all(|ty| Value::of_word(*ty, 0).is_some())
}

/// Why a function that is called by words gives no result.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The arguments are not what it takes: E4052.
    Arguments(Diagnostic),
    /// The call ended.
    Trap(Trap),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(diagnostic) => diagnostic.fmt(f),
            Self::Trap(trap) => trap.fmt(f),
        }
    }
}

impl std::error::Error for CallError {}

/// A function of an [`Instance`](super::Instance), which it borrows, whose type is known
/// only when the program runs.
#[derive(Clone)]
pub struct DynamicFunction<'i> {
    program: &'i Program,
    code: *const u8,
    of_type: FunctionType,
}

impl fmt::Debug for DynamicFunction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DynamicFunction {}", self.of_type)
    }
}

impl<'i> DynamicFunction<'i> {
    /// # Safety
    /// The code is the program's, and calls a function of this type by words, which can
    /// be called so.
    pub(super) unsafe fn new(program: &'i Program, code: *const u8, of_type: FunctionType) -> Self {
        program.prepare();
        Self {
            program,
            code,
            of_type,
        }
    }

    /// What it takes and returns.
    pub const fn of_type(&self) -> &FunctionType {
        &self.of_type
    }

    /// Calls it; `None` if it returns nothing.
    ///
    /// # Errors
    /// E4052 if the arguments are not what it takes, or how the call ended.
    pub fn call(&self, arguments: &[Value]) -> Result<Option<Value>, CallError> {
        let given = arguments.iter().map(|value| value.of_type());
        let given = given.collect::<Vec<_>>();
        if given != self.of_type.params {
            let given = FunctionType {
                params: given,
                results: self.of_type.results.clone(),
            };
            let message = format!(
                "the function is `{}`, and is called as `{given}`",
                self.of_type
            );
            return Err(CallError::Arguments(
                Diagnostic::new(Code::E4052, message).help("give it the arguments that it takes"),
            ));
        }
        let mut words = arguments
            .iter()
            .map(|value| value.word())
            .collect::<Vec<_>>();
        if words.is_empty() {
            words.push(0);
        }
        let at = words.as_mut_ptr().expose_provenance() as i64;
        let route = self.program.route;
        // SAFETY: as `new` was promised, on this thread; there is a word for each argument,
        // and one for a result.
        let called = unsafe { self.program.call::<(i64,), ()>(route, self.code, (at,)) };
        called.map_err(CallError::Trap)?;
        let result = self.of_type.results.first().zip(words.first());
        Ok(result.and_then(|(ty, word)| Value::of_word(*ty, *word)))
    }
}
