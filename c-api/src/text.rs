//! Strings of C.

use std::ffi::{CStr, CString, c_char};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// The text of a string.
///
/// # Errors
/// E4041 for null, or for what is not UTF-8.
///
/// # Safety
/// It is null or a string of C that stays as it is for `'t`.
pub(crate) unsafe fn text<'t>(string: *const c_char, what: &str) -> Result<&'t str, Diagnostic> {
    let refused = |why: &str| {
        Diagnostic::new(Code::E4041, format!("{what} is {why}"))
            .help("give UTF-8 that ends with a zero byte")
    };
    if string.is_null() {
        return Err(refused("null"));
    }
    // SAFETY: the caller's promise.
    let bytes = unsafe { CStr::from_ptr(string) };
    bytes.to_str().map_err(|_| refused("not UTF-8"))
}

/// A string of C; zero bytes within are left out.
pub(crate) fn string(text: &str) -> CString {
    let bytes = text.bytes().filter(|byte| *byte != 0).collect::<Vec<_>>();
    CString::new(bytes).unwrap_or_default()
}
