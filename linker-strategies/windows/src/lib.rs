//! Linker strategy `windows`: PE through Windows linkers.
//!
//! It plans nothing yet: it says, for its own targets, which kinds it does not
//! make, and refuses all other targets.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind,
};

/// The strategy.
#[derive(Debug, Clone, Copy)]
pub struct WindowsStrategy;

beskid_plugin_api::linker_plugin!(
    pub mod plugin,
    id = "windows",
    strategy = super::WindowsStrategy
);

impl LinkerStrategy for WindowsStrategy {
    fn describe(&self) -> LinkerDescription {
        LinkerDescription {
            id: "windows".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "PE through Windows linkers; not implemented yet".to_owned(),
        }
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        if !target.split('-').any(|part| part == "windows") {
            let message = format!("linker strategy `windows` does not link for target `{target}`");
            return Err(Diagnostic::new("E4023", message)
                .help("it is for targets such as x86_64-pc-windows-msvc"));
        }
        // LK-1: merging archives is no strategy on Windows, now or later.
        if kind == OutputKind::Static {
            let message =
                format!("unsupported linker strategy: static libraries for target `{target}`");
            return Err(Diagnostic::new("E4023", message)
                .help("`--kind object` is supported; give the object to your own librarian"));
        }
        let message = format!("linker strategy `windows` does not make {kind} for `{target}` yet");
        Err(Diagnostic::new("E4022", message)
            .help("build with `--kind object` and link with link.exe or lld-link"))
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        Ok(LinkPlan::default())
    }
}
