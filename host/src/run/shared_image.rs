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

/// A program that the loader has taken, in a process that is its own.
pub(super) struct Opened {
    library: Library,
    /// The name of its file in the loader's words.
    file: String,
}

/// Loads a verified shared library, and gives the process to it. Its file
/// is gone before any code of the program runs, which may never return.
///
/// # Errors
/// E5121 if the loader refuses it, E4043 if nothing can be loaded from where temporary
/// files are.
pub(super) fn open(image: VerifiedImage) -> Result<Opened, Diagnostic> {
    // The loader names a file that is gone when its words are read.
    let file = format!("{}: ", image.path().display());
    process::give_signals()?;
    // SAFETY: the image was linked by this process from an object of one of
    // its backends, and verified. Constructors of foreign libraries run here,
    // which the user asked for by running the program.
    let library = unsafe { Library::open(Some(image.path()), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|error| {
        noexec(image.path(), "TMPDIR").unwrap_or_else(|| refused(&error, &file))
    })?;
    Ok(Opened { library, file })
}

fn refused(error: &libloading::Error, file: &str) -> Diagnostic {
    let words = words(error).replace(file, "");
    let message = format!("cannot load the compiled program: {words}");
    Diagnostic::new(Code::E5121, message)
}

impl Opened {
    /// The address of a function that it exports.
    ///
    /// # Errors
    /// E5121 if it exports none of this name.
    pub(super) fn function(&self, symbol: &str) -> Result<*const u8, Diagnostic> {
        // SAFETY: only the address is taken here.
        let found = unsafe { self.library.get::<*const u8>(symbol.as_bytes()) };
        let found = found.map_err(|error| refused(&error, &self.file))?;
        Ok(found.into_raw().cast_const().cast::<u8>())
    }

    /// The start of its runtime, which an image exports whose program asks for its
    /// process.
    pub(super) fn start(&self) -> Option<*const ()> {
        let start = self.function(START_SYMBOL).ok()?;
        Some(start.cast::<()>())
    }

    /// Keeps it to the end of the process: foreign code may hold addresses of the
    /// program.
    pub(super) fn keep(self) {
        std::mem::forget(self.library);
    }
}

/// Loads a verified shared library and calls its [`CALLABLE_ENTRY`].
///
/// # Errors
/// E4030 if it has no entrypoint; as for [`open`].
pub fn run_image(
    image: VerifiedImage,
    artifact: &Outline,
    invocation: Invocation<'_>,
) -> Result<Finished, Diagnostic> {
    let kind = entrypoint(artifact)?.result;
    let opened = open(image)?;
    let entry = opened.function(CALLABLE_ENTRY)?;
    let start = opened.start();
    // SAFETY: an image exports that name for its runtime's function only.
    unsafe { process::start(start, invocation.arguments) }?;
    // SAFETY: the backend defined the function with the entrypoint's
    // signature, which artifact verification checked against the result kind.
    let bits = info_span!("run").in_scope(|| unsafe { call_entrypoint(entry, kind) });
    process::take_back();
    // Results point into it.
    opened.keep();
    // SAFETY: a string result is a handle into the library's runtime or data,
    // which stay; who asks for memory has made the program that returns its
    // address.
    Ok(unsafe { Finished::new(bits, kind, invocation.capture) })
}
