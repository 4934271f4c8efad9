//! What encoding a part of a function gives.

/// A reason in words; the caller adds the function's name.
pub(super) type Encoded<T> = Result<T, String>;
