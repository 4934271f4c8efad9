//! Mach-O images and archives, made by LLVM's tools in place of Apple's.

use std::fs;
use std::path::Path;

use beskid_plugin_api::linker::{Exports, OutputKind};
use beskid_tests::tools::tool;
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
