//! An instance, and whether a call of it goes on.

use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};

use beskid_host::embed::Instance;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// A call goes on.
const CALLED: u8 = 1;
/// Nobody will use it again: it goes when no call does.
const FREED: u8 = 2;

/// What `beskid_instance` is.
pub struct CInstance {
    instance: Instance,
    state: AtomicU8,
}

impl CInstance {
    pub(crate) fn new(instance: Instance) -> *mut Self {
        let state = AtomicU8::new(0);
        Box::into_raw(Box::new(Self { instance, state }))
    }

    /// The instance, for one call.
    ///
    /// # Errors
    /// E4041 for null, and while another call goes on.
    ///
    /// # Safety
    /// It is null, or was given by this library and is not freed.
    pub(crate) unsafe fn visit(this: *const Self) -> Result<Visit, Diagnostic> {
        let refused = |what: &str, help: &str| Diagnostic::new(Code::E4041, what).help(help);
        // SAFETY: the caller's promise.
        let known = unsafe { this.as_ref() }.ok_or_else(|| {
            let help = "make one with `beskid_compile_source` or another of its kind";
            refused("the instance is null", help)
        })?;
        if known.state.fetch_or(CALLED, Ordering::Acquire) & CALLED != 0 {
            let help =
                "one thread at a time calls an instance, and none of its host functions does";
            return Err(refused("the instance is in the middle of a call", help));
        }
        Ok(Visit(this.cast_mut()))
    }

    /// Frees it, or leaves that to the call that goes on.
    ///
    /// # Safety
    /// It was given by this library, and is not freed.
    pub(crate) unsafe fn free(this: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe {
            if (*this).state.fetch_or(FREED, Ordering::AcqRel) & CALLED == 0 {
                drop(Box::from_raw(this));
            }
        }
    }

    /// The instance, of which only what any thread may is used.
    pub(crate) const fn shared(&self) -> &Instance {
        &self.instance
    }
}

/// The one call of an instance that goes on.
pub(crate) struct Visit(*mut CInstance);

impl Deref for Visit {
    type Target = Instance;

    fn deref(&self) -> &Instance {
        // SAFETY: it is there as long as a call goes on, and no other thread has it.
        unsafe { &(*self.0).instance }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        // SAFETY: it is there; who has freed it meanwhile does not use it again.
        unsafe {
            if (*self.0).state.fetch_and(!CALLED, Ordering::AcqRel) & FREED != 0 {
                drop(Box::from_raw(self.0));
            }
        }
    }
}
