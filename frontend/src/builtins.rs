//! Functions of the low level that programs may call.

use crate::types::Ty;

/// The name of the last parameter of a function that takes the place of its call: a string
/// that no argument is written for.
pub(crate) const PLACE: &str = "__place";

/// A function of the low level.
#[derive(Debug)]
pub(crate) struct Builtin {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Ty],
    pub(crate) result: Ty,
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
    Load(Ty),
    /// Writes a value.
    Store,
    /// A number or a character as another primitive type.
    Number,
}

const fn builtin(
    name: &'static str,
    params: &'static [Ty],
    result: Ty,
    does: Operation,
) -> Builtin {
    Builtin {
        name,
        params,
        result,
        does,
    }
}

use Operation::{Cast, Load, Number, Runtime, Store, StrPtr};

const BYTES: Ty = Ty::BYTES;
const CHAR: Ty = Ty::CHAR;
const NEVER: Ty = Ty::NEVER;
const F64: Ty = Ty::F64;
const I32: Ty = Ty::I32;
const I64: Ty = Ty::I64;
const REF_U8: Ty = Ty::REF_U8;
const STR: Ty = Ty::STR;
const U8: Ty = Ty::U8;
const UNIT: Ty = Ty::UNIT;

impl Builtin {
    /// Every one with a fixed signature. `__array_new` and `__array_len` take any
    /// array, and panics know their place; checking makes expressions of their own of
    /// them.
    pub(crate) const ALL: &[Self] = &[
        builtin("__str_len", &[STR], I64, Runtime("str_len")),
        builtin("__str_ptr", &[STR], REF_U8, StrPtr),
        builtin("__str_new", &[REF_U8, I64], STR, Runtime("str_new")),
        builtin(
            "__syscall_write",
            &[I64, STR],
            I64,
            Runtime("syscall_write"),
        ),
        builtin("__syscall_read", &[I64, I64], STR, Runtime("syscall_read")),
        builtin("__rt_yield", &[], UNIT, Runtime("rt_yield")),
        builtin("__rt_now_millis", &[], I64, Runtime("rt_now_millis")),
        builtin("__arg_count", &[], I64, Runtime("rt_argc")),
        builtin("__arg", &[I64], STR, Runtime("rt_arg")),
        builtin("__str_eq", &[STR, STR], I64, Runtime("str_eq")),
        builtin("__str_slice", &[STR, I64, I64], STR, Runtime("str_slice")),
        builtin(
            "__str_from_bytes_utf8",
            &[BYTES],
            STR,
            Runtime("str_from_bytes_utf8"),
        ),
        builtin(
            "__bytes_copy",
            &[BYTES, I64, BYTES, I64, I64],
            UNIT,
            Runtime("bytes_copy"),
        ),
        builtin(
            "__bytes_compare",
            &[BYTES, BYTES],
            I64,
            Runtime("bytes_compare"),
        ),
        builtin("__str_copy", &[BYTES, I64, STR], UNIT, Runtime("str_copy")),
        builtin("__bytes_get", &[BYTES, I64], I64, Runtime("bytes_get")),
        builtin(
            "__syscall_read_bytes",
            &[I64, I64],
            BYTES,
            Runtime("syscall_read_bytes"),
        ),
        builtin(
            "__syscall_write_bytes",
            &[I64, BYTES],
            I64,
            Runtime("syscall_write_bytes"),
        ),
        builtin("__input_at_end", &[], I64, Runtime("input_at_end")),
        builtin("__env_get", &[STR], STR, Runtime("env_get")),
        builtin("__env_set", &[STR, STR], I64, Runtime("env_set")),
        builtin("__env_getcwd", &[], STR, Runtime("env_getcwd")),
        builtin("__fs_read_text", &[STR], STR, Runtime("fs_read_text")),
        builtin(
            "__fs_write_text",
            &[STR, STR],
            I64,
            Runtime("fs_write_text"),
        ),
        builtin("__fs_read_bytes", &[STR], BYTES, Runtime("fs_read_bytes")),
        builtin(
            "__fs_write_bytes",
            &[STR, BYTES],
            I64,
            Runtime("fs_write_bytes"),
        ),
        builtin("__fs_error", &[], I64, Runtime("fs_error")),
        builtin("__fs_exists", &[STR], I64, Runtime("fs_exists")),
        builtin("__fs_delete", &[STR], I64, Runtime("fs_delete")),
        builtin("__fs_mkdir", &[STR], I64, Runtime("fs_mkdir")),
        builtin("__process_getpid", &[], I32, Runtime("process_getpid")),
        builtin("__process_exit", &[I64], NEVER, Runtime("process_exit")),
        builtin(
            "__clock_realtime_nanos",
            &[],
            I64,
            Runtime("clock_realtime_nanos"),
        ),
        builtin(
            "__clock_monotonic_nanos",
            &[],
            I64,
            Runtime("clock_monotonic_nanos"),
        ),
        builtin("__tty_winsize", &[I64], I64, Runtime("tty_winsize")),
        builtin("__test_bytes_ptr", &[], I64, Runtime("test_bytes_ptr")),
        builtin("__test_bytes_len", &[], I64, Runtime("test_bytes_len")),
        builtin("__i64_to_f64", &[I64], F64, Number),
        builtin("__f64_to_i64", &[F64], I64, Number),
        builtin("__i64_to_i32", &[I64], I32, Number),
        builtin("__i64_to_u8", &[I64], U8, Number),
        builtin("__i64_to_char", &[I64], CHAR, Number),
        builtin("__char_to_i64", &[CHAR], I64, Number),
        builtin("__address", &[REF_U8], I64, Cast),
        builtin("__reference", &[I64], REF_U8, Cast),
        builtin("__load_u8", &[I64], U8, Load(U8)),
        builtin("__load_i32", &[I64], I32, Load(I32)),
        builtin("__load_i64", &[I64], I64, Load(I64)),
        builtin("__load_f64", &[I64], F64, Load(F64)),
        builtin("__store_u8", &[I64, U8], UNIT, Store),
        builtin("__store_i32", &[I64, I32], UNIT, Store),
        builtin("__store_i64", &[I64, I64], UNIT, Store),
        builtin("__store_f64", &[I64, F64], UNIT, Store),
    ];

    /// A new array of plain elements, by its address.
    pub(crate) const HANDLE_NEW: Self =
        builtin("__array_new", &[I64, I64], I64, Runtime("array_new"));

    /// Keeps an object alive for the rest of the program.
    pub(crate) const HANDLE_KEEP: Self =
        builtin("__array_new", &[I64], I64, Runtime("gc_root_handle"));

    /// The length of an array by its address; 0 for none.
    pub(crate) const HANDLE_LENGTH: Self =
        builtin("__array_len", &[I64], I64, Runtime("array_len"));

    /// The builtin function of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|builtin| builtin.name == name)
    }
}
