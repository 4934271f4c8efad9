//! Programs of backends that make objects only: linked as shared libraries, and loaded.

use beskid_plugin_api::artifact::{Outline, SymbolKind};
use beskid_plugin_api::codes::Code as ErrorCode;
use beskid_plugin_api::diagnostic::Diagnostic;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use super::panics;
use super::program::Collector;
use crate::compile::CompileSettings;
use crate::foreign::{Extra, Policy};
use crate::run::image;
use crate::toolchain::Toolchain;

/// What a library exports of its runtime, so that calls of its program can be left.
const ON_PANIC: &str = "rt_on_panic";
const COLLECTOR: [&str; 3] = ["gc_save", "gc_restore", "gc_limit"];

/// A function of a runtime that is told who is told of panics.
type OnPanic = unsafe extern "C" fn(*const ()) -> *const ();

/// Compiles, links and loads a program. It has a runtime of its own, whose panics are
/// told.
///
/// # Errors
/// What the backend or the linker says; E5121 if the loader refuses the library.
pub(super) fn load(
    tools: Toolchain<'_>,
    artifact: &Outline,
    settings: &CompileSettings,
) -> Result<Library, Diagnostic> {
    let symbols = artifact.module().symbols.iter();
    let functions = symbols.filter(|symbol| matches!(symbol.kind, SymbolKind::Function { .. }));
    let functions = functions.filter_map(|symbol| symbol.name.as_deref());
    let functions = functions.filter(|name| artifact.exports().any(|known| known == *name));
    let mut exports = functions.map(str::to_owned).collect::<Vec<_>>();
    let has_runtime = artifact.runtime_imports().next().is_some();
    if has_runtime {
        exports.push(ON_PANIC.to_owned());
        exports.extend(COLLECTOR.map(str::to_owned));
    }
    let (policy, extra) = (Policy::default(), Extra::default());
    let image = image(tools, artifact, settings, policy, &extra, exports)?;
    // SAFETY: the library was linked by this process from an object of one of its
    // backends, and verified; it has no constructors but those of its program.
    let library = unsafe { Library::open(Some(image.path()), RTLD_NOW | RTLD_LOCAL) };
    let library = library.map_err(|error| {
        let message = format!("cannot load the compiled program: {error}");
        Diagnostic::new(ErrorCode::E5121, message)
            .help("is the folder for temporary files mounted `noexec`? `TMPDIR` names another")
    })?;
    if has_runtime {
        // SAFETY: a runtime defines the symbols of its table with their signatures, and
        // the function stays.
        unsafe {
            let tell = function::<OnPanic>(&library, ON_PANIC)?;
            tell(panics::listener());
        }
    }
    Ok(library)
}

/// The collector of a program's runtime.
///
/// # Errors
/// E5121 if the library does not export its functions.
pub(super) fn collector(library: &Library) -> Result<Collector, Diagnostic> {
    // SAFETY: a runtime defines the symbols of its table with their signatures.
    unsafe {
        Ok(Collector {
            save: function(library, COLLECTOR[0])?,
            restore: function(library, COLLECTOR[1])?,
            limit: function(library, COLLECTOR[2])?,
        })
    }
}

/// # Safety
/// The library's function of this name has the type `F`, a function's.
unsafe fn function<F: Copy>(library: &Library, name: &str) -> Result<F, Diagnostic> {
    // SAFETY: the caller's promise.
    let found = unsafe { library.get::<F>(name.as_bytes()) };
    found.map(|found| *found).map_err(|error| {
        let message = format!("the compiled program does not export `{name}`: {error}");
        Diagnostic::new(ErrorCode::E5121, message)
            .help("report this to the author of the linker strategy")
    })
}
