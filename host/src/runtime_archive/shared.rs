//! A shared runtime that the user gives: checked before a program is linked
//! with it, and before a program in memory is given its symbols (ABI-7).

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::contain_panic;
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;

use super::contents::check_contents;
use super::version::{self, Told};
use super::{MAX_ARCHIVE, VERSION_SYMBOL, absolute};
use crate::input::read_bounded;
use crate::inspect::{ImageKind, inspect};

/// A runtime in a shared library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRuntime {
    /// Where it is.
    pub path: PathBuf,
}

impl SharedRuntime {
    /// Checks the file without loading it; gives its absolute path. A version
    /// that only the running library tells is for whoever loads it to check:
    /// the host, or the executable's start.
    ///
    /// # Errors
    /// In this order: E4011 if there is no such file, E5202 if it cannot be
    /// inspected, E4011 if it is no shared library, E4013 if it does not tell
    /// its version, E4012 if the version is another one (ABI-003), E4011 if it
    /// is for another architecture or lacks symbols, which are named in the
    /// order of the tables.
    pub fn checked(&self, target: &str) -> Result<PathBuf, Diagnostic> {
        let path = self.path.display();
        let wrong = |message: String| {
            Diagnostic::new(Code::E4011, message)
                .help("give the shared library of a beskid runtime for this target")
        };
        if !self.path.is_file() {
            let message = format!("runtime library `{path}` does not exist");
            return Err(wrong(message).help("give an existing library with `--runtime-library`"));
        }
        let bytes = read_bounded(&self.path, MAX_ARCHIVE)?;
        let report = inspect(&bytes)?.into_one()?;
        if report.kind != ImageKind::Shared {
            let message = format!("`{path}` is a {}, no shared library", report.kind);
            return Err(wrong(message));
        }
        let told = contain_panic(|| version::read_image(&bytes)).unwrap_or(Told::Nothing);
        match told {
            Told::Nothing => return Err(self.unknown_version()),
            Told::Version(found) => self.check_version(found)?,
            Told::WhenCalled => {}
        }
        check_contents("library", &self.path, &report, target)?;
        absolute(&self.path)
    }

    /// Refuses a version that is not this host's.
    ///
    /// # Errors
    /// E4012 with both numbers (ABI-003).
    pub fn check_version(&self, found: u32) -> Result<(), Diagnostic> {
        if found == BESKID_RUNTIME_ABI_VERSION {
            return Ok(());
        }
        let message = format!(
            "runtime library `{}` has ABI version {found}, this beskid requires version \
             {BESKID_RUNTIME_ABI_VERSION}",
            self.path.display()
        );
        Err(Diagnostic::new(Code::E4012, message)
            .help("align the releases of the beskid CLI and of the runtime"))
    }

    /// E4013.
    pub(crate) fn unknown_version(&self) -> Diagnostic {
        let path = self.path.display();
        let message = format!("runtime library `{path}` does not tell its ABI version");
        Diagnostic::new(Code::E4013, message)
            .note(format!("it exports no function `{VERSION_SYMBOL}`"))
            .help("give the shared library of a beskid runtime")
    }
}
