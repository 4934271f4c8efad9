//! What tools that judge DWARF find wrong, and what they read in it.

use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::{end, run};
use beskid_tests::tools::find;
use beskid_tests::workshop::Workshop;

use crate::program::{Way, ways, workshop};
use crate::{lines, values};

#[test]
fn verifiers_find_nothing_wrong() {
    let Some(workshop) = workshop(&["cc", "llvm-dwarfdump", "readelf", "eu-elflint"]) else {
        return;
    };
    let folder = workshop.folder();
    for level in ["none", "speed", "size"] {
        for target in [
            "x86_64-unknown-linux-gnu",
            "aarch64-unknown-linux-gnu",
            "riscv64gc-unknown-linux-gnu",
        ] {
            let build = ["--optimize", level, "build", "p.bska", "--kind", "object"];
            let rest = ["--target-triple", target, "-o", "p.o"];
            run(folder, build.iter().chain(&rest)).succeeds();
            judge(&workshop, "p.o", &format!("{level} {target}"));
            if target.starts_with("x86_64") {
                lint(&workshop, "p.o", level);
            }
        }
    }
}

#[test]
fn addresses_are_told_by_file_and_line() {
    let Some(workshop) = workshop(&["cc", "nm", "addr2line"]) else {
        return;
    };
    let symbols = lines(&workshop, "nm linked");
    let twice = symbols.iter().find(|line| line.ends_with(" twice"));
    let address = twice.unwrap().split(' ').next().unwrap();
    let told = workshop.run("addr2line", ["-f", "-e", "linked", address]);
    assert!(
        told.starts_with("twice\n") && told.ends_with("/program.c:4\n"),
        "{told}"
    );
}

#[test]
fn nothing_is_told_of_stripped_programs() {
    let Some(workshop) = workshop(&["cc", "readelf"]) else {
        return;
    };
    let folder = workshop.folder();
    let build = ["build", "p.bska", "-o", "stripped", "--strip", "debug"];
    run(folder, build).succeeds();
    let sections = workshop.sh("readelf -SW stripped");
    assert!(!sections.contains(".debug_info"), "{sections}");
    assert!(sections.contains(".eh_frame"), "{sections}");
}

/// Of whole programs too: what is linked with them tells debuggers nothing.
#[test]
fn verifiers_find_nothing_wrong_with_executables() {
    let tools = ["cc", "llvm-dwarfdump", "readelf", "eu-elflint"];
    let Some(workshop) = values::workshop(&tools) else {
        return;
    };
    for way in ways() {
        let Way::Linked(file) = way else { continue };
        judge(&workshop, file, file);
        lint(&workshop, file, file);
        let told = workshop.sh(&format!("llvm-dwarfdump --debug-info {file}"));
        let units = told.matches("DW_TAG_compile_unit").count();
        assert_eq!(units, 1, "{file}");
    }
}

/// Has them look at a file.
fn judge(workshop: &Workshop, file: &str, what: &str) {
    let verified = workshop.sh(&format!("llvm-dwarfdump --verify {file}"));
    assert!(verified.contains("No errors."), "{what}: {verified}");
    let mut readelf = Command::new(find("readelf").unwrap());
    readelf.current_dir(workshop.folder());
    let read = end(readelf.args(["--debug-dump", file]));
    // Its warnings are on standard error.
    assert_eq!(read.stderr, "", "{what}");
    assert!(read.stdout.contains("DW_TAG_subprogram"), "{what}");
}

fn lint(workshop: &Workshop, file: &str, what: &str) {
    let judged = workshop.sh(&format!("eu-elflint --gnu-ld {file}"));
    assert!(judged.contains("No errors"), "{what}: {judged}");
}

#[test]
fn debuggers_are_told_by_default_of_what_is_neither_optimized_nor_stripped() {
    let Some(workshop) = values::workshop(&["cc", "readelf"]) else {
        return;
    };
    let builds: [(&[&str], bool); 8] = [
        (&[], true),
        (&["-g"], true),
        (&["--debug-info=full", "--release"], true),
        (&["-g=none"], false),
        (&["--debug-info=none"], false),
        (&["--release"], false),
        (&["--optimize", "size"], false),
        (&["--strip", "debug"], false),
    ];
    for (options, is_told) in builds {
        let build = ["build", "values.bd", "-o", "image"];
        run(workshop.folder(), build.iter().chain(options)).succeeds();
        let sections = workshop.sh("readelf -SW image");
        assert_eq!(sections.contains(".debug_"), is_told, "{options:?}");
    }
}

#[test]
fn a_stripped_hello_is_small() {
    let Some(workshop) = Workshop::with(&["cc"]) else {
        return;
    };
    let hello = root().join("examples/hello.bd");
    let hello = hello.display().to_string();
    let build = ["build", &hello, "-o", "hello", "--strip", "symbols"];
    run(workshop.folder(), build).succeeds();
    let size = workshop.read("hello").len();
    assert!(size <= 20 << 10, "{size}");
}
