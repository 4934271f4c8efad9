//! Mach-O images and archives, made by LLVM's tools in place of Apple's.

use std::fs;
use std::path::Path;

use beskid_plugin_api::linker::{Exports, OutputKind};
use beskid_plugin_api::runtime_abi::{BESKID_RUNTIME_ABI_VERSION, RUNTIME_EXPORT_SYMBOLS};
use beskid_tests::command::{beskid, end};
use beskid_tests::tools::{find, tool};
use beskid_tests::workshop::Workshop;
use goblin::Object;
use goblin::mach::{Mach, MachO};

use crate::links::{LIBRARY, Links, PROGRAM};

/// Stands for a C driver of Apple's: passes on to LLVM's linker what the
/// driver would.
const DRIVER: &str = r#"#!/bin/sh
set -f
linker=$1; shift
count=$#
while [ $count -gt 0 ]; do
    arg=$1; shift; count=$((count - 1))
    case $arg in
        -Wl,*) set -- "$@" $(printf '%s' "${arg#-Wl,}" | tr , ' ') ;;
        -dynamiclib) set -- "$@" -dylib ;;
        *) set -- "$@" "$arg" ;;
    esac
done
exec "$linker" -platform_version macos 11.0 11.0 "$@"
"#;

/// Installs the stand-in for Apple's driver; gives what `cc` is to be.
pub fn driver(folder: &Path) -> Option<String> {
    let linker = tool("ld64.lld")?;
    let script = folder.join("driver.sh");
    fs::write(&script, DRIVER).unwrap();
    Some(format!("sh {} {}", script.display(), linker.display()))
}

fn macho(path: &Path, check: impl FnOnce(&MachO<'_>)) {
    let bytes = fs::read(path).unwrap();
    let Object::Mach(Mach::Binary(image)) = Object::parse(&bytes).unwrap() else {
        panic!("{path:?} is no Mach-O file");
    };
    check(&image);
}

#[test]
fn lk_3_dylibs_export_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let Some(driver) = driver(folder.path()) else {
        return;
    };
    for target in ["x86_64-apple-darwin", "aarch64-apple-darwin"] {
        let exported = |exports| {
            let mut links = Links::new(target, OutputKind::Shared, LIBRARY);
            links.exports = exports;
            links.tools = vec![("cc", driver.clone())];
            let path = links.link_alike(folder.path(), "libnumbers.dylib");
            let mut found = Vec::new();
            macho(&path, |image| {
                assert_eq!(image.name, Some("@rpath/libnumbers.dylib"));
                let exports = image.exports().unwrap();
                found.extend(exports.into_iter().map(|export| export.name));
            });
            found.sort();
            found
        };
        let only = |symbols: &[&str]| {
            Exports::Only(symbols.iter().map(|&symbol| symbol.to_owned()).collect())
        };
        assert_eq!(exported(only(&["weigh", "mix"])), ["_mix", "_weigh"]);
        assert_eq!(exported(only(&[])), [""; 0], "{target}");
        assert_eq!(exported(Exports::All), ["_mix", "_other", "_weigh"]);
    }
}

#[test]
fn lk_1_executables_for_macos_start_at_main() {
    let folder = tempfile::tempdir().unwrap();
    let Some(driver) = driver(folder.path()) else {
        return;
    };
    for target in ["x86_64-apple-darwin", "aarch64-apple-darwin"] {
        let mut links = Links::new(target, OutputKind::Exe, PROGRAM);
        links.tools = vec![("cc", driver.clone())];
        macho(&links.link_alike(folder.path(), "program"), |image| {
            assert_eq!(image.header.filetype, goblin::mach::header::MH_EXECUTE);
            let names = image.symbols().map(|symbol| symbol.unwrap().0.to_owned());
            let names = names.collect::<Vec<_>>();
            assert!(names.iter().any(|name| name == "_main"), "{names:?}");
            let unused = names.iter().any(|name| name.contains("unused"));
            assert!(!unused, "what no code reaches is dropped: {names:?}");
        });
    }
}

