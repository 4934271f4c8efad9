//! Archives of every kind, as their own tools write them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use serde_json::Value;

use beskid_tests::workshop::{Workshop, names};

const APPLE: &str = "aarch64-apple-darwin";
const WINDOWS: &str = "x86_64-pc-windows-msvc";

/// Two objects of one name: `a/same.o` defines `one` and more, `b/same.o`
/// defines `two`.
fn two_objects(shop: &Workshop) {
    let one = "int shared = 1; int common; extern int two(void);\n\
               __attribute__((visibility(\"hidden\"))) int hidden(void) { return 2; }\n\
               __attribute__((weak)) int weak(void) { return 3; }\n\
               int one(void) { return two() + hidden(); }\n";
    shop.write("one.c", one);
    shop.write("two.c", "int two(void) { return 4; }\n");
    for folder in ["a", "b"] {
        std::fs::create_dir(shop.path(folder)).unwrap();
    }
    shop.sh("cc -c -fcommon one.c -o a/same.o");
    shop.sh("cc -c two.c -o b/same.o");
}

#[test]
fn every_member_is_looked_at_even_if_names_repeat() {
    let Some(shop) = Workshop::with(&["cc", "ar", "llvm-ar"]) else {
        return;
    };
    two_objects(&shop);
    shop.sh("ar qcs gnu.a a/same.o b/same.o");
    shop.sh("llvm-ar --format=gnu qcs llvm.a a/same.o b/same.o");
    shop.sh("llvm-ar --format=bsd qcs bsd.a a/same.o b/same.o");
    for (file, kind) in [("gnu.a", "gnu"), ("llvm.a", "gnu"), ("bsd.a", "bsd")] {
        let report = shop.report(file);
        assert_eq!(names(&report, "members"), ["same.o", "same.o"], "{file}");
        let exports = ["common", "one", "shared", "two", "weak"];
        assert_eq!(names(&report, "exports"), exports, "{file}");
        assert_eq!(names(&report, "imports"), [""; 0], "{file}");
        assert_eq!(report["format"], "archive", "{file}");
        assert_eq!(report["member_format"], "elf", "{file}");
        assert_eq!(report["index"]["kind"], kind, "{file}");
        assert_eq!(report["index"]["entries"], 6, "{file}");
        let shown = shop.inspect(file).succeeds();
        assert!(shown.ends_with("result:        pass\n"), "{shown}");
    }
}

#[test]
fn long_member_names() {
    let Some(shop) = Workshop::with(&["cc", "ar", "llvm-ar"]) else {
        return;
    };
    let name = "a_name_that_is_too_long_for_a_header.o";
    shop.write("x.c", "int x;");
    shop.sh(&format!("cc -c x.c -o {name}"));
    shop.sh(&format!("ar qcs gnu.a {name}"));
    shop.sh(&format!("llvm-ar --format=bsd qcs bsd.a {name}"));
    shop.sh(&format!("llvm-ar --format=darwin qcs darwin.a {name}"));
    for file in ["gnu.a", "bsd.a", "darwin.a"] {
        let report = shop.report(file);
        assert_eq!(names(&report, "members"), [name], "{file}");
        assert_eq!(names(&report, "exports"), ["x"], "{file}");
    }
}

#[test]
fn an_index_that_is_missing_or_out_of_date_is_a_problem() {
    let Some(shop) = Workshop::with(&["cc", "ar", "ranlib"]) else {
        return;
    };
    two_objects(&shop);
    shop.sh("ar qcS none.a a/same.o");
    let shown = shop.inspect("none.a");
    assert_eq!(shown.status, Some(1), "{shown:#?}");
    assert!(shown.stdout.contains("no symbol index"), "{shown:#?}");

    // A second member behind the index of the first.
    shop.sh("ar qcs one.a a/same.o");
    shop.sh("ar qcS two.a b/same.o");
    let whole = [shop.read("one.a"), shop.read("two.a")[8..].to_vec()].concat();
    shop.write("stale.a", whole);
    let report = shop.report("stale.a");
    assert_eq!(names(&report["index"], "missing"), ["two"]);
    assert_eq!(names(&report["index"], "stale"), [""; 0]);
    assert!(shop.inspect("stale.a").stdout.contains("lacks `two`"));
    shop.sh("ranlib stale.a");
    shop.inspect("stale.a").succeeds();

    // An index that points between members.
    let mut moved = shop.read("one.a");
    let first_entry = 8 + 60 + 4;
    moved[first_entry + 3] ^= 2;
    shop.write("moved.a", &moved);
    let report = shop.report("moved.a");
    assert_eq!(names(&report["index"], "stale").len(), 1, "{report:#}");
    assert_eq!(shop.inspect("moved.a").status, Some(1));
}

