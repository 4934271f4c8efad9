//! The header: what a backend must know before it compiles anything.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::module::SymbolId;

/// Section `HEAD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Who wrote the artifact.
    pub producer: Producer,
    /// Pointer width of the program, in bits: 32 or 64. A backend refuses a
    /// target of another width.
    pub pointer_width: u8,
    /// Byte order of the program's data.
    pub endianness: Endianness,
    /// Runtime ABI version that the imports of kind
    /// [`ImportSource::Runtime`](super::ImportSource::Runtime) follow;
    /// `None` if there are none (ABI-003).
    pub runtime_abi: Option<u32>,
    /// The function that `run` calls and that an executable starts; a library
    /// has none.
    pub entrypoint: Option<Entrypoint>,
    /// What the program needs of a backend: at least the features that it
    /// uses. The builder adds those by itself.
    pub features: BTreeSet<Feature>,
}

impl Header {
    /// The header of a little-endian 64-bit program that uses nothing yet.
    pub fn new(producer: &str, version: &str) -> Self {
        Self {
            producer: Producer {
                name: producer.to_owned(),
                version: version.to_owned(),
            },
            pointer_width: 64,
            endianness: Endianness::Little,
            runtime_abi: None,
            entrypoint: None,
            features: BTreeSet::new(),
        }
    }
}

/// The program that wrote an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Producer {
    /// Name, for instance `beskid-frontend`; for messages.
    pub name: String,
    /// Version, in the producer's own spelling.
    pub version: String,
}

/// Byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Endianness {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

/// The function where execution starts. It is defined in the artifact, takes
/// no parameters and returns the machine type of its [`ResultKind`] (BK-3). Its
/// calling convention must be [`CallConv::Platform`](super::CallConv), or another
/// name of C's: [`accept`](crate::backend::accept) refuses others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrypoint {
    /// The function.
    pub symbol: SymbolId,
    /// Its name in the source, for messages; the symbol may have another.
    pub name: String,
    /// How its result is shown (BK-9).
    pub result: ResultKind,
}

/// The language-level type of the entrypoint's result, which decides how the
/// machine value is formatted (BK-9). Each variant begins with the machine type
/// that the entrypoint's signature returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResultKind {
    /// None; shown as `ok`.
    Unit,
    /// `i8`, 0 or 1; shown as `false` or `true`.
    Bool,
    /// `i8`, unsigned; shown in decimal.
    U8,
    /// `i32`, signed; shown in decimal.
    I32,
    /// `i64`, signed; shown in decimal.
    I64,
    /// `f64`; shown in decimal.
    F64,
    /// `i32`, a Unicode scalar value; shown as the character.
    Char,
    /// A pointer to a [`BeskidStr`](crate::runtime_abi::BeskidStr); shown as its
    /// text.
    Str,
    /// A pointer to any other heap value; shown as `0x` and 16 hexadecimal
    /// digits.
    Pointer,
}

/// Something that not every backend can do.
///
/// Verification counts a feature as used by what is listed, not by what is
/// executed. A type counts where it is the type of a parameter or result of a
/// module signature, of a result of a form, or of a parameter of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Feature {
    /// Vectors of fixed length. Used by a type of more than one lane.
    Simd,
    /// Vectors of scalable length. Used by a scalable type, and by a body with
    /// dynamic types.
    ScalableSimd,
    /// Atomic memory operations. Used by a form whose mnemonic begins with
    /// `atomic` or is `fence`.
    Atomics,
    /// Thread-local data. Used by a data symbol with `tls`.
    Tls,
    /// Calls that may throw. Used by a form with an operand of the kind
    /// [`ExceptionTable`](super::OperandKind::ExceptionTable).
    Exceptions,
    /// 128-bit integers. Used by a type with such lanes.
    I128,
    /// 16-bit floats. Used by a type with such lanes.
    F16,
    /// 128-bit floats. Used by a type with such lanes.
    F128,
    /// Tail calls. Used by a form whose mnemonic begins with `return_call`.
    TailCalls,
    /// Structs that cross the boundary to foreign code by value, in the machine
    /// parameters and results that System V AMD64 gives them (FFI-4). Whoever
    /// writes such signatures says so: they look like any others.
    SysvAmd64,
}

impl Feature {
    /// Every feature, in order.
    pub const ALL: [Self; 10] = [
        Self::Simd,
        Self::ScalableSimd,
        Self::Atomics,
        Self::Tls,
        Self::Exceptions,
        Self::I128,
        Self::F16,
        Self::F128,
        Self::TailCalls,
        Self::SysvAmd64,
    ];

    /// The name used in messages, for instance `scalable-simd`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Simd => "simd",
            Self::ScalableSimd => "scalable-simd",
            Self::Atomics => "atomics",
            Self::Tls => "tls",
            Self::Exceptions => "exceptions",
            Self::I128 => "i128",
            Self::F16 => "f16",
            Self::F128 => "f128",
            Self::TailCalls => "tail-calls",
            Self::SysvAmd64 => "sysv-amd64",
        }
    }
}
