//! Frames in Mach-O objects, as tools read them.

use std::collections::BTreeSet;

use beskid_tests::command::run;
use beskid_tests::workshop::Workshop;

use crate::windows;

const FUNCTIONS: [&str; 2] = ["_deep", "_middle"];

#[test]
fn mach_o_objects_tell_how_each_function_is_left() {
    let Some(workshop) = Workshop::with(&["llvm-dwarfdump", "llvm-objdump"]) else {
        return;
    };
    workshop.write("p.clif", windows::program());
    for (machine, frame) in [("x86_64", "CFA=RBP+16: "), ("aarch64", "CFA=W29+16: ")] {
        let target = format!("{machine}-apple-darwin");
        let build = ["build", "p.clif", "--kind", "object", "-o", "p.o"];
        let rest = ["--target-triple", &target];
        run(workshop.folder(), build.iter().chain(&rest)).succeeds();
        let told = workshop.sh("llvm-dwarfdump --eh-frame p.o");
        assert!(told.contains(frame), "{told}");
        // Each begins at the difference of a function and the begin of the section.
        let relocations = workshop.sh("llvm-objdump -r --section __eh_frame p.o");
        let of = |kind: &str| {
            let lines = relocations.lines().filter(|line| line.contains(kind));
            let last = lines.filter_map(|line| line.split_whitespace().last());
            last.map(str::to_owned).collect::<Vec<_>>()
        };
        let (begins, from) = (of("_UNSIGNED"), of("_SUBTRACTOR"));
        assert_eq!(begins.len(), told.matches(" FDE ").count(), "{told}");
        assert!(from.iter().all(|from| from.ends_with("_eh_frame")));
        assert_eq!(from.len(), begins.len());
        let begins = begins.iter().map(String::as_str).collect::<BTreeSet<_>>();
        for function in FUNCTIONS {
            assert!(begins.contains(function), "{function}: {begins:?}");
        }
    }
}
