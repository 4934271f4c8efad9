//! A fault inside a host function is the embedder's: it goes to the handlers that were
//! there before.

use std::ffi::c_int;
use std::process::Command;

use beskid_host::embed::{Caller, Catch, Config, Engine, Imports};

const ALONE: &str = "BESKID_TEST_ALONE";
const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    i64 peek(i64 address);
}

[Export(Abi: \"C\")]
pub i64 peeked(i64 address) {
    return Host.peek(address);
}
";

/// The embedder's own, set before the engine is made: it ends the process with 77.
extern "C" fn own_handler(_: c_int) {
    // SAFETY: ending the process is always allowed.
    unsafe { libc::_exit(77) }
}

fn peek() {
    // SAFETY: the handler only ends the process.
    unsafe { libc::signal(libc::SIGSEGV, own_handler as *const () as usize) };
    let engine = Engine::new(Config::new().catch(Catch::Faults)).unwrap();
    let artifact = engine.artifact_of_source("peek.bd", PROGRAM).unwrap();
    let imports = Imports::new().function("peek", |_: &mut Caller<'_, ()>, address: i64| {
        // SAFETY: none; this is the mistake of an embedder.
        unsafe { std::ptr::with_exposed_provenance::<i64>(address as usize).read_volatile() }
    });
    let instance = engine.compile(&artifact, imports).unwrap();
    let peeked = instance.function::<(i64,), i64>("peeked").unwrap();
    let there = Box::new(42_i64);
    let address = (&raw const *there).expose_provenance() as i64;
    assert_eq!(peeked.call((address,)).unwrap(), 42);
    println!("reading");
    let trap = peeked.call((16,));
    println!("came back: {trap:?}");
}

#[test]
fn a_fault_of_a_host_function_goes_to_the_handler_that_was_there() {
    if std::env::var_os(ALONE).is_some() {
        peek();
        return;
    }
    let name = "host_faults::a_fault_of_a_host_function_goes_to_the_handler_that_was_there";
    let mut test = Command::new(std::env::current_exe().unwrap());
    let test = test.args([name, "--exact", "--nocapture"]).env(ALONE, "1");
    let ended = test.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        said.contains("reading") && !said.contains("came back"),
        "{said}"
    );
    assert_eq!(ended.status.code(), Some(77), "{said}");
}
