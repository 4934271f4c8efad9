//! What a function of a `.clif` file breaks of CLIF's rules, and in which line.

use beskid_plugin_api::artifact::ArtifactError;
use beskid_plugin_api::panics::contain_panic;
use cranelift_codegen::isa::{self, OwnedTargetIsa, TargetIsa};
use cranelift_codegen::settings::{self, Configurable, Flags};
use cranelift_codegen::verify_function;
use target_lexicon::Triple;

use super::file::TextFunction;
use super::source_error::SourceError;
use crate::error::ClifError;

/// Asks Cranelift's verifier for each function.
///
/// # Errors
/// [`SourceError::Function`] with the first thing that it finds.
pub(super) fn verify(functions: &[TextFunction]) -> Result<(), SourceError> {
    let Some(isa) = verifier() else {
        return Ok(());
    };
    functions
        .iter()
        .try_for_each(|function| function.verify(&*isa))
}

/// This machine, with what the backends switch on for whoever needs it; `None`
/// if there is no code generator for it.
fn verifier() -> Option<OwnedTargetIsa> {
    let mut flags = settings::builder();
    for name in ["enable_pinned_reg", "preserve_frame_pointers"] {
        flags.set(name, "true").ok()?;
    }
    let isa = isa::lookup(Triple::host()).ok()?;
    isa.finish(Flags::new(flags)).ok()
}

impl TextFunction {
    /// This is wrong with the function.
    pub(super) fn wrong(&self, reason: String) -> SourceError {
        SourceError::Function {
            name: self.func.name.to_string(),
            reason,
            line: self.line,
        }
    }

    /// What cannot be written into an artifact, or may not stand in one.
    pub(super) fn broken(&self, error: ClifError) -> SourceError {
        match error {
            ClifError::Function { reason, .. } | ClifError::Verifier { reason, .. } => {
                self.wrong(reason)
            }
            ClifError::Artifact(error @ ArtifactError::Invalid { .. }) => {
                let instruction = error.function().and_then(|(_, instruction)| instruction);
                let ArtifactError::Invalid { reason, .. } = error else {
                    return SourceError::Clif(error.into());
                };
                let written = instruction.and_then(|number| self.instruction(number));
                self.wrong(match written {
                    Some(written) => format!("`{written}`: {reason}"),
                    None => reason,
                })
            }
            error => error.into(),
        }
    }

    /// An instruction as the text has it, by its number in the artifact.
    fn instruction(&self, number: usize) -> Option<String> {
        let layout = &self.func.layout;
        let mut all = layout.blocks().flat_map(|block| layout.block_insts(block));
        let inst = all.nth(number)?;
        Some(self.func.dfg.display_inst(inst).to_string())
    }

    fn verify(&self, isa: &dyn TargetIsa) -> Result<(), SourceError> {
        // It gives up on gaps in the numbers of what a function declares; what
        // comes out of the artifact has none.
        let verified = contain_panic(|| verify_function(&self.func, isa));
        verified.unwrap_or(Ok(())).map_err(|errors| {
            let first = errors.0.into_iter().next();
            let reason = first.map(|error| match error.context {
                Some(context) => format!("`{context}`: {}", error.message),
                None => format!("{}: {}", error.location, error.message),
            });
            self.wrong(reason.unwrap_or_default())
        })
    }
}
