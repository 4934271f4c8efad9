//! What plugin authors use: macros that make a plugin of a type, and functions
//! for what a plugin does at its edges.
//!
//! A plugin is a type that implements [`Backend`](crate::backend::Backend) or
//! [`LinkerStrategy`](crate::linker::LinkerStrategy), and two macro calls.
//!
//! - [`backend_plugin!`](crate::backend_plugin) or
//!   [`linker_plugin!`](crate::linker_plugin) make a module with the function
//!   table and the manifest, and register the plugin as a built-in of every
//!   program that it is linked into.
//! - [`export_plugin!`](crate::export_plugin) adds the symbol and the note that a
//!   host looks for in a file. It stands in a crate of type `cdylib`, once.
//!
//! `cargo build` of this crate, with `crate-type = ["cdylib"]`, makes a plugin
//! file; `beskid --plugin FILE plugin list` shows it:
//!
//! ```
//! use beskid_plugin_api::diagnostic::Diagnostic;
//! use beskid_plugin_api::linker::*;
//!
//! pub struct Nothing;
//!
//! impl LinkerStrategy for Nothing {
//!     fn describe(&self) -> LinkerDescription {
//!         LinkerDescription::new("nothing", env!("CARGO_PKG_VERSION"), "links nothing")
//!     }
//!     fn supports(&self, target: &str, _: OutputKind) -> Result<(), Diagnostic> {
//!         Err(Diagnostic::new("E4023", format!("no target is supported, not even {target}")))
//!     }
//!     fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
//!         self.supports(&request.target, request.kind).map(|()| LinkPlan::default())
//!     }
//! }
//!
//! // The plugin's table and manifest, in a module of this name.
//! beskid_plugin_api::linker_plugin!(pub mod plugin, id = "nothing", strategy = super::Nothing);
//! // In a crate of type `cdylib`: the symbols that the host looks for.
//! beskid_plugin_api::export_plugin!(crate::plugin);
//! # fn main() {}
//! ```
//!
//! A plugin that should also be built into programs keeps everything but
//! `export_plugin!` in an `rlib`, and that line in a small `cdylib` beside it. One
//! crate cannot be both: two plugins in one program would define the same symbol.
//!
//! # What to keep to
//!
//! - Build with `panic = "unwind"`, the default: every call into a plugin catches
//!   panics and makes them the error E5112. A plugin built with `abort` is refused
//!   (E5106).
//! - `id` and `version` of the description are those of the manifest: the `id` of
//!   the macro, and the version of the package that calls it. A backend's
//!   `capabilities` are those of its description (E5111).
//! - Link statically everything but the C library: search paths, code that is
//!   writable and an executable stack are refused, and so are other libraries unless
//!   the user permits them (E5117).
//! - Do not count on being unloaded, on exit handlers, or on sharing statics with
//!   the host: a dylib has its own.

mod builtin;
mod call;
mod macros;
mod serve;

pub use crate::panics::contain_panic;
pub use builtin::{Builtin, BuiltinPlugin, builtins};
pub use call::call_entrypoint;
#[doc(hidden)]
pub use serve::*;

#[doc(hidden)]
pub mod export {
    //! What the macros' expansions name.
    pub use crate::abi::*;
    pub use crate::manifest::*;
    pub use abi_stable::library::{
        __call_root_module_loader, CheckTypeLayout, LibHeader, RootModuleResult,
    };
    pub use abi_stable::prefix_type::PrefixTypeTrait;
    pub use abi_stable::std_types::RSlice;
    pub use inventory;
}
