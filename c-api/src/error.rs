//! Errors: why something was refused, or how a call ended.

use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use beskid_host::embed::{CallError, Trap};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::help::for_c;
use crate::text::string;

/// What `beskid_error` is.
pub struct Error {
    message: CString,
    code: Option<CString>,
    position: Option<CString>,
    backtrace: Option<CString>,
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        let help = diagnostic.help.as_deref().map(for_c);
        let mut message = diagnostic.message;
        for more in diagnostic.notes.into_iter().chain(help) {
            message.push('\n');
            message.push_str(&more);
        }
        Self {
            message: string(&message),
            code: Some(string(diagnostic.code.as_str())),
            position: diagnostic.path.as_deref().map(string),
            backtrace: None,
        }
    }
}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Self {
            message: string(trap.message()),
            code: None,
            position: trap.position().map(string),
            backtrace: match trap.backtrace() {
                [] => None,
                functions => Some(string(&functions.join("\n"))),
            },
        }
    }
}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Arguments(diagnostic) => diagnostic.into(),
            CallError::Trap(trap) => trap.into(),
            other => Diagnostic::new(Code::E4041, other.to_string()).into(),
        }
    }
}

/// Does what C asks for; a panic of ours becomes an error like others.
///
/// # Errors
/// What `work` says.
///
/// # Safety
/// `error` is null, or there is room for a pointer.
pub(crate) unsafe fn answered<T, E: Into<Error>>(
    error: *mut *mut Error,
    work: impl FnOnce() -> Result<T, E>,
) -> Option<T> {
    let failed = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(done)) => return Some(done),
        Ok(Err(failed)) => failed.into(),
        Err(_) => Diagnostic::new(Code::E4041, "beskid failed; this is a bug of it").into(),
    };
    if !error.is_null() {
        // SAFETY: the caller's promise.
        unsafe { error.write(Box::into_raw(Box::new(failed))) };
    }
    None
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $of:expr;)+) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The error is null, or was given by this library and is not freed.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(error: *const Error) -> *const c_char {
            // SAFETY: the caller's promise.
            let text = unsafe { error.as_ref() }.and_then($of);
            text.map_or(ptr::null(), |text: &CString| text.as_ptr())
        }
    )+};
}

texts! {
    /// What an error says.
    beskid_error_message = |error| Some(&error.message);
    /// The code of an error.
    beskid_error_code = |error| error.code.as_ref();
    /// Where in a source it was.
    beskid_error_position = |error| error.position.as_ref();
    /// The functions of the program that a call had come through.
    beskid_error_backtrace = |error| error.backtrace.as_ref();
}

/// Frees an error.
///
/// # Safety
/// It is null, or was given by this library, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_error_free(error: *mut Error) {
    if !error.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(error) });
    }
}
