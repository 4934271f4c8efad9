//! The header: what a backend must know before it compiles anything.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::module::SymbolId;

/// Section `HEAD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Who wrote the artifact.
    pub producer: Producer,
    /// Pointer width of the program, in bits: 32 or 64.
    pub pointer_width: u8,
    /// Byte order of the program's data.
    pub endianness: Endianness,
    /// Runtime ABI version that the imports of kind
    /// [`ImportSource::Runtime`](super::ImportSource::Runtime) follow;
    /// `None` if there are none (ABI-003).
    pub runtime_abi: Option<u32>,
    /// The function that `run` calls and that an executable starts.
    pub entrypoint: Option<Entrypoint>,
    /// What the program needs of a backend.
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
    /// Name, for instance `beskid-frontend`.
    pub name: String,
    /// Version.
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

/// The function where execution starts. It takes no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrypoint {
    /// The function.
    pub symbol: SymbolId,
    /// Its name in the source, for messages.
    pub name: String,
    /// How its result is shown (BK-9).
    pub result: ResultKind,
}

/// The language-level type of the entrypoint's result, which decides how the
/// machine value is formatted (BK-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResultKind {
    /// No result; shown as `ok`.
    Unit,
    /// `i8`, 0 or 1; shown as `false` or `true`.
    Bool,
    /// `i8`, unsigned.
    U8,
    /// `i32`, signed.
    I32,
    /// `i64`, signed.
    I64,
    /// `f64`.
    F64,
    /// `i32`, a Unicode scalar value.
    Char,
    /// Pointer to a `BeskidStr`; shown as its text.
    Str,
    /// Any other heap value; shown as its address.
    Pointer,
}

/// Something that not every backend can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Feature {
    /// Vectors of fixed length.
    Simd,
    /// Vectors of scalable length.
    ScalableSimd,
    /// Atomic memory operations.
    Atomics,
    /// Thread-local data.
    Tls,
    /// Calls with exception tables.
    Exceptions,
    /// 128-bit integers.
    I128,
    /// 16-bit floats.
    F16,
    /// 128-bit floats.
    F128,
    /// Tail calls.
    TailCalls,
}

impl Feature {
    /// Every feature, in order.
    pub const ALL: [Self; 9] = [
        Self::Simd,
        Self::ScalableSimd,
        Self::Atomics,
        Self::Tls,
        Self::Exceptions,
        Self::I128,
        Self::F16,
        Self::F128,
        Self::TailCalls,
    ];

    /// The name used in messages and manifests.
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
        }
    }
}
