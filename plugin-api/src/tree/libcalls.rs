//! The routines that a program may call by Cranelift's name for them
//! ([`NameRef::LibCall`](crate::artifact::NameRef)).

use crate::artifact::{Lane, Type};

/// A routine of the compiler's support library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LibCall {
    /// Cranelift's name for it, as an artifact has it.
    pub name: &'static str,
    /// The symbol that is linked: in the C library, its mathematics, or the compiler's
    /// support.
    pub symbol: &'static str,
    /// Types of its parameters and results; `None` where the convention is its own.
    pub signature: Option<(&'static [LibCallType], &'static [LibCallType])>,
}

/// The type of a parameter or a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LibCallType {
    /// An integer of the target's pointer width.
    Pointer,
    /// This type on every target.
    Fixed(Type),
}

const POINTER: LibCallType = LibCallType::Pointer;
const I32: LibCallType = LibCallType::Fixed(Type::I32);
const F32: LibCallType = LibCallType::Fixed(Type::F32);
const F64: LibCallType = LibCallType::Fixed(Type::F64);
const BYTES: LibCallType = LibCallType::Fixed(match Type::vector(Lane::I8, 4, false) {
    Some(vector) => vector,
    None => Type::I8,
});

/// All of them.
pub const LIBCALLS: &[LibCall] = &[
    own("Probestack", "__cranelift_probestack"),
    call("CeilF32", "ceilf", &[F32], &[F32]),
    call("CeilF64", "ceil", &[F64], &[F64]),
    call("FloorF32", "floorf", &[F32], &[F32]),
    call("FloorF64", "floor", &[F64], &[F64]),
    call("TruncF32", "truncf", &[F32], &[F32]),
    call("TruncF64", "trunc", &[F64], &[F64]),
    call("NearestF32", "nearbyintf", &[F32], &[F32]),
    call("NearestF64", "nearbyint", &[F64], &[F64]),
    call("FmaF32", "fmaf", &[F32, F32, F32], &[F32]),
    call("FmaF64", "fma", &[F64, F64, F64], &[F64]),
    call("Memcpy", "memcpy", &[POINTER, POINTER, POINTER], &[POINTER]),
    call("Memset", "memset", &[POINTER, I32, POINTER], &[POINTER]),
    call(
        "Memmove",
        "memmove",
        &[POINTER, POINTER, POINTER],
        &[POINTER],
    ),
    call("Memcmp", "memcmp", &[POINTER, POINTER, POINTER], &[I32]),
    own("ElfTlsGetAddr", "__tls_get_addr"),
    own("ElfTlsGetOffset", "__tls_get_offset"),
    call(
        "X86Pshufb",
        "__cranelift_x86_pshufb",
        &[BYTES, BYTES],
        &[BYTES],
    ),
];

/// The routine with this name; `None` if Cranelift has none such.
pub fn libcall(name: &str) -> Option<&'static LibCall> {
    LIBCALLS.iter().find(|libcall| libcall.name == name)
}

const fn call(
    name: &'static str,
    symbol: &'static str,
    params: &'static [LibCallType],
    returns: &'static [LibCallType],
) -> LibCall {
    LibCall {
        name,
        symbol,
        signature: Some((params, returns)),
    }
}

const fn own(name: &'static str, symbol: &'static str) -> LibCall {
    LibCall {
        name,
        symbol,
        signature: None,
    }
}