/// LK-2: one archive of the program's object and the runtime's, with an index
/// of both.
#[test]
fn lk_2_libtool_merges_object_and_runtime() {
    let (Some(libtool), Some(ranlib)) = (tool("llvm-libtool-darwin"), tool("llvm-ranlib")) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for target in ["x86_64-apple-darwin", "aarch64-apple-darwin"] {
        let tools = || {
            vec![
                ("libtool", libtool.display().to_string()),
                ("ranlib", ranlib.display().to_string()),
            ]
        };
        let mut runtime = Links::new(target, OutputKind::Static, "pub i64 beside() { return 1; }");
        runtime.tools = tools();
        let runtime = runtime.link_alike(folder.path(), "libruntime.a");
        let mut links = Links::new(target, OutputKind::Static, LIBRARY);
        links.tools = tools();
        links.runtime = Some(&runtime);
        let bytes = fs::read(links.link_alike(folder.path(), "libnumbers.a")).unwrap();
        let archive = goblin::archive::Archive::parse(&bytes).unwrap();
        for symbol in ["_weigh", "_mix", "_other", "_beside"] {
            let member = archive.member_of_symbol(symbol);
            assert!(member.is_some(), "{symbol} in the index of {archive:#?}");
        }
        let two = archive.get_at(1).is_some() && archive.get_at(2).is_none();
        assert!(two, "{archive:#?}");
    }
}

/// As in archives for Linux: C has functions of its own by the runtime's names.
#[test]
fn lk_2_the_runtimes_symbols_have_a_prefix_in_archives_too() {
    let shop = Workshop::with(&[
        "clang",
        "ld64.lld",
        "llvm-libtool-darwin",
        "llvm-ranlib",
        "llvm-nm",
    ]);
    let Some(shop) = shop else {
        return;
    };
    let tool = |name: &str| find(name).unwrap();
    for (target, clang) in [
        ("aarch64-apple-darwin", "arm64-apple-macosx11"),
        ("x86_64-apple-darwin", "x86_64-apple-macosx11"),
    ] {
        let special = ["panic", "syscall_write", "beskid_runtime_abi_version"];
        let others = RUNTIME_EXPORT_SYMBOLS.iter();
        let others = others.filter(|symbol| !special.contains(symbol));
        let others = others.map(|symbol| format!("void {symbol}(void) {{}}\n"));
        let runtime = format!(
            "const unsigned beskid_runtime_abi = {BESKID_RUNTIME_ABI_VERSION}u;\n\
             unsigned beskid_runtime_abi_version(void) {{ return beskid_runtime_abi; }}\n\
             void panic(void) {{}}\nlong syscall_write(void) {{ panic(); return 0; }}\n{}",
            others.collect::<String>()
        );
        shop.write("runtime.c", runtime);
        shop.write(
            "main.c",
            "long first(long);\nlong panic(long x) { return x; }\nlong alloc = 3;\n\
             int main(void) { return panic(first(alloc)); }\n",
        );
        let compile = "-ffreestanding -fno-builtin -w -c";
        for file in ["runtime", "main"] {
            shop.sh(&format!("clang --target={clang} {compile} {file}.c"));
        }
        shop.sh("llvm-libtool-darwin -static -o librt.a runtime.o");
        shop.write(
            "first.bd",
            "[Export(Abi: \"C\")]\npub i64 first(i64 x) {\n    let text = \"hi\\n\";\n    \
             __syscall_write(1, text);\n    return __str_len(text);\n}\n",
        );
        let mut command = beskid(shop.folder());
        command.env("BESKID_TOOLS_LIBTOOL", tool("llvm-libtool-darwin"));
        command.env("BESKID_TOOLS_RANLIB", tool("llvm-ranlib"));
        command.args(["build", "first.bd", "--kind", "static"]);
        let rest = ["--runtime-archive", "librt.a", "--target-triple", target];
        end(command.args(rest).args(["-o", "libfirst.a"])).succeeds();
        let listing = shop.sh("llvm-nm libfirst.a");
        let has = |kind: &str, symbol: &str| {
            let end = format!("{kind} {symbol}");
            listing.lines().any(|line| line.ends_with(&end))
        };
        assert!(has("T", "_first"), "{listing}");
        for symbol in RUNTIME_EXPORT_SYMBOLS {
            let is_for_c = symbol.starts_with("beskid_");
            let plain = ["T", "U"].map(|kind| has(kind, &format!("_{symbol}")));
            assert_eq!(plain, [is_for_c, false], "{symbol}: {listing}");
            let merged = format!("_beskid_rt{BESKID_RUNTIME_ABI_VERSION}_{symbol}");
            assert_eq!(has("T", &merged), !is_for_c, "{symbol}: {listing}");
        }
        assert!(has("U", "_beskid_rt2_syscall_write"), "{listing}");
        let architecture = clang.split('-').next().unwrap();
        shop.sh(&format!(
            "ld64.lld -arch {architecture} -platform_version macos 11.0 11.0 \
             main.o libfirst.a -undefined dynamic_lookup -o main"
        ));
    }
}
