//! What the backend says when it cannot.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

const ELSEWHERE: &str = "use another backend, or a producer that avoids it";

/// An error for what LLVM, or this backend, has no words for on this target.
pub(crate) fn unsupported(what: impl std::fmt::Display) -> Diagnostic {
    let message = format!("backend `llvm` cannot compile {what}");
    Diagnostic::new(Code::E4002, message).help(ELSEWHERE)
}

/// An error for an instruction that the backend does not know.
pub(crate) fn unknown(mnemonic: &str) -> Diagnostic {
    let message = format!("backend `llvm` does not know `{mnemonic}`");
    Diagnostic::new(Code::E5006, message).help(ELSEWHERE)
}

/// An error for what breaks CLIF's rules.
pub(crate) fn broken(what: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::new(Code::E5007, format!("the program breaks a rule: {what}"))
        .help("report this to the producer of the artifact, which the header names")
}

/// What the command says when its user stops it.
pub(crate) fn cancelled() -> Diagnostic {
    Diagnostic::new(Code::E4044, "the compilation was stopped")
}
