//! Function definitions.

use super::body::Body;
use super::stream::InstructionReader;
use super::types::Type;

/// A verified function definition: its body and its instruction stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// What the instructions refer to, the blocks, and what hangs on
    /// instructions and values.
    pub body: Body,
    pub(super) stream: Vec<u8>,
    pub(super) types: Vec<Type>,
}

/// A function definition whose stream nobody has looked at yet; see
/// [`LocatedArtifact::body`](super::LocatedArtifact::body).
#[derive(Debug, Clone)]
pub struct LocatedFunction<'a> {
    /// As in [`Function`]. Its jump tables and exception tables are not verified
    /// either.
    pub body: Body,
    pub(super) stream: &'a [u8],
}

impl<'a> LocatedFunction<'a> {
    /// As [`Function::instructions`], of what may be any bytes.
    pub fn instructions(&self) -> InstructionReader<'a> {
        InstructionReader::new(self.stream)
    }
}

impl Function {
    /// Reads the instructions from the first one on. No value is defined yet,
    /// not even the entry block's parameters.
    pub fn instructions(&self) -> InstructionReader<'_> {
        InstructionReader::new(&self.stream)
    }

    /// The type of each value, by its number; [`Body::values`] of them.
    pub fn value_types(&self) -> &[Type] {
        &self.types
    }
}
