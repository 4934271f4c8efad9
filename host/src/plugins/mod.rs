//! Plugins: found, vetted, loaded, and listed.

mod at_work;
mod builtin;
mod copy;
mod elf;
mod load;
mod probe;
mod proof;
mod registry;
mod services;
mod sparse;
mod vet;

pub(crate) use at_work::{Task, ended_by};
pub use probe::probe;
pub use registry::{Entry, Precedence, Registry};
pub use services::PluginServices;
pub use vet::vet;
