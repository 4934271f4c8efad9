//! Calls.

use std::ffi::c_char;

use beskid_host::embed::{CallError, Instance, TrapKind};
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::array::array;
use crate::error::{Error, answered};
use crate::instance::CInstance;
use crate::text::text;
use crate::types::CValue;

/// Numbers of `beskid_status`.
const OK: u32 = 0;
const REFUSED: u32 = 1;
const OTHER: u32 = 10;

const fn status(kind: TrapKind) -> u32 {
    match kind {
        TrapKind::Panic => 2,
        TrapKind::Unreachable => 3,
        TrapKind::Arithmetic => 4,
        TrapKind::MemoryFault(_) => 5,
        TrapKind::StackOverflow => 6,
        TrapKind::HostError | TrapKind::HostPanic => 7,
        TrapKind::Interrupted => 8,
        TrapKind::DeadlineExceeded => 9,
        TrapKind::MemoryLimit => 11,
        _ => OTHER,
    }
}

/// Calls an exported function.
///
/// # Safety
/// The pointers are what the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_call(
    instance: *const CInstance,
    name: *const c_char,
    arguments: *const CValue,
    count: usize,
    result: *mut CValue,
    error: *mut *mut Error,
) -> u32 {
    let mut ended = REFUSED;
    let call = || -> Result<(), CallError> {
        let refused = |diagnostic: Diagnostic| CallError::Arguments(diagnostic);
        // SAFETY: the caller's promise.
        let (instance, name, arguments) = unsafe {
            (
                CInstance::visit(instance).map_err(refused)?,
                text(name, "the name").map_err(refused)?,
                array(arguments, count, "the arguments").map_err(refused)?,
            )
        };
        let values = (1..).zip(arguments);
        let values = values.map(|(number, value)| value.value(&format!("argument {number}")));
        let values = values.collect::<Result<Vec<_>, _>>().map_err(refused)?;
        let function = instance.dynamic_function(name).map_err(refused)?;
        let returned = function.call(&values).inspect_err(|error| {
            if let CallError::Trap(trap) = error {
                ended = status(trap.kind());
            }
        })?;
        if let Some(value) = returned
            && !result.is_null()
        {
            // SAFETY: the caller's promise.
            unsafe { result.write(value.into()) };
        }
        Ok(())
    };
    // SAFETY: the caller's promise.
    match unsafe { answered(error, call) } {
        Some(()) => OK,
        None => ended,
    }
}

/// Ends the call of an instance that goes on, or else the next one.
///
/// # Safety
/// The instance is this library's, and not freed meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_instance_interrupt(instance: *const CInstance) {
    // SAFETY: the caller's promise; only its flag is used, which is any thread's.
    let instance = unsafe { instance.as_ref() }.map(CInstance::shared);
    if let Some(handle) = instance.and_then(Instance::interrupt_handle) {
        handle.interrupt();
    }
}
