//! Run directives: `; run: %f(1, 2) == 3` behind the functions of a `.clif`
//! file, in the form of Cranelift's own test files, and `; trap: %f(0)` for a
//! call that ends in a trap.
//!
//! The directives of a file that are run together become one artifact: an
//! entrypoint that makes each call with its arguments and stores the results.
//! So every backend runs them by the same bytes.

mod directive;
mod harness;
mod header;
mod interpret;

pub use directive::Verdict;
pub use header::{Backends, Variant};

use beskid_plugin_api::artifact::{CodegenArtifact, DataInit, ResultKind};

use super::file::File;
use super::foreign::Foreign;
use super::program::Program;
use super::source_error::SourceError;
use crate::error::ClifError;
use directive::Directive;

/// A `.clif` file with run directives.
pub struct Tests {
    file: File,
    directives: Vec<Directive>,
    backends: Backends,
}

/// Reads the directives of a `.clif` file.
///
/// # Errors
/// [`SourceError::Syntax`] with the line.
pub fn read(text: &str) -> Result<Tests, SourceError> {
    let file = File::read(text)?;
    Foreign::read(&file)?;
    Ok(Tests {
        directives: directive::read(&file)?,
        backends: header::backends(&file),
        file,
    })
}

impl Tests {
    /// Number of directives.
    pub fn count(&self) -> usize {
        self.directives.len()
    }

    /// A directive as it is written, without its comment sign.
    pub fn text(&self, directive: usize) -> String {
        self.directives[directive].to_string()
    }

    /// Whether the call of this directive is meant to trap. Such a directive
    /// is to be run alone: nothing comes after it.
    pub fn traps(&self, directive: usize) -> bool {
        self.directives[directive].traps()
    }

    /// What backends are to do with the directives.
    pub const fn backends(&self) -> &Backends {
        &self.backends
    }

    /// Whether Cranelift's interpreter is to run the directives: there is a
    /// `test interpret` line.
    pub fn interpreted(&self) -> bool {
        header::interpreted(&self.file)
    }

    /// An artifact that runs some of the directives. Its entrypoint returns
    /// the address of their results, [`Self::results_len`] bytes.
    ///
    /// # Errors
    /// [`SourceError`] if the file's functions make up no artifact.
    pub fn artifact(&self, selected: &[usize]) -> Result<CodegenArtifact, SourceError> {
        let foreign = Foreign::read(&self.file)?;
        let mut program = Program::of(&self.file, &foreign, "")?;
        let calls = self.select(selected).collect::<Vec<_>>();
        let args = program.data(
            "harness.args",
            false,
            DataInit::Bytes(harness::arguments(&calls)),
        );
        let len = self.results_len(selected) as u64;
        let results = program.data("harness.results", true, DataInit::Zeroes(len));
        let functions = self.file.functions.iter();
        let signatures = functions.map(|function| &function.func.signature);
        let signatures = signatures.collect::<Vec<_>>();
        let func = harness::function(&calls, &signatures, self.file.unwritten);
        let mut names = harness::Names { args, results };
        let symbol = program.entry_function(&func, "harness", &mut names)?;
        program.start_at(symbol, "harness", ResultKind::Pointer);
        program.finish(&self.file)
    }

    /// Size of the results of some directives, in bytes.
    pub fn results_len(&self, selected: &[usize]) -> usize {
        let results = self
            .select(selected)
            .map(|directive| directive.returns.len());
        results.sum::<usize>() * harness::SLOT
    }

    /// Compares what the entrypoint stored with what each directive expects.
    pub fn judge(&self, selected: &[usize], results: &[u8]) -> Vec<Verdict> {
        let mut rest = results;
        self.select(selected)
            .map(|directive| {
                let len = directive.returns.len() * harness::SLOT;
                let Some((own, after)) = rest.split_at_checked(len) else {
                    return Verdict::Failed("the results are not there".to_owned());
                };
                rest = after;
                directive.verdict(&harness::values(own, &directive.returns))
            })
            .collect()
    }

    /// Runs some of the directives in Cranelift's interpreter, on the functions
    /// as they come back out of the artifact.
    ///
    /// # Errors
    /// [`ClifError`] if they do not come back.
    pub fn interpret(
        &self,
        artifact: &CodegenArtifact,
        selected: &[usize],
    ) -> Result<Vec<Verdict>, ClifError> {
        interpret::run(artifact, self.select(selected))
    }

    fn select(&self, selected: &[usize]) -> impl Iterator<Item = &Directive> {
        selected.iter().map(|index| &self.directives[*index])
    }
}
