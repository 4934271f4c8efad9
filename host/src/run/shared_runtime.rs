//! A shared runtime for programs in memory, checked before any of their code
//! runs (ABI-003).

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::runtime_abi::BUILTIN_SPECS;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::dynamic::words;
use crate::runtime_archive::{SharedRuntime, VERSION_SYMBOL};

/// The runtime symbols of a shared library, with their addresses. The library
/// stays loaded for the rest of the process.
///
/// # Errors
/// As for [`SharedRuntime::checked`]; E4011 with the loader's words if it
/// refuses the library; E4012 if the running library tells another version.
pub(super) fn symbols(runtime: &SharedRuntime) -> Result<Vec<(String, u64)>, Diagnostic> {
    let path = runtime.checked(TARGET)?;
    // SAFETY: the user gives this library as the runtime; its constructors are
    // theirs to judge.
    let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|error| {
        let shown = runtime.path.display();
        let message = format!("cannot load runtime library `{shown}`: {}", words(&error));
        Diagnostic::new(Code::E4011, message).help("give another runtime library")
    })?;
    let address = |symbol: &str| {
        // SAFETY: only the address is taken here.
        let found = unsafe { library.get::<*const ()>(symbol.as_bytes()) };
        found.ok().map(|found| found.into_raw().cast_const())
    };
    let version = address(VERSION_SYMBOL).ok_or_else(|| runtime.unknown_version())?;
    // SAFETY: the library exports the runtime's symbols, and this one takes
    // nothing and returns `i32` in every version (ABI-002).
    let version =
        unsafe { std::mem::transmute::<*const (), extern "C" fn() -> u32>(version.cast()) };
    runtime.check_version(version())?;
    let names = BUILTIN_SPECS.iter().map(|spec| spec.symbol);
    let symbols = names.filter_map(|name| Some((name.to_owned(), address(name)? as u64)));
    let symbols = symbols.collect();
    // Code of the program and its results point into it.
    std::mem::forget(library);
    Ok(symbols)
}
