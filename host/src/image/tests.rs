//! LK-7 on files that real tools made: what is not as asked for is refused.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;

use super::{Expectations, LinkedImage, ObjectFile};
use crate::scratch::Scratch;

const LINUX: &str = "x86_64-unknown-linux-gnu";
const WINDOWS: &str = "x86_64-pc-windows-gnu";

const SOURCE: &str = "int open_symbol(void) { return 1; }\n\
                      int __hidden_symbol(void) { return 2; }\n";

/// Compiles C to the file `out.bin` aside, as a linker strategy would; `None` if the
/// compiler is not here.
fn compile(compiler: &str, args: &str, source: &str) -> Option<(Scratch, Vec<u8>)> {
    let folder = Scratch::new().unwrap();
    fs::write(folder.path().join("s.c"), source).unwrap();
    let mut command = Command::new(compiler);
    command
        .current_dir(folder.path())
        .args(["s.c", "-o", "out.bin"]);
    let Ok(output) = command.args(args.split_whitespace()).output() else {
        println!("skipped: {compiler} not installed");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    let bytes = fs::read(folder.path().join("out.bin")).unwrap();
    Some((folder, bytes))
}

/// What verification says about a file.
fn verify(
    folder: Scratch,
    target: &str,
    kind: OutputKind,
    expected: &Expectations,
) -> Result<(), Diagnostic> {
    let path = folder.path().join("out.bin");
    let image = LinkedImage::new(path, folder, target.to_owned(), kind);
    image.verify(expected).map(|_| ())
}

#[track_caller]
fn refused(result: Result<(), Diagnostic>, notes: &[&str]) {
    let refusal = result.unwrap_err();
    assert_eq!(refusal.code, "E5201", "{refusal}");
    assert_eq!(refusal.notes, notes);
}

fn exports(names: &[&str]) -> Expectations {
    Expectations {
        exports: Some(BTreeSet::from_iter(
            names.iter().map(|name| (*name).to_owned()),
        )),
        ..Expectations::default()
    }
}

#[test]
fn objects_must_be_for_their_target() {
    let Some((_folder, object)) = compile("cc", "-c", SOURCE) else {
        return;
    };
    let read = |target: &str| ObjectFile::from_backend(object.clone(), target).map(|_| ());
    read(LINUX).unwrap();
    refused(
        read("aarch64-unknown-linux-gnu"),
        &["it is for x86_64, not aarch64"],
    );
    refused(
        read("x86_64-apple-darwin"),
        &["its format is ELF, not Mach-O"],
    );
    refused(read(WINDOWS), &["its format is ELF, not COFF"]);
    let text = ObjectFile::from_backend(b"no object".to_vec(), WINDOWS);
    assert_eq!(text.unwrap_err().code, "E5202");
}

#[test]
fn executables_for_windows() {
    let main = "int main(void) { return 0; }\n";
    for args in ["", "-s"] {
        let Some((folder, _)) = compile("x86_64-w64-mingw32-gcc", args, main) else {
            return;
        };
        let expected = Expectations::default();
        verify(folder, WINDOWS, OutputKind::Exe, &expected).unwrap();
    }
    let (folder, _) = compile("x86_64-w64-mingw32-gcc", "", main).unwrap();
    refused(
        verify(folder, LINUX, OutputKind::Shared, &Expectations::default()),
        &[
            "its kind is executable, not shared library",
            "its format is PE, not ELF",
        ],
    );
    let args = "-nostdlib -e open_symbol";
    let (folder, _) = compile("x86_64-w64-mingw32-gcc", args, SOURCE).unwrap();
    refused(
        verify(folder, WINDOWS, OutputKind::Exe, &Expectations::default()),
        &["`main` is not defined"],
    );
}

#[test]
fn libraries_export_what_is_asked_for_and_nothing_else() {
    for (compiler, target) in [("cc", LINUX), ("x86_64-w64-mingw32-gcc", WINDOWS)] {
        let library = || compile(compiler, "-shared -nostdlib", SOURCE);
        let Some((folder, _)) = library() else {
            continue;
        };
        let both = exports(&["open_symbol", "__hidden_symbol"]);
        verify(folder, target, OutputKind::Shared, &both).unwrap();
        let other = exports(&["open_symbol", "third"]);
        refused(
            verify(library().unwrap().0, target, OutputKind::Shared, &other),
            &[
                "`third` is not exported",
                "`__hidden_symbol` is exported, but is private",
            ],
        );
    }
}

#[test]
fn a_static_library_has_the_runtime_and_an_index() {
    let caller = "int syscall_write(void); int f(void) { return syscall_write(); }\n";
    let runtime = "int syscall_write(void) { return 0; }\n";
    let needs = Expectations {
        exports: None,
        runtime: vec!["syscall_write".to_owned()],
        ..Expectations::default()
    };
    for (source, flags, notes) in [
        (runtime, "qcs", &[][..]),
        (
            caller,
            "qcs",
            &["the runtime symbol `syscall_write` is not in it"],
        ),
        (
            runtime,
            "qcS",
            &["the archive has no symbol index; `ranlib` adds one"],
        ),
    ] {
        let Some((folder, _)) = compile("cc", "-c", source) else {
            return;
        };
        fs::rename(folder.path().join("out.bin"), folder.path().join("s.o")).unwrap();
        let mut ar = Command::new("ar");
        let ar = ar
            .current_dir(folder.path())
            .args([flags, "out.bin", "s.o"]);
        assert!(ar.status().unwrap().success());
        let result = verify(folder, LINUX, OutputKind::Static, &needs);
        match notes {
            [] => result.unwrap(),
            notes => refused(result, notes),
        }
    }
}
