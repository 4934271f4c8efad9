//! Backend plugin `aot`: Cranelift to relocatable object files.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod backend;
mod debug;
mod file_header;
mod frames;
mod sections;
mod visibility;

pub use backend::ObjectBackend;

beskid_plugin_api::backend_plugin!(
    pub mod plugin,
    id = "aot",
    capabilities = "object",
    backend = super::ObjectBackend
);
