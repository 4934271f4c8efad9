//! A backend that makes objects gives the same instances: linked, and loaded.

use std::time::Duration;

use beskid_host::embed::{Caller, Catch, Config, Engine, Imports, TrapKind};
use beskid_tests::tools::find;

const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    i64 add(i64 value);
}

[Export(Abi: \"C\")]
pub i64 sum(i64 n) {
    mut i64 i = 0;
    mut i64 last = 0;
    while i < n {
        last = Host.add(i);
        i = i + 1;
    }
    return last;
}

[Export(Abi: \"C\")]
pub i64 text(i64 n) {
    mut string all = \"\";
    mut i64 i = 0;
    while i < n {
        all = \"${all}${i}\";
        i = i + 1;
    }
    if n == 3 { panic(all); }
    return n;
}

[Export(Abi: \"C\")]
pub unit forever() {
    while true { }
}

[Export(Abi: \"C\")]
pub i64 deep(i64 n) {
    return deep(n + 1) + n;
}
";

#[test]
fn linked_programs_have_traps_host_functions_and_deadlines() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let config = Config::new()
        .backend("aot")
        .catch(Catch::Faults)
        .interruptible(true);
    let engine = Engine::new(config).unwrap();
    let artifact = engine.artifact_of_source("linked.bd", PROGRAM).unwrap();
    let instances = [0, 100].map(|begin: i64| {
        let imports =
            Imports::with(begin).function("add", |caller: &mut Caller<'_, i64>, value: i64| {
                assert!(value < 10, "too much");
                **caller += value;
                **caller
            });
        engine.compile(&artifact, imports).unwrap()
    });
    for (mut instance, begin) in instances.into_iter().zip([0, 100]) {
        let sum = instance.function::<(i64,), i64>("sum").unwrap();
        assert_eq!(sum.call((5,)).unwrap(), begin + 10);
        let trap = sum.call((11,)).unwrap_err();
        assert_eq!(
            (trap.kind(), trap.message()),
            (TrapKind::HostPanic, "too much")
        );
        let text = instance.function::<(i64,), i64>("text").unwrap();
        for _ in 0..100 {
            let trap = text.call((3,)).unwrap_err();
            assert_eq!((trap.kind(), trap.message()), (TrapKind::Panic, "012"));
            assert!(
                trap.position()
                    .is_some_and(|place| place.starts_with("linked.bd:25:"))
            );
            assert_eq!(text.call((30,)).unwrap(), 30);
        }
        let forever = instance.function::<(), ()>("forever").unwrap();
        let late = forever
            .call_with_deadline((), Duration::from_millis(10))
            .unwrap_err();
        assert_eq!(late.kind(), TrapKind::DeadlineExceeded);
        let deep = instance.function::<(i64,), i64>("deep").unwrap();
        assert_eq!(deep.call((0,)).unwrap_err().kind(), TrapKind::StackOverflow);
        assert_eq!(
            instance.function::<(i64,), ()>("sum").unwrap_err().code,
            "E4052"
        );
        assert_eq!(*instance.state_mut(), begin + 10 + 45);
    }
}

#[test]
fn linked_data_is_the_instances_own() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    let engine = Engine::new(Config::new().backend("aot")).unwrap();
    let text = "\
        ; data: %counter export writable align 8 zero 8\n\
        function %next() -> i64 {\n\
        \x20   gv0 = symbol colocated %counter\n\
        block0:\n    v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n\
        \x20   v3 = iconst.i64 1\n    v2 = iadd v1, v3\n    store v2, v0\n    return v2\n}\n";
    let artifact = engine.artifact_of_clif(text).unwrap();
    let [one, two] = [(), ()].map(|()| engine.compile(&artifact, Imports::new()).unwrap());
    let next = one.function::<(), i64>("next").unwrap();
    assert_eq!([next.call(()).unwrap(), next.call(()).unwrap()], [1, 2]);
    assert_eq!(one.data("counter").unwrap().read::<i64>(0), Some(2));
    assert_eq!(two.data("counter").unwrap().read::<i64>(0), Some(0));
}

/// Functions that the C library has too, which calls within a program must not reach.
const NAMESAKES: &str = "\
[Export(Abi: \"C\")]
pub i64 labs(i64 n) { return n - 1; }

[Export(Abi: \"C\")]
pub i64 exit(i64 n) { return labs(n) * 2; }

i64 apply(i64(i64) f, i64 n) { return f(n); }

[Export(Abi: \"C\")]
pub i64 atol(i64 n) { return apply(exit, n); }
";

#[test]
fn exported_functions_are_the_programs_own_whoever_has_the_name_too() {
    for backend in ["jit", "aot"] {
        if backend == "aot" && find("cc").is_none() {
            println!("skipped: cc not installed");
            return;
        }
        let engine = Engine::new(Config::new().backend(backend)).unwrap();
        let artifact = engine.artifact_of_source("own.bd", NAMESAKES).unwrap();
        let instance = engine.compile(&artifact, Imports::new()).unwrap();
        for (name, expected) in [("labs", -8), ("exit", -16), ("atol", -16)] {
            let function = instance.function::<(i64,), i64>(name).unwrap();
            assert_eq!(function.call((-7,)).unwrap(), expected, "{backend}: {name}");
        }
    }
}
