//! Linker strategy `unix`: ELF executables and shared libraries through the C
//! driver.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod plan;
mod version_script;

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind,
};

/// The strategy.
#[derive(Debug, Clone, Copy)]
pub struct UnixStrategy;

beskid_plugin_api::linker_plugin!(
    pub mod plugin,
    id = "unix",
    strategy = super::UnixStrategy
);

impl LinkerStrategy for UnixStrategy {
    fn describe(&self) -> LinkerDescription {
        LinkerDescription {
            id: "unix".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            about: "ELF through the C driver".to_owned(),
        }
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        if !is_elf_target(target) {
            let message = format!("linker strategy `unix` does not link for target `{target}`");
            return Err(Diagnostic::new("E4023", message)
                .help("it links ELF targets, such as x86_64-unknown-linux-gnu"));
        }
        match kind {
            OutputKind::Exe | OutputKind::Shared => Ok(()),
            OutputKind::Static | OutputKind::Object => {
                let message = format!("linker strategy `unix` does not make {kind} outputs");
                Err(Diagnostic::new("E4022", message)
                    .help(format!("for `{target}` it makes: exe, shared")))
            }
        }
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        plan::plan(request)
    }
}

/// Whether a target's objects are ELF and its C driver follows GNU's flags.
fn is_elf_target(target: &str) -> bool {
    target
        .split('-')
        .any(|part| matches!(part, "linux" | "freebsd" | "netbsd" | "openbsd"))
}
