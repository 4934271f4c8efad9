//! Test: the functions have the signatures of the ABI table (ABI-002).

use std::vec::Vec;

use beskid_plugin_api::runtime_abi::{BUILTIN_SPECS, ParamKind, ReturnKind};

use crate::*;

trait Param {
    const KIND: ParamKind;
}
impl<T> Param for *const T {
    const KIND: ParamKind = ParamKind::Ptr;
}
impl<T> Param for *mut T {
    const KIND: ParamKind = ParamKind::Ptr;
}
impl Param for usize {
    const KIND: ParamKind = ParamKind::Ptr;
}
impl Param for i64 {
    const KIND: ParamKind = ParamKind::I64;
}

trait Return {
    const KIND: ReturnKind;
}
impl Return for () {
    const KIND: ReturnKind = ReturnKind::Void;
}
impl<T> Return for *const T {
    const KIND: ReturnKind = ReturnKind::Ptr;
}
impl<T> Return for *mut T {
    const KIND: ReturnKind = ReturnKind::Ptr;
}
impl Return for i64 {
    const KIND: ReturnKind = ReturnKind::I64;
}
impl Return for u32 {
    const KIND: ReturnKind = ReturnKind::I32;
}

type Signature = (Vec<ParamKind>, ReturnKind);

fn f0<R: Return>(_: unsafe extern "C" fn() -> R) -> Signature {
    (Vec::new(), R::KIND)
}
fn f1<A: Param, R: Return>(_: unsafe extern "C" fn(A) -> R) -> Signature {
    ([A::KIND].into(), R::KIND)
}
fn f2<A: Param, B: Param, R: Return>(_: unsafe extern "C" fn(A, B) -> R) -> Signature {
    ([A::KIND, B::KIND].into(), R::KIND)
}
fn f3<A: Param, B: Param, C: Param, R: Return>(_: unsafe extern "C" fn(A, B, C) -> R) -> Signature {
    ([A::KIND, B::KIND, C::KIND].into(), R::KIND)
}
fn f4<A: Param, B: Param, C: Param, D: Param, R: Return>(
    _: unsafe extern "C" fn(A, B, C, D) -> R,
) -> Signature {
    ([A::KIND, B::KIND, C::KIND, D::KIND].into(), R::KIND)
}
fn f5<A: Param, B: Param, C: Param, D: Param, E: Param, R: Return>(
    _: unsafe extern "C" fn(A, B, C, D, E) -> R,
) -> Signature {
    (
        [A::KIND, B::KIND, C::KIND, D::KIND, E::KIND].into(),
        R::KIND,
    )
}
fn never1<A: Param>(_: unsafe extern "C" fn(A) -> !) -> Signature {
    ([A::KIND].into(), ReturnKind::Never)
}
fn never3<A: Param, B: Param, C: Param>(_: unsafe extern "C" fn(A, B, C) -> !) -> Signature {
    ([A::KIND, B::KIND, C::KIND].into(), ReturnKind::Never)
}
fn never2<A: Param, B: Param>(_: unsafe extern "C" fn(A, B) -> !) -> Signature {
    ([A::KIND, B::KIND].into(), ReturnKind::Never)
}

#[test]
fn abi_002_functions_have_the_signatures_of_the_table() {
    let signatures = [
        f0(beskid_runtime_abi_version),
        f2(alloc),
        f2(str_new),
        f2(str_concat),
        f1(str_len),
        f2(array_new),
        never2(panic),
        never1(panic_str),
        f2(syscall_write),
        f2(syscall_read),
        f2(gc_write_barrier),
        f1(gc_root_handle),
        f1(gc_unroot_handle),
        f1(gc_register_root),
        f1(gc_unregister_root),
        f3(event_subscribe),
        f2(event_unsubscribe_first),
        f1(event_len),
        f2(event_get_handler),
        f1(interop_dispatch_unit),
        f1(interop_dispatch_ptr),
        f1(interop_dispatch_usize),
        f0(test_bytes_ptr),
        f0(test_bytes_len),
        f1(array_len),
        f0(rt_yield),
        f0(rt_now_millis),
        f2(beskid_register_callbacks),
        f2(str_eq),
        f1(str_from_i64),
        f1(str_from_bool),
        f1(str_from_char),
        f1(str_from_f64),
        f1(str_of_f64),
        never2(panic_at),
        f1(callback_at),
        f2(rt_start),
        f0(rt_argc),
        f0(rt_argv),
        f1(rt_arg),
        f0(rt_thread),
        f0(gc_enter),
        f1(gc_leave),
        f3(gc_alloc),
        f4(gc_array),
        f2(gc_remember),
        f3(gc_append),
        f1(gc_collect),
        f2(event_snapshot),
        f3(str_slice),
        f1(str_from_bytes_utf8),
        f5(bytes_copy),
        f2(bytes_compare),
        f2(bytes_get),
        f2(syscall_read_bytes),
        f2(syscall_write_bytes),
        f1(env_get),
        f2(env_set),
        f0(env_getcwd),
        f1(fs_read_text),
        f2(fs_write_text),
        f1(fs_exists),
        f1(fs_delete),
        f1(fs_mkdir),
        f0(process_getpid),
        never1(process_exit),
        f0(clock_realtime_nanos),
        f0(clock_monotonic_nanos),
        f1(tty_winsize),
        f2(f64_remainder),
        f3(str_copy),
        f1(fs_read_bytes),
        f2(fs_write_bytes),
        f0(fs_error),
        never3(panic_traced),
        f1(rt_functions),
        f1(rt_on_panic),
        f1(gc_save),
        f1(gc_restore),
        f2(str_interpolate),
        f1(gc_limit),
        f1(rt_debug_list),
        f0(input_at_end),
    ];
    assert_eq!(signatures.len(), BUILTIN_SPECS.len());
    for ((params, returns), spec) in signatures.into_iter().zip(BUILTIN_SPECS) {
        assert_eq!(params, spec.params, "{}", spec.symbol);
        assert_eq!(returns, spec.returns, "{}", spec.symbol);
    }
}
