//! Directives in Cranelift's interpreter.

use beskid_plugin_api::artifact::CodegenArtifact;

use super::directive::{Directive, Verdict};
use crate::error::ClifError;
use crate::interpret::{Interpretable, Interpreted};

/// Runs directives, one after the other.
pub(super) fn run<'d>(
    artifact: &CodegenArtifact,
    directives: impl Iterator<Item = &'d Directive>,
) -> Result<Vec<Verdict>, ClifError> {
    let functions = Interpretable::read(artifact)?;
    Ok(directives.map(|each| verdict(&functions, each)).collect())
}

fn verdict(functions: &Interpretable, directive: &Directive) -> Verdict {
    match functions.call(directive.function as u32, directive.args()) {
        Interpreted::Returned(values) => directive.verdict(&values),
        Interpreted::Trapped(_) if directive.traps() => Verdict::Passed,
        Interpreted::Trapped(trap) => Verdict::Failed(format!("a trap: {trap}")),
        Interpreted::GaveUp(reason) => Verdict::Failed(reason),
    }
}
