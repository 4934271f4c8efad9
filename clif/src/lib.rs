//! CLIF to and from the artifact, and what both Cranelift backends share.
//!
//! - [`ArtifactModule`] is a `cranelift_module::Module` that writes an artifact.
//! - [`define`] replays an artifact into any other `cranelift_module::Module`.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod codes;
mod compile;
mod conventions;
pub mod debug;
pub mod decode;
mod define;
mod defined;
pub mod encode;
mod error;
mod function;
pub mod generate;
pub mod interpret;
pub mod isa;
mod memory_flags;
mod module;
mod needs;
mod options;
pub mod reduce;
mod refusal;
pub mod seam;
pub mod sections;
mod shapes;
pub mod shim;
pub mod support;
pub mod text;
mod threads;
mod throw;
mod triples;
pub mod unwind;

pub use compile::KeptCode;
pub use define::{DefineOptions, define};
pub use defined::Defined;
pub use error::ClifError;
pub use module::{ArtifactModule, ModuleOptions};
pub use options::{KEPT_CODE, options};
