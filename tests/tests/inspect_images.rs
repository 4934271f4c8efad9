//! Mach-O and PE images, as other linkers write them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_tests::workshop::{Workshop, names};
use serde_json::json;

const LD: &str = "ld64.lld -arch arm64 -platform_version macos 11.0 11.0";

/// `libp.dylib` with `twice`, and `main.o` that calls it.
fn apple(shop: &Workshop) {
    shop.object("aarch64-apple-darwin", "p.o");
    let main = "define i32 @main() {\n %x = call i32 @twice(i32 4)\n ret i32 %x\n}\n\
                declare i32 @twice(i32)\n@data = global i32 3\n";
    shop.write("main.ll", main);
    shop.sh("llc -mtriple=arm64-apple-macosx11 -filetype=obj main.ll -o main.o");
    let dylib = "-dylib -undefined dynamic_lookup -install_name @rpath/libp.dylib";
    shop.sh(&format!("{LD} {dylib} p.o -o libp.dylib"));
    shop.sh(&format!(
        "{LD} -undefined dynamic_lookup main.o libp.dylib -o main"
    ));
}

#[test]
fn mach_o_executables_and_libraries() {
    let Some(shop) = Workshop::with(&["ld64.lld", "llc", "llvm-strip"]) else {
        return;
    };
    apple(&shop);
    let bundle = "-bundle -undefined dynamic_lookup main.o libp.dylib -o main.bundle";
    shop.sh(&format!("{LD} {bundle}"));

    let library = shop.report("libp.dylib");
    assert_eq!(library["kind"], "shared");
    assert_eq!(library["library_name"], "@rpath/libp.dylib");
    assert_eq!(names(&library, "exports"), ["twice"]);
    assert_eq!(library["runtime"]["undefined"], json!(["syscall_write"]));
    let shown = shop.inspect("libp.dylib");
    assert_eq!(shown.status, Some(1), "the runtime is not resolved");

    let main = shop.report("main");
    assert_eq!(main["format"], "mach-o");
    assert_eq!(main["kind"], "executable");
    assert_eq!(main["architecture"], "aarch64");
    assert_eq!(main["defines_main"], true);
    assert_eq!(names(&main, "needed"), ["@rpath/libp.dylib"]);
    assert_eq!(
        main["imports_by_library"],
        json!({ "@rpath/libp.dylib": ["twice"] })
    );
    assert_eq!(
        names(&main, "exports"),
        ["_mh_execute_header", "data", "main"]
    );
    assert!(main["entrypoint"].as_u64().unwrap() > 0x1_0000_0000);
    shop.inspect("main").succeeds();

    let bundle = shop.report("main.bundle");
    assert_eq!(bundle["kind"], "bundle");
    assert_eq!(bundle["entrypoint"], json!(null));

    // Without `main`, entered elsewhere.
    let other = "-e _twice -undefined dynamic_lookup p.o -o other";
    shop.sh(&format!("{LD} {other}"));
    let shown = shop.inspect("other").stdout;
    assert!(shown.contains("FAIL: `main` is not defined"), "{shown}");
}

#[test]
fn fat_files_have_a_report_for_each_slice() {
    let tools = ["ld64.lld", "llc", "llvm-lipo", "llvm-ar"];
    let Some(shop) = Workshop::with(&tools) else {
        return;
    };
    apple(&shop);
    shop.object("aarch64-apple-darwin", "arm.o");
    shop.object("x86_64-apple-darwin", "intel.o");
    shop.sh("llvm-ar --format=darwin qcs arm.a arm.o");
    shop.sh("llvm-ar --format=darwin qcs intel.a intel.o");
    shop.sh("llvm-lipo -create arm.o intel.o -output fat.o");
    shop.sh("llvm-lipo -create arm.a intel.a -output fat.a");
    shop.sh("llvm-lipo -create main intel.o -output mixed");
    for (file, kinds) in [
        ("fat.o", ["object", "object"]),
        ("fat.a", ["static", "static"]),
        ("mixed", ["object", "executable"]),
    ] {
        let report = shop.report(file);
        assert_eq!(report["format"], "fat-mach-o", "{file}");
        let slices = report["slices"].as_array().unwrap();
        let found = |key| slices.iter().map(move |slice| slice[key].as_str().unwrap());
        assert!(found("architecture").eq(["x86_64", "aarch64"]), "{file}");
        assert!(found("kind").eq(kinds), "{file}: {report:#}");
        let shown = shop.inspect(file).succeeds();
        assert!(shown.contains("architectures: x86_64 aarch64"), "{shown}");
        assert_eq!(shown.matches("result:        pass").count(), 2, "{shown}");
    }
    // A Java class begins with the same bytes.
    shop.write("C.class", b"\xca\xfe\xba\xbe\0\0\0\x34 and more");
    shop.inspect("C.class").fails_with("E5202");
}

