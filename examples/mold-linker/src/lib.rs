//! Linker strategy `mold`: ELF executables and shared libraries through the C
//! driver with mold or lld, static libraries through `ar` and `ranlib`.
//!
//! ```console
//! $ cargo build --release
//! $ beskid --plugin target/release/libbeskid_linker_mold.so --linker mold build hello.bd
//! ```
//!
//! The user chooses by the `[tools]` table of the configuration, whose keys a
//! strategy may define for itself, or by `BESKID_TOOLS_…` variables:
//!
//! | key | meaning | default |
//! |---|---|---|
//! | `linker` | `mold` or `lld` | `mold` |
//! | `cc` | a C driver that knows `-fuse-ld=` | `cc` |
//! | `ar`, `ranlib` | archiver and indexer | `ar`, `ranlib` |
//!
//! The defaults are for the machine's own target. For another, `cc`, `ar` and
//! `ranlib` must be named: a cross GCC looks for `ld.mold` among its own
//! programs only, and which folder to add with `-B` is for the user to say.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod archive;
mod exports;
mod image;
mod programs;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind, ToolDescription,
};
use beskid_plugin_api::target::{Format, System, Target};

/// The strategy.
#[derive(Debug, Clone, Copy)]
pub struct MoldStrategy;

beskid_plugin_api::linker_plugin!(
    pub mod plugin,
    id = "mold",
    strategy = super::MoldStrategy
);
beskid_plugin_api::export_plugin!(crate::plugin);

impl LinkerStrategy for MoldStrategy {
    fn describe(&self) -> LinkerDescription {
        let about = "ELF for Linux through the C driver with mold or lld";
        let tool = ToolDescription::new;
        LinkerDescription::new("mold", env!("CARGO_PKG_VERSION"), about)
            .with_tool(tool(
                "linker",
                "what the driver links with: mold or lld",
                "mold",
            ))
            .with_tool(tool("cc", "C driver that knows -fuse-ld=", "cc"))
            .with_tool(tool("ar", "archiver, for static libraries", "ar"))
            .with_tool(tool("ranlib", "indexer of archives", "ranlib"))
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        let read = Target::of(target);
        if *read.system() != System::Linux || read.format() != Format::Elf {
            let message = format!("linker strategy `mold` does not link for target `{target}`");
            return Err(Diagnostic::new(Code::E4023, message)
                .help("it links for Linux, such as x86_64-unknown-linux-gnu"));
        }
        if kind == OutputKind::Object {
            let message = "linker strategy `mold` does not make object outputs";
            return Err(Diagnostic::new(Code::E4022, message).help("it makes: exe, shared, static"));
        }
        Ok(())
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        match request.kind {
            OutputKind::Static => archive::plan(request),
            _ => image::plan(request),
        }
    }
}
