//! Linker strategy `unix`: ELF executables and shared libraries through the C
//! driver, static libraries through `ar` and `ranlib` (LK-1).
//!
//! The tools are `cc`, `ar` and `ranlib` for the target that this strategy was
//! built for, by whatever triple. For another Linux with glibc or musl they are
//! those of its cross toolchain, such as `aarch64-linux-gnu-gcc`. For other
//! systems no tool has a usual name: `[tools]` in the configuration must say one
//! (E4020), because this machine's would link for this machine. `[tools]` names
//! others everywhere. No decision depends on a tool's name.
//!
//! The user's own arguments (`--link-arg`) are the last ones of the driver, so that
//! they may take back what stands before them. A static library takes none, and
//! nothing is stripped from it (E4041).
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod archive;
mod image;
mod tools;
mod version_script;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind,
};
use beskid_plugin_api::target::{Format, System, Target};

use tools::Tool;

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
        let about = "ELF through the C driver, ar and ranlib";
        let tools = [Tool::Driver, Tool::Archiver, Tool::Indexer];
        let tools = tools.map(Tool::description);
        let described = LinkerDescription::new("unix", env!("CARGO_PKG_VERSION"), about);
        tools
            .into_iter()
            .fold(described, LinkerDescription::with_tool)
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        if !is_elf_target(target) {
            let message = format!("linker strategy `unix` does not link for target `{target}`");
            return Err(Diagnostic::new(Code::E4023, message)
                .help("it links ELF targets, such as x86_64-unknown-linux-gnu"));
        }
        match kind {
            OutputKind::Exe | OutputKind::Shared | OutputKind::Static => Ok(()),
            OutputKind::Object => {
                let message = format!("linker strategy `unix` does not make {kind} outputs");
                Err(Diagnostic::new(Code::E4022, message)
                    .help(format!("for `{target}` it makes: exe, shared, static")))
            }
        }
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        match request.kind {
            OutputKind::Static => archive::plan(request),
            _ => image::plan(request),
        }
    }
}

/// Whether a target's objects are ELF and its C driver follows GNU's flags.
fn is_elf_target(target: &str) -> bool {
    let target = Target::of(target);
    let known = [
        System::Linux,
        System::FreeBsd,
        System::NetBsd,
        System::OpenBsd,
    ];
    target.format() == Format::Elf && known.contains(target.system())
}