#[test]
fn pe_executables_and_dlls() {
    let Some(shop) = Workshop::with(&["x86_64-w64-mingw32-gcc"]) else {
        return;
    };
    let library = "__declspec(dllexport) int answer(void) { return 42; }\n\
                   __declspec(dllexport) int datum = 7;\n";
    shop.write("library.c", library);
    let def = "LIBRARY w.dll\nEXPORTS\n  answer\n  datum DATA\n  third = answer @7 NONAME\n";
    shop.write("w.def", def);
    shop.write(
        "main.c",
        "int answer(void);\nint main(void) { return answer(); }\n",
    );
    let gcc = "x86_64-w64-mingw32-gcc";
    shop.sh(&format!("{gcc} -shared library.c w.def -o w.dll"));
    shop.sh(&format!("{gcc} main.c w.dll -o main.exe"));
    shop.sh(&format!("{gcc} -s main.c w.dll -o stripped.exe"));
    shop.sh(&format!("{gcc} -c main.c -o main.o"));

    let dll = shop.report("w.dll");
    assert_eq!(dll["format"], "pe");
    assert_eq!(dll["kind"], "shared");
    assert_eq!(dll["library_name"], "w.dll");
    assert_eq!(names(&dll, "exports"), ["#7", "answer", "datum"]);
    shop.inspect("w.dll").succeeds();

    let main = shop.report("main.exe");
    assert_eq!(main["kind"], "executable");
    assert_eq!(main["architecture"], "x86_64");
    assert_eq!(main["defines_main"], true);
    assert_eq!(main["imports_by_library"]["w.dll"], json!(["answer"]));
    assert!(names(&main, "needed").contains(&"w.dll".to_owned()));
    shop.inspect("main.exe").succeeds();

    let stripped = shop.report("stripped.exe");
    assert_eq!(stripped["defines_main"], json!(null));
    assert_eq!(stripped["imports"], main["imports"]);

    let object = shop.report("main.o");
    assert_eq!(object["format"], "coff");
    assert_eq!(names(&object, "exports"), ["main"]);
    assert_eq!(names(&object, "imports"), ["__main", "answer"]);
}

#[test]
fn objects_of_our_own_backend_for_every_format() {
    let shop = Workshop::with(&[]).unwrap();
    for (target, format, architecture) in [
        ("x86_64-unknown-linux-gnu", "elf", "x86_64"),
        ("riscv64gc-unknown-linux-gnu", "elf", "riscv64"),
        ("aarch64-apple-darwin", "mach-o", "aarch64"),
        ("x86_64-apple-darwin", "mach-o", "x86_64"),
        ("x86_64-pc-windows-msvc", "coff", "x86_64"),
    ] {
        shop.object(target, "p.o");
        let report = shop.report("p.o");
        assert_eq!(report["format"], format, "{target}");
        assert_eq!(report["kind"], "object", "{target}");
        assert_eq!(report["architecture"], architecture, "{target}");
        assert_eq!(names(&report, "exports"), ["twice"], "{target}");
        assert_eq!(names(&report, "imports"), ["syscall_write"], "{target}");
        assert_eq!(report["defines_main"], false, "{target}");
    }
}

#[test]
fn versions_that_a_library_defines_are_no_exports() {
    let Some(shop) = Workshop::with(&["cc"]) else {
        return;
    };
    shop.write(
        "v.c",
        "int one(void) { return 1; }\nint two(void) { return 2; }\n",
    );
    shop.write(
        "v.map",
        "V_1 { global: one; };\nV_2 { global: two; } V_1;\n",
    );
    shop.sh("cc -shared -fPIC -nostdlib v.c -Wl,--version-script=v.map -o libv.so");
    let report = shop.report("libv.so");
    assert_eq!(names(&report, "exports"), ["one", "two"]);
}
