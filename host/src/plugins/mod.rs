//! Plugins: found, vetted, loaded, and listed.

mod at_work;
mod builtin;
mod elf;
mod first_use;
mod handle;
mod isolate;
mod load;
mod marks;
mod notes;
mod registry;
mod safety;
mod sealed;
mod serve;
mod services;
mod sparse;
mod vet;

pub(crate) use at_work::{Task, ended_by, tell_crash};
pub use isolate::Containment;
pub(crate) use isolate::end_all;
pub use registry::{Entry, Precedence, Registry};
pub(crate) use serve::{Serve, serve};
pub use services::PluginServices;
pub use vet::vet;
