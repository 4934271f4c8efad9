//! The linker strategy of another author, `examples/mold-linker`: loaded from
//! its file, it does what the built-in one does, with the linker that the user
//! chose. `linking.rs` and others put it to the tests of every strategy.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::built::third_party_linker;
use beskid_tests::cases::examples;
use beskid_tests::command::{beskid, end, run};
use beskid_tests::strategies::third_party_strategies;
use beskid_tests::tools::tool_in_path;

const LIBRARY: &str = "pub i64 square(i64 x) { return x * x; }\n";
const USER: &str = "long square(long); int main(void) { return (int)square(6); }\n";

/// What the linkers and compilers of an image say of themselves in it.
fn signatures(image: &Path) -> String {
    let mut readelf = Command::new("readelf");
    end(readelf.args(["-p", ".comment"]).arg(image)).succeeds()
}

#[test]
fn the_chosen_linker_and_no_other_links_programs_that_run_as_in_memory() {
    for strategy in third_party_strategies() {
        let folder = tempfile::tempdir().unwrap();
        let signature = strategy.linker.unwrap().signature;
        for program in examples() {
            let mut build = strategy.beskid(folder.path());
            let built = end(build.arg("build").arg(&program).args(["-o", "program"])).succeeds();
            let line = format!("link: mold ({}", third_party_linker().display());
            assert!(built.contains(&line), "{line} in {built}");
            let program_file = folder.path().join("program");
            let found = signatures(&program_file);
            let found = ["mold ", "Linker: "].map(|name| (name, found.contains(name)));
            let expected = ["mold ", "Linker: "].map(|name| (name, name == signature));
            assert_eq!(found, expected, "{program:?}");

            let mut in_memory = beskid(folder.path());
            let in_memory = end(in_memory.arg("run").arg(&program)).succeeds();
            let output = end(&mut Command::new(&program_file)).stdout;
            let (printed, _) = split_last_line(&in_memory);
            assert_eq!(output, printed, "{program:?}");
        }
    }
}

/// `beskid run` prints the result in a line of its own.
fn split_last_line(text: &str) -> (&str, &str) {
    let text = text.trim_end_matches('\n');
    text.split_at(text.rfind('\n').map_or(0, |at| at + 1))
}

#[test]
fn a_c_program_calls_a_shared_library_of_the_chosen_linker() {
    for strategy in third_party_strategies() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("lib.bd"), LIBRARY).unwrap();
        fs::write(folder.join("user.c"), USER).unwrap();
        let args = ["build", "lib.bd", "--kind", "shared"];
        strategy.run(folder, args).succeeds();
        let found = signatures(&folder.join("liblib.so"));
        let signature = strategy.linker.unwrap().signature;
        assert!(found.contains(signature), "{found}");
        let mut cc = Command::new("cc");
        let args = ["user.c", "liblib.so", "-Wl,-rpath,$ORIGIN", "-o", "user"];
        end(cc.current_dir(folder).args(args)).succeeds();
        assert_eq!(end(&mut Command::new(folder.join("user"))).status, Some(36));
    }
}

#[test]
fn a_projects_file_may_choose_the_linker() {
    for strategy in third_party_strategies() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
        let choice = strategy.linker.unwrap().choice.unwrap_or("mold");
        let table = format!("linker = \"mold\"\n[tools]\nlinker = \"{choice}\"\n");
        fs::write(folder.path().join("beskid.toml"), table).unwrap();
        run(folder.path(), ["trust", "."]).succeeds();
        let mut command = beskid(folder.path());
        command.arg("--plugin").arg(third_party_linker());
        let args = ["build", "p.bd", "--print-link-plan"];
        let plan = end(command.args(args)).succeeds();
        assert!(plan.contains(&format!("-fuse-ld={choice}")), "{plan}");
    }
}

#[test]
fn a_linker_that_the_strategy_does_not_know_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    for kind in ["exe", "shared", "static"] {
        let mut command = beskid(folder.path());
        command.arg("--plugin").arg(third_party_linker());
        command.env("BESKID_TOOLS_LINKER", "gold");
        command.args(["--linker", "mold", "build", "p.bd", "--kind", kind]);
        let message = end(&mut command).fails_with("E4041");
        for part in ["`gold`", "`mold` or `lld`"] {
            assert!(message.contains(part), "{part} in {message}");
        }
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_loaded_strategy_is_used_only_if_it_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
    let mut command = beskid(folder.path());
    command.arg("--plugin").arg(third_party_linker());
    let built = end(command.args(["build", "p.bd"])).succeeds();
    assert!(built.contains("link: unix (built-in)\n"), "{built}");
    run(folder.path(), ["--linker", "mold", "build", "p.bd"]).fails_with("E5108");
}

#[test]
fn a_driver_that_knows_no_such_linker_is_named_with_the_cause() {
    for strategy in third_party_strategies() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("p.bd"), "unit main() { }").unwrap();
        let mut command = strategy.beskid(folder.path());
        // Without folders to look in, GCC finds no linker.
        command.env("BESKID_TOOLS_CC", tool_in_path("cc").unwrap());
        command.env("PATH", folder.path());
        let message = end(command.args(["build", "p.bd"])).fails_with("E4021");
        assert!(message.contains("cause: missing tool"), "{message}");
    }
}

#[test]
fn another_architecture_needs_a_driver_by_name_and_then_runs_in_an_emulator() {
    for strategy in third_party_strategies() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("p.bd"), "i32 main() { return 40 + 2; }").unwrap();
        let target = ["--target-triple", "aarch64-unknown-linux-gnu"];
        let args = ["build", "p.bd", "--standalone"];
        let args = args.iter().chain(&target);
        let message = strategy.run(folder, args.clone()).fails_with("E4020");
        assert!(message.contains("BESKID_TOOLS_CC"), "{message}");

        let (driver, emulator) = ("aarch64-linux-gnu-gcc", "qemu-aarch64");
        if tool_in_path(driver).is_none() || tool_in_path(emulator).is_none() {
            continue;
        }
        let linker = tool_in_path(strategy.linker.unwrap().program).unwrap();
        let programs = linker.parent().unwrap().display();
        let mut command = strategy.beskid(folder);
        command.env("BESKID_TOOLS_CC", format!("{driver} -B{programs}"));
        end(command.args(args)).succeeds();
        let mut program = Command::new(emulator);
        program.args(["-L", "/usr/aarch64-linux-gnu"]);
        assert_eq!(end(program.arg(folder.join("p"))).status, Some(42));
    }
}