#[test]
fn archives_for_apple_and_windows() {
    let Some(shop) = Workshop::with(&["llvm-ar"]) else {
        return;
    };
    shop.object(APPLE, "apple.o");
    shop.object(WINDOWS, "windows.obj");
    shop.sh("llvm-ar --format=darwin qcs apple.a apple.o");
    shop.sh("llvm-ar --format=bsd qcs bsd.a apple.o");
    shop.sh("llvm-ar --format=gnu qcs windows.lib windows.obj");
    for (file, format, architecture) in [
        ("apple.a", "mach-o", "aarch64"),
        ("bsd.a", "mach-o", "aarch64"),
        ("windows.lib", "coff", "x86_64"),
    ] {
        let report = shop.report(file);
        assert_eq!(report["kind"], "static", "{file}");
        assert_eq!(report["member_format"], format, "{file}");
        assert_eq!(report["architecture"], architecture, "{file}");
        assert_eq!(names(&report, "exports"), ["twice"], "{file}");
        assert_eq!(names(&report, "imports"), ["syscall_write"], "{file}");
        shop.inspect(file).succeeds();
    }
}

#[test]
fn the_second_index_of_windows_archives() {
    let Some(shop) = Workshop::with(&["llvm-ar"]) else {
        return;
    };
    shop.object(WINDOWS, "w.obj");
    shop.sh("llvm-ar --format=gnu qcs first.lib w.obj");
    let first = shop.read("first.lib");
    let gnu = &first[8..8 + 60 + 14];
    assert_eq!(&gnu[60..], b"\0\0\0\x01\0\0\0\x52twice\0");
    let member = &first[8 + gnu.len()..];
    // Its index comes after the first one, so the member moves.
    let header = |size: usize| format!("{:<48}{size:<10}`\n", "/");
    let offset = (8 + gnu.len() + 60 + 20) as u8;
    let coff = [
        b"\x01\0\0\0",
        &[offset, 0, 0, 0],
        b"\x01\0\0\0",
        &b"\x01\0twice\0"[..],
    ]
    .concat();
    assert_eq!(coff.len(), 20);
    let head = header(coff.len());
    let both = [&first[..8], gnu, head.as_bytes(), &coff, member].concat();
    shop.write("both.lib", both);
    let report = shop.report("both.lib");
    assert_eq!(report["index"]["kind"], "coff", "{report:#}");
    assert_eq!(report["index"]["entries"], 1, "{report:#}");
    shop.inspect("both.lib").succeeds();
}

#[test]
fn import_libraries_name_their_dll() {
    let tools = ["llvm-dlltool", "x86_64-w64-mingw32-dlltool"];
    let Some(shop) = Workshop::with(&tools) else {
        return;
    };
    shop.write("d.def", "LIBRARY foo.dll\nEXPORTS\n  foo\n  bar DATA\n");
    shop.sh("llvm-dlltool -m i386:x86-64 -d d.def -l short.lib");
    shop.sh("x86_64-w64-mingw32-dlltool -d d.def -l long.a");
    for file in ["short.lib", "long.a"] {
        let report = shop.report(file);
        assert_eq!(report["kind"], "import-library", "{file}");
        assert_eq!(names(&report, "needed"), ["foo.dll"], "{file}");
        let exports = names(&report, "exports");
        for name in ["__imp_foo", "foo", "__imp_bar"] {
            assert!(exports.iter().any(|found| found == name), "{file} {name}");
        }
        assert!(!exports.iter().any(|found| found == "bar"), "{file}");
        shop.inspect(file).succeeds();
    }
}

