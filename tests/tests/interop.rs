//! Interop values and their dispatch: from artifacts in every engine, from C,
//! and never by the name of an internal (EXT-005, EXT-006).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_host::embedded_runtime as embedded;
use beskid_plugin_api::runtime_abi::*;
use beskid_tests::command::{Ended, end, run};

const GROUPS: [(&str, InteropGroup); 3] = [
    ("unit", InteropGroup::Unit),
    ("ptr", InteropGroup::Ptr),
    ("usize", InteropGroup::Usize),
];

/// A function that makes an interop value, and another that makes a string,
/// by the offsets of the tables.
fn makers() -> String {
    format!(
        "function %value(i64, i64) -> i64 system_v {{
    fn0 = %alloc(i64, i64) -> i64 system_v
block0(v0: i64, v1: i64):
    v2 = iconst.i64 {size}
    v3 = iconst.i64 0
    v4 = call fn0(v2, v3)
    store.i64 v0, v4+{INTEROP_TAG_OFFSET}
    store.i64 v1, v4+{INTEROP_PAYLOAD_OFFSET}
    return v4
}}

function %word() -> i64 system_v {{
    fn0 = %str_new(i64, i64) -> i64 system_v
    ss0 = explicit_slot 8
block0:
    v0 = stack_addr.i64 ss0
    v1 = iconst.i64 {hello}
    store.i64 v1, v0
    v2 = iconst.i64 5
    v3 = call fn0(v0, v2)
    return v3
}}
",
        size = size_of::<InteropValue>(),
        hello = u64::from_le_bytes(*b"hello\0\0\0"),
    )
}

/// A program that sends one value to a dispatch group.
fn sending(value: &str, group: &str) -> String {
    let result = match group {
        "unit" => "",
        _ => " -> i64",
    };
    let call = match group {
        "unit" => "call fn2(v2)",
        _ => "v3 = call fn2(v2)",
    };
    makers()
        + &format!(
            "
function %main() -> i64 system_v {{
    fn0 = colocated %value(i64, i64) -> i64 system_v
    fn1 = colocated %word() -> i64 system_v
    fn2 = %interop_dispatch_{group}(i64){result} system_v
block0:
    v0 = call fn1()
{value}
    {call}
    v4 = iconst.i64 7
    return v4
}}
"
        )
}

/// The program in memory, through an object, and as an executable.
#[track_caller]
fn three_ways(folder: &Path, clif: &str) -> [Ended; 3] {
    fs::write(folder.join("p.clif"), clif).unwrap();
    run(folder, ["build", "p.clif"]).succeeds();
    let with = |backend| run(folder, ["--backend", backend, "run", "p.clif"]);
    [
        with("jit"),
        with("aot"),
        end(&mut Command::new(folder.join("p"))),
    ]
}

#[test]
fn ext_005_each_group_answers_an_artifact_alike_in_every_engine() {
    let folder = tempfile::tempdir().unwrap();
    let clif = makers()
        + &format!(
            "
function %main() -> i64 system_v {{
    fn0 = colocated %value(i64, i64) -> i64 system_v
    fn1 = colocated %word() -> i64 system_v
    fn2 = %interop_dispatch_unit(i64) system_v
    fn3 = %interop_dispatch_ptr(i64) -> i64 system_v
    fn4 = %interop_dispatch_usize(i64) -> i64 system_v
    fn5 = %array_new(i64, i64) -> i64 system_v
block0:
    v0 = call fn1()
    v1 = iconst.i64 {INTEROP_PRINT}
    v2 = call fn0(v1, v0)
    call fn2(v2)
    v3 = iconst.i64 {INTEROP_STR_CLONE}
    v4 = call fn0(v3, v0)
    v5 = call fn3(v4)
    v6 = icmp ne v5, v0
    v7 = iconst.i64 {INTEROP_STR_LEN}
    v8 = call fn0(v7, v5)
    v9 = call fn4(v8)
    v10 = iconst.i64 8
    v11 = iconst.i64 3
    v12 = call fn5(v10, v11)
    v13 = iconst.i64 {INTEROP_ARRAY_LEN}
    v14 = call fn0(v13, v12)
    v15 = call fn4(v14)
    v16 = iconst.i64 10
    v17 = imul v9, v16
    v18 = iadd v17, v15
    v19 = imul v18, v16
    v20 = uextend.i64 v6
    v21 = iadd v19, v20
    return v21
}}
"
        );
    let [jit, aot, executable] = three_ways(folder.path(), &clif);
    // Printed; then the length of the clone, that of the array, and whether
    // the clone is another string.
    assert_eq!(jit.clone().succeeds(), "hello531\n");
    assert_eq!(aot, jit);
    assert_eq!(executable.stdout, "hello");
    assert_eq!(executable.status, Some(531 & 255));
    let stdout = run(folder.path(), ["diff", "p.clif"]).succeeds();
    assert!(stdout.ends_with("no difference\n"), "{stdout}");
}

#[test]
fn ext_005_a_tag_of_another_group_or_of_none_ends_the_program_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = [INTEROP_TAGS.len() as u64, 99, u64::MAX];
    for (name, group) in GROUPS {
        let others = INTEROP_TAGS.iter().filter(|(_, of)| *of != group);
        let tags = others.map(|(tag, _)| *tag).chain(unknown);
        for tag in tags {
            let value = format!(
                "    v1 = iconst.i64 {}\n    v2 = call fn0(v1, v0)",
                tag as i64
            );
            let message = format!("panic: interop tag {tag} is unknown in dispatch group {name}\n");
            for ended in three_ways(folder.path(), &sending(&value, name)) {
                assert_eq!(ended.status, Some(101), "{tag} in {name}: {ended:#?}");
                assert_eq!(ended.stderr, message);
                assert_eq!(ended.stdout, "");
            }
        }
    }
}

