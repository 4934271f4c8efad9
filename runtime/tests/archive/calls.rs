//! Calls from C that return.

use crate::program::{Binding, compile, run, stripped_size};
use crate::recipe;

#[track_caller]
fn prints(source: &str, binding: Binding, expected: &str) {
    let folder = recipe::folder();
    let output = run(&compile(folder.path(), source, binding), "");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    assert_eq!(output.stderr, b"");
}

#[test]
fn abi_006_every_symbol_works_in_an_executable() {
    prints(include_str!("calls.c"), Binding::Static, "printed\n");
}

#[test]
fn abi_006_every_symbol_works_in_a_shared_object_that_is_opened() {
    prints(include_str!("calls.c"), Binding::Opened, "printed\n");
}

#[test]
fn reads_and_writes_go_on_after_interruptions() {
    let source = include_str!("interrupted.c");
    prints(source, Binding::Static, "1048576 4 interrupted\n");
}

#[test]
fn programs_are_small_and_get_only_what_they_use() {
    let folder = recipe::folder();
    let small = "#include \"runtime.h\"\n\
                 int main(void) { return load_runtime() + (syscall_write(1, str_new(\"hi\", (void *)2)) != 2); }";
    let small = stripped_size(&compile(folder.path(), small, Binding::Static));
    let collected = "#include \"runtime.h\"\n\
                     int main(void) { load_runtime(); void *c = gc_enter(); gc_alloc(c, 8, 0); gc_leave(c); \
                     return syscall_write(1, str_new(\"hi\", (void *)2)) != 2; }";
    let collected = stripped_size(&compile(folder.path(), collected, Binding::Static));
    let everything = compile(folder.path(), include_str!("calls.c"), Binding::Static);
    let everything = stripped_size(&everything);
    assert!(small < 20 * 1024, "{small} bytes");
    // An executable grows by whole pages.
    let collector = collected - small;
    assert!(0 < collector && collector <= 12 * 1024, "{collector} bytes");
    assert!(everything < 80 * 1024, "{everything} bytes");
    assert!(collected < everything);
}
