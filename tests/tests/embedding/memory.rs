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

/// Bytes that somebody has allocated in this process and not freed.
fn allocated() -> usize {
    // SAFETY: it takes nothing, and reads what the allocator counts.
    unsafe { libc::mallinfo2() }.uordblks
}

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
            // What is freed is free, and not kept for the next who asks for as much.
            .env(
                "GLIBC_TUNABLES",
                "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0",
            )
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
    let before = (ranges(), allocated());
    (0..300).for_each(|_| round());
    let after = (ranges(), allocated());
    assert!(
        after.0 <= before.0 + 8,
        "{before:?} ranges of memory and bytes, then {after:?}"
    );
    // Not even a byte of each.
    assert!(
        after.1 <= before.1 + 300,
        "{before:?} ranges of memory and bytes, then {after:?}"
    );
}
