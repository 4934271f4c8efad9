//! DWARF 5 of what an artifact tells debuggers, for the code that it became.

mod draft;
mod functions;
mod lines;
mod locations;
mod places;
mod scopes;
mod types;

pub(crate) use places::Places;

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::debug::{DebugInfo, Scope};
use beskid_plugin_api::artifact::{Outline, SymbolId};
use cranelift_codegen::gimli::RunTimeEndian;
use cranelift_codegen::gimli::write::{Error, Sections};

use crate::defined::Defined;
use crate::error::ClifError;
use crate::sections::{Section, Writing};
use draft::Draft;

/// The scope of each function that is defined.
pub(crate) fn scopes_of_functions(info: &DebugInfo) -> BTreeMap<SymbolId, u32> {
    let scopes = (0..).zip(&info.scopes);
    let functions = scopes.filter_map(|(number, scope)| match scope {
        Scope::Function(function) => Some((function.symbol?, number)),
        Scope::Block { .. } => None,
    });
    functions.collect()
}

/// The sections for debuggers; none if the artifact tells them nothing.
///
/// # Errors
/// [`ClifError::Compile`] if what it tells does not fit the format's numbers.
pub fn sections(artifact: &Outline, defined: &Defined) -> Result<Vec<Section>, ClifError> {
    let Some(info) = artifact.debug().filter(|info| !info.files.is_empty()) else {
        return Ok(Vec::new());
    };
    let frames = defined.frames();
    let mut draft = Draft::new(artifact, info, frames);
    types::describe(&mut draft);
    lines::describe(&mut draft);
    functions::describe(&mut draft);
    written(draft, frames.len()).map_err(|error| ClifError::Compile {
        symbol: "the debug information".to_owned(),
        reason: error.to_string(),
    })
}

fn written(mut draft: Draft<'_>, functions: usize) -> Result<Vec<Section>, Error> {
    let mut sections = Sections::new(Writing::new(RunTimeEndian::Little, functions));
    draft.dwarf.write(&mut sections)?;
    let mut all = Vec::new();
    sections.for_each(|id, section| {
        let section = section.clone().done(id);
        all.extend((!section.bytes.is_empty()).then_some(section));
        Ok::<_, Error>(())
    })?;
    Ok(all)
}
