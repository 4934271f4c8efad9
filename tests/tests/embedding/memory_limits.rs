//! What calls may have of the collector's memory.

use std::process::Command;

use beskid_host::embed::{Caller, Config, Engine, Imports, TrapKind};
use beskid_tests::tools::find;

const ALONE: &str = "BESKID_TEST_ALONE";
const LIMIT: usize = 1536 << 10;
const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    i64 again(i64 n);
}

[Export(Abi: \"C\")]
pub i64 churn(i64 n) {
    mut i64 sum = 0;
    mut i64 i = 0;
    while i < n {
        i64[] numbers = [i, i, i, i, i, i, i, i];
        string text = \"${i}, and more of it than fits a word\";
        sum = sum + numbers[1];
        i = i + 1;
    }
    return sum;
}

[Export(Abi: \"C\")]
pub i64 keep(i64 n) {
    mut string all = \"\";
    mut i64 i = 0;
    while i < n {
        all = \"${all}0123456789abcdef\";
        i = i + 1;
    }
    return n;
}

[Export(Abi: \"C\")]
pub i64 deep(i64 n) {
    i64[] numbers = [n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n];
    if n == 0 { return 0; }
    return deep(n - 1) + numbers[0] - n + 1;
}

[Export(Abi: \"C\")]
pub i64 room(i64 n) {
    i64[] numbers = __array_new(8, n);
    return numbers.len();
}

[Export(Abi: \"C\")]
pub i64 twice(i64 n) {
    mut string all = \"\";
    mut i64 i = 0;
    while i < n {
        all = \"${all}0123456789abcdef\";
        i = i + 1;
    }
    i64 more = Host.again(4 * n);
    if all == \"\" { panic(\"nothing was kept\"); }
    return more + n;
}
";

/// Nothing is collected while another test is inside, so they run in a process of their own.
fn alone(name: &str, test: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        test();
        return;
    }
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([&format!("memory_limits::{name}"), "--exact"]);
    let ended = again.env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{said}");
}

fn check(backend: &str) {
    let engine = |limit| Engine::new(Config::new().backend(backend).memory_limit(limit)).unwrap();
    let limited = engine(LIMIT);
    let artifact = limited.artifact_of_source("limit.bd", PROGRAM).unwrap();
    let imports = || {
        Imports::with(None).function(
            "again",
            |caller: &mut Caller<'_, Option<TrapKind>>, n: i64| {
                let keep = caller.function::<(i64,), i64>("keep").unwrap();
                let kept = caller.call(keep, (n,));
                **caller = kept.as_ref().err().map(|trap| trap.kind());
                kept.unwrap_or(-n)
            },
        )
    };
    let mut instance = limited.compile(&artifact, imports()).unwrap();
    for _ in 0..3 {
        let function = |name| instance.function::<(i64,), i64>(name).unwrap();
        // Some 20 MB, of which nothing stays.
        let n = 100_000;
        assert_eq!(function("churn").call((n,)).unwrap(), n * (n - 1) / 2);
        assert_eq!(function("keep").call((1000,)).unwrap(), 1000);
        assert_eq!(function("deep").call((100,)).unwrap(), 100);
        let trap = function("keep").call((1_000_000,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::MemoryLimit, "{trap}");
        assert_eq!(trap.message(), "the call has more memory than it may");
        assert_eq!(function("room").call((1000,)).unwrap(), 1000);
        for power in [20, 58, 60, 61, 62] {
            let trap = function("room").call((1 << power,)).unwrap_err();
            assert_eq!(trap.kind(), TrapKind::MemoryLimit, "2^{power}: {trap}");
        }
        let trap = function("deep").call((10_000,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::MemoryLimit, "{trap}");
    }
    // A call from a host function has what the one around it has left.
    for (n, nested) in [(2000, None), (20_000, Some(TrapKind::MemoryLimit))] {
        let keep = instance.function::<(i64,), i64>("keep").unwrap();
        assert_eq!(keep.call((4 * n,)).unwrap(), 4 * n);
        let twice = instance.function::<(i64,), i64>("twice").unwrap();
        let sum = if nested.is_none() { 5 * n } else { -3 * n };
        assert_eq!(twice.call((n,)).unwrap(), sum);
        assert_eq!(*instance.state_mut(), nested);
    }
    let unlimited = engine(0).compile(&artifact, imports()).unwrap();
    let keep = unlimited.function::<(i64,), i64>("keep").unwrap();
    assert_eq!(keep.call((200_000,)).unwrap(), 200_000);
    let room = unlimited.function::<(i64,), i64>("room").unwrap();
    let trap = room.call((1 << 62,)).unwrap_err();
    assert_eq!(trap.to_string(), "out of memory");
}

#[test]
fn calls_of_code_in_memory_end_at_their_limit_and_the_instance_goes_on() {
    alone(
        "calls_of_code_in_memory_end_at_their_limit_and_the_instance_goes_on",
        || check("jit"),
    );
}

#[test]
fn calls_of_linked_code_end_at_their_limit_and_the_instance_goes_on() {
    if find("cc").is_none() {
        println!("skipped: cc not installed");
        return;
    }
    alone(
        "calls_of_linked_code_end_at_their_limit_and_the_instance_goes_on",
        || check("aot"),
    );
}
