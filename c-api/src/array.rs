//! Arrays of C.

use std::slice;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// What an array has; null is one that has nothing.
///
/// # Errors
/// E4041 for null that is said to have something.
///
/// # Safety
/// It is null, or has as many as `count` says, which stay as they are for `'a`.
pub(crate) unsafe fn array<'a, T>(
    first: *const T,
    count: usize,
    what: &str,
) -> Result<&'a [T], Diagnostic> {
    match count {
        0 => Ok(&[]),
        _ if first.is_null() => {
            let message = format!("{what} are null, and are said to be {count}");
            Err(Diagnostic::new(Code::E4041, message).help("give as many as there are said to be"))
        }
        // SAFETY: the caller's promise.
        _ => Ok(unsafe { slice::from_raw_parts(first, count) }),
    }
}
