//! The runtime that Beskid programs import.
//!
//! The crate is compiled in two ways: as a library of the host, which gives
//! its addresses to programs in memory, and by `rustc` alone into one object
//! file, with `cfg(beskid_archive)`, which the host embeds and links into
//! programs. So it uses `core` and the C library, and no other crate.
//!
//! # The archive
//!
//! `archive-flags.txt` holds the flags for `rustc`, one a line; `-o FILE.a` and
//! `src/lib.rs` are added to them. They ask for a static library, because only
//! there does link-time optimization take in `core`: `--emit=obj` alone leaves
//! its symbols undefined. Of that library one member counts, the only one whose
//! name contains `beskid_runtime`. The others are the compiler's support
//! library: they carry bitcode, and nothing needs them. The member defines the
//! exported symbols and asks for functions of the C library alone; each function
//! has a section, so `--gc-sections` drops what a program does not use. The
//! archive is made of it by `ar rcsD`, a shared object by `cc -shared` with
//! `--whole-archive`. `objcopy --strip-debug` on the member first saves three
//! quarters of it: no flag of `rustc` keeps the debug information of `core` out.
//! The tests in `tests/` follow this recipe.
//!
//! # State
//!
//! Nothing needs to be initialised: all state starts as zeroes and grows on
//! first use, so the runtime works in executables, shared and static libraries
//! alike. Who owns the process calls `rt_start`, so that the program has its
//! arguments and faults have clear ends.
#![no_std]
#![deny(missing_docs)]

#[cfg(test)]
extern crate std;

mod arrays;
mod backtrace;
mod bytes;
mod callbacks;
mod collector;
mod environment;
mod events;
mod exports;
mod fail;
mod fault;
mod files;
mod frame;
mod input;
mod interop;
mod interpolate;
mod io;
#[path = "../../plugin-api/src/runtime_abi/layout.rs"]
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "offsets and tables are for those who make programs"
    )
)]
mod layout;
mod libc;
mod list;
mod lock;
mod memory;
mod pages;
mod panics;
mod paths;
mod remainder;
mod room;
mod roots;
mod signals;
#[cfg(test)]
mod signatures;
mod start;
mod strings;
mod text;
mod threads;
mod time;
mod version;
mod write;

pub use arrays::{array_len, array_new};
pub use backtrace::{line_of_call, rt_debug_list, rt_functions};
pub use bytes::{bytes_compare, bytes_copy, bytes_get, str_copy, str_from_bytes_utf8};
pub use callbacks::{beskid_register_callbacks, callback_at};
pub use collector::{
    forget_code, gc_alloc, gc_append, gc_array, gc_collect, gc_enter, gc_leave, gc_limit,
    gc_remember, gc_restore, gc_save, gc_write_barrier, is_guard,
};
pub use environment::{env_get, env_getcwd, env_set, process_exit, process_getpid, tty_winsize};
pub use events::{
    event_get_handler, event_len, event_snapshot, event_subscribe, event_unsubscribe_first,
};
pub use exports::exports;
pub use fail::rt_on_panic;
pub use files::{
    fs_delete, fs_error, fs_exists, fs_mkdir, fs_read_bytes, fs_read_text, fs_write_bytes,
    fs_write_text,
};
pub use input::input_at_end;
pub use interop::{interop_dispatch_ptr, interop_dispatch_unit, interop_dispatch_usize};
pub use interpolate::str_interpolate;
pub use io::{
    syscall_read, syscall_read_bytes, syscall_write, syscall_write_bytes, test_bytes_len,
    test_bytes_ptr,
};
pub use memory::alloc;
pub use panics::{panic, panic_at, panic_str, panic_traced};
pub use remainder::f64_remainder;
pub use roots::{gc_register_root, gc_root_handle, gc_unregister_root, gc_unroot_handle};
pub use start::{rt_arg, rt_argc, rt_argv, rt_start};
pub use strings::{str_concat, str_eq, str_len, str_new, str_slice};
pub use text::{str_from_bool, str_from_char, str_from_f64, str_from_i64, str_of_f64};
pub use threads::rt_thread;
pub use time::{clock_monotonic_nanos, clock_realtime_nanos, rt_now_millis, rt_yield};
pub use version::{BESKID_RUNTIME_ABI, beskid_runtime_abi_version};

/// A bug in the runtime itself ends the program like any other panic.
#[cfg(beskid_archive)]
#[panic_handler]
fn rust_panic(_: &core::panic::PanicInfo<'_>) -> ! {
    fail::fail(b"internal error in the Beskid runtime")
}
