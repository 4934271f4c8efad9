//! The exported symbols of the runtime and their signatures.

/// Kind of a parameter: its machine type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// A pointer, or a size or an index of pointer width: `i64` in an artifact
    /// of 64-bit pointers.
    Ptr,
    /// A 64-bit integer: `i64`.
    I64,
}

/// Kind of a result: its machine type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnKind {
    /// No result.
    Void,
    /// A pointer, an integer of pointer width.
    Ptr,
    /// A 64-bit integer: `i64`.
    I64,
    /// A 32-bit integer: `i32`.
    I32,
    /// It does not return, and so has no result. A `trap` after the call ends
    /// the block.
    Never,
}

/// The import signature of one runtime symbol. It is the only one there is: no
/// call invents another convention (ABI-002).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltinSpec {
    /// Linker name.
    pub symbol: &'static str,
    /// Parameters, in order.
    pub params: &'static [ParamKind],
    /// Result.
    pub returns: ReturnKind,
    /// Whether the symbol came after version 2 was fixed (ABI-005).
    pub additive: bool,
}

use ParamKind::{I64, Ptr};

const fn spec(
    symbol: &'static str,
    params: &'static [ParamKind],
    returns: ReturnKind,
) -> BuiltinSpec {
    BuiltinSpec {
        symbol,
        params,
        returns,
        additive: false,
    }
}

const fn additive(
    symbol: &'static str,
    params: &'static [ParamKind],
    returns: ReturnKind,
) -> BuiltinSpec {
    BuiltinSpec {
        additive: true,
        ..spec(symbol, params, returns)
    }
}

/// The additive symbol that takes a process over: its arguments, and its faults.
/// Whoever starts a program calls it before the entrypoint, if the runtime has it.
pub const START_SYMBOL: &str = "rt_start";

/// The additive symbol that functions call first which C may call on a thread of
/// its own, in a process that [`START_SYMBOL`] has taken over.
pub const THREAD_SYMBOL: &str = "rt_thread";

/// The additive symbol that backends call before code in memory runs, if the runtime has
/// it, with the list by which they tell debuggers of the code.
pub const DEBUG_LIST_SYMBOL: &str = "rt_debug_list";

/// Number of symbols of version 2; the first rows of [`BUILTIN_SPECS`].
const VERSION_2: usize = 24;