#[test]
fn ext_005_a_null_value_or_payload_ends_the_program_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    for (group, _) in GROUPS {
        for ended in three_ways(folder.path(), &sending("    v2 = iconst.i64 0", group)) {
            assert_eq!(ended.status, Some(101), "{group}: {ended:#?}");
            assert_eq!(ended.stderr, "panic: null interop value\n");
        }
    }
    for (tag, group, message) in [
        (INTEROP_PRINT, "unit", "null string handle"),
        (INTEROP_STR_CLONE, "ptr", "null string handle"),
        (INTEROP_STR_LEN, "usize", "null string handle"),
        (INTEROP_ARRAY_LEN, "usize", "null array handle"),
    ] {
        let value =
            format!("    v1 = iconst.i64 {tag}\n    v5 = iconst.i64 0\n    v2 = call fn0(v1, v5)");
        for ended in three_ways(folder.path(), &sending(&value, group)) {
            assert_eq!(ended.status, Some(101), "{tag}: {ended:#?}");
            assert_eq!(ended.stderr, format!("panic: {message}\n"));
        }
    }
}

/// The archive was compiled from the tables, but what it does is what counts:
/// a C compiler that knows only the declaration lays the value out.
#[test]
fn ext_005_the_compiled_runtime_reads_values_where_c_and_the_tables_have_them() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("libembedded.a"), embedded()).unwrap();
    let source = format!(
        "#include <stddef.h>\n#include <stdint.h>\n#include <stdio.h>\n#include <string.h>\n\
         struct value {{ void *header; uint64_t tag; void *payload; }};\n\
         _Static_assert(sizeof(struct value) == {size}, \"size\");\n\
         _Static_assert(offsetof(struct value, header) == 0, \"header\");\n\
         _Static_assert(offsetof(struct value, tag) == {INTEROP_TAG_OFFSET}, \"tag\");\n\
         _Static_assert(offsetof(struct value, payload) == {INTEROP_PAYLOAD_OFFSET}, \"payload\");\n\
         _Static_assert(sizeof(void *) == {HEAP_HEADER_SIZE}, \"header\");\n\
         void *str_new(const char *, size_t);\n\
         void interop_dispatch_unit(const void *);\n\
         void *interop_dispatch_ptr(const void *);\n\
         int64_t interop_dispatch_usize(const void *);\n\
         int main(void) {{\n\
         void *word = str_new(\"hello\", 5);\n\
         struct value value = {{(void *)-1, {INTEROP_PRINT}, word}};\n\
         interop_dispatch_unit(&value);\n\
         value.tag = {INTEROP_STR_CLONE};\n\
         value.payload = interop_dispatch_ptr(&value);\n\
         value.tag = {INTEROP_STR_LEN};\n\
         long length = interop_dispatch_usize(&value);\n\
         _Alignas(8) unsigned char bytes[{size}];\n\
         memset(bytes, 0xee, sizeof bytes);\n\
         uint64_t tag = {INTEROP_STR_LEN};\n\
         memcpy(bytes + {INTEROP_TAG_OFFSET}, &tag, sizeof tag);\n\
         memcpy(bytes + {INTEROP_PAYLOAD_OFFSET}, &word, sizeof word);\n\
         printf(\" %ld %ld %d\\n\", length, (long)interop_dispatch_usize(bytes),\n\
         value.payload != word);\n\
         return 0; }}\n",
        size = size_of::<InteropValue>()
    );
    fs::write(folder.join("main.c"), source).unwrap();
    let args = ["-std=c11", "main.c", "libembedded.a", "-o", "program"];
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
    let ended = end(&mut Command::new(folder.join("program")));
    assert_eq!(ended.succeeds(), "hello 5 5 1\n");
}

#[test]
fn ext_006_users_neither_call_nor_declare_internal_names() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let contract = |method: &str| {
        format!(
            "[Extern(Abi: \"C\", Library: \"libc.so.6\")]\npub contract C {{ {method} }}\nunit main() {{ }}\n"
        )
    };
    for (program, code) in [
        (contract("i64 __interop_dispatch_usize(i64 x);"), "E1514"),
        (contract("unit __interop_anything();"), "E1514"),
        (
            contract("[Extern(Symbol: \"__interop_print\")] unit print();"),
            "E1514",
        ),
        (contract("i64 interop_dispatch_usize(i64 x);"), "E1514"),
        (
            "unit main() { __interop_dispatch_unit(1); }".to_owned(),
            "E1101",
        ),
        (
            "unit main() { interop_dispatch_unit(1); }".to_owned(),
            "E1101",
        ),
    ] {
        fs::write(folder.join("p.bd"), &program).unwrap();
        for args in [
            ["run", "p.bd"].as_slice(),
            &["build", "p.bd"],
            &["analyze", "p.bd"],
        ] {
            run(folder, args).fails_with(code);
        }
        assert!(!folder.join("p").exists(), "{program}");
    }
    // A `.clif` program has no other way to these names than the library's.
    let text = "; extern: %interop_dispatch_unit libc.so.6\nfunction %main() system_v {\n    \
                fn0 = %interop_dispatch_unit(i64) system_v\nblock0:\n    return\n}\n";
    fs::write(folder.join("p.clif"), text).unwrap();
    run(folder, ["run", "p.clif"]).fails_with("E0020");
}
