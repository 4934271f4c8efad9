//! The names of code in memory, for profilers, if somebody asks for them.

mod jitdump;
mod perf_map;

use std::collections::BTreeMap;

use beskid_plugin_api::backend::OptionDescription;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::addresses::Addresses;

/// Name of the backend's option.
const OPTION: &str = "profile";

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// A line for each function in `/tmp/perf-PID.map`.
    PerfMap,
    /// Names and code in `jit-PID.dump`, in the folder for temporary files.
    JitDump,
}

/// What users read of the option.
pub(crate) fn option() -> OptionDescription {
    let help = "Tell the profiler `perf` the names of functions in memory, by a map or by a dump";
    OptionDescription::new(OPTION, help, "perf, jitdump")
}

/// Takes the option out of all.
///
/// # Errors
/// E4004 for a value that it does not take.
pub(crate) fn take(options: &mut BTreeMap<String, String>) -> Result<Option<Profile>, Diagnostic> {
    match options.remove(OPTION).as_deref() {
        None => Ok(None),
        Some("perf") => Ok(Some(Profile::PerfMap)),
        Some("jitdump") => Ok(Some(Profile::JitDump)),
        Some(other) => {
            let message = format!("the backend's option `{OPTION}` does not take `{other}`");
            Err(Diagnostic::new(Code::E4004, message).help("write `perf` or `jitdump`"))
        }
    }
}

impl Profile {
    /// Tells of the functions of a session.
    ///
    /// # Errors
    /// E4040 names the file that cannot be written.
    pub(crate) fn tell(self, code: Addresses<'_>) -> Result<(), Diagnostic> {
        let (path, written) = match self {
            Self::PerfMap => perf_map::write(&code.functions()),
            Self::JitDump => jitdump::write(&code.functions()),
        };
        written.map_err(|error| {
            let message = format!("cannot write `{}`: {error}", path.display());
            Diagnostic::new(Code::E4040, message).help("leave out `profile`, or make room for it")
        })
    }
}
