//! Engines.

use std::ffi::c_char;
use std::time::Duration;

use beskid_host::embed::{Catch, Config, Engine};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::array::array;
use crate::error::{Error, answered};
use crate::text::text;

/// What `beskid_config` is.
#[repr(C)]
pub struct CConfig {
    size: usize,
    backend: *const c_char,
    catch_faults: i32,
    interruptible: i32,
    deadline_millis: u64,
    memory_limit: u64,
    debug_info: i32,
}

/// More bytes than a configuration will ever have: a size beyond is none.
const MOST: usize = 4096;

impl CConfig {
    /// What a program gives, of whose configuration no byte beyond its size is read. A size
    /// of 0 is that of the first release, also when there are later fields.
    ///
    /// # Errors
    /// E4041 for a size that no configuration has, and for later fields that are used.
    ///
    /// # Safety
    /// It has a size, and as many bytes as that says.
    unsafe fn read(this: *const Self) -> Result<Self, Diagnostic> {
        let refused = |why: &str, help: &str| Err(Diagnostic::new(Code::E4041, why).help(help));
        let known = size_of::<Self>();
        // SAFETY: the caller's promise.
        let size = unsafe { (&raw const (*this).size).read() };
        let later = match size {
            0 => 0,
            _ if (known..=MOST).contains(&size) => size - known,
            _ => {
                let why = format!("the configuration's size is {size}, which none has");
                return refused(&why, "write `sizeof(beskid_config)`, or 0");
            }
        };
        // SAFETY: the caller's promise.
        let later = unsafe { array(this.add(1).cast::<u8>(), later, "later fields") }?;
        if later.iter().any(|byte| *byte != 0) {
            let why = "the configuration uses fields that this library does not have";
            return refused(why, "leave them zero, or link the library of this header");
        }
        // SAFETY: the caller's promise.
        Ok(unsafe { this.read() })
    }

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
        let config = match config.is_null() {
            true => Config::new(),
            // SAFETY: the caller's promise.
            false => unsafe { CConfig::read(config)?.config() }?,
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
