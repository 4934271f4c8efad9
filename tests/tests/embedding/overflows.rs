//! Stacks that overflow inside the runtime leave nothing of it taken.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use beskid_host::embed::TrapKind;

use crate::programs::{catching, clif};

/// A function that calls itself without end, and the runtime each time, with a frame of
/// that many bytes; and one that calls the runtime once.
fn program(frame: usize) -> String {
    format!(
        "function %deep(i64) -> i64 system_v {{
    ss0 = explicit_slot {frame}
    fn0 = %alloc(i64, i64) -> i64 system_v
    fn1 = colocated %deep(i64) -> i64 system_v
block0(v0: i64):
    v1 = iconst.i64 0
    v2 = call fn0(v0, v1)
    v3 = call fn1(v0)
    v4 = iadd v2, v3
    return v4
}}

function %once(i64) -> i64 system_v {{
    fn0 = %alloc(i64, i64) -> i64 system_v
block0(v0: i64):
    v1 = iconst.i64 0
    v2 = call fn0(v0, v1)
    return v2
}}
"
    )
}

#[test]
fn a_stack_that_overflows_in_the_runtime_leaves_its_locks() {
    let (tell, told) = channel();
    thread::spawn(move || {
        let engine = catching();
        for frame in (16..1024).step_by(48) {
            let instance = clif(&engine, &program(frame));
            let deep = instance.function::<(i64,), i64>("deep").unwrap();
            let once = instance.function::<(i64,), i64>("once").unwrap();
            for size in [8, 100_000] {
                assert_eq!(
                    deep.call((8,)).unwrap_err().kind(),
                    TrapKind::StackOverflow,
                    "{frame}"
                );
                assert_ne!(once.call((size,)).unwrap(), 0);
            }
        }
        tell.send(()).unwrap();
    });
    // A lock that is held for good is waited for without end.
    told.recv_timeout(Duration::from_secs(300)).unwrap();
}
