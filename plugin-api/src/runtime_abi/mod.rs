//! The runtime ABI: the symbols that programs import, and the layouts that
//! programs and runtime share.
//!
//! A frontend imports what it needs with
//! [`ImportSource::Runtime`](crate::artifact::ImportSource::Runtime) and the
//! signature that [`BUILTIN_SPECS`] gives (ABI-002); the artifact's header then
//! requires [`BESKID_RUNTIME_ABI_VERSION`]. Hosts refuse a runtime of another
//! version before `main` runs (ABI-003). A backend finds the symbols among its
//! imports like any other.
//!
//! A change of a layout, or of a symbol's name, arity, kinds or meaning, bumps
//! the version (ABI-004); a new symbol that no older artifact imports does not
//! (ABI-005).
//!
//! # Symbols
//!
//! All follow the platform's C convention. `Ptr` is an integer of pointer width, an
//! address or a size; `I64` is an `i64`; `Never` and `Void` have no result. What
//! ends the program does so with `panic: ` and a message on standard error, and
//! exit status 101. Strings are addresses of a [`BeskidStr`], arrays of a
//! [`BeskidArray`]; a null one ends the program.
//!
//! | symbol | what it does |
//! |---|---|
//! | `beskid_runtime_abi_version() → I32` | the version of the runtime (ABI-003) |
//! | `alloc(Ptr, Ptr) → Ptr` | a heap object of as many bytes, aligned to 16, zeroed but for its header; the second argument is its [`TypeDescriptor`] or null. Never null |
//! | `str_new(Ptr, Ptr) → Ptr` | a string with a copy of the bytes at an address; the second argument is their number. Ends the program if they are not UTF-8 |
//! | `str_concat(Ptr, Ptr) → Ptr` | a string: the first one, then the second |
//! | `str_len(Ptr) → I64` | length of a string in bytes |
//! | `array_new(Ptr, Ptr) → Ptr` | an array of zeroes: element size in bytes, number of elements |
//! | `panic(Ptr, Ptr) → Never` | ends the program; the message is at an address, with a length in bytes |
//! | `panic_str(Ptr) → Never` | ends the program; the message is a string |
//! | `syscall_write(I64, Ptr) → I64` | writes all of a string to a file descriptor; its length in bytes, or the system's error number, negated |
//! | `syscall_read(I64, I64) → Ptr` | a string of what a file descriptor has, at most so many bytes, but never half a character: it may be up to 3 bytes longer; empty at its end and on failure. Ends the program on what is not UTF-8 |
//! | `gc_write_barrier(Ptr, Ptr) → Void` | says that the first object now refers to the second |
//! | `gc_root_handle(Ptr) → I64` | keeps an object alive; the handle to give back. The first one is 0 |
//! | `gc_unroot_handle(I64) → Void` | gives a handle back; an unknown one changes nothing |
//! | `gc_register_root(Ptr) → Void` | registers the address of a variable that refers to an object |
//! | `gc_unregister_root(Ptr) → Void` | undoes one registration of that address |
//! | `event_subscribe(Ptr, Ptr, Ptr) → I64` | adds a handler to an [`EventState`]; the number of handlers then. The third argument is how many there may be, 0 for any number; one more ends the program |
//! | `event_unsubscribe_first(Ptr, Ptr) → I64` | removes the first occurrence of a handler; 1, or 0 if there is none |
//! | `event_len(Ptr) → I64` | number of handlers |
//! | `event_get_handler(Ptr, Ptr) → Ptr` | the handler at an index; ends the program if there is none |
//! | `interop_dispatch_unit(Ptr) → Void` | does what an [`InteropValue`] says; ends the program if the tag is of another group (EXT-005) |
//! | `interop_dispatch_ptr(Ptr) → Ptr` | the same for results that are pointers |
//! | `interop_dispatch_usize(Ptr) → I64` | the same for results that are sizes |
//! | `test_bytes_ptr() → I64` | address of constant bytes, for tests of foreign calls |
//! | `test_bytes_len() → I64` | number of those bytes |
//! | `array_len(Ptr) → I64` | number of elements of an array |
//! | `rt_yield() → Void` | lets other threads run |
//! | `rt_now_millis() → I64` | milliseconds on a clock that never goes back |
//! | `beskid_register_callbacks(Ptr, I64) → I64` | registers a [`CallbackTable`] in place of the one before, null for none; its layout is of the band that the second argument says. 0, or [`CALLBACK_LAYOUT_BAND`] negated if that is another (FFI-5) |
//! | `str_eq(Ptr, Ptr) → I64` | 1 if two strings have the same bytes, else 0 |
//! | `str_from_i64(I64) → Ptr` | the decimal text of an integer |
//! | `str_from_bool(I64) → Ptr` | `false` for 0, otherwise `true` |
//! | `str_from_char(I64) → Ptr` | the character with a Unicode scalar value; ends the program if it is none |
//! | `str_from_f64(I64) → Ptr` | the shortest decimal text that reads back as the float with these bits |
//! | `str_of_f64(I64) → Ptr` | the same as the language writes it: with `.0` if it is integral, and `nan` |
//! | `panic_at(Ptr, Ptr) → Never` | ends the program; a message and its place in the source, both strings |
//! | `callback_at(I64) → Ptr` | the function at an index of the registered [`CallbackTable`]; null if there is none |
//! | `rt_start(I64, Ptr) → Void` | who owns the process calls it before the program: number and addresses of its arguments, as C's `main` gets them. From then on a stack overflow ends the program like a panic, and another bad access says its address before the signal ends the process |
//! | `rt_argc() → I64` | number of the process's arguments, with the program's path |
//! | `rt_argv() → Ptr` | address of the arguments, as C's `main` gets them; null if there are none |
//! | `rt_arg(I64) → Ptr` | the argument at an index as a string, 0 for the program's path; ends the program if there is none, or if it is not UTF-8 |
//! | `rt_thread() → Void` | gives the calling thread, until it ends, what it needs to say that its stack has overflowed; nothing if it has that, or if nobody called `rt_start`. Whoever compiles calls it at the start of functions that C may call on threads of its own |
//! | `gc_enter() → Ptr` | the calling thread's [`GcContext`], made at first use; the thread is inside until it has called `gc_leave` as often |
//! | `gc_leave(Ptr) → Void` | undoes one `gc_enter` of the calling thread, whose context is given |
//! | `gc_alloc(Ptr, I64, Ptr) → Ptr` | a heap object of as many bytes, zeroed but for its header, which is the [`TypeDescriptor`] of the third argument, or null; may collect. The first argument is the thread's context, as for all that follow |
//! | `gc_array(Ptr, I64, I64, Ptr) → Ptr` | an array; the second argument is the size of an element in bytes, and the elements are zeroes, or 0 for references, each of which is the fourth argument; the third is their number. May collect, and keeps the fourth argument alive; ends the program if the number is negative |
//! | `gc_remember(Ptr, Ptr) → Void` | called before a reference is stored into an object whose state is 1 |
//! | `gc_append(Ptr, Ptr, Ptr) → Ptr` | a string: the second argument, then the third; one of them if the other is empty. A loop that appends to one string takes time in proportion to what is appended. May collect, and keeps both alive |
//! | `gc_collect(Ptr) → Void` | collects everything, for tests |
//! | `event_snapshot(Ptr, Ptr) → Ptr` | an array of references: the handlers that the [`EventState`] of the second argument has now; may collect |
//! | `str_slice(Ptr, I64, I64) → Ptr` | a string of bytes of another one: where they begin, and how many. Ends the program if they are not all there, or begin or end within a character |
//! | `str_from_bytes_utf8(Ptr) → Ptr` | a string with the bytes of an array. Ends the program if they are not UTF-8 |
//! | `bytes_copy(Ptr, I64, Ptr, I64, I64) → Void` | copies bytes to an array, at an index, from an array, which may be the same, from an index on; the last argument is their number. Ends the program if they are not all there |
//! | `bytes_compare(Ptr, Ptr) → I64` | -1, 0 or 1 if an array of bytes comes before another one, is equal, or comes after it |
//! | `bytes_get(Ptr, I64) → I64` | the byte of an array at an index; ends the program if there is none |
//! | `syscall_read_bytes(I64, I64) → Ptr` | an array of the bytes that a file descriptor has, at most so many; empty at its end and on failure |
//! | `syscall_write_bytes(I64, Ptr) → I64` | writes all of an array of bytes to a file descriptor; their number, or the system's error number, negated |
//! | `env_get(Ptr) → Ptr` | the value of an environment variable, empty if there is none; ends the program if it is not UTF-8 |
//! | `env_set(Ptr, Ptr) → I64` | sets an environment variable to a value; 0, or the system's error number, negated |
//! | `env_getcwd() → Ptr` | the path of the working folder, empty if there is none; ends the program if it is not UTF-8 |
//! | `fs_read_text(Ptr) → Ptr` | all of the file at a path, empty if it cannot be read; ends the program if it is not UTF-8 |
//! | `fs_write_text(Ptr, Ptr) → I64` | writes a string to the file at a path, in place of what was in it; 0, or the system's error number, negated |
//! | `fs_exists(Ptr) → I64` | 1 if there is something at a path, else 0 |
//! | `fs_delete(Ptr) → I64` | deletes the file at a path; 0, or the system's error number, negated |
//! | `fs_mkdir(Ptr) → I64` | makes a folder at a path; 0, or the system's error number, negated |
//! | `process_getpid() → I32` | the number of the process |
//! | `process_exit(I64) → Never` | ends the process like a return from `main`, with the low 32 bits as status |
//! | `clock_realtime_nanos() → I64` | nanoseconds since the begin of 1970, in UTC |
//! | `clock_monotonic_nanos() → I64` | nanoseconds on a clock that never goes back |
//! | `tty_winsize(I64) → I64` | size of the terminal that a file descriptor is: columns times 65536, and rows; 0 if it is none |
//! | `f64_remainder(I64, I64) → I64` | the remainder of a division of the floats with these bits, as C's `fmod`, by its bits |
//! | `str_copy(Ptr, I64, Ptr) → Void` | copies all bytes of a string, the third argument, to an array of bytes, at an index. Ends the program if there is no room for them |
//! | `fs_read_bytes(Ptr) → Ptr` | an array of all bytes of the file at a path, empty if it cannot be read |
//! | `fs_write_bytes(Ptr, Ptr) → I64` | writes an array of bytes to the file at a path, in place of what was in it; 0, or the system's error number, negated |
//! | `fs_error() → I64` | why the calling thread's last call, `fs_read_bytes` or `fs_read_text`, came back empty: the system's error number, negated; 0 if the file was read |
//! | `panic_traced(Ptr, Ptr, Ptr) → Never` | ends the program; a message, its place in the source, both strings, and the `FunctionTable` of the program, null for none, by which the functions are told that it came through |
//! | `rt_functions(Ptr) → Ptr` | names the `FunctionTable` of the code that runs, for stacks that overflow and other faults, null for none; the table before. A program of Beskid whose functions cannot call themselves names none |
//! | `rt_on_panic(Ptr) → Ptr` | names the function that is told of each panic, with the address of a `PanicReport`, before anything is said of it, null for none; the function before. It may leave the program's frames, or return, and the panic ends the program |
//! | `gc_save(Ptr) → Void` | writes down how far inside the calling thread is, and its roots: two words of memory, for `gc_restore` |
//! | `gc_restore(Ptr) → Void` | takes the calling thread back to where it was when the two words were written, for who leaves a program's frames |
//! | `str_interpolate(Ptr, I64) → Ptr` | a string: the texts of so many [`TextPart`]s at an address, one after the other. May collect, and keeps their strings alive; ends the program if a part is of no known kind, or is no character |
//! | `gc_limit(Ptr) → Void` | exchanges what the calling thread may have of the collector's memory with the `GcLimit` at an address. While threads are inside others collect nothing, so what they drop counts until then |
//! | `rt_debug_list(Ptr) → Void` | adds the list by which a backend tells debuggers of code in memory: GDB's `__jit_debug_descriptor`, which is there to the end of the process. Backtraces find the lines of calls in its images. For backends, which call it before the code runs |
//! | `input_at_end() → I64` | 1 if standard input is at its end, or cannot be read, else 0; waits until that is known. The byte that it reads for it is that of the next `syscall_read` or `syscall_read_bytes` of descriptor 0, and of no other reader |
//!
//! Besides, a runtime defines its version as data: `beskid_runtime_abi`, a `u32`.
//! Whoever links a runtime reads it from the file, and refuses one that is of
//! another version or tells none (ABI-7).
//!
//! # Layouts
//!
//! [`BeskidStr`], [`BeskidArray`], [`HeapHeader`], [`TypeDescriptor`],
//! [`EventState`], [`GcContext`], [`TextPart`] and [`InteropValue`] are laid out as C does on the
//! target. The
//! `*_OFFSET` constants are those of the machine that this crate was compiled for:
//! multiples of its pointer width. Those of interop values are 8 and 16, which
//! is the same on machines of 64 bits. An array's elements are not at the array's
//! address but at its `ptr`.

mod layout;
mod symbols;

pub use layout::*;
pub use symbols::{
    ADDITIVE_EXPORT_SYMBOLS, BUILTIN_SPECS, BuiltinSpec, DEBUG_LIST_SYMBOL, ParamKind,
    RUNTIME_EXPORT_SYMBOLS, ReturnKind, START_SYMBOL, THREAD_SYMBOL, builtin_spec,
    is_runtime_symbol,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_describes_every_symbol() {
        let page = include_str!("mod.rs");
        for spec in BUILTIN_SPECS {
            let params = spec.params.iter().map(|kind| format!("{kind:?}"));
            let params = params.collect::<Vec<_>>().join(", ");
            let row = format!("//! | `{}({params}) → {:?}` | ", spec.symbol, spec.returns);
            assert!(page.contains(&row), "{row}");
        }
    }
}
