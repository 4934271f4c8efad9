//! Backend plugin `llvm`: an artifact as LLVM's text, compiled by a libLLVM that is
//! opened when the first program is compiled.
//!
//! `docs/llvm-backend.md` has how it is used, what it keeps and what it does not.
#![deny(missing_docs)]

mod backend;
mod emit;
mod llvm;
mod refusal;
mod session;
mod target;

pub use backend::LlvmBackend;

beskid_plugin_api::backend_plugin!(
    pub mod plugin,
    id = "llvm",
    capabilities = "object,execute",
    backend = super::LlvmBackend
);
