//! Calls from C that end the program: the message, and status 101.

use beskid_plugin_api::runtime_abi::{INTEROP_TAGS, InteropGroup};

use crate::program::{Binding, compile, run};
use crate::recipe;

/// Each piece of C must end the program with its message.
#[track_caller]
fn end_with(cases: &[(&str, &str)]) {
    let arms = cases
        .iter()
        .enumerate()
        .map(|(index, (code, _))| format!("case {index}: {{ {code} }} break;\n"));
    let source = format!(
        "#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\n#include \"runtime.h\"\n\
         #define W(number) ((const void *)(intptr_t)(number))\n\
         int main(int count, char **args) {{\n\
         if (load_runtime() || count < 2) return 1;\n\
         switch (atoi(args[1])) {{\n{}}}\nreturn 0; }}",
        arms.collect::<String>()
    );
    let folder = recipe::folder();
    let program = compile(folder.path(), &source, Binding::Static);
    for (index, (code, message)) in cases.iter().enumerate() {
        let output = run(&program, &index.to_string());
        assert_eq!(output.status.code(), Some(101), "{code}: {output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, format!("panic: {message}\n"), "{code}");
        assert_eq!(output.stdout, b"", "{code}");
    }
}

#[test]
fn panics_print_their_message() {
    end_with(&[
        ("panic(\"by hand\", W(7));", "by hand"),
        ("panic(0, 0);", ""),
        ("panic_str(str_new(\"by handle\", W(9)));", "by handle"),
        ("panic_str(0);", "null string handle"),
        (
            "panic_at(str_new(\"what\", W(4)), str_new(\"a.bd:1:2\", W(8)));",
            "what\n  at a.bd:1:2",
        ),
        ("panic(0, W(1));", "null string data"),
    ]);
}

#[test]
fn a_panic_ends_the_program_even_if_nobody_can_read_it() {
    let source = "#include <unistd.h>\n#include \"runtime.h\"\n\
                  int main(void) { if (load_runtime()) return 1; close(2); panic(\"x\", (void *)1); }";
    let folder = recipe::folder();
    let output = run(&compile(folder.path(), source, Binding::Static), "");
    assert_eq!(output.status.code(), Some(101), "{output:?}");
    assert_eq!(output.stderr, b"");
}

#[test]
fn misused_strings_end_the_program() {
    let null = "null string handle";
    end_with(&[
        ("str_len(0);", null),
        ("str_concat(0, str_new(0, 0));", null),
        ("str_concat(str_new(0, 0), 0);", null),
        ("str_eq(0, 0);", null),
        ("syscall_write(1, 0);", null),
        ("str_new(\"\\xff\", W(1));", "invalid utf-8 string data"),
        (
            "str_new(\"\\xc5\\xa1\", W(1));",
            "invalid utf-8 string data",
        ),
        ("str_new(0, W(1));", "null string data"),
        ("str_new(\"a\", W(-1));", "string too long"),
        (
            "uintptr_t half[2] = {(uintptr_t)half, INTPTR_MAX}; str_concat(half, half);",
            "string too long",
        ),
        ("str_from_char(0x110000);", "not a Unicode scalar value"),
        ("str_from_char(0xd800);", "not a Unicode scalar value"),
        ("str_from_char(-1);", "not a Unicode scalar value"),
    ]);
}

#[test]
fn misused_memory_and_files_end_the_program() {
    end_with(&[
        ("alloc(W(-1), 0);", "out of memory"),
        ("alloc(W(INTPTR_MAX), 0);", "out of memory"),
        ("array_new(W(8), W(-1));", "array too large"),
        ("array_new(W(1), W(INTPTR_MAX));", "out of memory"),
        ("array_len(0);", "null array handle"),
        ("syscall_read(0, -1);", "negative length in a read"),
        (
            "int p[2]; if (pipe(p) || write(p[1], \"\\xff\", 1) != 1) return 1; \
             syscall_read(p[0], 9);",
            "invalid utf-8 string data",
        ),
    ]);
}

#[test]
fn what_is_out_of_bounds_ends_the_program() {
    let bounds = "index out of bounds";
    let invalid = "invalid utf-8 string data";
    let null = "null array handle";
    let array = |call: &str| {
        format!("unsigned char **a = array_new(W(1), W(4)); a[0][1] = 0xff; (void)a; {call};")
    };
    let cases = [
        ("str_slice(str_new(\"abc\", W(3)), 2, 2)", bounds),
        ("str_slice(str_new(\"abc\", W(3)), -1, 1)", bounds),
        ("str_slice(str_new(\"abc\", W(3)), 1, -1)", bounds),
        ("str_slice(str_new(\"abc\", W(3)), 1, INT64_MAX)", bounds),
        ("str_slice(str_new(\"\\xc5\\xa1\", W(2)), 0, 1)", invalid),
        ("str_slice(str_new(\"\\xc5\\xa1\", W(2)), 1, 1)", invalid),
        ("str_slice(0, 0, 0)", "null string handle"),
        ("str_from_bytes_utf8(a)", invalid),
        ("str_from_bytes_utf8(0)", null),
        ("bytes_get(a, 4)", bounds),
        ("bytes_get(a, -1)", bounds),
        ("bytes_get(0, 0)", null),
        ("bytes_copy(a, 1, a, 0, 4)", bounds),
        ("bytes_copy(a, 0, a, 1, 4)", bounds),
        ("bytes_copy(a, 0, a, 0, -1)", bounds),
        ("bytes_copy(a, INT64_MAX, a, 0, INT64_MAX)", bounds),
        ("bytes_copy(0, 0, a, 0, 0)", null),
        ("str_copy(a, 0, str_new(\"12345678\", W(8)))", bounds),
        ("bytes_compare(a, 0)", null),
        ("syscall_write_bytes(1, 0)", null),
        ("syscall_read_bytes(0, -1)", "negative length in a read"),
        ("fs_read_text(0)", "null string handle"),
        ("env_get(0)", "null string handle"),
    ];
    let cases = cases.map(|(call, message)| (array(call), message));
    let cases = cases
        .iter()
        .map(|(code, message)| (code.as_str(), *message));
    end_with(&cases.collect::<Vec<_>>());
}

#[test]
fn what_the_system_says_must_be_text() {
    end_with(&[
        (
            "setenv(\"A\", \"\\xff\", 1); env_get(str_new(\"A\", W(1)));",
            "invalid utf-8 string data",
        ),
        (
            "FILE *f = fopen(\"f\", \"w\"); fputs(\"\\xff\", f); fclose(f); \
             fs_read_text(str_new(\"f\", W(1)));",
            "invalid utf-8 string data",
        ),
    ]);
}

#[test]
fn misused_contexts_end_the_program() {
    end_with(&[
        (
            "gc_array(gc_enter(), 0, -1, 0);",
            "array length is negative",
        ),
        (
            "gc_array(gc_enter(), 8, INT64_MIN, 0);",
            "array length is negative",
        ),
        ("gc_array(gc_enter(), 8, INT64_MAX, 0);", "out of memory"),
        (
            "gc_array(gc_enter(), 1, INT64_MAX - 99, 0);",
            "out of memory",
        ),
        (
            "void *c = gc_enter(); gc_leave(c); gc_leave(c);",
            "a context is left that was not entered",
        ),
        ("gc_alloc(gc_enter(), -1, 0);", "out of memory"),
        ("gc_alloc(gc_enter(), INT64_MAX, 0);", "out of memory"),
        (
            "gc_alloc(gc_enter(), (int64_t)1 << 46, 0);",
            "out of memory",
        ),
        ("gc_enter(); alloc(W(-9), 0);", "out of memory"),
        (
            "gc_append(gc_enter(), 0, str_new(0, 0));",
            "null string handle",
        ),
        (
            "uintptr_t half[2] = {(uintptr_t)half, INTPTR_MAX}; gc_append(gc_enter(), half, half);",
            "string too long",
        ),
    ]);
}

#[test]
fn misused_events_end_the_program() {
    end_with(&[
        (
            "uintptr_t e[3] = {0}; for (;;) event_subscribe(e, e, W(4));",
            "event capacity exceeded",
        ),
        (
            "uintptr_t e[3] = {0}; event_get_handler(e, 0);",
            "event handler index out of bounds",
        ),
        (
            "uintptr_t e[3] = {0}; event_subscribe(e, e, 0); event_get_handler(e, W(-1));",
            "event handler index out of bounds",
        ),
        (
            "uintptr_t e[3] = {0}; event_subscribe(e, 0, 0);",
            "null event handler",
        ),
        ("event_snapshot(0, 0);", "null event"),
        ("event_subscribe(0, 0, 0);", "null event"),
        ("event_unsubscribe_first(0, 0);", "null event"),
        ("event_len(0);", "null event"),
    ]);
}

#[test]
fn ext_005_a_tag_is_unknown_in_every_group_but_its_own() {
    let groups = [
        (InteropGroup::Unit, "unit"),
        (InteropGroup::Ptr, "ptr"),
        (InteropGroup::Usize, "usize"),
    ];
    let unknown = [INTEROP_TAGS.len() as u64, 99, u64::MAX];
    let mut cases = Vec::new();
    for (group, name) in groups {
        let foreign = INTEROP_TAGS.iter().filter(|(_, own)| *own != group);
        for tag in foreign.map(|(tag, _)| *tag).chain(unknown) {
            cases.push((
                format!("uint64_t v[3] = {{0, {tag}u, 0}}; interop_dispatch_{name}(v);"),
                format!("interop tag {tag} is unknown in dispatch group {name}"),
            ));
        }
        cases.push((
            format!("interop_dispatch_{name}(0);"),
            "null interop value".to_owned(),
        ));
    }
    let cases = cases
        .iter()
        .map(|(code, message)| (code.as_str(), message.as_str()));
    end_with(&cases.collect::<Vec<_>>());
}
