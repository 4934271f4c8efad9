//! A plugin's functions, whichever of its tables they stand in.

use std::mem::MaybeUninit;
use std::ptr;

use abi_stable::std_types::RSlice;

use super::call::{services, taken};
use super::types::{CBackend, CBytes, CLinker, CReply};
use crate::abi::messages::pack;
use crate::abi::modules::{BackendModuleRef, LinkerModuleRef, ServicesRef};
use crate::abi::reply::Reply;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::linker::no_callback;

/// A backend's functions.
#[derive(Clone, Copy)]
pub enum BackendTable {
    /// Of Rust.
    Stable(BackendModuleRef),
    /// Of C.
    C(CBackend),
}

/// A linker strategy's functions.
#[derive(Clone, Copy)]
pub enum LinkerTable {
    /// Of Rust.
    Stable(LinkerModuleRef),
    /// Of C.
    C(CLinker),
}

/// The table of a backend in C.
///
/// # Safety
/// `root` is the address of a `beskid_backend` that begins with its size.
///
/// # Errors
/// E5110 if it has not the functions that every backend has.
pub unsafe fn backend(root: *const ()) -> Result<CBackend, Diagnostic> {
    // SAFETY: the caller's promise; null pointers and a size of 0 are a `CBackend`.
    let table = unsafe { read::<CBackend>(root) };
    let needed = [
        ("describe", table.describe.is_some()),
        ("compile", table.compile.is_some()),
    ];
    whole(&needed).map(|()| table)
}

/// The table of a linker strategy in C.
///
/// # Safety
/// `root` is the address of a `beskid_linker` that begins with its size.
///
/// # Errors
/// E5110 if it has not the functions that every linker strategy has.
pub unsafe fn linker(root: *const ()) -> Result<CLinker, Diagnostic> {
    // SAFETY: the caller's promise; null pointers and a size of 0 are a `CLinker`.
    let table = unsafe { read::<CLinker>(root) };
    let needed = [
        ("describe", table.describe.is_some()),
        ("supports", table.supports.is_some()),
        ("plan", table.plan.is_some()),
    ];
    whole(&needed).map(|()| table)
}

/// A table, as much of it as there is; the rest is zeroes.
///
/// # Safety
/// `root` is the address of a table that begins with its size in bytes, and zeroes
/// are a valid `T`.
unsafe fn read<T: Copy>(root: *const ()) -> T {
    let mut table = MaybeUninit::<T>::zeroed();
    // SAFETY: the table begins with its size.
    let size = unsafe { root.cast::<usize>().read_unaligned() };
    // SAFETY: so many bytes are there, and there is room for them.
    unsafe {
        ptr::copy_nonoverlapping(
            root.cast::<u8>(),
            table.as_mut_ptr().cast::<u8>(),
            size.min(size_of::<T>()),
        );
    }
    // SAFETY: zeroes, or what the plugin has there.
    unsafe { table.assume_init() }
}

fn whole(needed: &[(&str, bool)]) -> Result<(), Diagnostic> {
    match needed.iter().find(|(_, is_there)| !is_there) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("the plugin's table has no function `{name}`");
            Err(Diagnostic::new(Code::E5110, message).help(
                "fill the table as `beskid_plugin.h` says, with its own size in `size`; \
                 rebuild the plugin",
            ))
        }
    }
}

/// What a function of C answers.
fn asked<F>(function: Option<F>, name: &str, ask: impl FnOnce(F) -> CReply) -> Reply {
    match function {
        // SAFETY: the plugin has just given it.
        Some(function) => unsafe { taken(ask(function)) },
        None => {
            let message = format!("the plugin has no function `{name}`");
            pack::<()>(Err(Diagnostic::new(Code::E5113, message)
                .help("report this to the author of the plugin")))
        }
    }
}

impl BackendTable {
    pub fn describe(self) -> Reply {
        match self {
            Self::Stable(module) => module.describe()(),
            // SAFETY: a function of the plugin, called as the header says, here and below.
            Self::C(table) => asked(table.describe, "describe", |f| unsafe { f() }),
        }
    }

    pub fn options(self) -> Option<Reply> {
        match self {
            Self::Stable(module) => module.options().map(|options| options()),
            // SAFETY: as above.
            Self::C(table) => table.options.map(|f| unsafe { taken(f()) }),
        }
    }

    /// # Safety
    /// The addresses in the request are what it says.
    pub unsafe fn compile(self, artifact: &[u8], request: &[u8], table: ServicesRef) -> Reply {
        match self {
            Self::Stable(module) => {
                let (artifact, request) =
                    (RSlice::from_slice(artifact), RSlice::from_slice(request));
                // SAFETY: the caller's promise.
                unsafe { module.compile()(artifact, request, table) }
            }
            Self::C(c) => {
                let services = services(&table);
                let (artifact, request) = (CBytes::of(artifact), CBytes::of(request));
                // SAFETY: the caller's promise; the services are there until it returns.
                let ask = |f: unsafe extern "C" fn(_, _, _) -> _| unsafe {
                    f(artifact, request, &raw const services)
                };
                asked(c.compile, "compile", ask)
            }
        }
    }

    pub fn session_symbol(self, id: u64, name: &str) -> Reply {
        match self {
            Self::Stable(module) => module.session_symbol()(id, name.as_bytes().into()),
            Self::C(table) => asked(table.session_symbol, "session_symbol", |f| {
                // SAFETY: as above.
                unsafe { f(id, CBytes::of(name.as_bytes())) }
            }),
        }
    }

    pub fn session_run(self, id: u64) -> Reply {
        match self {
            Self::Stable(module) => module.session_run()(id),
            // SAFETY: as above.
            Self::C(table) => asked(table.session_run, "session_run", |f| unsafe { f(id) }),
        }
    }

    pub fn session_close(self, id: u64) -> Reply {
        match self {
            Self::Stable(module) => module.session_close()(id),
            // SAFETY: as above.
            Self::C(table) => asked(table.session_close, "session_close", |f| unsafe { f(id) }),
        }
    }
}

impl LinkerTable {
    pub fn describe(self) -> Reply {
        match self {
            Self::Stable(module) => module.describe()(),
            // SAFETY: as above.
            Self::C(table) => asked(table.describe, "describe", |f| unsafe { f() }),
        }
    }

    pub fn supports(self, query: &[u8]) -> Reply {
        match self {
            Self::Stable(module) => module.supports()(RSlice::from_slice(query)),
            Self::C(table) => asked(table.supports, "supports", |f| {
                // SAFETY: as above.
                unsafe { f(CBytes::of(query)) }
            }),
        }
    }

    pub fn plan(self, request: &[u8]) -> Reply {
        match self {
            Self::Stable(module) => module.plan()(RSlice::from_slice(request)),
            // SAFETY: as above.
            Self::C(table) => asked(table.plan, "plan", |f| unsafe { f(CBytes::of(request)) }),
        }
    }

    pub fn callback(self, request: &[u8], step: u32) -> Reply {
        match self {
            Self::Stable(module) => module.callback()(RSlice::from_slice(request), step),
            Self::C(table) => match table.callback {
                // SAFETY: as above.
                Some(f) => unsafe { taken(f(CBytes::of(request), step)) },
                None => pack::<()>(Err(no_callback(step))),
            },
        }
    }
}
