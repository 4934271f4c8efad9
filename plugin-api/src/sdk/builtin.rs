//! Plugins that are linked into the host register themselves here.

use crate::abi::{BackendClient, BackendModuleRef, LinkerClient, LinkerModuleRef};

/// A plugin that is linked into the program. The macros
/// [`backend_plugin!`](crate::backend_plugin) and
/// [`linker_plugin!`](crate::linker_plugin) register one.
pub struct BuiltinPlugin {
    /// Text of its manifest, for
    /// [`PluginManifest::parse`](crate::manifest::PluginManifest::parse).
    pub manifest: &'static [u8],
    /// Its function table, which is made when it is asked for.
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
    /// The client of a backend; `None` for a linker strategy.
    pub fn backend(self) -> Option<BackendClient> {
        match self {
            Self::Backend(module) => Some(BackendClient::new(module())),
            Self::Linker(_) => None,
        }
    }

    /// The client of a linker strategy; `None` for a backend.
    pub fn linker(self) -> Option<LinkerClient> {
        match self {
            Self::Linker(module) => Some(LinkerClient::new(module())),
            Self::Backend(_) => None,
        }
    }
}

inventory::collect!(BuiltinPlugin);

/// The plugins that are linked into this program, in no particular order. A crate
/// that nothing refers to is not linked: name it, as in `use my_plugin as _;`.
pub fn builtins() -> impl Iterator<Item = &'static BuiltinPlugin> {
    inventory::iter::<BuiltinPlugin>.into_iter()
}