/// Every runtime symbol: the 24 of version 2, then the additive ones. The
/// [module page](super#symbols) says what each does.
pub const BUILTIN_SPECS: &[BuiltinSpec] = &[
    spec("beskid_runtime_abi_version", &[], ReturnKind::I32),
    spec("alloc", &[Ptr, Ptr], ReturnKind::Ptr),
    spec("str_new", &[Ptr, Ptr], ReturnKind::Ptr),
    spec("str_concat", &[Ptr, Ptr], ReturnKind::Ptr),
    spec("str_len", &[Ptr], ReturnKind::I64),
    spec("array_new", &[Ptr, Ptr], ReturnKind::Ptr),
    spec("panic", &[Ptr, Ptr], ReturnKind::Never),
    spec("panic_str", &[Ptr], ReturnKind::Never),
    spec("syscall_write", &[I64, Ptr], ReturnKind::I64),
    spec("syscall_read", &[I64, I64], ReturnKind::Ptr),
    spec("gc_write_barrier", &[Ptr, Ptr], ReturnKind::Void),
    spec("gc_root_handle", &[Ptr], ReturnKind::I64),
    spec("gc_unroot_handle", &[I64], ReturnKind::Void),
    spec("gc_register_root", &[Ptr], ReturnKind::Void),
    spec("gc_unregister_root", &[Ptr], ReturnKind::Void),
    spec("event_subscribe", &[Ptr, Ptr, Ptr], ReturnKind::I64),
    spec("event_unsubscribe_first", &[Ptr, Ptr], ReturnKind::I64),
    spec("event_len", &[Ptr], ReturnKind::I64),
    spec("event_get_handler", &[Ptr, Ptr], ReturnKind::Ptr),
    spec("interop_dispatch_unit", &[Ptr], ReturnKind::Void),
    spec("interop_dispatch_ptr", &[Ptr], ReturnKind::Ptr),
    spec("interop_dispatch_usize", &[Ptr], ReturnKind::I64),
    spec("test_bytes_ptr", &[], ReturnKind::I64),
    spec("test_bytes_len", &[], ReturnKind::I64),
    additive("array_len", &[Ptr], ReturnKind::I64),
    additive("rt_yield", &[], ReturnKind::Void),
    additive("rt_now_millis", &[], ReturnKind::I64),
    additive("beskid_register_callbacks", &[Ptr, I64], ReturnKind::I64),
    additive("str_eq", &[Ptr, Ptr], ReturnKind::I64),
    additive("str_from_i64", &[I64], ReturnKind::Ptr),
    additive("str_from_bool", &[I64], ReturnKind::Ptr),
    additive("str_from_char", &[I64], ReturnKind::Ptr),
    additive("str_from_f64", &[I64], ReturnKind::Ptr),
    additive("str_of_f64", &[I64], ReturnKind::Ptr),
    additive("panic_at", &[Ptr, Ptr], ReturnKind::Never),
    additive("callback_at", &[I64], ReturnKind::Ptr),
    additive(START_SYMBOL, &[I64, Ptr], ReturnKind::Void),
    additive("rt_argc", &[], ReturnKind::I64),
    additive("rt_argv", &[], ReturnKind::Ptr),
    additive("rt_arg", &[I64], ReturnKind::Ptr),
    additive(THREAD_SYMBOL, &[], ReturnKind::Void),
    additive("gc_enter", &[], ReturnKind::Ptr),
    additive("gc_leave", &[Ptr], ReturnKind::Void),
    additive("gc_alloc", &[Ptr, I64, Ptr], ReturnKind::Ptr),
    additive("gc_array", &[Ptr, I64, I64, Ptr], ReturnKind::Ptr),
    additive("gc_remember", &[Ptr, Ptr], ReturnKind::Void),
    additive("gc_append", &[Ptr, Ptr, Ptr], ReturnKind::Ptr),
    additive("gc_collect", &[Ptr], ReturnKind::Void),
    additive("event_snapshot", &[Ptr, Ptr], ReturnKind::Ptr),
    additive("str_slice", &[Ptr, I64, I64], ReturnKind::Ptr),
    additive("str_from_bytes_utf8", &[Ptr], ReturnKind::Ptr),
    additive("bytes_copy", &[Ptr, I64, Ptr, I64, I64], ReturnKind::Void),
    additive("bytes_compare", &[Ptr, Ptr], ReturnKind::I64),
    additive("bytes_get", &[Ptr, I64], ReturnKind::I64),
    additive("syscall_read_bytes", &[I64, I64], ReturnKind::Ptr),
    additive("syscall_write_bytes", &[I64, Ptr], ReturnKind::I64),
    additive("env_get", &[Ptr], ReturnKind::Ptr),
    additive("env_set", &[Ptr, Ptr], ReturnKind::I64),
    additive("env_getcwd", &[], ReturnKind::Ptr),
    additive("fs_read_text", &[Ptr], ReturnKind::Ptr),
    additive("fs_write_text", &[Ptr, Ptr], ReturnKind::I64),
    additive("fs_exists", &[Ptr], ReturnKind::I64),
    additive("fs_delete", &[Ptr], ReturnKind::I64),
    additive("fs_mkdir", &[Ptr], ReturnKind::I64),
    additive("process_getpid", &[], ReturnKind::I32),
    additive("process_exit", &[I64], ReturnKind::Never),
    additive("clock_realtime_nanos", &[], ReturnKind::I64),
    additive("clock_monotonic_nanos", &[], ReturnKind::I64),
    additive("tty_winsize", &[I64], ReturnKind::I64),
    additive("f64_remainder", &[I64, I64], ReturnKind::I64),
    additive("str_copy", &[Ptr, I64, Ptr], ReturnKind::Void),
    additive("fs_read_bytes", &[Ptr], ReturnKind::Ptr),
    additive("fs_write_bytes", &[Ptr, Ptr], ReturnKind::I64),
    additive("fs_error", &[], ReturnKind::I64),
    additive("panic_traced", &[Ptr, Ptr, Ptr], ReturnKind::Never),
    additive("rt_functions", &[Ptr], ReturnKind::Ptr),
    additive("rt_on_panic", &[Ptr], ReturnKind::Ptr),
    additive("gc_save", &[Ptr], ReturnKind::Void),
    additive("gc_restore", &[Ptr], ReturnKind::Void),
    additive("str_interpolate", &[Ptr, I64], ReturnKind::Ptr),
    additive("gc_limit", &[Ptr], ReturnKind::Void),
    additive(DEBUG_LIST_SYMBOL, &[Ptr], ReturnKind::Void),
    additive("input_at_end", &[], ReturnKind::I64),
];

const fn names<const N: usize>(from: usize) -> [&'static str; N] {
    let mut names = [""; N];
    let mut index = 0;
    while index < N {
        names[index] = BUILTIN_SPECS[from + index].symbol;
        index += 1;
    }
    names
}

