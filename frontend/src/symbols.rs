//! Names of symbols and ABIs that mean something to checking and to lowering.

/// The only ABI of foreign code.
pub(crate) const ABI: &str = "C";

/// Prefix of the linker names of functions that are not exported, so that none
/// of them can meet a name of the runtime or of the C library.
pub(crate) const PRIVATE: &str = "bd.";

/// The source language's default entrypoint.
pub const DEFAULT_ENTRYPOINT: &str = "main";
