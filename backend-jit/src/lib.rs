//! Backend plugin `jit`: Cranelift, in memory, on the host's own ISA.
#![deny(missing_docs)]

mod addresses;
mod backend;
mod debugger;
mod frames;
mod libcalls;
mod memory;
mod profile;
mod session;

pub use backend::JitBackend;

beskid_plugin_api::backend_plugin!(
    pub mod plugin,
    id = "jit",
    capabilities = "execute",
    backend = super::JitBackend
);
