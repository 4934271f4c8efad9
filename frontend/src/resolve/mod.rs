//! Modules, items, and what names mean.

mod broken_local;
mod collect;
mod discover;
mod errors;
mod forgotten;
mod imports;
mod lookup;
mod mentions;
mod shown;
mod suggest;
mod table;
mod wrong_paths;

pub(crate) use broken_local::broken_local;
pub(crate) use collect::own_name;
pub use discover::own_root;
pub(crate) use discover::{Place, add, discover};
pub(crate) use errors::syntax_errors;
pub(crate) use forgotten::suggest as suggest_imports;
pub(crate) use lookup::TypeName;
pub(crate) use suggest::{PROBLEMS, did_you_mean, nearest};
pub(crate) use table::{ItemId, ItemKind, ModuleId, Names};

use crate::diagnostic::SourceDiagnostic;
use crate::source::Sources;

/// The modules and items of all files, and what they import.
pub(crate) fn names<'t>(
    sources: &'t Sources,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Names<'t> {
    let mut names = collect::collect(sources, diagnostics);
    imports::resolve(&mut names, diagnostics);
    names
}
