//! Artifacts whose functions are decoded one at a time.

use std::ops::{Deref, Range};
use std::sync::Arc;

use super::error::{ArtifactError, Result};
use super::function::{Function, LocatedFunction};
use super::module::SymbolId;
use super::outline::Outline;
use super::sections::{self, Located, locate_bodies};
use super::{CodegenArtifact, features, verify};

/// An artifact that is verified but for its functions, which are located, and
/// decoded and verified one at a time: on several threads, and without all of them
/// in memory at once.
///
/// A program is sound if all of its functions are. Which of several errors counts
/// depends on what is looked at first; [`CodegenArtifact::decode`] says the one
/// that everybody is to see, and
/// [`accept_by_function`](crate::backend::accept_by_function) sees to it.
///
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

impl Outline {
    /// Decodes and verifies a whole artifact, of which it does not keep the functions.
    ///
    /// # Errors
    /// As for [`CodegenArtifact::decode`].
    pub fn decode(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        let bytes = bytes.into();
        let located = LocatedArtifact::locate(Arc::clone(&bytes));
        let verified = located.and_then(|located| {
            let mut functions = 0..located.function_count();
            functions.try_for_each(|index| located.function(index).map(drop))?;
            Ok(located.outline)
        });
        // Of several errors the one that everybody is to see.
        verified.or_else(|_| CodegenArtifact::decode(bytes).map(CodegenArtifact::into_outline))
    }
}

impl LocatedArtifact {
    /// Decodes and verifies all but the functions.
    ///
    /// # Errors
    /// As for [`CodegenArtifact::decode`], but for
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

    /// Decodes the function with this number, and verifies it but for its instruction
    /// stream and its tables of what that branches to: for those who look at each
    /// instruction themselves, and who ask [`Self::function`] when they find anything
    /// wrong.
    ///
    /// # Errors
    /// As for [`Self::function`].
    pub fn body(&self, index: usize) -> Result<LocatedFunction<'_>> {
        let (payload, range) = self.place(index)?;
        let function = sections::locate_body(payload, range, index)?;
        let contents = &self.outline.contents;
        let stream = function.stream.len();
        verify::check_entities(contents, index, &function.body, stream)?;
        let used = features::of_body(&function.body);
        verify::check_features(contents, &used)?;
        Ok(function)
    }

    /// Decodes and verifies the function with this number.
    ///
    /// # Errors
    /// E5004 and E5007 for what is wrong with it, or if there is none.
    pub fn function(&self, index: usize) -> Result<Function> {
        let (payload, range) = self.place(index)?;
        let mut function = sections::read_body(payload, range, index)?;
        verify::check_function(&self.outline.contents, index, &mut function)?;
        let used = features::of_body(&function.body);
        verify::check_features(&self.outline.contents, &used)?;
        Ok(function)
    }

    /// Where the function is: in which payload, and in which part of it.
    fn place(&self, index: usize) -> Result<(&[u8], Range<usize>)> {
        let located = self.bodies.get(index);
        let payload = self.outline.bytes.get(self.base..);
        match (located, payload) {
            (Some(Located { range, .. }), Some(payload)) => Ok((payload, range.clone())),
            _ => Err(ArtifactError::Invalid {
                section: "BODY",
                place: format!("function {index}"),
                reason: "there is no such function".to_owned(),
            }),
        }
    }
}
