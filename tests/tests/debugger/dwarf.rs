//! What tools that judge DWARF find wrong, and what they read in it.

use beskid_tests::command::run;

use crate::{lines, program::workshop};

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
            let verified = workshop.sh("llvm-dwarfdump --verify p.o");
            assert!(
                verified.contains("No errors."),
                "{level} {target}: {verified}"
            );
            let complaints =
                workshop.sh("readelf --debug-dump=info,line,abbrev,frames,loc,Ranges p.o");
            assert!(
                !complaints.contains("arning"),
                "{level} {target}: {complaints}"
            );
            if target.starts_with("x86_64") {
                let judged = workshop.sh("eu-elflint --gnu-ld p.o");
                assert!(judged.contains("No errors"), "{level}: {judged}");
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
