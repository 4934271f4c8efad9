//! The same boundary for plugins that are not written in Rust: plain structs and
//! functions of C. `include/beskid_plugin.h` says the same in C, and has the manifest
//! note too.
//!
//! What crosses is the same: the JSON of the requests, the answers `{"Ok": value}` or
//! `{"Err": diagnostic}`, and bytes beside them. The host goes by
//! [`ROOT_SYMBOL`](super::ROOT_SYMBOL) where a plugin exports both symbols.
//!
//! A table begins with its own size, by which it can grow: a function behind it, or a
//! null pointer, is one that the plugin does not have.

mod call;
mod tables;
mod types;

pub(super) use tables::{BackendTable, LinkerTable, backend, linker};
pub use types::{C_ROOT_SYMBOL, CBackend, CBytes, CLinker, CReply, CServices};
