//! What plugin authors use.
//!
//! A plugin is a type that implements [`Backend`](crate::backend::Backend) or
//! [`LinkerStrategy`](crate::linker::LinkerStrategy), and two macro calls:
//!
//! ```
//! use beskid_plugin_api::diagnostic::Diagnostic;
//! use beskid_plugin_api::linker::*;
//!
//! pub struct Nothing;
//!
//! impl LinkerStrategy for Nothing {
//!     fn describe(&self) -> LinkerDescription {
//!         LinkerDescription {
//!             id: "nothing".into(),
//!             version: env!("CARGO_PKG_VERSION").into(),
//!             about: "links nothing".into(),
//!         }
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

mod builtin;
mod call;
mod macros;
mod panics;
mod serve;

pub use builtin::{Builtin, BuiltinPlugin, builtins};
pub use call::call_entrypoint;
pub use panics::contain_panic;
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
