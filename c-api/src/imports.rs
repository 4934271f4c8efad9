//! Host functions in C.

use std::collections::BTreeSet;
use std::ffi::{c_char, c_void};
use std::mem;

use beskid_host::embed::{Caller, FunctionType, Imports, Value};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::error::{Error, answered};
use crate::text::text;
use crate::types::{CValue, parse};

/// What `beskid_imports` is.
#[derive(Default)]
pub struct CImports {
    imports: Imports,
    names: BTreeSet<String>,
}

impl CImports {
    pub(crate) fn into_imports(self) -> Imports {
        self.imports
    }

    /// # Errors
    /// E4041 for a name that has a function.
    fn add(&mut self, name: &str, function: Function) -> Result<(), Diagnostic> {
        if !self.names.insert(name.to_owned()) {
            return Err(refused(
                &format!("the imports have a function `{name}`"),
                "give each name one function",
            ));
        }
        let of_type = function.of_type.clone();
        let call = move |_: &mut Caller<'_, ()>, arguments: &[Value]| function.call(arguments);
        self.imports = mem::take(&mut self.imports).dynamic_function(name, of_type, call);
        Ok(())
    }
}

/// What `beskid_host_function` is.
pub type CFunction = unsafe extern "C" fn(*mut c_void, *const CValue, usize, *mut CValue) -> i32;

/// A host function with what it takes first, and its type as the program has it.
struct Function {
    call: CFunction,
    of_type: FunctionType,
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
        match result.is_none() {
            true if self.of_type.results.is_empty() => Ok(None),
            true => Err(format!(
                "a host function of `{}` returned nothing; write the result's type and value",
                self.of_type
            )),
            false => {
                let value = result.value("the result of a host function");
                Ok(Some(value.map_err(|error| error.message)?))
            }
        }
    }
}

/// No host functions yet.
#[unsafe(no_mangle)]
pub extern "C" fn beskid_imports_new() -> *mut CImports {
    Box::into_raw(Box::default())
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
    function: Option<CFunction>,
    data: *mut c_void,
    error: *mut *mut Error,
) -> u32 {
    let add = || {
        // SAFETY: the caller's promise.
        let (imports, name, of_type) = unsafe {
            (
                imports.as_mut(),
                text(name, "the name")?,
                text(of_type, "the type")?,
            )
        };
        let imports = imports.ok_or_else(|| {
            refused(
                "the imports are null",
                "make them with `beskid_imports_new`",
            )
        })?;
        let function = Function {
            call: function
                .ok_or_else(|| refused("the function is null", "give a `beskid_host_function`"))?,
            of_type: parse(of_type)?,
            data,
        };
        imports.add(name, function)
    };
    // SAFETY: the caller's promise.
    u32::from(unsafe { answered(error, add) }.is_none())
}

fn refused(why: &str, help: &str) -> Diagnostic {
    Diagnostic::new(Code::E4041, why).help(help)
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
