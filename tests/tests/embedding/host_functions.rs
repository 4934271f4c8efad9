//! Functions of Rust that programs call.

use std::backtrace::Backtrace;

use beskid_host::embed::{Caller, Imports, Instance, TrapKind};

use crate::programs::{catching, engine};

const LOGS: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    i64 log(i64 value);
    f64 scale(f64 x, i32 by);
}

[Export(Abi: \"C\")]
pub i64 count(i64 n) {
    mut i64 sum = 0;
    mut i64 i = 0;
    while i < n {
        sum = sum + Host.log(i);
        i = i + 1;
    }
    return sum;
}

[Export(Abi: \"C\")]
pub f64 scaled(f64 x) {
    return Host.scale(x, 3);
}

[Export(Abi: \"C\")]
pub i64 twice(i64 n) {
    return n * 2;
}

[Export(Abi: \"C\")]
pub i64 refuse(i64 n) {
    if n >= 0 { panic(\"refused: ${n}\"); }
    return n;
}

[Export(Abi: \"C\")]
pub i64 deep(i64 n) {
    return deep(n + 1) + n;
}
";

/// What the host of these tests remembers.
#[derive(Debug, Default)]
struct Log(Vec<i64>);

fn logs(imports: Imports<Log>) -> Instance<Log> {
    let engine = catching();
    let artifact = engine.artifact_of_source("logs.bd", LOGS).unwrap();
    let imports = imports.function("scale", |_: &mut Caller<'_, Log>, x: f64, by: i32| {
        x * f64::from(by)
    });
    engine.compile(&artifact, imports).unwrap()
}

#[test]
fn host_functions_have_the_state_of_their_instance() {
    let log = |caller: &mut Caller<'_, Log>, value: i64| {
        caller.0.push(value);
        value * 10
    };
    let mut instance = logs(Imports::with(Log::default()).function("log", log));
    let other = logs(Imports::with(Log::default()).function("log", log));
    let count = instance.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call((4,)).unwrap(), 60);
    let scaled = instance.function::<(f64,), f64>("scaled").unwrap();
    assert_eq!(scaled.call((1.5,)).unwrap(), 4.5);
    assert_eq!(instance.state_mut().0, [0, 1, 2, 3]);
    let moved = std::thread::spawn(move || {
        let count = instance.function::<(i64,), i64>("count").unwrap();
        count.call((1,)).unwrap();
        instance.into_state().0
    });
    assert_eq!(moved.join().unwrap(), [0, 1, 2, 3, 0]);
    assert!(other.into_state().0.is_empty());
}

#[test]
fn a_host_function_calls_the_instance_again_by_its_caller() {
    let log = |caller: &mut Caller<'_, Log>, value: i64| -> Result<i64, String> {
        let twice = caller
            .function::<(i64,), i64>("twice")
            .map_err(|error| error.message)?;
        caller.0.push(value);
        let doubled = caller
            .call(twice, (value,))
            .map_err(|trap| trap.to_string())?;
        caller.0.push(doubled);
        // Directly it would have the state a second time.
        let busy = twice.call((value,)).unwrap_err();
        assert_eq!(busy.kind(), TrapKind::Busy);
        if value == 2 {
            // As deep as the state allows.
            let count = caller
                .function::<(i64,), i64>("count")
                .map_err(|error| error.message)?;
            return caller.call(count, (2,)).map_err(|trap| trap.to_string());
        }
        Ok(doubled)
    };
    let mut instance = logs(Imports::with(Log::default()).function("log", log));
    let count = instance.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call((3,)).unwrap(), 2 + 2);
    assert_eq!(instance.state_mut().0, [0, 0, 1, 2, 2, 4, 0, 0, 1, 2]);
}

#[inline(never)]
fn embedder_that_calls(instance: &Instance<Log>) -> i64 {
    let count = instance.function::<(i64,), i64>("count").unwrap();
    count.call((1,)).unwrap()
}

/// Over the program's frames, and over where the call began.
#[test]
fn a_walk_over_the_stack_goes_from_a_host_function_to_the_embedder() {
    let log = |caller: &mut Caller<'_, Log>, value: i64| {
        caller.0.push(value);
        let walked = Backtrace::force_capture().to_string();
        i64::from(walked.contains("embedder_that_calls"))
    };
    let instance = logs(Imports::with(Log::default()).function("log", log));
    assert_eq!(embedder_that_calls(&instance), 1);
}

/// What is on the host's frames is destroyed before the program's are left.
#[test]
fn a_panic_in_a_host_function_is_a_trap() {
    struct Counted<'c>(&'c std::sync::atomic::AtomicUsize);
    impl Drop for Counted<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    }
    static DROPPED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let log = |caller: &mut Caller<'_, Log>, value: i64| {
        let _counted = Counted(&DROPPED);
        caller.0.push(value);
        assert!(value < 2, "too much: {value}");
        value
    };
    let mut instance = logs(Imports::with(Log::default()).function("log", log));
    for round in 1..=10 {
        let count = instance.function::<(i64,), i64>("count").unwrap();
        let trap = count.call((9,)).unwrap_err();
        assert_eq!(
            (trap.kind(), trap.message()),
            (TrapKind::HostPanic, "too much: 2")
        );
        assert_eq!(count.call((2,)).unwrap(), 1);
        assert_eq!(instance.state_mut().0.len(), 5 * round);
    }
    assert_eq!(DROPPED.load(std::sync::atomic::Ordering::Relaxed), 50);
}

/// A trap inside a host function ends what that has called; it goes on, and so does who has
/// called it.
#[test]
fn a_trap_inside_a_host_function_ends_the_inner_call_alone() {
    let log = |caller: &mut Caller<'_, Log>, value: i64| -> Result<i64, String> {
        for (name, kind) in [
            ("refuse", TrapKind::Panic),
            ("deep", TrapKind::StackOverflow),
        ] {
            let inner = caller
                .function::<(i64,), i64>(name)
                .map_err(|error| error.message)?;
            let trap = caller.call(inner, (value,)).unwrap_err();
            assert_eq!(trap.kind(), kind);
            if value == 5 {
                return Err(trap.to_string());
            }
        }
        caller.0.push(value);
        Ok(value)
    };
    let mut instance = logs(Imports::with(Log::default()).function("log", log));
    for _ in 0..20 {
        let count = instance.function::<(i64,), i64>("count").unwrap();
        assert_eq!(count.call((4,)).unwrap(), 6);
        // What the inner call was ended by ends the outer one too, if the host says so.
        let trap = count.call((9,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::HostError);
        assert_eq!(trap.message(), "refused: 5 at logs.bd:30:17");
        assert_eq!(std::mem::take(&mut instance.state_mut().0).len(), 9);
    }
}

/// Within a call of another instance a trap leaves that one's call alone.
#[test]
fn a_trap_within_a_call_of_another_instance_ends_its_own_call() {
    let log = |caller: &mut Caller<'_, Log>, value: i64| {
        caller.0.push(value);
        value
    };
    let inner = logs(Imports::with(Log::default()).function("log", log));
    let calls = move |caller: &mut Caller<'_, Log>, value: i64| -> Result<i64, String> {
        let refuse = inner.function::<(i64,), i64>("refuse").unwrap();
        let trap = refuse.call((value,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::Panic);
        let count = inner.function::<(i64,), i64>("count").unwrap();
        caller
            .0
            .push(count.call((value,)).map_err(|trap| trap.to_string())?);
        Ok(value)
    };
    let mut outer = logs(Imports::with(Log::default()).function("log", calls));
    let count = outer.function::<(i64,), i64>("count").unwrap();
    assert_eq!(count.call((4,)).unwrap(), 6);
    let refuse = outer.function::<(i64,), i64>("refuse").unwrap();
    assert_eq!(refuse.call((1,)).unwrap_err().kind(), TrapKind::Panic);
    assert_eq!(count.call((2,)).unwrap(), 1);
    assert_eq!(outer.state_mut().0, [0, 0, 1, 3, 0, 0]);
}

#[test]
fn an_error_of_a_host_function_ends_the_call() {
    let log = |_: &mut Caller<'_, Log>, value: i64| match value {
        0..3 => Ok(value),
        _ => Err("the log is full"),
    };
    let instance = logs(Imports::with(Log::default()).function("log", log));
    let count = instance.function::<(i64,), i64>("count").unwrap();
    let trap = count.call((4,)).unwrap_err();
    assert_eq!(
        (trap.kind(), trap.message()),
        (TrapKind::HostError, "the log is full")
    );
    assert_eq!(count.call((3,)).unwrap(), 3);
}

#[test]
fn imports_that_are_missing_or_of_another_type_are_refused() {
    let engine = engine();
    let artifact = engine.artifact_of_source("logs.bd", LOGS).unwrap();
    let refused = |imports: Imports| engine.compile(&artifact, imports).unwrap_err();
    let missing = refused(Imports::new());
    assert_eq!(missing.code, "E4055", "{missing}");
    assert_eq!(missing.notes, ["`log` of `host`", "`scale` of `host`"]);
    let one = Imports::new().function("log", |_: &mut Caller<'_, ()>, value: i64| value);
    let missing = refused(one);
    let message = "E4055: the program imports `scale` of `host`, which nobody gives it";
    assert_eq!(missing.to_string(), message);
    let wrong = Imports::new().function("log", |_: &mut Caller<'_, ()>, value: f64| value);
    let message = "E4052: the program imports `log` as `(i64) -> i64`, and the host's is \
                   `(f64) -> f64`";
    assert_eq!(refused(wrong).to_string(), message);
}

#[test]
fn exported_data_is_read_and_written_by_name() {
    let engine = engine();
    let text = "\
        ; data: %counter export writable align 8 zero 8\n\
        ; data: %name export bytes \"beskid\"\n\
        function %next() -> i64 system_v {\n\
        \x20   gv0 = symbol colocated %counter\n\
        \x20   gv1 = symbol colocated %name\n\
        block0:\n    v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n\
        \x20   v3 = iconst.i64 1\n    v2 = iadd v1, v3\n    store v2, v0\n\
        \x20   v4 = symbol_value.i64 gv1\n    return v2\n}\n";
    let artifact = engine.artifact_of_clif(text).unwrap();
    let instance = engine.compile(&artifact, Imports::new()).unwrap();
    let counter = instance.data("counter").unwrap();
    let next = instance.function::<(), i64>("next").unwrap();
    assert_eq!(next.call(()).unwrap(), 1);
    assert_eq!(counter.read::<i64>(0), Some(1));
    assert!(counter.write(0, 41_i64));
    assert_eq!(next.call(()).unwrap(), 42);
    assert_eq!(counter.to_vec(), 42_i64.to_ne_bytes());
    assert_eq!(
        (counter.read::<i64>(1), counter.read::<u8>(8)),
        (None, None)
    );
    assert_eq!(counter.read::<u8>(usize::MAX), None);
    let name = instance.data("name").unwrap();
    assert_eq!((name.to_vec(), name.len()), (b"beskid".to_vec(), 6));
    assert!(!name.write(0, b'B'), "constant data");
    assert_eq!(instance.data("next").unwrap_err().code, "E4053");
    assert_eq!(instance.data("nowhere").unwrap_err().code, "E4051");
}
