//! Engines.

use std::ffi::c_char;
use std::time::Duration;

use beskid_host::embed::{Catch, Config, Engine};
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::error::{Error, answered};
use crate::text::text;

/// What `beskid_config` is.
#[repr(C)]
pub struct CConfig {
    backend: *const c_char,
    catch_faults: i32,
    interruptible: i32,
    deadline_millis: u64,
    memory_limit: u64,
    debug_info: i32,
}

impl CConfig {
    /// # Safety
    /// The backend is null or a string.
    unsafe fn config(&self) -> Result<Config, Diagnostic> {
        let mut config = Config::new()
            .interruptible(self.interruptible != 0)
            .debug_info(self.debug_info != 0);
        if !self.backend.is_null() {
            // SAFETY: the caller's promise.
            config = config.backend(unsafe { text(self.backend, "the backend") }?);
        }
        if self.catch_faults != 0 {
            config = config.catch(Catch::Faults);
        }
        if self.deadline_millis > 0 {
            config = config.deadline(Duration::from_millis(self.deadline_millis));
        }
        // More than there are addresses for is no limit.
        Ok(config.memory_limit(usize::try_from(self.memory_limit).unwrap_or(0)))
    }
}

/// Makes an engine.
///
/// # Safety
/// The configuration is null or one; `error` is null, or there is room for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_engine_new(
    config: *const CConfig,
    error: *mut *mut Error,
) -> *mut Engine {
    let new = || {
        // SAFETY: the caller's promise.
        let config = match unsafe { config.as_ref() } {
            // SAFETY: as above.
            Some(config) => unsafe { config.config() }?,
            None => Config::new(),
        };
        Engine::new(config.dynamic(true))
    };
    // SAFETY: the caller's promise.
    let engine = unsafe { answered(error, new) };
    engine.map_or(std::ptr::null_mut(), |engine| {
        Box::into_raw(Box::new(engine))
    })
}

/// Frees an engine.
///
/// # Safety
/// It is null, or was given by this library, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_engine_free(engine: *mut Engine) {
    if !engine.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(engine) });
    }
}
