//! Plugins and libraries may call `exit`, after which no value is dropped.

use std::sync::OnceLock;

/// The process that asked; its children are given a copy of the request.
static OWNER: OnceLock<u32> = OnceLock::new();

/// Has the C library remove the scratch when this process calls `exit`.
pub(super) fn install() {
    OWNER.get_or_init(|| {
        // SAFETY: `remove` takes and returns nothing, never unwinds, and is
        // there until the process ends, since the host is no library that is
        // unloaded.
        let refused = unsafe { libc::atexit(remove) } != 0;
        if refused {
            tracing::debug!("the C library has no room for another exit handler");
        }
        std::process::id()
    });
}

extern "C" fn remove() {
    if OWNER.get() == Some(&std::process::id()) {
        super::remove_all();
    }
}
