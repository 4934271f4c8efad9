//! A program that allocates by itself and collects, by every backend, in memory and
//! as an executable: all find the contexts, cells and roots that the page says.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::process::Command;

use beskid_tests::command::{beskid, run};

/// A table of 1000 objects, each of which is replaced 100 times; the sum of the
/// numbers in the last ones, modulo 128.
const SOURCE: &str = "
function %main() -> i32 {
    fn0 = %gc_enter() -> i64
    fn1 = %gc_leave(i64)
    fn2 = %gc_alloc(i64, i64, i64) -> i64
    fn3 = %gc_array(i64, i64, i64, i64) -> i64
    fn4 = %gc_remember(i64, i64)
    fn5 = %gc_collect(i64)
block0:
    v49 = iconst.i8 1
    v50 = iconst.i64 8
    v51 = iconst.i64 ROUNDS
    v52 = iconst.i64 32
    v53 = iconst.i64 1000
    v54 = iconst.i64 3
    v55 = iconst.i64 1
    v56 = iconst.i64 127
    v57 = iconst.i64 24
    v0 = call fn0()
    v1 = iconst.i64 0
    v2 = iconst.i64 1000
    v3 = call fn3(v0, v1, v2, v1)
    v4 = load.i64 v0+16
    store v3, v4
    v5 = iadd v4, v50
    store v5, v0+16
    v6 = load.i64 v3
    jump block1(v1)

block1(v10: i64):
    v11 = icmp ult v10, v51
    brif v11, block2, block7

block2:
    v12 = load.i64 v0
    v13 = iadd v12, v52
    v14 = load.i64 v0+8
    v15 = icmp ugt v13, v14
    brif v15, block3, block4

block3:
    v17 = call fn2(v0, v57, v1)
    jump block5(v17)

block4:
    store v13, v0
    store v52, v12
    v19 = iadd v12, v50
    store v1, v19
    jump block5(v19)

block5(v20: i64):
    store v10, v20+8
    store v10, v20+16
    v21 = load.i8 v3-3
    v22 = icmp eq v21, v49
    brif v22, block8, block6

block8:
    call fn4(v0, v3)
    jump block6

block6:
    v23 = urem v10, v53
    v24 = ishl v23, v54
    v25 = iadd v6, v24
    store v20, v25
    v26 = iadd v10, v55
    jump block1(v26)

block7:
    call fn5(v0)
    jump block9(v1, v1)

block9(v30: i64, v31: i64):
    v32 = ishl v30, v54
    v33 = iadd v6, v32
    v34 = load.i64 v33
    v35 = load.i64 v34+8
    v36 = load.i64 v34+16
    v37 = isub v35, v36
    v38 = iadd v31, v35
    v39 = iadd v38, v37
    v40 = iadd v30, v55
    v41 = icmp ult v40, v53
    brif v41, block9(v40, v39), block10

block10:
    store v4, v0+16
    call fn1(v0)
    v42 = band v39, v56
    v43 = ireduce.i32 v42
    return v43
}
";

fn source(rounds: u64) -> String {
    SOURCE.replace("ROUNDS", &rounds.to_string())
}

/// The low bits of the sum of the last 1000 numbers below so many.
fn expected(rounds: u64) -> i32 {
    ((rounds - 1000..rounds).sum::<u64>() % 128) as i32
}

#[test]
fn gc_every_backend_uses_the_same_contexts_cells_and_roots() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // Stressed programs mark everything for each object.
    for (rounds, stress) in [(300_000, ""), (2000, "1")] {
        fs::write(folder.join("p.clif"), source(rounds)).unwrap();
        let expected = Some(expected(rounds));
        for backend in ["jit", "aot"] {
            let mut command = beskid(folder);
            command.env("BESKID_GC_STRESS", stress);
            command.args(["--backend", backend, "run", "--exit-code", "p.clif"]);
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), expected, "{backend}: {output:?}");
            assert_eq!(output.stderr, b"", "{backend}");
        }
        run(folder, ["build", "p.clif"]).succeeds();
        let mut program = Command::new(folder.join("p"));
        let output = program.env("BESKID_GC_STRESS", stress).output().unwrap();
        assert_eq!(output.status.code(), expected, "{output:?}");
    }
}

/// The test above would see a root that is missing.
#[test]
fn gc_a_root_that_is_missing_is_seen_under_stress() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let without = source(2000).replace("    store v5, v0+16\n", "");
    fs::write(folder.join("p.clif"), without).unwrap();
    run(folder, ["build", "p.clif"]).succeeds();
    let mut program = Command::new(folder.join("p"));
    let output = program.env("BESKID_GC_STRESS", "1").output().unwrap();
    assert_ne!(output.status.code(), Some(expected(2000)), "{output:?}");
}
