//! The contract between the Beskid host and its plugins.
//!
//! - [`artifact`]: the `CodegenArtifact`, what every backend receives.
//! - [`runtime_abi`]: the symbols and layouts of the runtime.
//! - [`backend`] and [`linker`]: what the two kinds of plugin implement.
//! - [`sdk`]: the macros that make a plugin of an implementation.
//! - [`manifest`]: what a plugin file says of itself before it is loaded.
//! - [`diagnostic`]: the structured error that crosses every boundary.
//! - [`abi`]: the binary boundary itself.
#![deny(missing_docs)]

pub mod abi;
pub mod artifact;
pub mod backend;
pub mod diagnostic;
mod digest;
pub mod linker;
pub mod manifest;
pub mod runtime_abi;
pub mod sdk;
pub mod services;

pub use digest::Digest;
