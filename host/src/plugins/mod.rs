//! Plugins: found, vetted, loaded, and listed.

mod builtin;
mod elf;
mod load;
mod probe;
mod proof;
mod registry;
mod services;
mod vet;

pub use probe::probe;
pub use registry::{Entry, Precedence, Registry};
pub use services::PluginServices;
pub use vet::vet;
