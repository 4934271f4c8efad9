//! A runtime archive that the user gives, checked before anything is linked
//! with it (ABI-7).

use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::panics::contain_panic;
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;

use super::contents::check_contents;
use super::version::{self, DATA_SYMBOL};
use super::{MAX_ARCHIVE, absolute};
use crate::input::read_bounded;
use crate::inspect::{ImageKind, inspect};

/// A prebuilt runtime archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrebuiltRuntime {
    /// Where it is.
    pub path: PathBuf,
    /// The version that the user says it has.
    pub version: Option<u32>,
}

impl PrebuiltRuntime {
    /// Checks the archive; gives its absolute path.
    ///
    /// # Errors
    /// In this order: E4012 if the user says another version than this host's,
    /// E4011 if there is no such file, E5202 if it is no archive, E4013 if its
    /// version is not known, E4012 if it is another one (ABI-003), E4011 if it
    /// is for another architecture or lacks symbols, which are named in the
    /// order of the tables.
    pub fn checked(&self, target: &str) -> Result<PathBuf, Diagnostic> {
        let path = self.path.display();
        if let Some(said) = self.version
            && said != BESKID_RUNTIME_ABI_VERSION
        {
            return Err(other_version(&self.path, said));
        }
        if !self.path.is_file() {
            let message = format!("runtime archive `{path}` does not exist");
            return Err(Diagnostic::new(Code::E4011, message)
                .help("give an existing archive, or leave out `--runtime-archive`"));
        }
        let bytes = read_bounded(&self.path, MAX_ARCHIVE)?;
        let report = inspect(&bytes)?.into_one()?;
        if report.kind != ImageKind::Static {
            let message = format!("`{path}` is a {}, no archive", report.kind);
            return Err(Diagnostic::new(Code::E4011, message)
                .help("give a static library that holds the runtime"));
        }
        self.check_version(&bytes)?;
        check_contents("archive", &self.path, &report, target)?;
        absolute(&self.path)
    }

    fn check_version(&self, archive: &[u8]) -> Result<(), Diagnostic> {
        let path = self.path.display();
        let read = contain_panic(|| version::read(archive)).unwrap_or_else(Err);
        let found = match (read, self.version) {
            (Ok(Some(found)), Some(said)) if found != said => {
                let message = format!(
                    "runtime archive `{path}` has ABI version {found}, not {said} as \
                     `--runtime-abi-version` says"
                );
                return Err(Diagnostic::new(Code::E4012, message)
                    .help("leave out `--runtime-abi-version`, or give another archive"));
            }
            (Ok(Some(found)), _) | (Ok(None), Some(found)) => found,
            (Ok(None), None) => {
                let message = format!("runtime archive `{path}` does not tell its ABI version");
                return Err(Diagnostic::new(Code::E4013, message)
                    .note(format!("it defines no number `{DATA_SYMBOL}`"))
                    .help("say which it is with `--runtime-abi-version`"));
            }
            (Err(reason), _) => {
                let message = format!("cannot read runtime archive `{path}`: {reason}");
                return Err(Diagnostic::new(Code::E5202, message)
                    .help("give a static library that holds the runtime"));
            }
        };
        if found == BESKID_RUNTIME_ABI_VERSION {
            return Ok(());
        }
        Err(other_version(&self.path, found))
    }
}

fn other_version(path: &Path, found: u32) -> Diagnostic {
    let message = format!(
        "runtime archive `{}` has ABI version {found}, this beskid requires version \
         {BESKID_RUNTIME_ABI_VERSION}",
        path.display()
    );
    Diagnostic::new(Code::E4012, message)
        .help("align the releases of the beskid CLI and of the runtime")
}
