//! A runtime of another ABI version is refused before `main`, wherever it
//! comes from, and so is an artifact that requires another one (ABI-003,
//! ABI-7).
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
use beskid_plugin_api::artifact::{CodegenArtifact, Header, ImportSource};
use beskid_plugin_api::runtime_abi::RUNTIME_EXPORT_SYMBOLS;
use beskid_tests::by_hand;
use beskid_tests::command::{Ended, end, run};

const HELLO: &str = "unit main() { __syscall_write(1, \"ran\\n\"); }";

/// How a runtime made by hand tells its version.
#[derive(Debug, Clone, Copy)]
enum Tells {
    /// The function returns a constant, which the file shows.
    Constant,
    /// Only the running function knows.
    WhenCalled,
}

fn folder_with_hello() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), HELLO).unwrap();
    folder
}

fn cc(folder: &Path, args: &[&str]) {
    end(Command::new("cc").current_dir(folder).args(args)).succeeds();
}

/// The source of a runtime with every symbol but some, which says when it is
/// loaded and when the program writes.
fn source(version: u32, tells: Tells, without: &[&str]) -> String {
    let number = match tells {
        Tells::Constant => format!("const unsigned beskid_runtime_abi = {version}u;\n"),
        Tells::WhenCalled => String::new(),
    };
    let mut written = vec!["beskid_runtime_abi_version", "syscall_write", "panic"];
    written.extend(without);
    let told = if without.contains(&"beskid_runtime_abi_version") {
        String::new()
    } else {
        format!(
            "{number}static volatile unsigned version = {version}u;\n\
             unsigned beskid_runtime_abi_version(void) {{ return version; }}\n"
        )
    };
    let others = RUNTIME_EXPORT_SYMBOLS.iter();
    let others = others.filter(|symbol| !written.contains(symbol));
    let others = others.map(|symbol| format!("void {symbol}(void) {{}}\n"));
    format!(
        "#include <stdio.h>\n#include <unistd.h>\n{told}\
         __attribute__((constructor)) static void loaded(void) {{ write(2, \"loaded\\n\", 7); }}\n\
         long syscall_write(long fd, void *s) {{ return write(1, \"ran\\n\", 4); }}\n\
         void panic(const char *p, unsigned long n) \
         {{ fprintf(stderr, \"panic: %.*s\\n\", (int)n, p); _exit(101); }}\n{}",
        others.collect::<String>()
    )
}

/// `librt.so` made by hand.
fn shared_runtime(folder: &Path, source: &str) {
    fs::write(folder.join("runtime.c"), source).unwrap();
    let output = ["runtime.c", "-Wl,-soname,librt.so", "-o", "librt.so"];
    cc(
        folder,
        &[&["-O1", "-shared", "-fPIC"], &output[..]].concat(),
    );
}

/// `librt.so` with the runtime that the host embeds.
fn real_shared_runtime(folder: &Path) {
    fs::write(folder.join("libembedded.a"), embedded()).unwrap();
    let inputs = [
        "-Wl,--whole-archive",
        "libembedded.a",
        "-Wl,--no-whole-archive",
    ];
    let output = ["-Wl,-soname,librt.so", "-o", "librt.so"];
    cc(folder, &[&["-shared"], &inputs[..], &output].concat());
}

#[track_caller]
fn names_both(message: &str, found: u32, required: u32) {
    for words in [format!("version {found}"), format!("version {required}")] {
        assert!(message.contains(&words), "{words} in {message}");
    }
    let help = "align the releases of the beskid CLI and of the runtime";
    assert!(message.contains(help), "{message}");
}

const WITH_LIBRARY: [&str; 4] = ["run", "p.bd", "--runtime-library", "librt.so"];

#[test]
fn abi_003_a_shared_runtime_of_another_version_never_runs_a_program_in_memory() {
    let folder = folder_with_hello();
    let folder = folder.path();
    for version in [0, 1, 3, 4_294_967_295] {
        // What the file shows is refused before the library is even loaded.
        shared_runtime(folder, &source(version, Tells::Constant, &[]));
        let message = run(folder, WITH_LIBRARY).fails_with("E4012");
        names_both(&message, version, 2);
        assert!(!message.contains("loaded\n"), "{message}");

        shared_runtime(folder, &source(version, Tells::WhenCalled, &[]));
        let ended = run(folder, WITH_LIBRARY);
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(1), ""));
        assert!(
            ended.stderr.starts_with("loaded\nerror[E4012]: "),
            "{ended:#?}"
        );
        names_both(&ended.stderr, version, 2);
    }
}

