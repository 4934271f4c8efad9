//! Plugins that are linked into the host register themselves here.

use crate::abi::{BackendClient, BackendModuleRef, LinkerClient, LinkerModuleRef};

/// A plugin that is linked into the program.
pub struct BuiltinPlugin {
    /// Text of its manifest.
    pub manifest: &'static [u8],
    /// Its table.
    pub table: Builtin,
}

/// The table of a built-in plugin.
#[derive(Clone, Copy)]
pub enum Builtin {
    /// A backend.
    Backend(fn() -> BackendModuleRef),
    /// A linker strategy.
    Linker(fn() -> LinkerModuleRef),
}

impl Builtin {
    /// The client of a backend.
    pub fn backend(self) -> Option<BackendClient> {
        match self {
            Self::Backend(module) => Some(BackendClient::new(module())),
            Self::Linker(_) => None,
        }
    }

    /// The client of a linker strategy.
    pub fn linker(self) -> Option<LinkerClient> {
        match self {
            Self::Linker(module) => Some(LinkerClient::new(module())),
            Self::Backend(_) => None,
        }
    }
}

inventory::collect!(BuiltinPlugin);

/// The plugins that are linked into this program, in no particular order.
pub fn builtins() -> impl Iterator<Item = &'static BuiltinPlugin> {
    inventory::iter::<BuiltinPlugin>.into_iter()
}
