//! Functions of the low level that programs may call.

use Type::{F64, I32, I64, Never, RefU8, Str, U8, Unit};

use crate::types::Type;

/// A function of the low level.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Type],
    pub(crate) result: Type,
    pub(crate) does: Operation,
}

/// What a builtin function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Calls this symbol of the runtime.
    Runtime(&'static str),
    /// The address of a string's first byte.
    StrPtr,
    /// An address as another type of the same size.
    Cast,
    /// Reads a value of this type.
    Load(Type),
    /// Writes a value.
    Store,
}

const fn builtin(
    name: &'static str,
    params: &'static [Type],
    result: Type,
    does: Operation,
) -> Builtin {
    Builtin {
        name,
        params,
        result,
        does,
    }
}

use Operation::{Cast, Load, Runtime, Store, StrPtr};

impl Builtin {
    /// Every one.
    pub(crate) const ALL: &[Self] = &[
        builtin("__str_len", &[Str], I64, Runtime("str_len")),
        builtin("__str_ptr", &[Str], RefU8, StrPtr),
        builtin("__str_new", &[RefU8, I64], Str, Runtime("str_new")),
        builtin(
            "__syscall_write",
            &[I64, Str],
            I64,
            Runtime("syscall_write"),
        ),
        builtin("__syscall_read", &[I64, I64], Str, Runtime("syscall_read")),
        builtin("__panic_str", &[Str], Never, Runtime("panic_str")),
        builtin("__rt_yield", &[], Unit, Runtime("rt_yield")),
        builtin("__rt_now_millis", &[], I64, Runtime("rt_now_millis")),
        builtin("__arg_count", &[], I64, Runtime("rt_argc")),
        builtin("__arg", &[I64], Str, Runtime("rt_arg")),
        builtin("__address", &[RefU8], I64, Cast),
        builtin("__reference", &[I64], RefU8, Cast),
        builtin("__load_u8", &[I64], U8, Load(U8)),
        builtin("__load_i32", &[I64], I32, Load(I32)),
        builtin("__load_i64", &[I64], I64, Load(I64)),
        builtin("__load_f64", &[I64], F64, Load(F64)),
        builtin("__store_u8", &[I64, U8], Unit, Store),
        builtin("__store_i32", &[I64, I32], Unit, Store),
        builtin("__store_i64", &[I64, I64], Unit, Store),
        builtin("__store_f64", &[I64, F64], Unit, Store),
    ];

    /// The builtin function of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|builtin| builtin.name == name)
    }
}