#[test]
fn abi_003_a_shared_runtime_of_this_version_runs_programs() {
    let folder = folder_with_hello();
    let folder = folder.path();
    shared_runtime(folder, &source(2, Tells::WhenCalled, &[]));
    let ended = run(folder, WITH_LIBRARY);
    assert!(ended.stderr.contains("loaded\n"), "{ended:#?}");
    assert_eq!(ended.succeeds(), "ran\nok\n");

    real_shared_runtime(folder);
    let text = "unit main() { __syscall_write(1, \"${6 * 7} šuma\"); }";
    fs::write(folder.join("text.bd"), text).unwrap();
    assert_eq!(run(folder, WITH_LIBRARY).succeeds(), "ran\nok\n");
    let args = ["run", "text.bd", "--runtime-library", "librt.so"];
    let own = run(folder, ["run", "text.bd"]);
    assert_eq!(run(folder, args), own);
}

#[test]
fn abi_7_a_shared_runtime_that_lacks_something_is_refused_before_it_is_loaded() {
    let folder = folder_with_hello();
    let folder = folder.path();
    run(folder, WITH_LIBRARY).fails_with("E4011");
    fs::create_dir(folder.join("librt.so")).unwrap();
    run(folder, WITH_LIBRARY).fails_with("E4011");
    fs::remove_dir(folder.join("librt.so")).unwrap();

    let versionless = source(2, Tells::Constant, &["beskid_runtime_abi_version"]);
    shared_runtime(folder, &versionless);
    let message = run(folder, WITH_LIBRARY).fails_with("E4013");
    assert!(!message.contains("loaded\n"), "{message}");
    let data = versionless + "unsigned beskid_runtime_abi_version = 2;\n";
    shared_runtime(folder, &data);
    run(folder, WITH_LIBRARY).fails_with("E4013");

    shared_runtime(folder, &source(2, Tells::WhenCalled, &["str_len", "alloc"]));
    let message = run(folder, WITH_LIBRARY).fails_with("E4011");
    assert!(message.contains("missing: alloc, str_len\n"), "{message}");
    assert!(!message.contains("loaded\n"), "{message}");

    real_shared_runtime(folder);
    let whole = fs::read(folder.join("librt.so")).unwrap();
    let lengths = (1..16).map(|part| whole.len() * part / 16);
    for length in lengths.chain([0, 1, 4, 63, 64, whole.len() - 1]) {
        fs::write(folder.join("librt.so"), &whole[..length]).unwrap();
        let ended = run(folder, WITH_LIBRARY);
        assert_eq!(ended.status, Some(1), "{length} bytes: {ended:#?}");
        assert!(ended.stderr.starts_with("error[E"), "{ended:#?}");
    }
    fs::write(folder.join("librt.so"), "no library").unwrap();
    run(folder, WITH_LIBRARY).fails_with("E5202");
    fs::write(folder.join("librt.so"), embedded()).unwrap();
    let message = run(folder, WITH_LIBRARY).fails_with("E4011");
    assert!(message.contains("no shared library"), "{message}");
}

#[test]
fn a_runtime_library_is_for_what_can_use_it() {
    let folder = folder_with_hello();
    let folder = folder.path();
    real_shared_runtime(folder);
    let library = ["--runtime-library", "librt.so"];
    run(folder, ["--backend", "aot"].iter().chain(&WITH_LIBRARY)).fails_with("E4041");
    let archive = ["build", "p.bd", "--kind", "static"];
    run(folder, archive.iter().chain(&library)).fails_with("E4041");
    for other in [["--standalone"].as_slice(), &["--runtime-archive", "a"]] {
        let args = [["build", "p.bd"].as_slice(), &library, other].concat();
        assert_eq!(run(folder, args).status, Some(2), "{other:?}");
    }
}

