//! Libraries of foreign functions that are not what they should be, and how
//! the good ones are loaded (EXT-002 to EXT-004).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use beskid_host::{
    Capture, Config, Extern, Extra, Invocation, Registry, Source, Toolchain, execute, lower,
};
use beskid_tests::command::{Ended, end, run};
use beskid_tests::foreign::*;
use beskid_tests::tools::tool;

#[test]
fn ext_002_a_symbol_that_is_data_is_refused_in_both_profiles() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SYMBOLS, "libours.so");
    end(Command::new("cc")
        .current_dir(folder)
        .args(["-c", "-fPIC", "source.c"]))
    .succeeds();
    let args = ["rcs", "libours.a", "source.o"];
    end(Command::new("ar").current_dir(folder).args(args)).succeeds();
    for file in ["libours.so", "libours.a"] {
        let path = folder.join(file);
        let path = path.to_str().unwrap();
        for symbol in ["counter", "fixed", "own"] {
            fs::write(folder.join("p.clif"), calling(symbol, path)).unwrap();
            for args in [&LOADED[..], &LINKED, &BUILT] {
                if file == "libours.a" && args == LOADED {
                    run(folder, args).fails_with("E5131");
                    continue;
                }
                let message = run(folder, args).fails_with("E5134");
                let line = format!("`{symbol}` of `{path}` is data, not a function");
                assert!(message.contains(&line), "{message}");
                nothing_left(folder);
            }
        }
    }
    let path = folder.join("libours.so");
    for (symbol, result) in [("next", "42\n"), ("indirect", "43\n")] {
        let text = calling(symbol, path.to_str().unwrap());
        fs::write(folder.join("p.clif"), text).unwrap();
        for args in [&LOADED[..], &LINKED] {
            let ended = with_variable(folder, "LD_LIBRARY_PATH", folder, args);
            assert_eq!(ended.succeeds(), result, "{symbol}");
        }
    }
    // Of the system's own libraries too.
    fs::write(folder.join("p.clif"), calling("environ", "libc.so.6")).unwrap();
    for args in [&LOADED[..], &LINKED, &BUILT] {
        run(folder, args).fails_with("E5134");
    }
    nothing_left(folder);
}

/// Runs a program that calls `next` of a path, loaded and linked.
fn both(folder: &Path, path: &Path) -> [Ended; 2] {
    let text = calling("next", path.to_str().unwrap());
    fs::write(folder.join("p.clif"), text).unwrap();
    [run(folder, LOADED), run(folder, BUILT)]
}

#[test]
fn ext_003_a_file_that_is_no_library_is_refused_with_the_words_of_the_tools() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SYMBOLS, "whole.so");
    let whole = fs::read(folder.join("whole.so")).unwrap();
    fs::write(folder.join("text.so"), "no library\n".repeat(100)).unwrap();
    fs::write(folder.join("short.so"), "no").unwrap();
    fs::write(folder.join("empty.so"), "").unwrap();
    fs::write(folder.join("header.so"), &whole[..80]).unwrap();
    fs::create_dir(folder.join("folder.so")).unwrap();
    for (file, loader, linker) in [
        ("text.so", "invalid ELF header", "input of a wrong format"),
        ("short.so", "file too short", "input of a wrong format"),
        (
            "empty.so",
            "file too short",
            "undefined symbol: next (foreign",
        ),
        ("header.so", "file", "input of a wrong format"),
        (
            "folder.so",
            "Is a directory",
            "folder.so`: it is not a regular file",
        ),
        (
            "none.so",
            "cannot open shared object file: No such file",
            "library not found: none.so",
        ),
    ] {
        let [loaded, built] = both(folder, &folder.join(file));
        let message = loaded.fails_with("E5131");
        assert!(message.contains(loader), "{file}: {message}");
        assert!(message.contains(file), "{file}: {message}");
        // What is no file is seen before a tool is asked.
        let code = if file == "folder.so" {
            "E4040"
        } else {
            "E4021"
        };
        let message = built.fails_with(code);
        assert!(message.contains(linker), "{file}: {message}");
        nothing_left(folder);
    }
}

