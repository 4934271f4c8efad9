//! Compiling with the object backend, and telling Cranelift's panics from ours.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use beskid_backend_aot::ObjectBackend;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::backend::{Backend, CompileRequest, Optimization};
use beskid_plugin_api::services::Services;

/// Target triple, optimization, and flags of Cranelift.
type Profile = (&'static str, Optimization, &'static [&'static str]);

const X86_64: &str = "x86_64-unknown-linux-gnu";
const AARCH64: &str = "aarch64-unknown-linux-gnu";
const RISCV64: &str = "riscv64gc-unknown-linux-gnu";

/// What an input can be compiled for; it chooses by a byte.
const PROFILES: [Profile; 6] = [
    (X86_64, Optimization::None, &[]),
    (AARCH64, Optimization::None, &[]),
    (RISCV64, Optimization::None, &[]),
    (X86_64, Optimization::Speed, &["haswell"]),
    (AARCH64, Optimization::Speed, &["has_lse", "has_fp16"]),
    (RISCV64, Optimization::Speed, &["has_v", "has_zfa"]),
];

/// Flags that all but the first three have: with them, fewer programs are
/// refused for their signatures alone.
const GENEROUS: [&str; 2] = ["enable_pinned_reg", "preserve_frame_pointers"];

/// How many different requests there are.
pub const REQUESTS: u8 = PROFILES.len() as u8;

/// The request that a byte of the input chooses.
pub fn request(choice: u8) -> CompileRequest {
    let (target, optimization, flags) = PROFILES[usize::from(choice) % PROFILES.len()];
    let generous = GENEROUS.iter().filter(|_| !flags.is_empty());
    let flags = flags.iter().chain(generous);
    let flags = flags.map(|flag| format!("{}{flag}", beskid_clif::isa::SETTING));
    let mut request = CompileRequest::object(Some(target));
    request.optimization = optimization;
    request.options = flags.map(|flag| (flag, String::new())).collect();
    request
}

/// Compiles to an object. The result does not matter, only that there is one.
/// A panic inside Cranelift is named on standard error, once for each place:
/// a plugin's interface turns it into a diagnostic.
pub fn to_object(artifact: &[u8], request: &CompileRequest) {
    let services = Services::from_table(services_table::<Silent>());
    COMPILING.set(true);
    let compiled = catch_unwind(AssertUnwindSafe(|| {
        ObjectBackend.compile(artifact, request, &services)
    }));
    COMPILING.set(false);
    drop(compiled);
}

thread_local! {
    static COMPILING: Cell<bool> = const { Cell::new(false) };
}

/// Makes panics inside Cranelift's compiler unwind to [`to_object`]; every
/// other panic stays what it was before, for the fuzzer: the end.
pub fn tolerate_cranelift_panics() {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let fatal = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let Some(place) = panic.location().filter(|_| COMPILING.get()) else {
            return fatal(panic);
        };
        let compiler = ["/cranelift-", "/regalloc2-"];
        if !compiler.iter().any(|name| place.file().contains(name)) {
            return fatal(panic);
        }
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.insert(place.to_string()) {
            eprintln!("note: Cranelift gave up: {panic}");
        }
    }));
}
