//! What a runtime must hold, whatever kind of file it is.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::RUNTIME_EXPORT_SYMBOLS;
use beskid_plugin_api::target::Target;

use crate::inspect::ImageReport;

/// Refuses a runtime of another architecture, or without all symbols of its
/// ABI version. `kind` is what users call such a file.
///
/// # Errors
/// E4011; missing symbols are named in the order of the tables.
pub(super) fn check_contents(
    kind: &str,
    path: &Path,
    report: &ImageReport,
    target: &str,
) -> Result<(), Diagnostic> {
    let shown = path.display();
    let target = Target::of(target);
    let wanted = target.architecture();
    if report.architecture != wanted {
        let found = &report.architecture;
        let message = format!("runtime {kind} `{shown}` is for {found}, not {wanted}");
        return Err(Diagnostic::new(Code::E4011, message).help(format!(
            "give the {kind} of a runtime that was built for the target"
        )));
    }
    let defined = &report.runtime.defined;
    let symbols = RUNTIME_EXPORT_SYMBOLS.iter();
    let missing = symbols.filter(|symbol| !defined.contains(symbol));
    let missing = missing.copied().collect::<Vec<_>>();
    if missing.is_empty() {
        return Ok(());
    }
    let count = missing.len();
    let message = format!("runtime {kind} `{shown}` lacks {count} of the runtime's symbols");
    Err(Diagnostic::new(Code::E4011, message)
        .note(format!("missing: {}", missing.join(", ")))
        .help(format!("give the complete {kind} of a beskid runtime")))
}
