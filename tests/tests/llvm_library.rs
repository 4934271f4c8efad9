//! What the backend `llvm` makes of libraries that look like LLVM 19 and are not what they
//! should be: another version, without functions or processors, that never end, end the
//! process. They are written in C, so that no LLVM is needed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use beskid_tests::built::root;
use beskid_tests::command::{Ended, end};
use beskid_tests::llvm::command;
use beskid_tests::workshop::Workshop;

/// `SIGTERM`, which a shell that starts the tests in the background does not turn off.
const TERMINATE: i32 = 15;

const VERSION: &str = "\
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
void LLVMGetVersion(unsigned *major, unsigned *minor, unsigned *patch) {
    *major = NUMBER;
    *minor = 1;
    *patch = 7;
}
";

/// The processor that the library has, whose first function does something else.
const PROCESSOR: &str = "\
void LLVMInitializeX86Target(void) {}
void LLVMInitializeX86TargetMC(void) {}
void LLVMInitializeX86AsmPrinter(void) {}
void LLVMInitializeX86AsmParser(void) {}
";

/// Says where it is, and stays there.
const WAITS: &str = "\
void LLVMInitializeX86TargetInfo(void) {
    fclose(fopen(\"HERE\", \"w\"));
    for (;;)
        pause();
}
";

/// Ends the process, as LLVM does when something is wrong with itself.
const ABORTS: &str = "\
void LLVMInitializeX86TargetInfo(void) {
    fputs(\"LLVM ERROR: out of memory\\n\", stderr);
    abort();
}
";

/// A folder with a program and a library `LLVM.so`.
fn workshop(number: u32, source: &str) -> Option<Workshop> {
    let workshop = Workshop::with(&["cc"])?;
    workshop.write("p.bd", "unit main() { }");
    let here = workshop.path("here");
    let source = format!("{VERSION}{source}")
        .replace("NUMBER", &number.to_string())
        .replace("HERE", here.to_str().unwrap());
    workshop.write("llvm.c", source);
    workshop.sh("cc -shared -fPIC -o LLVM.so llvm.c");
    Some(workshop)
}

/// All functions of the interface, which nobody may call.
fn functions() -> String {
    let table = root().join("backend-llvm/src/llvm/api.rs");
    let table = fs::read_to_string(table).unwrap();
    let names = table.lines().filter_map(|line| {
        let (name, _) = line.strip_prefix("    ")?.split_once('(')?;
        name.starts_with("LLVM").then_some(name)
    });
    let functions = names.map(|name| format!("void {name}(void) {{ abort(); }}\n"));
    let functions = functions.collect::<Vec<_>>();
    assert!(functions.len() > 30);
    functions.concat()
}

fn with_library(folder: &Path, args: &[&str]) -> Command {
    let library = folder.join("LLVM.so");
    let option = format!("llvm.library={}", library.display());
    let backend = ["--backend", "llvm", "--backend-option", &option];
    command(folder, backend.iter().chain(args))
}

fn ended(workshop: &Workshop, args: &[&str]) -> Ended {
    end(&mut with_library(workshop.folder(), args))
}

const BUILD: [&str; 4] = ["build", "p.bd", "-o", "p"];

#[test]
fn another_version_and_missing_functions_are_named() {
    for (number, said) in [
        (18, "is LLVM 18; LLVM 19 is needed"),
        (20, "is LLVM 20; LLVM 19 is needed"),
        (19, "has no function `LLVMContextCreate`"),
    ] {
        let Some(workshop) = workshop(number, "") else {
            return;
        };
        for args in [&BUILD[..], &["run", "p.bd"]] {
            let message = ended(&workshop, args).fails_with("E5196");
            assert!(message.contains(said), "{message}");
            assert!(message.contains("LLVM.so"), "{message}");
        }
    }
}

#[test]
fn a_processor_that_the_library_was_built_without_is_named() {
    let Some(workshop) = workshop(19, &functions()) else {
        return;
    };
    for target in ["x86_64", "aarch64", "riscv64gc"] {
        let target = format!("{target}-unknown-linux-gnu");
        let args = ["--target-triple", &target, "--kind", "object"];
        let message = ended(&workshop, &[&BUILD[..], &args].concat()).fails_with("E4001");
        assert!(message.contains(&format!("`{target}`")), "{message}");
        assert!(message.contains("without the processor"), "{message}");
    }
    let message = ended(&workshop, &["run", "p.bd"]).fails_with("E4001");
    assert!(message.contains("without the processor"), "{message}");
}

#[test]
fn a_compilation_that_does_not_end_is_stopped() {
    let Some(workshop) = workshop(19, &(functions() + PROCESSOR + WAITS)) else {
        return;
    };
    let (folder, here) = (workshop.folder(), workshop.path("here"));
    for args in [
        &BUILD[..],
        &["--isolate=no", "build", "p.bd", "-o", "p"],
        &["run", "p.bd"],
    ] {
        let mut command = with_library(folder, args);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        while !here.exists() {
            assert_eq!(child.try_wait().unwrap(), None, "{args:?}");
            sleep(Duration::from_millis(20));
        }
        let id = child.id().to_string();
        end(Command::new("kill").args(["-TERM", &id])).succeeds();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(TERMINATE), "{args:?}: {status}");
        fs::remove_file(&here).unwrap();
        assert!(!workshop.path("p").exists());
    }
    let settings = folder.join(".no-config/beskid");
    fs::create_dir_all(&settings).unwrap();
    let limit = "[plugins.llvm]\ntime-limit = 10\n";
    fs::write(settings.join("config.toml"), limit).unwrap();
    let message = ended(&workshop, &BUILD).fails_with("E5163");
    assert!(message.contains("llvm"), "{message}");
    assert!(!workshop.path("p").exists());
}

#[test]
fn a_library_that_ends_the_process_is_one_error() {
    let Some(workshop) = workshop(19, &(functions() + PROCESSOR + ABORTS)) else {
        return;
    };
    let message = ended(&workshop, &BUILD).fails_with("E5162");
    assert!(message.contains("out of memory"), "{message}");
    for args in [
        &["--isolate=no", "build", "p.bd", "-o", "p"][..],
        &["run", "p.bd"],
    ] {
        let ended = ended(&workshop, args);
        assert_ne!(ended.status, Some(0), "{ended:#?}");
        let errors = ended.stderr.matches("error[E5140]").count();
        assert_eq!(errors, 1, "{ended:#?}");
        assert!(ended.stderr.contains("`llvm`"), "{ended:#?}");
    }
    assert!(!workshop.path("p").exists());
}
