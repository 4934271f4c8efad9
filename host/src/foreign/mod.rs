//! Foreign functions: which libraries they are in, and who may call them.

mod facts;
mod libraries;
mod loader;
mod loader_cache;
mod policy;

pub(crate) use facts::{Definitions, Found, is_merged, is_of_c_library, system_folders};
pub use libraries::{Extra, Libraries};
pub(crate) use libraries::{behind_origin, check_library_file, check_run_paths};
pub(crate) use loader::{loaded_for, of_variable};
pub use policy::Policy;
pub(crate) use policy::{Leaving, is_same_file};

use beskid_plugin_api::artifact::{ImportSource, Linkage, Outline, SymbolKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::is_runtime_symbol;

/// A foreign function that an artifact imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignFunction<'a> {
    /// Its link symbol.
    pub symbol: &'a str,
    /// The library that the program names.
    pub library: &'a str,
}

/// The foreign functions that an artifact imports, in symbol order.
pub fn foreign_functions(artifact: &Outline) -> impl Iterator<Item = ForeignFunction<'_>> {
    artifact
        .imports()
        .filter_map(|(symbol, source)| match source {
            ImportSource::Extern { library, .. } => Some(ForeignFunction { symbol, library }),
            _ => None,
        })
}

/// FFI-6: refuses an artifact, whoever made it, that would put a library's
/// function in the place of one of the runtime's, or that names no library.
///
/// # Errors
/// E1512 for a library without a name, E1514 with every function.
pub fn check_names(artifact: &Outline) -> Result<(), Diagnostic> {
    let is_name = |text: &str| !text.is_empty() && !text.contains(char::is_control);
    if let Some(foreign) = foreign_functions(artifact).find(|foreign| !is_name(foreign.library)) {
        let ForeignFunction { symbol, library } = foreign;
        let message = format!("the foreign function `{symbol}` is of no library: {library:?}");
        return Err(Diagnostic::new(Code::E1512, message)
            .help("name a library in the artifact, such as `libc.so.6`"));
    }
    let names = foreign_functions(artifact).filter(|foreign| is_runtime_symbol(foreign.symbol));
    let notes =
        names.map(|ForeignFunction { symbol, library }| format!("`{symbol}` of `{library}`"));
    let notes = notes.collect::<Vec<_>>();
    if notes.is_empty() {
        return Ok(());
    }
    let message = "the artifact imports functions of the runtime as foreign ones";
    let mut diagnostic = Diagnostic::new(Code::E1514, message);
    diagnostic.notes = notes;
    Err(diagnostic.help("the runtime's functions are not foreign; rename them"))
}

/// An import that leaves the program: whatever is not the runtime's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its link symbol.
    pub symbol: String,
    /// The library that the program names; `None`: whichever has the symbol.
    pub library: Option<String>,
    /// Whether the program calls it.
    pub is_function: bool,
}

/// Every import that leaves an artifact's program, in symbol order (EXT-7).
/// Calls that a backend adds on its own account, such as those of `memcpy`, are
/// none: the program did not ask for them.
pub fn leaving(artifact: &Outline) -> Vec<Import> {
    let symbols = artifact.module().symbols.iter();
    let imports = symbols.filter_map(|symbol| {
        let (Some(name), Linkage::Import(source)) = (&symbol.name, &symbol.linkage) else {
            return None;
        };
        let library = match source {
            ImportSource::Runtime => return None,
            ImportSource::Plain if is_runtime_symbol(name) => return None,
            ImportSource::Plain => None,
            ImportSource::Extern { library, .. } => Some(library.clone()),
        };
        Some(Import {
            symbol: name.clone(),
            library,
            is_function: matches!(symbol.kind, SymbolKind::Function { .. }),
        })
    });
    imports.collect()
}

/// Refuses imports of data that no library is named for: only calls leave a
/// program. Those of a named library are E5010 of the backends.
///
/// # Errors
/// E5134 with every symbol.
pub fn check_data(artifact: &Outline) -> Result<(), Diagnostic> {
    let leaving = leaving(artifact).into_iter();
    let data = leaving.filter(|import| !import.is_function && import.library.is_none());
    let notes = data.map(|import| format!("`{}`", import.symbol));
    let notes = notes.collect::<Vec<_>>();
    if notes.is_empty() {
        return Ok(());
    }
    let message = "the program imports data, and only functions may leave it";
    let mut diagnostic = Diagnostic::new(Code::E5134, message);
    diagnostic.notes = notes;
    Err(diagnostic.help("define the data, or get it from a function of the library"))
}

/// E5134: a call of it would run data as code.
pub(crate) fn not_a_function(symbol: &str, library: &str) -> Diagnostic {
    let message = format!("`{symbol}` of `{library}` is data, not a function");
    Diagnostic::new(Code::E5134, message).help("correct the method's name or its `Symbol`")
}
