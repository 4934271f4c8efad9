//! Instances.

use std::ffi::c_char;
use std::ptr;

use beskid_host::embed::{Engine, Imports};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::array::array;
use crate::error::{Error, answered};
use crate::imports::CImports;
use crate::instance::CInstance;
use crate::text::text;

/// Compiles what `artifact` makes.
///
/// # Safety
/// The engine is this library's; the imports are null or this library's, and not used
/// again; `error` is null, or there is room for a pointer.
unsafe fn compiled(
    engine: *const Engine,
    imports: *mut CImports,
    error: *mut *mut Error,
    artifact: impl FnOnce(&Engine) -> Result<CodegenArtifact, Diagnostic>,
) -> *mut CInstance {
    let imports = match imports.is_null() {
        true => Imports::new(),
        // SAFETY: the caller's promise.
        false => unsafe { Box::from_raw(imports) }.into_imports(),
    };
    let compile = || {
        // SAFETY: the caller's promise.
        let engine = unsafe { engine.as_ref() }.ok_or_else(|| {
            Diagnostic::new(Code::E4041, "the engine is null")
                .help("make one with `beskid_engine_new`")
        })?;
        engine.compile(&artifact(engine)?, imports)
    };
    // SAFETY: the caller's promise.
    let instance = unsafe { answered(error, compile) };
    instance.map_or(ptr::null_mut(), CInstance::new)
}

/// An instance of a Beskid program of one file.
///
/// # Safety
/// The pointers are what the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_compile_source(
    engine: *const Engine,
    name: *const c_char,
    source: *const c_char,
    imports: *mut CImports,
    error: *mut *mut Error,
) -> *mut CInstance {
    // SAFETY: the caller's promise.
    unsafe {
        compiled(engine, imports, error, |engine| {
            engine.artifact_of_source(text(name, "the name")?, text(source, "the source")?)
        })
    }
}

/// An instance of CLIF text.
///
/// # Safety
/// The pointers are what the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_compile_clif(
    engine: *const Engine,
    source: *const c_char,
    imports: *mut CImports,
    error: *mut *mut Error,
) -> *mut CInstance {
    // SAFETY: the caller's promise.
    unsafe {
        compiled(engine, imports, error, |engine| {
            engine.artifact_of_clif(text(source, "the source")?)
        })
    }
}

/// An instance of an artifact.
///
/// # Safety
/// The pointers are what the header says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_compile_artifact(
    engine: *const Engine,
    bytes: *const u8,
    length: usize,
    imports: *mut CImports,
    error: *mut *mut Error,
) -> *mut CInstance {
    // SAFETY: the caller's promise.
    unsafe {
        compiled(engine, imports, error, |engine| {
            engine.artifact_of_bytes(array(bytes, length, "the bytes")?)
        })
    }
}

/// Frees an instance; while a call of it goes on, when that has ended.
///
/// # Safety
/// It is null, or was given by this library, and is not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn beskid_instance_free(instance: *mut CInstance) {
    if !instance.is_null() {
        // SAFETY: the caller's promise.
        unsafe { CInstance::free(instance) };
    }
}
