//! Running from a linked shared library.

use beskid_plugin_api::artifact::Outline;
use beskid_plugin_api::backend::CALLABLE_ENTRY;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::START_SYMBOL;
use beskid_plugin_api::sdk::call_entrypoint;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use tracing::info_span;

use super::dynamic::words;
use super::{Finished, Invocation, process};
use crate::cache::noexec;
use crate::entrypoint::entrypoint;
use crate::image::VerifiedImage;

/// Loads a verified shared library and calls its [`CALLABLE_ENTRY`]. Its file
/// is gone before any code of the program runs, which may never return.
///
/// # Errors
/// E4030 if it has no entrypoint, E5121 if the loader refuses it, E4043
/// if nothing can be loaded from where temporary files are.
pub fn run_image(
    image: VerifiedImage,
    artifact: &Outline,
    invocation: Invocation<'_>,
) -> Result<Finished, Diagnostic> {
    let kind = entrypoint(artifact)?.result;
    // The loader names a file that is gone when its words are read.
    let file = format!("{}: ", image.path().display());
    let refused = |error: libloading::Error| {
        let words = words(&error).replace(&file, "");
        let message = format!("cannot load the compiled program: {words}");
        Diagnostic::new(Code::E5121, message)
    };
    process::give_signals()?;
    // SAFETY: the image was linked by this process from an object of one of
    // its backends, and verified. Constructors of foreign libraries run here,
    // which the user asked for by running the program.
    let library = unsafe { Library::open(Some(image.path()), RTLD_NOW | RTLD_LOCAL) };
    let library = library
        .map_err(|error| noexec(image.path(), "TMPDIR").unwrap_or_else(|| refused(error)))?;
    drop(image);
    let address = |symbol: &str| {
        // SAFETY: only the address is taken here.
        let found = unsafe { library.get::<*const u8>(symbol.as_bytes()) };
        found.map(|found| found.into_raw().cast_const().cast::<u8>())
    };
    let entry = address(CALLABLE_ENTRY).map_err(refused)?;
    // An image whose program asks for its process exports its runtime's start.
    let start = address(START_SYMBOL).ok().map(|start| start.cast::<()>());
    // SAFETY: an image exports that name for its runtime's function only.
    unsafe { process::start(start, invocation.arguments) }?;
    // SAFETY: the backend defined the function with the entrypoint's
    // signature, which artifact verification checked against the result kind.
    let bits = info_span!("run").in_scope(|| unsafe { call_entrypoint(entry, kind) });
    process::take_back();
    // Foreign code may hold addresses of the program, and results point into it.
    std::mem::forget(library);
    // SAFETY: a string result is a handle into the library's runtime or data,
    // which stay; who asks for memory has made the program that returns its
    // address.
    Ok(unsafe { Finished::new(bits, kind, invocation.capture) })
}
