//! Linker strategy `apple`: Mach-O through Apple's tools.
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
pub struct AppleStrategy;

beskid_plugin_api::linker_plugin!(
    pub mod plugin,
    id = "apple",
    strategy = super::AppleStrategy
);

impl LinkerStrategy for AppleStrategy {
    fn describe(&self) -> LinkerDescription {
        LinkerDescription {
            id: "apple".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "Mach-O through Apple's tools; not implemented yet".to_owned(),
        }
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        if !target.contains("-apple-") {
            let message = format!("linker strategy `apple` does not link for target `{target}`");
            return Err(Diagnostic::new("E4023", message)
                .help("it is for targets such as aarch64-apple-darwin"));
        }
        let message = format!("linker strategy `apple` does not make {kind} for `{target}` yet");
        Err(Diagnostic::new("E4022", message)
            .help("build with `--kind object` and link with Apple's tools"))
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        Ok(LinkPlan::default())
    }
}