#[test]
fn abi_7_an_executable_refuses_a_shared_runtime_of_another_version_before_main() {
    let folder = folder_with_hello();
    let folder = folder.path();
    real_shared_runtime(folder);
    let args = ["build", "p.bd", "--runtime-library", "librt.so"];
    run(folder, args).succeeds();
    let report = run(folder, ["inspect", "p"]).succeeds();
    assert!(report.contains("librt.so"), "{report}");
    let start = || -> Ended {
        let mut program = Command::new(folder.join("p"));
        end(program.env("LD_LIBRARY_PATH", folder))
    };
    assert_eq!(start().succeeds(), "ran\n");
    for version in [0, 1, 3, 4_294_967_295] {
        shared_runtime(folder, &source(version, Tells::Constant, &[]));
        let ended = start();
        assert_eq!(ended.status, Some(101), "{ended:#?}");
        assert_eq!(ended.stdout, "", "main must not run: {ended:#?}");
        let message = format!("panic: {version} is the ABI version of the runtime found, but");
        assert!(ended.stderr.contains(&message), "{ended:#?}");
        assert!(ended.stderr.contains("requires 2 (E4012)"), "{ended:#?}");
        let help = "align the releases of the beskid CLI and of the runtime";
        assert!(ended.stderr.contains(help), "{ended:#?}");
    }
}

/// What the file shows is refused when the program is linked.
#[test]
fn abi_7_the_version_of_a_shared_runtime_is_checked_before_the_link_too() {
    let folder = folder_with_hello();
    let folder = folder.path();
    shared_runtime(folder, &source(3, Tells::Constant, &[]));
    for kind in ["exe", "shared"] {
        let args = ["build", "p.bd", "-o", "out", "--kind", kind];
        let library = ["--runtime-library", "librt.so"];
        let message = run(folder, args.iter().chain(&library)).fails_with("E4012");
        names_both(&message, 3, 2);
        assert!(!folder.join("out").exists());
    }
}

#[test]
fn abi_7_a_prebuilt_archive_is_checked_for_every_kind_that_links_it() {
    let folder = folder_with_hello();
    let folder = folder.path();
    fs::write(folder.join("runtime.c"), source(3, Tells::Constant, &[])).unwrap();
    cc(folder, &["-c", "-O1", "-fPIC", "runtime.c"]);
    let mut ar = Command::new("ar");
    let args = ["rcs", "librt.a", "runtime.o"];
    end(ar.current_dir(folder).args(args)).succeeds();
    for kind in ["exe", "shared", "static", "object"] {
        let args = ["build", "p.bd", "-o", "out", "--kind", kind];
        let archive = ["--runtime-archive", "librt.a"];
        let ended = run(folder, args.iter().chain(&archive));
        if kind == "object" {
            // BK-5: an object needs no runtime, so none is looked at.
            ended.succeeds();
            assert!(folder.join("out").is_file());
        } else {
            names_both(&ended.fails_with("E4012"), 3, 2);
            assert!(!folder.join("out").exists(), "{kind}");
        }
    }
}

/// A program that imports the runtime of this version.
fn requiring(version: u32) -> CodegenArtifact {
    let mut header = Header::new("by hand", "1");
    header.runtime_abi = Some(version);
    by_hand::importing(header, "rt_yield", ImportSource::Runtime)
}

#[test]
fn abi_003_an_artifact_that_requires_another_version_is_refused_by_every_way_to_run_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let program = folder.join("p.bska");
    fs::write(&program, requiring(2).bytes()).unwrap();
    for backend in ["jit", "aot"] {
        let ended = run(folder, ["--backend", backend, "run", "p.bska"]);
        assert_eq!(ended.succeeds(), "ok\n", "{backend}");
    }
    for version in [0, 1, 3, 4_294_967_295] {
        fs::write(&program, requiring(version).bytes()).unwrap();
        for backend in ["jit", "aot"] {
            let ended = run(folder, ["--backend", backend, "run", "p.bska"]);
            names_both(&ended.fails_with("E4012"), 2, version);
        }
        for kind in ["exe", "shared", "static"] {
            let args = ["build", "p.bska", "-o", "out", "--kind", kind];
            names_both(&run(folder, args).fails_with("E4012"), 2, version);
            assert!(!folder.join("out").exists(), "{kind}");
        }
        // Whoever links an object brings the runtime.
        let args = ["build", "p.bska", "-o", "out", "--kind", "object"];
        run(folder, args).succeeds();
        fs::remove_file(folder.join("out")).unwrap();
    }
}
