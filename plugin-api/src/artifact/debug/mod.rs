//! What an artifact tells debuggers: files, types, scopes, variables, positions.
//!
//! The information is a section of its own, which a program need not have and which a
//! backend may leave alone: the code means the same with it and without. It gives a
//! meaning to numbers that the bodies of functions carry in any case:
//!
//! | number | in a body | means |
//! |---|---|---|
//! | position | [`Body::positions`](super::Body::positions) | the entry of [`DebugInfo::positions`] with that number; none beyond the table, and for [`NO_POSITION`] |
//! | value label | [`Body::value_labels`](super::Body::value_labels) | part of the variables with a [`Storage::Label`] of that number, from the label's position on until another value gets the label |
//! | key | [`StackSlot::key`](super::StackSlot::key) | part of the variables with a [`Storage::Slot`] of that number, or the address of a [`Storage::Behind`], wherever their scope is |
//!
//! All tables count through the whole artifact, and so do the labels and keys that
//! variables name. So they keep their meaning where a function is inlined into another
//! one: the position of an inlined instruction has a scope of the function that it came
//! from, and the slots that came with it have the keys of that function's variables.
//!
//! # What verification guarantees
//!
//! Every index exists. Types contain one another in no circle but through pointers, and
//! the parts of a type lie inside of it. The parent of a block is an earlier scope; at
//! most [`MAX_SCOPE_DEPTH`] scopes lie one in the other. A function definition has at
//! most one scope. The pieces of a variable ascend, do not overlap, and lie inside its
//! type. No text contains NUL.
//!
//! Not guaranteed: that files exist and have the lines, that labels and keys occur, and
//! that what they name is as large as the piece says.
//!
//! # Example
//!
//! ```
//! use beskid_plugin_api::artifact::debug::*;
//!
//! let mut debug = DebugInfo::new("example 1", language::C11);
//! let file = debug.file("src/sum.c", "");
//! let at = |line, column| Location { file, line, column };
//! let long = debug.ty(DebugType {
//!     name: "long".into(),
//!     size: 8,
//!     kind: TypeKind::Base(Encoding::Signed),
//! });
//! let sum = debug.scope(Scope::Function(Box::new(FunctionScope {
//!     symbol: Some(0),
//!     name: "sum".into(),
//!     declared: at(3, 6),
//!     result: Some(long),
//! })));
//! let total = debug.variable(Variable {
//!     name: "total".into(),
//!     ty: long,
//!     scope: Some(sum),
//!     declared: at(4, 8),
//!     parameter: false,
//!     pieces: vec![Piece { offset: 0, size: 8, storage: Storage::Slot(0) }],
//! });
//! // The number that the body's `positions` have for instructions of line 5.
//! let position = debug.position(Position { at: at(5, 3), scope: sum });
//! assert_eq!((total, position), (0, 0));
//! ```

mod dump;
mod info;
mod places;
mod scopes;
mod types;
mod verify;

pub use info::{DebugInfo, language};
pub use places::{Location, NO_POSITION, Position, SourceFile};
pub use scopes::{FunctionScope, MAX_SCOPE_DEPTH, Piece, Scope, Storage, Variable};
pub use types::{DebugType, Encoding, Field, TypeKind, Variant};

pub(super) use verify::check;

use super::container::Section;
use super::error::Result;
use super::sections;

/// Tag of the section, which is never required.
pub(super) const DBUG: [u8; 4] = *b"DBUG";

/// What the section says, not verified yet; nothing, if there is none.
pub(super) fn read(found: &[Section<'_>]) -> Result<Option<DebugInfo>> {
    if !found.iter().any(|section| section.tag == DBUG) {
        return Ok(None);
    }
    sections::postcard_section(found, DBUG, "DBUG", "debug").map(Some)
}
