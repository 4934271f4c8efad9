//! The binary boundary. Only flat data crosses it: bytes, numbers, JSON.
//!
//! abi_stable stays inside this folder. Hosts use [`BackendClient`] and
//! [`LinkerClient`]; plugins use [`backend_plugin!`](crate::backend_plugin),
//! [`linker_plugin!`](crate::linker_plugin) and
//! [`export_plugin!`](crate::export_plugin).

mod client;
mod load;
pub(crate) mod messages;
mod modules;
mod reply;

pub use client::{BackendClient, HostServices, LinkerClient, services_table};
pub use load::{ROOT_SYMBOL, backend, linker};
pub use modules::{
    BackendModule, BackendModuleRef, LinkerModule, LinkerModuleRef, ServicesRef, ServicesTable,
};
pub use reply::Reply;
