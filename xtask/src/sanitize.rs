//! `cargo xtask sanitize`: the tests of what is unsafe, with the compiler's sanitizer of
//! addresses.
//!
//! Our own crates are sanitized: cargo starts the compiler for them through this program,
//! which adds the flag, and has the compiler take it as one of a nightly would. What others
//! wrote stays as it was compiled. No other toolchain is needed.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::cargo::{cargo, succeeds};

/// Where the boundaries of `tidy/unsafety.rs` are tested in one process. What is left out
/// builds libraries, into which the sanitizer's does not go.
const PARTS: &[&[&str]] = &[
    &[
        "--workspace",
        "--test=embedding",
        "--",
        "--skip=from_c::",
        "--skip=examples::",
    ],
    &[
        "--package=beskid-plugin-api",
        "--package=beskid-runtime",
        "--package=beskid-clif",
        "--package=beskid-backend-jit",
        "--package=beskid-host",
        "--lib",
        "--no-fail-fast",
    ],
];

/// What lives as long as the process is no leak, and handlers of signals that a process
/// sets for itself are part of what is tested.
const OPTIONS: &str = "detect_leaks=0:allow_user_segv_handler=1:detect_stack_use_after_return=0";

/// Says to this program that cargo starts it in the compiler's place.
const IN_PLACE: &str = "BESKID_SANITIZE";

const FLAG: &str = "-Zsanitizer=address";

/// Runs the tests; says whether all have passed. The arguments are cargo's for other
/// tests.
pub fn run(root: &Path, args: &[String]) -> Result<bool, String> {
    let own = std::env::current_exe().map_err(|error| format!("no path to xtask: {error}"))?;
    let given: Vec<_> = args.iter().map(String::as_str).collect();
    let given = [given.as_slice()];
    let parts = if args.is_empty() { PARTS } else { &given };
    let mut clean = true;
    for part in parts {
        let mut test = cargo(root);
        test.args(["test", "--locked"])
            .args(*part)
            .env("RUSTC_WORKSPACE_WRAPPER", &own)
            .env(IN_PLACE, "1")
            .env("ASAN_OPTIONS", OPTIONS);
        clean &= succeeds(&mut test)?;
    }
    Ok(clean)
}

/// What the compiler ends with, if this program was started in its place.
pub fn in_place_of_compiler() -> Option<ExitCode> {
    std::env::var_os(IN_PLACE)?;
    let mut args = std::env::args_os().skip(1);
    let mut compiler = compiler(args.next()?, args.collect());
    let status = compiler.status().ok()?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Some(ExitCode::from(code.unwrap_or(1)))
}

fn compiler(path: OsString, args: Vec<OsString>) -> Command {
    let mut compiler = Command::new(path);
    if is_sanitized(&args) {
        compiler.arg(FLAG).env("RUSTC_BOOTSTRAP", "1");
    }
    compiler.args(args);
    compiler
}

/// Whether a crate is, and not one that a process loads which is not.
fn is_sanitized(args: &[OsString]) -> bool {
    let asks = |arg: &OsString| arg == "-vV" || arg.to_string_lossy().starts_with("--print");
    let kinds = args.windows(2).filter(|pair| pair[0] == "--crate-type");
    let mut kinds = kinds.map(|pair| pair[1].to_string_lossy());
    let is_loaded = kinds.any(|kind| ["proc-macro", "cdylib", "dylib"].contains(&&*kind));
    !is_loaded && !args.iter().any(asks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_and_what_is_asked_is_not_sanitized() {
        let has_flag = |args: &[&str]| {
            let args = args.iter().map(OsString::from).collect();
            let command = compiler("rustc".into(), args);
            command.get_args().any(|arg| arg == FLAG)
        };
        assert!(has_flag(&["--crate-name", "host", "--crate-type", "lib"]));
        assert!(has_flag(&["--crate-name", "host", "--test"]));
        for loaded in ["proc-macro", "cdylib", "dylib"] {
            assert!(!has_flag(&["--crate-name", "host", "--crate-type", loaded]));
        }
        assert!(!has_flag(&["-vV"]));
        assert!(!has_flag(&["-", "--print=cfg"]));
    }
}
