//! Artifacts whose functions are decoded one at a time.

use std::ops::Deref;
use std::sync::Arc;

use super::error::{ArtifactError, Result};
use super::function::Function;
use super::module::SymbolId;
use super::outline::Outline;
use super::sections::{self, Located, locate_bodies};
use super::{features, verify};

/// An artifact that is verified but for its functions, which are located, and
/// decoded and verified one at a time: on several threads, and without all of them
/// in memory at once.
///
/// A program is sound if all of its functions are. Which of several errors counts
/// depends on what is looked at first; [`CodegenArtifact::decode`] says the one
/// that everybody is to see, and
/// [`accept_by_function`](crate::backend::accept_by_function) sees to it.
///
/// [`CodegenArtifact::decode`]: super::CodegenArtifact::decode
#[derive(Debug, Clone)]
pub struct LocatedArtifact {
    outline: Outline,
    /// Where the section of the functions begins in the file.
    base: usize,
    bodies: Vec<Located>,
}

impl Deref for LocatedArtifact {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

impl LocatedArtifact {
    /// Decodes and verifies all but the functions.
    ///
    /// # Errors
    /// As for [`CodegenArtifact::decode`](super::CodegenArtifact::decode), but for
    /// what is wrong with a function.
    pub fn locate(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        let (outline, (bodies, base)) = Outline::read(bytes.into(), |payload, base| {
            Ok((locate_bodies(payload)?, base))
        })?;
        let symbols = bodies.iter().map(|located| located.symbol);
        verify::check_outline(&outline.contents, symbols)?;
        verify::check_features(&outline.contents, &features::of_outline(&outline.contents))?;
        Ok(Self {
            outline,
            base,
            bodies,
        })
    }

    /// The number of function definitions.
    pub fn function_count(&self) -> usize {
        self.bodies.len()
    }

    /// The symbol that the function with this number defines; they ascend.
    pub fn function_symbol(&self, index: usize) -> Option<SymbolId> {
        self.bodies.get(index).map(|located| located.symbol)
    }

    /// The number of the function that defines this symbol.
    pub fn function_index(&self, symbol: SymbolId) -> Option<usize> {
        let found = self
            .bodies
            .binary_search_by_key(&symbol, |located| located.symbol);
        found.ok()
    }

    /// Decodes and verifies the function with this number.
    ///
    /// # Errors
    /// E5004 and E5007 for what is wrong with it, or if there is none.
    pub fn function(&self, index: usize) -> Result<Function> {
        let located = self.bodies.get(index);
        let payload = self.outline.bytes.get(self.base..);
        let (Some(Located { range, .. }), Some(payload)) = (located, payload) else {
            return Err(ArtifactError::Invalid {
                section: "BODY",
                place: format!("function {index}"),
                reason: "there is no such function".to_owned(),
            });
        };
        let mut function = sections::read_body(payload, range.clone(), index)?;
        verify::check_function(&self.outline.contents, index, &mut function)?;
        let used = features::of_functions(std::slice::from_ref(&function));
        verify::check_features(&self.outline.contents, &used)?;
        Ok(function)
    }
}
