//! Short lists, which need no memory of their own: arguments, operands, statements.

use smallvec::SmallVec;

/// A list that is mostly short.
pub(super) type Few<T> = SmallVec<[T; 6]>;