/// The loader maps what is not there, and the process dies when it looks.
#[test]
fn ext_003_a_library_that_was_cut_never_ends_the_host() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SYMBOLS, "whole.so");
    let whole = fs::read(folder.join("whole.so")).unwrap();
    let cut = folder.join("libcut.so");
    for part in 1..24 {
        fs::write(&cut, &whole[..whole.len() * part / 24]).unwrap();
        let [loaded, built] = both(folder, &cut);
        if loaded.status == Some(0) {
            // What is missing is not loaded.
            assert_eq!(loaded.stdout, "42\n");
        } else {
            loaded.fails_with("E5131");
        }
        built.fails_with("E4021");
        nothing_left(folder);
        // The same by a name that the loader looks for.
        fs::write(folder.join("p.clif"), calling("next", "libcut.so")).unwrap();
        let ended = with_variable(folder, "LD_LIBRARY_PATH", folder, &LOADED);
        assert!(matches!(ended.status, Some(0 | 1)), "{ended:#?}");
    }
    let pipe = folder.join("pipe.so");
    let made = end(Command::new("mkfifo").arg(&pipe));
    made.succeeds();
    let [loaded, built] = both(folder, &pipe);
    let message = loaded.fails_with("E5131");
    assert!(message.contains("not a regular file"), "{message}");
    built.fails_with("E4040");
}

#[test]
fn ext_003_a_library_for_another_architecture_is_named_as_such() {
    let Some(compiler) = tool("aarch64-linux-gnu-gcc") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(
        folder.join("source.c"),
        "int next(int x) { return x + 1; }\n",
    )
    .unwrap();
    let args = [
        "-shared",
        "-fPIC",
        "-nostdlib",
        "source.c",
        "-o",
        "libarm.so",
    ];
    end(Command::new(compiler).current_dir(folder).args(args)).succeeds();
    let [loaded, built] = both(folder, &folder.join("libarm.so"));
    let message = loaded.fails_with("E5131");
    assert!(
        message.contains("cannot open shared object file"),
        "{message}"
    );
    assert!(message.contains("libarm.so` is for aarch64"), "{message}");
    let message = built.fails_with("E4021");
    assert!(message.contains("input of a wrong format: "), "{message}");
    assert!(message.contains("is for another architecture"), "{message}");
    nothing_left(folder);
}

#[test]
fn ffi_2_a_path_with_spaces_names_a_library_as_well_as_any() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("a folder, with all")).unwrap();
    let file = folder.join("a folder, with all/lib ours.so");
    library(folder, SYMBOLS, file.to_str().unwrap());
    let text = calling("next", file.to_str().unwrap());
    fs::write(folder.join("p.clif"), text).unwrap();
    assert_eq!(run(folder, LOADED).succeeds(), "42\n");
    let place = file.parent().unwrap();
    let ended = with_variable(folder, "LD_LIBRARY_PATH", place, &LINKED);
    assert_eq!(ended.succeeds(), "42\n");
    run(folder, BUILT).succeeds();
    let mut program = Command::new(folder.join("out"));
    assert_eq!(end(program.env("LD_LIBRARY_PATH", place)).status, Some(42));
}

#[test]
fn ext_003_a_library_that_may_not_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SYMBOLS, "secret.so");
    let file = folder.join("secret.so");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        println!("skipped: this user reads every file");
        return;
    }
    let [loaded, built] = both(folder, &file);
    let message = loaded.fails_with("E5131");
    assert!(message.contains("Permission denied"), "{message}");
    let message = built.fails_with("E4040");
    assert!(message.contains("Permission denied"), "{message}");
    nothing_left(folder);
}

#[test]
fn ext_003_a_library_is_resolved_at_once_and_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, "int secret(int x) { return x; }\n", "libone.so");
    let second = "int secret(int); int other(int x) { return secret(x); }\n\
                  int next(int x) { return x + 1; }\n";
    library(folder, second, "libtwo.so");
    let [one, two] = ["libone.so", "libtwo.so"].map(|name| folder.join(name));
    // The first library has the symbol that the second lacks, but keeps it to
    // itself; and nothing ever calls it.
    fs::write(
        folder.join("p.clif"),
        format!(
            "; extern: %secret {}\n; extern: %zzz {}\n\
             function %main() -> i32 system_v {{\n    fn0 = %secret(i32) -> i32 system_v\n    \
             fn1 = %zzz(i32) -> i32 system_v\nblock0:\n    v0 = iconst.i32 41\n    \
             v1 = call fn0(v0)\n    return v1\n}}\n",
            one.display(),
            two.display()
        ),
    )
    .unwrap();
    let message = run(folder, LOADED).fails_with("E5131");
    assert!(message.contains("undefined symbol: secret"), "{message}");
    let [loaded, _] = both(folder, &two);
    let message = loaded.fails_with("E5131");
    assert!(message.contains("undefined symbol: secret"), "{message}");
    let [loaded, _] = both(folder, &one);
    let message = loaded.fails_with("E5132");
    assert!(message.contains("undefined symbol: next"), "{message}");
}

