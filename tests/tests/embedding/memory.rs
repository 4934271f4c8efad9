//! What instances leave behind: nothing.

use beskid_host::embed::Imports;

use crate::programs::engine;

const TEXTS: &str = "\
[Export(Abi: \"C\")]
pub i64 joined(i64 n) {
    mut string all = \"\";
    mut i64 i = 0;
    while i < n {
        all = \"${all}${i}\";
        i = i + 1;
    }
    return n;
}
";

/// The ranges of memory of this process.
fn ranges() -> usize {
    std::fs::read_to_string("/proc/self/maps").map_or(0, |maps| maps.lines().count())
}

/// Other tests of this process map memory too, so it runs in one of its own.
#[test]
fn hundreds_of_instances_leave_memory_as_it_was() {
    const ALONE: &str = "BESKID_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "memory::hundreds_of_instances_leave_memory_as_it_was";
        let mut test = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = test
            .args([name, "--exact"])
            .env(ALONE, "1")
            .output()
            .unwrap();
        assert!(
            ended.status.success(),
            "{}",
            String::from_utf8_lossy(&ended.stdout)
        );
        return;
    }
    let engine = engine();
    let artifact = engine.artifact_of_source("texts.bd", TEXTS).unwrap();
    let round = || {
        let instance = engine.compile(&artifact, Imports::new()).unwrap();
        let joined = instance.function::<(i64,), i64>("joined").unwrap();
        assert_eq!(joined.call((40,)).unwrap(), 40);
    };
    (0..20).for_each(|_| round());
    let before = ranges();
    (0..300).for_each(|_| round());
    let after = ranges();
    assert!(
        after <= before + 8,
        "{before} ranges of memory, then {after}"
    );
}
