//! The binary boundary. Only flat data crosses it: bytes, numbers, JSON.
//!
//! Plugins need nothing of this module: the macros of [`sdk`](crate::sdk) write
//! their side. Hosts, and tests of plugins, call a plugin through a
//! [`BackendClient`] or a [`LinkerClient`], whether it is built in or loaded; the
//! pages of [`backend`](crate::backend) and [`linker`](crate::linker) have
//! examples.
//!
//! # What crosses
//!
//! A plugin is a table of functions, [`BackendModule`] or [`LinkerModule`]; the
//! host's services are one too, [`ServicesTable`]. A request is the JSON of a type
//! such as [`CompileRequest`](crate::backend::CompileRequest). An answer is a
//! [`Reply`]: a message, the JSON `{"Ok": value}` or `{"Err": diagnostic}`, and
//! beside it bytes. Artifacts and objects are never JSON.
//!
//! - `compile` takes the artifact's bytes and answers
//!   `{"digest": [32 numbers], "session": number or null}`; without a session the
//!   bytes beside it are the object.
//! - A session stays in the plugin, known outside by its number, and is closed
//!   when the client's [`Session`](crate::backend::Session) is dropped.
//! - `supports` takes `{"target": triple, "kind": kind}`.
//! - The addresses of a session's imports are beside the other fields of a
//!   `compile` request, as `imports`: they are in no JSON but this one.
//!
//! Readers ignore fields that they do not know, and a field that is added later
//! has a default. Whoever allocates memory frees it. A panic never crosses: in the
//! plugin it becomes E5112, in the host's services it is dropped. A message that
//! is not well-formed is E5113.
//!
//! # Compatibility
//!
//! The tables can grow at their end without breaking plugins. [`backend`] and
//! [`linker`] compare the layout of both sides, field by field, with abi_stable
//! (E5110); the [manifest](crate::manifest) is checked before that. What the tables
//! and the messages are made of is in the file `interface/VERSION.txt` of this crate,
//! of which [`CONTRACT`](crate::manifest::CONTRACT) is a hash.
//!
//! A plugin in another language exports a table of [`c`] instead, with the same
//! messages: `include/beskid_plugin.h`.
//!
//! abi_stable stays inside this folder.

pub mod c;
mod client;
mod load;
pub(crate) mod messages;
mod modules;
mod reply;
#[cfg(test)]
mod tests;

pub use c::C_ROOT_SYMBOL;
pub use client::{BackendClient, HostServices, LinkerClient, Silent, services_table};
pub use load::{ROOT_SYMBOL, backend, c_backend, c_linker, linker};
pub use modules::{
    BackendModule, BackendModuleRef, LinkerModule, LinkerModuleRef, ServicesRef, ServicesTable,
};
pub use reply::Reply;
