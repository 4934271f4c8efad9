//! Running from a linked shared library.

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::CALLABLE_ENTRY;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::sdk::call_entrypoint;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use tracing::info_span;

use super::dynamic::words;
use super::{Capture, Finished, entrypoint};
use crate::cache::noexec;
use crate::image::VerifiedImage;

/// Loads a verified shared library and calls its [`CALLABLE_ENTRY`]. Its file
/// is gone before any code of the program runs, which may never return.
///
/// # Errors
/// E4030 if it has no entrypoint, E5121 if the loader refuses it, E4043
/// if nothing can be loaded from where temporary files are.
pub fn run_image(
    image: VerifiedImage,
    artifact: &CodegenArtifact,
    capture: Capture,
) -> Result<Finished, Diagnostic> {
    let kind = entrypoint(artifact)?.result;
    let refused = |error: libloading::Error| {
        Diagnostic::new(
            "E5121",
            format!("cannot load the compiled program: {}", words(&error)),
        )
    };
    // SAFETY: the image was linked by this process from an object of one of
    // its backends, and verified; it has no constructors of its own.
    let library = unsafe { Library::open(Some(image.path()), RTLD_NOW | RTLD_LOCAL) };
    let library = library
        .map_err(|error| noexec(image.path(), "TMPDIR").unwrap_or_else(|| refused(error)))?;
    drop(image);
    // SAFETY: the symbol is a function; only its address is taken here.
    let entry = unsafe { library.get::<*const u8>(CALLABLE_ENTRY.as_bytes()) };
    let entry = entry.map_err(refused)?;
    // SAFETY: the backend defined the function with the entrypoint's
    // signature, which artifact verification checked against the result kind.
    let bits = info_span!("run")
        .in_scope(|| unsafe { call_entrypoint(entry.into_raw().cast_const().cast(), kind) });
    // SAFETY: a string result is a handle into the library's runtime or data;
    // who asks for memory has made the program that returns its address; and
    // the library is still loaded.
    Ok(unsafe { Finished::new(bits, kind, capture) })
}
