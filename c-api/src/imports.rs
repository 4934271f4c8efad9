//! Host functions in C.

use std::ffi::{c_char, c_void};

use beskid_host::embed::{Caller, Imports, Value};
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::error::{Error, answered};
use crate::text::text;
use crate::types::{CValue, parse};

/// What `beskid_imports` is.
pub struct CImports(pub(crate) Option<Imports>);

/// What `beskid_host_function` is.
pub type CFunction = unsafe extern "C" fn(*mut c_void, *const CValue, usize, *mut CValue) -> i32;

/// A host function with what it takes first.
struct Function {
    call: CFunction,
    data: *mut c_void,
}

// SAFETY: who gives a function and its data lets them be used by whichever thread has the
// instance, as the header says.
unsafe impl Send for Function {}

impl Function {
    fn call(&self, arguments: &[Value]) -> Result<Option<Value>, String> {
        let values = arguments.iter().map(|value| CValue::from(*value));
        let values = values.collect::<Vec<_>>();
        let mut result = CValue::NONE;
        // SAFETY: who gave the function has promised that it takes these.
        let status =
            unsafe { (self.call)(self.data, values.as_ptr(), values.len(), &raw mut result) };
        if status != 0 {
            return Err(format!("a host function returned {status}"));
        }
        // One that was not written has a type that no value has.
        Ok(result.value().ok())
    }
}

/// No host functions yet.
#[unsafe(no_mangle)]
pub extern "C" fn beskid_imports_new() -> *mut CImports {
    Box::into_raw(Box::new(CImports(Some(Imports::new()))))
}

/// Adds a host function.
///
/// # Safety
/// The imports are this library's, the texts strings; the function takes what the header
/// says, with `data`, as long as there is an instance that has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_imports_add(
    imports: *mut CImports,
    name: *const c_char,
    of_type: *const c_char,
    function: CFunction,
    data: *mut c_void,
    error: *mut *mut Error,
) -> u32 {
    let function = Function {
        call: function,
        data,
    };
    let add = || {
        // SAFETY: the caller's promise.
        let (name, of_type) = unsafe { (text(name, "the name")?, text(of_type, "the type")?) };
        let of_type = parse(of_type)?;
        // SAFETY: the caller's promise.
        if let Some(CImports(slot)) = unsafe { imports.as_mut() }
            && let Some(known) = slot.take()
        {
            let call = move |_: &mut Caller<'_, ()>, arguments: &[Value]| function.call(arguments);
            *slot = Some(known.dynamic_function(name, of_type, call));
        }
        Ok::<_, Diagnostic>(())
    };
    // SAFETY: the caller's promise.
    u32::from(unsafe { answered(error, add) }.is_none())
}

/// Frees imports that no instance was made with.
///
/// # Safety
/// They are null, or this library's, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_imports_free(imports: *mut CImports) {
    if !imports.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(imports) });
    }
}
