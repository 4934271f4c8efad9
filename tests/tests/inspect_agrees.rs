//! `beskid inspect` agrees with `nm`, `readelf`, `objdump` and LLVM's tools.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;

use beskid_tests::workshop::{Workshop, names};
use serde_json::Value;

type Names = BTreeSet<String>;

fn listed(report: &Value, list: &str) -> Names {
    names(report, list).into_iter().collect()
}

/// Defined and undefined external symbols by a tool like `nm`: lines of name
/// and letter; the name of an archive's member stands alone.
fn by_nm(output: &str) -> (Names, Names) {
    let (mut defined, mut undefined) = (Names::new(), Names::new());
    for line in output.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(letter)) = (words.next(), words.next()) else {
            continue;
        };
        // Versions are not part of a name.
        let name = name.split('@').next().unwrap().to_owned();
        match letter {
            "U" | "w" | "v" => undefined.insert(name),
            _ => defined.insert(name),
        };
    }
    (defined, undefined)
}

/// Mach-O names as `beskid inspect` shows them.
fn written(names: Names) -> Names {
    let written = |name: String| match name.strip_prefix('_') {
        Some(name) => name.to_owned(),
        None => format!("raw:{name}"),
    };
    names.into_iter().map(written).collect()
}

#[test]
fn elf_files_as_nm_and_readelf_see_them() {
    let tools = ["cc", "ar", "nm", "readelf", "llvm-ar", "llvm-nm"];
    let Some(shop) = Workshop::with(&tools) else {
        return;
    };
    shop.object("x86_64-unknown-linux-gnu", "p.o");
    let c = "#include <stdio.h>\nint datum = 4; int zero; static int own;\n\
             __attribute__((weak)) int weak(void) { return own; }\n\
             int main(void) { return puts(\"x\") + zero; }\n";
    shop.write("c.c", c);
    shop.sh("cc -c -fPIC c.c -o c.o");
    shop.sh("cc c.o -o exe");
    shop.sh("cc -no-pie c.o -o fixed");
    shop.sh("cc -shared c.o -o lib.so -Wl,-soname,lib.so.1");
    shop.sh("ar qcs gnu.a c.o p.o");
    shop.sh("llvm-ar --format=bsd qcs bsd.a c.o p.o");
    for (file, nm, kind) in [
        ("p.o", "nm -gP", "object"),
        ("c.o", "nm -gP", "object"),
        ("exe", "nm -DgP", "executable"),
        ("fixed", "nm -DgP", "executable"),
        ("lib.so", "nm -DgP", "shared"),
        ("gnu.a", "nm -gP", "static"),
        ("bsd.a", "llvm-nm -gP", "static"),
    ] {
        let report = shop.report(file);
        let (defined, undefined) = by_nm(&shop.sh(&format!("{nm} {file}")));
        // What members of an archive define for one another is not imported.
        let undefined = undefined.difference(&defined).cloned().collect::<Names>();
        assert_eq!(listed(&report, "exports"), defined, "{file}");
        assert_eq!(listed(&report, "imports"), undefined, "{file}");
        assert_eq!(report["kind"], kind, "{file}");
        if kind == "static" {
            continue;
        }
        let header = shop.sh(&format!("readelf -hdW {file}"));
        let elf_type = match file {
            "p.o" | "c.o" => "REL",
            "fixed" => "EXEC",
            _ => "DYN",
        };
        assert!(header.contains(&format!("{elf_type} (")), "{header}");
        if let Some(entry) = report["entrypoint"].as_u64() {
            let line = format!("Entry point address:               {entry:#x}");
            assert!(header.contains(&line), "{line} in {header}");
        }
        for library in listed(&report, "needed") {
            let line = format!("Shared library: [{library}]");
            assert!(header.contains(&line), "{header}");
        }
    }
    let library = shop.report("lib.so");
    assert_eq!(library["library_name"], "lib.so.1");
}

