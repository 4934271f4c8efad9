//! Linker strategy `windows`: PE executables and DLLs.
//!
//! The target decides the tool, never the tool's file name, nor the machine
//! that plans:
//!
//! | target | tool | key under `[tools]`, and default |
//! |---|---|---|
//! | `*-windows-msvc` | a linker with the command line of `link.exe` | `link`: `lld-link` |
//! | `*-windows-gnu`, `*-windows-gnullvm` | the MinGW-w64 C driver | `cc`: `ARCH-w64-mingw32-gcc` |
//!
//! `lld-link` is the default because it exists on every host and reads its
//! input as `link.exe` does; who wants Microsoft's linker sets `link =
//! "link.exe"`. The program is taken as it is, because its path has spaces
//! where Microsoft installs it. `cc` may hold arguments, as in `ccache gcc`.
//!
//! # Common to both
//!
//! - Static libraries are refused (E4023): Windows has no tool that merges
//!   archives and objects without rules about duplicate members (LK-1).
//! - The same input gives the same output: `/Brepro` and
//!   `--no-insert-timestamp` leave out the time; `--disable-auto-image-base`
//!   keeps GNU ld from deriving a DLL's address from the path of the output.
//!   All images are relocatable.
//! - What no code reaches is dropped: `/OPT:REF`, `--gc-sections`. Identical
//!   functions stay apart (`/OPT:NOICF`), as their addresses may be compared.
//! - An undefined symbol is an error, as always for PE.
//! - The user's own arguments (`--link-arg`) are the last ones.
//!
//! # `*-windows-msvc`
//!
//! - Entry and C library come from the same place: `/DEFAULTLIB:msvcrt`, the
//!   C library in a DLL, or with `--prefer-static` `/DEFAULTLIB:libcmt`, the C
//!   library in the image. Either starts `main` on the console subsystem, so
//!   `/ENTRY` is not needed. Other libraries are named by their file, from
//!   which nobody sees whether it is static or belongs to a DLL: link modes
//!   choose nothing else.
//! - Exports are `/EXPORT:name`, each. Without any the DLL exports nothing.
//!   All that is defined cannot be exported (E4023): these linkers have no
//!   flag for it, and a plan knows no symbols.
//! - The import library that comes with a DLL is left in the scratch folder
//!   (`/IMPLIB:`); `lib.exe /DEF:` or `llvm-dlltool` make another.
//! - Images have no symbols that could be stripped: what debuggers read is in a file
//!   beside the image, which a link here does not make (E4023 for `--debug-info`).
//!
//! # `*-windows-gnu`
//!
//! - Exports are in a definition file, which also holds the DLL's name. GNU ld
//!   exports everything if it lists nothing, hence `--exclude-all-symbols` for
//!   an empty list. All that is defined is `--export-all-symbols`, without what
//!   comes from archives (`--exclude-libs`, which LLVM's linker does not know).
//! - Link modes are `-Bstatic` and `-Bdynamic` around the libraries;
//!   `--prefer-static` adds `-static-libgcc`.
//! - The driver appends `.exe` to an output without an extension; the host
//!   never asks for one.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod definition;
mod gnu;
mod msvc;
mod target;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind, ToolDescription,
};

use target::{Environment, Target};

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
        let about = "PE through lld-link, link.exe or the MinGW C driver";
        let tool = ToolDescription::new;
        LinkerDescription::new("windows", env!("CARGO_PKG_VERSION"), about)
            .with_tool(tool("link", "linker for *-windows-msvc", "lld-link"))
            .with_tool(tool(
                "cc",
                "C driver for *-windows-gnu, which links",
                "ARCH-w64-mingw32-gcc",
            ))
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        Target::parse(target)?;
        match kind {
            OutputKind::Exe | OutputKind::Shared => Ok(()),
            OutputKind::Static => {
                let message = format!(
                    "unsupported linker strategy: static libraries for target `{target}`; \
                     supported are exe and shared"
                );
                Err(Diagnostic::new(Code::E4023, message)
                    .help("or build with `--kind object` and use a librarian of your own"))
            }
            OutputKind::Object => {
                let message = format!("linker strategy `windows` does not make {kind} outputs");
                Err(Diagnostic::new(Code::E4022, message)
                    .help(format!("for `{target}` it makes: exe, shared")))
            }
        }
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        let target = Target::parse(&request.target)?;
        match target.environment {
            Environment::Msvc => msvc::plan(request, target.architecture),
            Environment::Gnu => gnu::plan(request, target.architecture),
        }
    }
}
