//! What is told of code in memory while it is there: to the unwinder of the process and
//! to debuggers.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::backtrace::Backtrace;
use std::thread;

use beskid_clif::text::parse;
use beskid_plugin_api::abi::{BackendClient, Silent, services_table};
use beskid_plugin_api::backend::{CompileRequest, Compiled, Session};

/// The second function keeps values across its call.
const PROGRAM: &str = "\
function %inner(i64) -> i64 system_v {
    fn0 = %seen(i64) -> i64 system_v
block0(v0: i64):
    v1 = imul v0, v0
    v2 = call fn0(v0)
    v3 = iadd v2, v1
    return v3
}
function %main() -> i64 system_v {
    fn0 = %inner(i64) -> i64 system_v
block0:
    v0 = iconst.i64 6
    v1 = call fn0(v0)
    return v1
}
";

/// 6 if the stack is seen out to the test, through the program.
extern "C" fn seen(six: i64) -> i64 {
    let stack = Backtrace::force_capture().to_string();
    six * i64::from(stack.contains("goes_out_to_here"))
}

fn session() -> Box<dyn Session> {
    let artifact = parse(PROGRAM, None).unwrap();
    let imports = [("seen".to_owned(), seen as *const () as u64)];
    let request = CompileRequest::session();
    // SAFETY: the function has the signature that the program calls it by.
    let request = unsafe { request.with_imports(imports.into()) };
    let backend = BackendClient::new(beskid_backend_jit::plugin::root_module());
    match backend.compile(artifact.bytes(), &request, services_table::<Silent>()) {
        Ok(Compiled::Session { session, .. }) => session,
        Ok(Compiled::Object { .. }) => panic!("an object"),
        Err(refused) => panic!("{refused}"),
    }
}

#[inline(never)]
fn goes_out_to_here(session: &mut dyn Session) -> i64 {
    std::hint::black_box(session.run().unwrap() as i64)
}

/// The list that debuggers read; it begins with numbers of 4 bytes.
#[repr(C)]
struct Descriptor {
    version: u32,
    action: u32,
    relevant: *const u8,
    first: *const Entry,
}

#[repr(C)]
struct Entry {
    next: *const Entry,
    previous: *const Entry,
    file: *const [u8; 4],
    size: u64,
}

unsafe extern "C" {
    #[link_name = "__jit_debug_descriptor"]
    static DESCRIPTOR: Descriptor;
}

/// The objects that debuggers are told of. No session comes or goes meanwhile.
fn told() -> usize {
    let mut count = 0;
    // SAFETY: the caller's promise; the list is whole while nobody changes it.
    unsafe {
        let mut entry = (&raw const DESCRIPTOR).read_volatile().first;
        while let Some(known) = entry.as_ref() {
            assert_eq!(&*known.file, b"\x7fELF");
            assert!(known.size > 64);
            count += 1;
            entry = known.next;
        }
    }
    count
}

/// One test, because the list is the process's.
#[test]
fn sessions_tell_of_their_frames_while_they_are_there_on_any_thread() {
    let mut first = session();
    let mut second = session();
    assert_eq!(told(), 2);
    assert_eq!(goes_out_to_here(&mut *second), 42);
    drop(first);
    assert_eq!(told(), 1);
    first = session();
    assert_eq!(goes_out_to_here(&mut *first), 42);
    assert_eq!(goes_out_to_here(&mut *second), 42);
    drop((first, second));
    assert_eq!(told(), 0);

    let threads = (0..4).map(|_| {
        thread::spawn(|| {
            let mut kept = session();
            for _ in 0..8 {
                assert_eq!(goes_out_to_here(&mut *session()), 42);
                assert_eq!(goes_out_to_here(&mut *kept), 42);
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
    assert_eq!(told(), 0);
}