#[test]
fn members_that_are_no_objects_are_named() {
    let Some(shop) = Workshop::with(&["cc", "ar"]) else {
        return;
    };
    two_objects(&shop);
    shop.object(APPLE, "apple.o");
    shop.object("aarch64-unknown-linux-gnu", "arm.o");
    shop.write("bitcode.o", b"BC\xc0\xde and more");
    shop.write("text.o", "text");
    shop.write("empty.o", "");
    shop.sh("ar qcS inner.a a/same.o");
    shop.sh("cc -shared -nostdlib two.c -o library.so");
    for member in ["bitcode.o", "text.o", "empty.o", "inner.a"] {
        let archive = format!("with_{member}.a");
        shop.sh(&format!("ar qcs {archive} a/same.o {member}"));
        let report = shop.report(&archive);
        assert_eq!(names(&report, "members"), ["same.o"], "{member}");
        assert_eq!(names(&report, "unknown_members"), [member]);
        let shown = shop.inspect(&archive).succeeds();
        assert!(
            shown.contains(&format!("unknown:       {member}\n")),
            "{shown}"
        );
        assert_eq!(report["architecture"], "x86_64");
    }
    shop.sh("ar qcS only.a bitcode.o text.o");
    let report = shop.report("only.a");
    assert_eq!(report["architecture"], "unknown");
    assert_eq!(names(&report, "unknown_members"), ["bitcode.o", "text.o"]);
    assert_eq!(report["defines_main"], Value::Null);
    let shown = shop.inspect("only.a").succeeds();
    let told = "main:          unknown, not all members are objects\n";
    assert!(shown.contains(told), "{shown}");
    for (member, reason) in [
        ("library.so", "shared library, not an object"),
        ("apple.o", "is Mach-O, others are ELF"),
        ("arm.o", "is for aarch64, others are for x86_64"),
    ] {
        let archive = format!("with_{member}.a");
        shop.sh(&format!("ar qcS {archive} a/same.o {member}"));
        let message = shop.inspect(&archive).fails_with("E5202");
        assert!(message.contains(reason), "{member}: {message}");
        assert!(message.contains(&format!("`{member}`")), "{message}");
    }
    shop.sh("ar qcsT thin.a a/same.o");
    let message = shop.inspect("thin.a").fails_with("E5202");
    assert!(message.contains("thin archive"), "{message}");
    shop.sh("ar qcs nothing.a");
    let message = shop.inspect("nothing.a").fails_with("E5202");
    assert!(message.contains("no objects"), "{message}");
}

#[test]
fn what_is_compiled_when_it_is_linked_is_not_known_yet() {
    let Some(shop) = Workshop::with(&["gcc", "gcc-ar"]) else {
        return;
    };
    shop.write("one.c", "int one(void) { return 1; }\n");
    shop.write("two.c", "int two(void) { return 2; }\n");
    shop.sh("gcc -c -flto -fno-fat-lto-objects one.c -o one.o");
    shop.sh("gcc -c two.c -o two.o");
    shop.sh("gcc-ar qcs mixed.a one.o two.o");
    let report = shop.report("mixed.a");
    assert_eq!(names(&report, "unknown_members"), ["one.o"]);
    assert_eq!(names(&report, "exports"), ["two"]);
    let stale = report["index"]["stale"].as_array().unwrap();
    assert!(stale.is_empty(), "{report:#}");
    assert_eq!(report["defines_main"], Value::Null);
    assert_eq!(shop.report("one.o")["defines_main"], Value::Null);
    let shown = shop.inspect("one.o").succeeds();
    assert!(shown.contains("compiled when it is linked"), "{shown}");
    let shown = shop.inspect("mixed.a").succeeds();
    assert!(shown.ends_with("result:        pass\n"), "{shown}");
}
