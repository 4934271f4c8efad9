//! Calls that do not return end, and the process does not.

use beskid_host::embed::{Caller, Catch, Config, Engine, Imports, Instance, Trap, TrapKind};

use crate::programs::{beskid, catching, clif, engine};

/// A function for each fault.
const FAULTS: &str = "\
function %load(i64) -> i64 system_v {
block0(v0: i64):
    v1 = load.i64 v0
    return v1
}

function %unreachable() system_v {
block0:
    trap user1
}

function %divide(i64, i64) -> i64 system_v {
block0(v0: i64, v1: i64):
    v2 = sdiv v0, v1
    return v2
}

function %deep(i64) -> i64 system_v {
    fn0 = colocated %deep(i64) -> i64 system_v
block0(v0: i64):
    v1 = call fn0(v0)
    v2 = iadd v1, v0
    return v2
}

function %outer(i64) -> i64 system_v {
    fn0 = colocated %load(i64) -> i64 system_v
block0(v0: i64):
    v1 = call fn0(v0)
    v2 = iadd v1, v0
    return v2
}
";

const PANICS: &str = "\
[Export(Abi: \"C\")]
pub i64 halve(i64 n) {
    return half_of(n);
}

i64 half_of(i64 n) {
    if n % 2 != 0 {
        panic(\"not even\");
    }
    return n / 2;
}

[Export(Abi: \"C\")]
pub i64 element(i64 index) {
    i64[] numbers = [1, 2, 3];
    return numbers[index];
}

[Export(Abi: \"C\")]
pub i64 join(i64 times) {
    mut string text = \"\";
    mut i64 n = 0;
    while n < times {
        text = \"${text}${n}\";
        n = n + 1;
    }
    if times == 3 {
        panic(text);
    }
    return times;
}
";

fn ended(instance: &Instance, name: &str, argument: i64) -> Trap {
    let function = instance.function::<(i64,), i64>(name).unwrap();
    function.call((argument,)).unwrap_err()
}

#[test]
fn a_panic_comes_back_with_its_message_and_position_and_the_instance_goes_on() {
    let instance = beskid(&engine(), PANICS);
    let halve = instance.function::<(i64,), i64>("halve").unwrap();
    for _ in 0..100 {
        assert_eq!(halve.call((8,)).unwrap(), 4);
        let trap = halve.call((7,)).unwrap_err();
        assert_eq!(trap.kind(), TrapKind::Panic);
        assert_eq!(trap.message(), "not even");
        assert_eq!(trap.position(), Some("program.bd:8:9"));
        assert_eq!(trap.to_string(), "not even at program.bd:8:9");
    }
    let trap = ended(&instance, "element", 3);
    assert_eq!(trap.kind(), TrapKind::Panic, "{trap}");
    assert!(
        trap.position()
            .is_some_and(|place| place.starts_with("program.bd:16:"))
    );
}

/// A panic leaves functions that are inside the collector, with roots.
#[test]
fn a_panic_inside_the_collector_leaves_it() {
    let instance = beskid(&engine(), PANICS);
    let join = instance.function::<(i64,), i64>("join").unwrap();
    for _ in 0..2000 {
        assert_eq!(join.call((3,)).unwrap_err().message(), "012");
        assert_eq!(join.call((50,)).unwrap(), 50);
    }
}

#[test]
fn faults_come_back_with_what_they_were() {
    let instance = clif(&catching(), FAULTS);
    for _ in 0..50 {
        let trap = ended(&instance, "load", 16);
        assert_eq!(trap.kind(), TrapKind::MemoryFault(Some(16)));
        assert_eq!(trap.message(), "memory fault at 0x0000000000000010");
        let wild = ended(&instance, "load", i64::MAX);
        assert_eq!(wild.kind(), TrapKind::MemoryFault(None));
        let unreachable = instance.function::<(), ()>("unreachable").unwrap();
        assert_eq!(
            unreachable.call(()).unwrap_err().kind(),
            TrapKind::Unreachable
        );
        let divide = instance.function::<(i64, i64), i64>("divide").unwrap();
        let kind = divide.call((1, 0)).unwrap_err().kind();
        assert!(
            matches!(kind, TrapKind::Arithmetic | TrapKind::Unreachable),
            "{kind:?}"
        );
        assert_eq!(divide.call((42, 7)).unwrap(), 6);
        assert_eq!(ended(&instance, "deep", 1).kind(), TrapKind::StackOverflow);
    }
}

#[test]
fn a_fault_tells_the_functions_it_came_through() {
    let instance = clif(&catching(), FAULTS);
    let trap = ended(&instance, "outer", 16);
    // The innermost may keep no frame; the outer one does, for it calls.
    assert_eq!(trap.backtrace().first().map(String::as_str), Some("load"));
    let trap = ended(&instance, "deep", 1);
    let backtrace = trap.backtrace();
    assert!(backtrace.len() > 10 && backtrace.iter().all(|name| name == "deep"));
}

#[test]
fn faults_on_several_threads_at_once_are_each_their_own() {
    let engine = catching();
    let threads = [8_i64, 16, 24, 32].map(|address| {
        let engine = engine.clone();
        std::thread::spawn(move || {
            let instance = clif(&engine, FAULTS);
            for round in 0..50 {
                let trap = ended(&instance, "load", address);
                assert_eq!(trap.kind(), TrapKind::MemoryFault(Some(address as usize)));
                if round % 10 == 0 {
                    assert_eq!(ended(&instance, "deep", 1).kind(), TrapKind::StackOverflow);
                }
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_program_without_checks_is_called_as_c_is() {
    let engine = Engine::new(Config::new().catch(Catch::Nothing)).unwrap();
    let instance = clif(&engine, FAULTS);
    let divide = instance.function::<(i64, i64), i64>("divide").unwrap();
    assert_eq!(divide.call((42, 7)).unwrap(), 6);
}

const CALLS: &str = "\
use Std.Core.String;

[Extern(Abi: \"C\", Library: \"host\")]
contract Host { i64 seen(i64 n); }

i64 deeper(i64 n) {
    if n == 0 { panic(\"deep enough\"); }
    let less = Host.seen(n) - 1;
    return deeper(less);
}

[Export(Abi: \"C\")]
pub i64 start(i64 n) {
    let text = String.Repeat(\"x\", n);
    return deeper(
        text.len());
}

[Export(Abi: \"C\")]
pub i64 endless(i64 n) {
    return 1 +
        endless(n + 1);
}
";

/// The functions of a panic of [`CALLS`] and of a stack that overflows in it.
fn backtraces(config: Config) -> [Vec<String>; 2] {
    let engine = Engine::new(config.catch(Catch::Faults)).unwrap();
    let artifact = engine.artifact_of_source("calls.bd", CALLS).unwrap();
    let imports = Imports::new().function("seen", |_: &mut Caller<()>, n: i64| n);
    let instance = engine.compile(&artifact, imports).unwrap();
    ["start", "endless"].map(|name| {
        let trap = ended(&instance, name, 1);
        assert!(!trap.backtrace().is_empty(), "{trap}");
        trap.backtrace().to_vec()
    })
}

#[test]
fn traps_tell_the_lines_of_calls_if_there_are_any_and_else_declarations() {
    let [panic, overflow] = backtraces(Config::new().debug_info(true));
    let calls = [
        "deeper (calls.bd:7)",
        "deeper (calls.bd:9)",
        "start (calls.bd:15)",
    ];
    assert_eq!(panic, calls);
    assert!(
        overflow.len() > 10
            && overflow[1..]
                .iter()
                .all(|call| call == "endless (calls.bd:22)"),
        "{overflow:?}"
    );
    let [panic, overflow] = backtraces(Config::new());
    let deeper = "deeper (declared at calls.bd:6)";
    assert_eq!(panic, [deeper, deeper, "start (declared at calls.bd:13)"]);
    assert!(
        overflow.iter().all(|name| name == "endless"),
        "{overflow:?}"
    );
}
