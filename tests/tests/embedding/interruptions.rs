//! Calls that are ended from outside.

use std::time::{Duration, Instant};

use beskid_host::embed::{Caller, Config, Engine, Imports, Instance, TrapKind};

use crate::programs::engine;

const LOOPS: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    unit pause(i64 millis);
}

[Export(Abi: \"C\")]
pub i64 forever(i64 n) {
    mut i64 x = n;
    while x != 0 {
        x = x + 2;
    }
    return x;
}

[Export(Abi: \"C\")]
pub i64 calls(i64 depth) {
    if depth == 0 { return 1; }
    return calls(depth - 1) + calls(depth - 1);
}

[Export(Abi: \"C\")]
pub i64 paused(i64 millis) {
    Host.pause(millis);
    return calls(3);
}
";

fn loops(config: Config) -> Instance {
    let engine = Engine::new(config).unwrap();
    let artifact = engine.artifact_of_source("loops.bd", LOOPS).unwrap();
    let pause = |_: &mut Caller<'_, ()>, millis: i64| {
        std::thread::sleep(Duration::from_millis(millis.unsigned_abs()));
    };
    engine
        .compile(&artifact, Imports::new().function("pause", pause))
        .unwrap()
}

#[test]
fn another_thread_ends_a_call_and_the_next_one_goes_on() {
    let instance = loops(Config::new().interruptible(true));
    let handle = instance.interrupt_handle().unwrap();
    for (name, argument) in [("forever", 1), ("calls", 62)] {
        let handle = handle.clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(30));
            handle.interrupt();
        });
        let function = instance.function::<(i64,), i64>(name).unwrap();
        let trap = function.call((argument,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::Interrupted);
        stopper.join().unwrap();
        let calls = instance.function::<(i64,), i64>("calls").unwrap();
        assert_eq!(calls.call((10,)).unwrap(), 1024);
    }
    // Without a call the next one is meant.
    handle.interrupt();
    let calls = instance.function::<(i64,), i64>("calls").unwrap();
    assert_eq!(calls.call((1,)).unwrap_err().kind(), TrapKind::Interrupted);
    assert_eq!(calls.call((1,)).unwrap(), 2);
    drop(instance);
    handle.interrupt();
}

#[test]
fn a_call_ends_at_its_deadline_and_the_next_one_has_its_own() {
    let instance = loops(Config::new().interruptible(true));
    let forever = instance.function::<(i64,), i64>("forever").unwrap();
    let calls = instance.function::<(i64,), i64>("calls").unwrap();
    for _ in 0..3 {
        let begun = Instant::now();
        let ended = forever
            .call_with_deadline((1,), Duration::from_millis(20))
            .unwrap_err();
        assert_eq!(ended.kind(), TrapKind::DeadlineExceeded);
        assert!(begun.elapsed() >= Duration::from_millis(20));
        assert_eq!(
            calls
                .call_with_deadline((5,), Duration::from_secs(600))
                .unwrap(),
            32
        );
        assert_eq!(calls.call((5,)).unwrap(), 32);
    }
    // Late only when it is over: nothing of that is left for the next call.
    let paused = instance.function::<(i64,), i64>("paused").unwrap();
    let late = paused
        .call_with_deadline((40,), Duration::from_millis(5))
        .unwrap_err();
    assert_eq!(late.kind(), TrapKind::DeadlineExceeded);
    assert_eq!(paused.call((0,)).unwrap(), 8);
}

#[test]
fn an_engine_gives_each_call_its_deadline() {
    let instance = loops(Config::new().deadline(Duration::from_millis(20)));
    let forever = instance.function::<(i64,), i64>("forever").unwrap();
    assert_eq!(
        forever.call((1,)).unwrap_err().kind(),
        TrapKind::DeadlineExceeded
    );
    assert_eq!(forever.call((0,)).unwrap(), 0);
}

#[test]
fn only_interruptible_engines_give_handles() {
    let instance = loops(Config::new());
    assert!(instance.interrupt_handle().is_none());
    let _ = engine();
}