#[test]
fn mach_o_files_as_llvm_sees_them() {
    let tools = ["ld64.lld", "llvm-ar", "llvm-nm", "llvm-readobj"];
    let Some(shop) = Workshop::with(&tools) else {
        return;
    };
    for (target, arch) in [("aarch64", "arm64"), ("x86_64", "x86_64")] {
        shop.object(&format!("{target}-apple-darwin"), "p.o");
        let ld = format!(
            "ld64.lld -arch {arch} -platform_version macos 11.0 11.0 -undefined dynamic_lookup"
        );
        shop.sh(&format!("{ld} -dylib p.o -o p.dylib"));
        shop.sh(&format!("{ld} -e _twice p.o -o exe"));
        let _ = std::fs::remove_file(shop.path("p.a"));
        shop.sh("llvm-ar --format=darwin qcs p.a p.o");
        for (file, kind, file_type) in [
            ("p.o", "object", "Relocatable"),
            ("p.dylib", "shared", "DynamicLibrary"),
            ("exe", "executable", "Executable"),
            ("p.a", "static", "Relocatable"),
        ] {
            let report = shop.report(file);
            let output = shop.sh(&format!("llvm-nm -gP {file}"));
            let (defined, undefined) = by_nm(&output);
            assert_eq!(listed(&report, "exports"), written(defined), "{file}");
            assert_eq!(listed(&report, "imports"), written(undefined), "{file}");
            assert_eq!(report["kind"], kind, "{file}");
            assert_eq!(report["architecture"], target, "{file}");
            let header = shop.sh(&format!("llvm-readobj -h {file}"));
            let line = format!("FileType: {file_type}");
            assert!(header.contains(&line), "{line} in {header}");
        }
    }
}

#[test]
fn windows_files_as_nm_and_objdump_see_them() {
    let tools = [
        "x86_64-w64-mingw32-gcc",
        "x86_64-w64-mingw32-nm",
        "x86_64-w64-mingw32-objdump",
        "llvm-nm",
        "llvm-readobj",
    ];
    let Some(shop) = Workshop::with(&tools) else {
        return;
    };
    shop.object("x86_64-pc-windows-msvc", "p.obj");
    let c = "#include <stdio.h>\n__declspec(dllexport) int answer(void) { return 42; }\n\
             int zero; int main(void) { return puts(\"x\") + zero; }\n";
    shop.write("c.c", c);
    let gcc = "x86_64-w64-mingw32-gcc";
    shop.sh(&format!("{gcc} -c c.c -o c.o"));
    shop.sh(&format!("{gcc} c.o -o c.exe"));
    shop.sh(&format!("{gcc} -shared c.o -o c.dll -Wl,--out-implib,c.a"));
    for (file, kind) in [
        ("p.obj", "object"),
        ("c.o", "object"),
        ("c.a", "import-library"),
    ] {
        let report = shop.report(file);
        for nm in ["x86_64-w64-mingw32-nm", "llvm-nm"] {
            let output = shop.sh(&format!("{nm} -gP {file}"));
            let (defined, undefined) = by_nm(&output);
            let undefined = undefined.difference(&defined).cloned().collect::<Names>();
            assert_eq!(listed(&report, "exports"), defined, "{nm} {file}");
            assert_eq!(listed(&report, "imports"), undefined, "{nm} {file}");
        }
        assert_eq!(report["kind"], kind, "{file}");
    }
    for (file, kind) in [("c.exe", "executable"), ("c.dll", "shared")] {
        let report = shop.report(file);
        assert_eq!(report["kind"], kind, "{file}");
        let texts = |output: &str, key: &str| {
            let lines = output
                .lines()
                .filter_map(|line| line.trim().strip_prefix(key));
            let words = lines.filter_map(|rest| rest.split_whitespace().next());
            words.map(str::to_owned).collect::<Names>()
        };
        let output = shop.sh(&format!("llvm-readobj --coff-imports {file}"));
        assert_eq!(
            listed(&report, "imports"),
            texts(&output, "Symbol:"),
            "{file}"
        );
        assert_eq!(listed(&report, "needed"), texts(&output, "Name:"), "{file}");
        let output = shop.sh(&format!("llvm-readobj --coff-exports {file}"));
        assert_eq!(
            listed(&report, "exports"),
            texts(&output, "Name:"),
            "{file}"
        );
        let header = shop.sh(&format!("llvm-readobj -h {file}"));
        let is_dll = header.contains("IMAGE_FILE_DLL");
        assert_eq!(is_dll, kind == "shared", "{header}");
        if let Some(entry) = report["entrypoint"].as_u64() {
            let header = shop.sh(&format!("x86_64-w64-mingw32-objdump -f {file}"));
            let line = format!("start address {entry:#018x}");
            assert!(header.contains(&line), "{line} in {header}");
        }
    }
}
