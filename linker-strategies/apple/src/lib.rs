//! Linker strategy `apple`: Mach-O executables, dylibs and static libraries.
//!
//! The target decides everything; tools are named under `[tools]`, and what
//! their files are called means nothing:
//!
//! | output | tools | key, and default |
//! |---|---|---|
//! | exe, shared | the C driver | `cc`: `cc` on a Mac |
//! | static | `libtool -static`, then `ranlib` | `libtool`, `ranlib`: of the same names on a Mac, `llvm-libtool-darwin` and `llvm-ranlib` elsewhere |
//!
//! `cc` may hold arguments, as in `ccache clang`: a cross driver's `-isysroot`
//! and `-fuse-ld=lld` belong there. Elsewhere than on a Mac there is no default
//! for it (E4020): the driver of another system links for that system.
//!
//! # Executables and dylibs
//!
//! - `-arch ARCH` for macOS, which clang, GCC and the cross drivers take;
//!   `-target TRIPLE` for what an architecture does not tell: iOS and the like,
//!   simulators, a lowest version.
//! - `-install_name @rpath/NAME`: whoever loads a dylib says where it is.
//! - `-exported_symbol,_NAME` for each export. Without any,
//!   `-unexported_symbol,*`: an empty `-exported_symbols_list` hides everything
//!   in Apple's linker and nothing in older releases of LLVM's, and
//!   `-no_exported_symbols` is unknown to older releases of both. All that is
//!   defined is exported without a flag. Executables export what they like, as
//!   on other systems: the policy is for libraries.
//! - `-dead_strip` drops what no code reaches; objects are split into symbols.
//! - An undefined symbol is an error by default.
//! - Link modes: the linker has no way of preferring archives. `-l` takes the
//!   first folder that has either form, and the dylib where it has both
//!   (`-search_paths_first`). So `--prefer-static` can promise no more than
//!   that order: an archive wins in a folder of its own, given first with
//!   `--link-search`. macOS has no static system libraries. `--prefer-dynamic`
//!   is `-search_dylibs_first`: any folder's dylib before any archive.
//!
//! # Static libraries
//!
//! `libtool` merges the program's object and the runtime's (LK-1, LK-2). Exports and modes do not concern it: an archive keeps
//! the linkage of its objects.
//!
//! # Reproducibility
//!
//! `libtool -D` leaves out times and owners. Linkers write no time, and their
//! UUID is a digest of the contents; so it stays, because recent systems refuse
//! to start an image that has none (`-no_uuid`). Signatures of arm64 images
//! hold the output's name, which is the final one. Apple's `ranlib` has no flag
//! for it and writes the time of the index unless `ZERO_AR_DATE` is set, as the plan
//! does.
//!
//! # The user's arguments
//!
//! `--link-arg` is for the driver: behind all other arguments. A static library takes
//! none, and nothing is stripped from it (E4041). `--strip` is `-S`, and `-x` for
//! symbols.
#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod archive;
mod image;
mod target;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{
    LinkPlan, LinkRequest, LinkerDescription, LinkerStrategy, OutputKind, ToolDescription,
};

use target::Target;

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
        let about = "Mach-O through the C driver and libtool";
        let tool = ToolDescription::new;
        LinkerDescription::new("apple", env!("CARGO_PKG_VERSION"), about)
            .with_tool(tool("cc", "C driver, which links", "cc on a Mac"))
            .with_tool(tool(
                "libtool",
                "merges objects to static libraries",
                "libtool on a Mac, llvm-libtool-darwin elsewhere",
            ))
            .with_tool(tool(
                "ranlib",
                "indexer of static libraries",
                "ranlib on a Mac, llvm-ranlib elsewhere",
            ))
    }

    fn supports(&self, target: &str, kind: OutputKind) -> Result<(), Diagnostic> {
        Target::parse(target)?;
        match kind {
            OutputKind::Exe | OutputKind::Shared | OutputKind::Static => Ok(()),
            OutputKind::Object => {
                let message = format!("linker strategy `apple` does not make {kind} outputs");
                Err(Diagnostic::new(Code::E4022, message)
                    .help(format!("for `{target}` it makes: exe, shared, static")))
            }
        }
    }

    fn plan(&self, request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
        self.supports(&request.target, request.kind)?;
        match request.kind {
            OutputKind::Static => archive::plan(request),
            _ => image::plan(request, &Target::parse(&request.target)?),
        }
    }
}