/// The symbols that every runtime of version 2 exports, and that hosts offer to
/// programs in memory, in this spelling (ABI-001).
pub const RUNTIME_EXPORT_SYMBOLS: &[&str] = &names::<VERSION_2>(0);

/// Symbols that came later without a change of version (ABI-005).
pub const ADDITIVE_EXPORT_SYMBOLS: &[&str] =
    &names::<{ BUILTIN_SPECS.len() - VERSION_2 }>(VERSION_2);

/// The signature of a runtime symbol, by its linker name; `None` if no runtime
/// of this release exports it.
pub fn builtin_spec(symbol: &str) -> Option<&'static BuiltinSpec> {
    BUILTIN_SPECS.iter().find(|spec| spec.symbol == symbol)
}

/// Whether the runtime exports a symbol of this name. A program must not export
/// one of the same name (E1012), nor declare it as foreign (FFI-6).
pub fn is_runtime_symbol(symbol: &str) -> bool {
    builtin_spec(symbol).is_some()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn abi_001_the_export_list_of_version_2_is_frozen() {
        let frozen = "beskid_runtime_abi_version alloc str_new str_concat str_len array_new \
                      panic panic_str syscall_write syscall_read gc_write_barrier \
                      gc_root_handle gc_unroot_handle gc_register_root gc_unregister_root \
                      event_subscribe event_unsubscribe_first event_len event_get_handler \
                      interop_dispatch_unit interop_dispatch_ptr interop_dispatch_usize \
                      test_bytes_ptr test_bytes_len";
        assert!(
            frozen
                .split_whitespace()
                .eq(RUNTIME_EXPORT_SYMBOLS.iter().copied())
        );
    }

    #[test]
    fn abi_002_each_symbol_has_one_signature() {
        let names = BUILTIN_SPECS.iter().map(|spec| spec.symbol);
        assert_eq!(names.collect::<BTreeSet<_>>().len(), BUILTIN_SPECS.len());
        let lists = RUNTIME_EXPORT_SYMBOLS.iter().chain(ADDITIVE_EXPORT_SYMBOLS);
        assert!(
            lists
                .copied()
                .eq(BUILTIN_SPECS.iter().map(|spec| spec.symbol))
        );
        assert_eq!(builtin_spec("alloc"), Some(&BUILTIN_SPECS[1]));
        assert_eq!(builtin_spec("malloc"), None);
        assert!(is_runtime_symbol("str_eq") && !is_runtime_symbol("str_eq2"));
    }

    /// A change here is a new version of the ABI.
    #[test]
    fn abi_004_the_signatures_of_version_2_are_frozen() {
        let frozen = "beskid_runtime_abi_version()I32 alloc(Ptr,Ptr)Ptr str_new(Ptr,Ptr)Ptr \
                      str_concat(Ptr,Ptr)Ptr str_len(Ptr)I64 array_new(Ptr,Ptr)Ptr \
                      panic(Ptr,Ptr)Never panic_str(Ptr)Never syscall_write(I64,Ptr)I64 \
                      syscall_read(I64,I64)Ptr gc_write_barrier(Ptr,Ptr)Void \
                      gc_root_handle(Ptr)I64 gc_unroot_handle(I64)Void \
                      gc_register_root(Ptr)Void gc_unregister_root(Ptr)Void \
                      event_subscribe(Ptr,Ptr,Ptr)I64 event_unsubscribe_first(Ptr,Ptr)I64 \
                      event_len(Ptr)I64 event_get_handler(Ptr,Ptr)Ptr \
                      interop_dispatch_unit(Ptr)Void interop_dispatch_ptr(Ptr)Ptr \
                      interop_dispatch_usize(Ptr)I64 test_bytes_ptr()I64 test_bytes_len()I64";
        let rows = BUILTIN_SPECS.iter().filter(|spec| !spec.additive);
        let signatures = rows.map(|spec| {
            let params = spec.params.iter().map(|kind| format!("{kind:?}"));
            let params = params.collect::<Vec<_>>().join(",");
            format!("{}({params}){:?}", spec.symbol, spec.returns)
        });
        let frozen = frozen.split_whitespace().collect::<Vec<_>>();
        assert_eq!(signatures.collect::<Vec<_>>(), frozen);
    }

    #[test]
    fn abi_005_additive_symbols_follow_those_of_version_2() {
        for (index, spec) in BUILTIN_SPECS.iter().enumerate() {
            assert_eq!(spec.additive, index >= VERSION_2, "{}", spec.symbol);
        }
    }
}
