//! Compiled code, ready to run.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use beskid_clif::Defined;
use beskid_plugin_api::artifact::{Outline, ResultKind};
use beskid_plugin_api::backend::{CompileRequest, Session, version_mismatch};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::DEBUG_LIST_SYMBOL;
use beskid_plugin_api::sdk::call_entrypoint;
use cranelift_jit::JITModule;

use crate::addresses::Addresses;
use crate::profile::Profile;
use crate::{debugger, frames};

const VERSION_SYMBOL: &str = "beskid_runtime_abi_version";

/// A compiled program. It owns the memory of its code, which is freed with it: a
/// host keeps the session of a program whose code others may still call.
pub(crate) struct JitSession {
    module: ManuallyDrop<JITModule>,
    /// Tells debuggers of the code while it is there.
    debugger: Option<debugger::Registered>,
    frames: Option<frames::Registered>,
    symbols: BTreeMap<String, u64>,
    entrypoint: Option<Entrypoint>,
}

#[derive(Clone, Copy)]
struct Entrypoint {
    address: *const u8,
    result: ResultKind,
}

// SAFETY: what debuggers and unwinder are told is changed under their locks. The
// module is only taken apart, when the session is dropped; its code
// does not change once it is finalized; and `run` takes the session exclusively,
// so that no two threads are in the program through it. Threads that the program
// starts itself are its own affair.
unsafe impl Send for JitSession {}

impl JitSession {
    /// Takes a module whose definitions are finalized. Refuses a runtime of
    /// another version than the artifact requires (ABI-003).
    pub(crate) fn new(
        artifact: &Outline,
        module: JITModule,
        defined: &Defined,
        request: &CompileRequest,
        profile: Option<Profile>,
    ) -> Result<Self, Diagnostic> {
        let code = Addresses {
            artifact,
            module: &module,
            defined,
        };
        let told = profile.map_or(Ok(()), |profile| profile.tell(code));
        let table = frames::Registered::table(code);
        let mut session = Self {
            debugger: debugger::Registered::new(code, table.as_deref()),
            frames: table.map(frames::Registered::new),
            module: ManuallyDrop::new(module),
            symbols: BTreeMap::new(),
            entrypoint: None,
        };
        told?;
        check_runtime(artifact, request)?;
        if artifact.debug().is_some() {
            tell_runtime(request);
        }
        let function = |symbol| {
            let id = defined.function(symbol)?;
            Some(session.module.get_finalized_function(id))
        };
        let mut symbols = BTreeMap::new();
        let all = (0..).zip(&artifact.module().symbols);
        for (id, symbol) in all.filter(|(_, symbol)| symbol.linkage.is_definition()) {
            if let (Some(name), Some(address)) = (&symbol.name, function(id)) {
                symbols.insert(name.clone(), address as u64);
            }
        }
        let header = artifact.header().entrypoint.as_ref();
        let entrypoint = header.and_then(|entrypoint| {
            function(entrypoint.symbol).map(|address| Entrypoint {
                address,
                result: entrypoint.result,
            })
        });
        session.symbols = symbols;
        session.entrypoint = entrypoint;
        Ok(session)
    }
}

fn check_runtime(artifact: &Outline, request: &CompileRequest) -> Result<(), Diagnostic> {
    let Some(required) = artifact.header().runtime_abi else {
        return Ok(());
    };
    let Some(address) = request.imports().get(VERSION_SYMBOL) else {
        let message = format!("the host offers no `{VERSION_SYMBOL}`, which the artifact requires");
        return Err(Diagnostic::new(Code::E4012, message)
            .help("align the releases of the beskid CLI and of the runtime"));
    };
    let address = *address as usize as *const ();
    // SAFETY: the host gives addresses of functions with the signatures of
    // the ABI tables (ABI-002); this one takes nothing and returns `i32`.
    let version = unsafe { std::mem::transmute::<*const (), extern "C" fn() -> u32>(address) };
    let found = version();
    if found == required {
        Ok(())
    } else {
        Err(version_mismatch(found, required))
    }
}

/// Tells a runtime that asks for it how debuggers are told of code: its backtraces find
/// lines there.
fn tell_runtime(request: &CompileRequest) {
    let Some(address) = request.imports().get(DEBUG_LIST_SYMBOL) else {
        return;
    };
    let address = *address as usize as *const ();
    // SAFETY: the host gives addresses of functions with the signatures of
    // the ABI tables (ABI-002); this one takes an address and returns nothing.
    let tell = unsafe { std::mem::transmute::<*const (), extern "C" fn(*const ())>(address) };
    tell(debugger::descriptor());
}

impl Session for JitSession {
    fn symbol(&self, name: &str) -> Option<u64> {
        self.symbols.get(name).copied()
    }

    fn run(&mut self) -> Result<u64, Diagnostic> {
        let entrypoint = self.entrypoint.ok_or_else(|| {
            Diagnostic::new(Code::E4030, "Missing entrypoint: the artifact names none")
                .help("define a function `main` without parameters")
        })?;
        // SAFETY: the artifact's verification and `accept` established that the
        // entrypoint takes no parameters, follows the C calling convention and
        // returns the type that goes with its result kind.
        Ok(unsafe { call_entrypoint(entrypoint.address, entrypoint.result) })
    }
}

impl Drop for JitSession {
    fn drop(&mut self) {
        // Debugger and unwinder forget the code before it goes.
        self.debugger = None;
        self.frames = None;
        // SAFETY: the module is not used again.
        let module = unsafe { ManuallyDrop::take(&mut self.module) };
        // SAFETY: `run` is not running, since it borrows the session. Addresses
        // that the session gave out are dangling from here on, as `Session` says;
        // whoever called one through a pointer answers for that.
        unsafe { module.free_memory() };
    }
}
