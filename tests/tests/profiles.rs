//! Profiles of programs in memory: their functions have names.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::process::Command;

use beskid_tests::command::{beskid, end, run};
use beskid_tests::tools::find;
use beskid_tests::workshop::Workshop;

const PROGRAM: &str = "\
function %spin(i64) -> i64 {
block0(v0: i64):
    v1 = iconst.i64 1
    jump block1(v0, v1)
block1(v2: i64, v3: i64):
    v4 = imul v3, v3
    v5 = iadd v4, v2
    v6 = iconst.i64 1
    v7 = isub v2, v6
    brif v7, block1(v7, v5), block2
block2:
    return v5
}
function %main() -> i64 {
    fn0 = %spin(i64) -> i64
block0:
    v0 = iconst.i64 100000000
    v1 = call fn0(v0)
    v2 = iconst.i64 0
    return v2
}
";

/// A folder with the program.
fn workshop(tools: &[&str]) -> Option<Workshop> {
    let workshop = Workshop::with(tools)?;
    workshop.write("p.clif", PROGRAM);
    Some(workshop)
}

/// Calls are not replaced by what they call.
const ARGUMENTS: [&str; 4] = ["--optimize", "none", "run", "--profile"];

#[test]
fn functions_in_memory_are_in_the_map_or_the_dump_that_is_asked_for() {
    let workshop = workshop(&[]).unwrap();
    let folder = workshop.folder();
    for (how, name) in [("perf", "/tmp/perf-"), ("jitdump", "jit-")] {
        let mut command = beskid(folder);
        command.env("TMPDIR", folder).args(ARGUMENTS).arg(how);
        let child = command.arg("p.clif").spawn().unwrap();
        let (file, magic) = match how {
            "perf" => (format!("{name}{}.map", child.id()), None),
            _ => (format!("{name}{}.dump", child.id()), Some(b"DTiJ")),
        };
        assert!(child.wait_with_output().unwrap().status.success());
        let contents = fs::read(folder.join(&file)).unwrap();
        fs::remove_file(folder.join(&file)).unwrap();
        let has = |text: &[u8]| contents.windows(text.len()).any(|window| window == text);
        assert!(has(b"spin") && has(b"clif.main"), "{how}");
        assert!(
            magic.is_none_or(|magic| contents.starts_with(magic)),
            "{how}"
        );
    }
}

#[test]
fn other_backends_and_other_forms_are_refused() {
    let workshop = workshop(&[]).unwrap();
    let folder = workshop.folder();
    let aot = ["--backend", "aot", "run", "--profile", "perf", "p.clif"];
    let message = run(folder, aot).fails_with("E4004");
    assert!(message.contains("no option `profile`"), "{message}");
    let unknown = ["--backend-option", "profile=flames", "run", "p.clif"];
    let message = run(folder, unknown).fails_with("E4004");
    assert!(message.contains("does not take `flames`"), "{message}");
}

#[test]
fn perf_reports_functions_in_memory_by_their_names() {
    let Some(workshop) = workshop(&["perf"]) else {
        return;
    };
    let folder = workshop.folder();
    let perf = find("perf").unwrap();
    let mut probe = Command::new(&perf);
    probe
        .current_dir(folder)
        .args(["record", "-q", "-o", "probe", "true"]);
    if end(&mut probe).status != Some(0) {
        println!("skipped: the system lets nobody measure");
        return;
    }
    let program = beskid(folder).get_program().to_owned();
    let mut record = Command::new(&perf);
    record
        .current_dir(folder)
        .args(["record", "-q", "-o", "data"]);
    record.arg(program).args(ARGUMENTS).args(["perf", "p.clif"]);
    end(&mut record).succeeds();
    let mut report = Command::new(&perf);
    report
        .current_dir(folder)
        .args(["report", "--stdio", "-i", "data"]);
    let reported = end(&mut report).succeeds();
    assert!(reported.contains("] spin\n"), "{reported}");
}