/// Says each call of the loader for one of our libraries.
const SPY: &str = "\
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
void *dlopen(const char *name, int flags) {
    void *(*real)(const char *, int) = dlsym(RTLD_NEXT, \"dlopen\");
    if (name && strstr(name, \"libours\"))
        fprintf(stderr, \"open %s%s\\n\", flags & RTLD_NOW ? \"now\" : \"lazy\",
                flags & RTLD_GLOBAL ? \" global\" : \" local\");
    return real(name, flags);
}
";

#[test]
fn ext_004_a_library_is_opened_once_for_a_process_now_and_locally() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SPY, "spy.so");
    let loud = "#include <unistd.h>\n\
                __attribute__((constructor)) static void up(void) { write(2, \"up\\n\", 3); }\n\
                int next(int x) { return x + 1; } int after(int x) { return x + 2; }\n";
    library(folder, loud, "libours.so");
    let path = folder.join("libours.so");
    let path = path.display();
    // Many functions of one library.
    fs::write(
        folder.join("p.clif"),
        format!(
            "; extern: %next {path}\n; extern: %after {path}\n\
             function %main() -> i32 system_v {{\n    fn0 = %next(i32) -> i32 system_v\n    \
             fn1 = %after(i32) -> i32 system_v\nblock0:\n    v0 = iconst.i32 39\n    \
             v1 = call fn0(v0)\n    v2 = call fn1(v1)\n    return v2\n}}\n"
        ),
    )
    .unwrap();
    let ended = with_variable(folder, "LD_PRELOAD", folder.join("spy.so"), &LOADED);
    assert_eq!(ended.stdout, "42\n", "{ended:#?}");
    assert_eq!(ended.stderr, "open now local\nup\n");
}

/// Where the programs of the process are that the next test starts.
const PROGRAMS: &str = "TWO_PROGRAMS";

#[test]
fn ext_004_programs_of_one_process_share_a_library() {
    if let Some(folder) = std::env::var_os(PROGRAMS) {
        return run_both_in_this_process(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    library(folder, SPY, "spy.so");
    library(folder, SYMBOLS, "libours.so");
    let path = folder.join("libours.so");
    for (file, symbol) in [("1.clif", "next"), ("2.clif", "indirect")] {
        let text = calling(symbol, path.to_str().unwrap());
        fs::write(folder.join(file), text).unwrap();
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args(["--exact", "ext_004_programs_of_one_process_share_a_library"]);
    again.arg("--nocapture").env(PROGRAMS, folder);
    let ended = end(again.env("LD_PRELOAD", folder.join("spy.so")));
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("42 43 42\n"), "{ended:#?}");
    assert_eq!(ended.stderr, "open now local\n");
}

fn run_both_in_this_process(folder: &Path) {
    let registry = Registry::with_builtins().unwrap();
    let config = Config {
        r#extern: Extern { dlopen: true },
        ..Config::default()
    };
    let results = ["1.clif", "2.clif", "1.clif"].map(|file| {
        let source = Source::read(&folder.join(file)).unwrap();
        let artifact = lower(source, None).unwrap();
        let tools = Toolchain {
            registry: &registry,
            config: &config,
            backend: registry.backend("jit").unwrap(),
            cache: None,
            program: None,
        };
        let settings = tools.settings().unwrap();
        let invocation = Invocation {
            arguments: &[],
            runtime: None,
            extra: &Extra::default(),
            capture: Capture::Result,
        };
        let finished = execute(tools, &artifact, &settings, invocation);
        finished.unwrap().text
    });
    println!("{}", results.join(" "));
}
