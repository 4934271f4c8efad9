//! A fault in the middle of the collector: the heap is nobody's any more, and who wants it
//! is told so.

use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use beskid_host::embed::{Catch, Config, Engine, TrapKind};
use beskid_tests::tools::find;

use crate::programs::{beskid, clif};

/// `break` keeps an object whose type lies where nothing is, and collects.
const PROGRAM: &str = "\
function %break(i64) system_v {
    fn0 = %gc_enter() -> i64 system_v
    fn1 = %gc_alloc(i64, i64, i64) -> i64 system_v
    fn2 = %gc_collect(i64) system_v
block0(v0: i64):
    v1 = call fn0()
    v2 = iconst.i64 32
    v3 = call fn1(v1, v2, v0)
    v4 = load.i64 v1+16
    store v3, v4
    v5 = iconst.i64 8
    v6 = iadd v4, v5
    store v6, v1+16
    call fn2(v1)
    return
}

function %visit() -> i64 system_v {
    fn0 = %gc_enter() -> i64 system_v
    fn1 = %gc_leave(i64) system_v
block0:
    v0 = call fn0()
    call fn1(v0)
    v1 = iconst.i64 42
    return v1
}
";

const TEXTS: &str = "\
[Export(Abi: \"C\")]
pub i64 joined(i64 n) {
    string all = \"${n}${n}\";
    return all.len();
}
";

const PLAIN: &str = "[Export(Abi: \"C\")]\npub i64 twice(i64 n) { return n * 2; }\n";

const SAID: &str = "the runtime's memory cannot be used any more: a fault was in the middle of a \
                    change of it";

fn broken(backend: &str) {
    let engine = Engine::new(Config::new().backend(backend).catch(Catch::Faults)).unwrap();
    let instance = clif(&engine, PROGRAM);
    let texts = beskid(&engine, TEXTS);
    let joined = texts.function::<(i64,), i64>("joined").unwrap();
    assert_eq!(joined.call((21,)).unwrap(), 4);
    let visit = instance.function::<(), i64>("visit").unwrap();
    assert_eq!(visit.call(()).unwrap(), 42);
    let trap = instance.function::<(i64,), ()>("break").unwrap();
    let trap = trap.call((16,)).unwrap_err();
    assert!(matches!(trap.kind(), TrapKind::MemoryFault(_)), "{trap}");
    for _ in 0..2 {
        let told = visit.call(()).unwrap_err();
        assert_eq!((told.kind(), told.message()), (TrapKind::Panic, SAID));
    }
    // In memory there is one heap; what is linked has its own.
    let after = joined.call((21,));
    if backend == "jit" {
        assert_eq!(after.unwrap_err().message(), SAID);
    } else {
        assert_eq!(after.unwrap(), 4);
    }
    let plain = beskid(&engine, PLAIN);
    let twice = plain.function::<(i64,), i64>("twice").unwrap();
    assert_eq!(twice.call((21,)).unwrap(), 42);
    drop((instance, texts, plain));
}

/// The heap is the process's, so it runs in one of its own.
#[test]
fn a_fault_inside_the_collector_is_told_to_the_next_call() {
    const ALONE: &str = "BESKID_TEST_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let name = "broken_heaps::a_fault_inside_the_collector_is_told_to_the_next_call";
        let mut test = Command::new(std::env::current_exe().unwrap());
        let ended = test.args([name, "--exact"]).env(ALONE, "1").output();
        let ended = ended.unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{said}");
        return;
    }
    let (tell, told) = channel();
    thread::spawn(move || {
        if find("cc").is_some() {
            broken("aot");
        }
        broken("jit");
        tell.send(()).unwrap();
    });
    // A lock that is held for good is waited for without end.
    told.recv_timeout(Duration::from_secs(120)).unwrap();
}
