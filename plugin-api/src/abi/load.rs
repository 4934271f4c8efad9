//! From the address of a loaded library's root symbol to a client.

use abi_stable::StableAbi;
use abi_stable::abi_stability::abi_checking::check_layout_compatibility;
use abi_stable::library::{AbiHeaderRef, LibHeader, ROOT_MODULE_LOADER_NAME, RootModule};
use abi_stable::prefix_type::PrefixRefTrait;

use super::c::{self, BackendTable, LinkerTable};
use super::client::{BackendClient, LinkerClient};
use super::modules::{BackendModuleRef, LinkerModuleRef};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// Name of the symbol that a plugin dylib written in Rust exports: a header that leads to the
/// function table. [`backend`] and [`linker`] take its address.
pub const ROOT_SYMBOL: &str = ROOT_MODULE_LOADER_NAME;

/// Reaches the backend in a loaded library.
///
/// # Safety
/// `root` is the address of the symbol [`ROOT_SYMBOL`] of a library that is
/// never unloaded, and whose manifest was accepted for this host.
///
/// # Errors
/// E5110 if the library's types are not laid out as this host's.
pub unsafe fn backend(root: *const ()) -> Result<BackendClient, Diagnostic> {
    // SAFETY: the caller's promise.
    unsafe { module::<BackendModuleRef>(root) }.map(BackendClient::new)
}

/// Reaches the linker strategy in a loaded library.
///
/// # Safety
/// As for [`backend`].
///
/// # Errors
/// As for [`backend`].
pub unsafe fn linker(root: *const ()) -> Result<LinkerClient, Diagnostic> {
    // SAFETY: the caller's promise.
    unsafe { module::<LinkerModuleRef>(root) }.map(LinkerClient::new)
}

/// Reaches the backend in a loaded library that is not written in Rust.
///
/// # Safety
/// `root` is the address of the symbol [`C_ROOT_SYMBOL`](super::C_ROOT_SYMBOL) of a
/// library that is never unloaded, and whose manifest was accepted for this host.
///
/// # Errors
/// E5110 if its table lacks what every backend has.
pub unsafe fn c_backend(root: *const ()) -> Result<BackendClient, Diagnostic> {
    // SAFETY: the caller's promise.
    let table = unsafe { c::backend(root) }?;
    Ok(BackendClient::of(BackendTable::C(table)))
}

/// Reaches the linker strategy in a loaded library that is not written in Rust.
///
/// # Safety
/// As for [`c_backend`].
///
/// # Errors
/// As for [`c_backend`].
pub unsafe fn c_linker(root: *const ()) -> Result<LinkerClient, Diagnostic> {
    // SAFETY: the caller's promise.
    let table = unsafe { c::linker(root) }?;
    Ok(LinkerClient::of(LinkerTable::C(table)))
}

unsafe fn module<M: RootModule + PrefixRefTrait + StableAbi>(
    root: *const (),
) -> Result<M, Diagnostic> {
    // SAFETY: `AbiHeaderRef` is a transparent reference to the header that the
    // root symbol names, and the library is never unloaded.
    let header = unsafe { std::mem::transmute::<*const (), AbiHeaderRef>(root) };
    let header: &'static LibHeader = header
        .upgrade()
        .map_err(|error| mismatch("header", &error.to_string()))?;
    let Some(theirs) = header.layout() else {
        return Err(mismatch("layout", "the library carries no type layout"));
    };
    let ours = <M as StableAbi>::LAYOUT;
    if let Err(error) = check_layout_compatibility(ours, theirs) {
        // A plugin of an earlier minor version has fewer functions: it fits if
        // ours would be acceptable to it. Missing functions read as `None`.
        if check_layout_compatibility(theirs, ours).is_err() {
            return Err(mismatch("layout", &error.to_string()));
        }
    }
    // SAFETY: one of the two layout checks has passed; both mean that every
    // field that this host reads is there with this layout, or reads as `None`.
    let module = unsafe { header.init_root_module_with_unchecked_layout::<M>() };
    module.map_err(|error| mismatch("root module", &error.to_string()))
}

fn mismatch(what: &str, detail: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E5110,
        format!("the plugin's binary interface differs from the host's: {what}"),
    )
    .note(detail.to_owned())
    .help("rebuild the plugin against this release's `beskid-plugin-api`")
}
