//! Objects in the memory of this process.

use std::ffi::{c_char, c_void};
use std::ptr::null_mut;
use std::sync::{Mutex, PoisonError};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::api::{Ref, SymbolPair, Text};
use super::library::{Llvm, terminated};

/// `LLVMJITSymbolGenericFlagsExported` and `…Callable`.
const FUNCTION: u8 = 1 | 4;

/// Libraries with routines that LLVM's code calls: C's mathematics, and the compiler's own.
const ROUTINES: [&str; 2] = ["libm.so.6", "libgcc_s.so.1"];

/// Code in memory.
pub(crate) struct Execution {
    llvm: &'static Llvm,
    jit: Ref,
    /// What LLVM says on the side; it has its address.
    reports: Box<Reports>,
}

struct Reports {
    llvm: &'static Llvm,
    texts: Mutex<Vec<String>>,
}

// SAFETY: the references are used by one thread at a time, and LLVM binds none of them to
// the thread that made it.
unsafe impl Send for Execution {}

extern "C" fn report(reports: *mut c_void, error: Ref) {
    // SAFETY: it is what `Execution` gave with this function, and lives as long as that.
    let reports = unsafe { &*reports.cast::<Reports>() };
    let text = reports.llvm.error(error).unwrap_or_default();
    let mut texts = reports.texts.lock().unwrap_or_else(PoisonError::into_inner);
    texts.push(text);
}

/// The linker of a session, which tells debuggers of its objects. Of LLVM's two it is the
/// older one: the newer one looks for its way to debuggers among the symbols of the whole
/// process, where a plugin's LLVM has none.
extern "C" fn told(library: *mut c_void, session: Ref, _triple: Text) -> Ref {
    // SAFETY: it is what `Execution` gave with this function.
    let api = unsafe { &(*library.cast::<Llvm>()).api };
    // SAFETY: the session is alive, and owns what it is given; the listener is LLVM's own.
    unsafe {
        let layer = (api.LLVMOrcCreateRTDyldObjectLinkingLayerWithSectionMemoryManager)(session);
        let listener = (api.LLVMCreateGDBRegistrationListener)();
        (api.LLVMOrcRTDyldObjectLinkingLayerRegisterJITEventListener)(layer, listener);
        layer
    }
}

impl Execution {
    /// Loads an object, with the addresses of what it imports. What it tells debuggers is
    /// made known to them if `is_debugged`.
    ///
    /// # Errors
    /// E5121 if there is no memory for it, or something has no address.
    pub(crate) fn new<'n>(
        llvm: &'static Llvm,
        object: &[u8],
        imports: impl Iterator<Item = (&'n str, u64)>,
        is_debugged: bool,
    ) -> Result<Self, Diagnostic> {
        let api = &llvm.api;
        let mut jit: Ref = null_mut();
        let mut builder: Ref = null_mut();
        if is_debugged {
            let library: *const Llvm = llvm;
            // SAFETY: the library is alive as long as the process.
            unsafe {
                builder = (api.LLVMOrcCreateLLJITBuilder)();
                let library = library.cast_mut().cast();
                (api.LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator)(builder, told, library);
            }
        }
        // SAFETY: it is made for this machine, and the call consumes the builder, if there
        // is one.
        let error = unsafe { (api.LLVMOrcCreateLLJIT)(&raw mut jit, builder) };
        if let Some(reason) = llvm.error(error) {
            return Err(refused(&reason));
        }
        let execution = Self {
            llvm,
            jit,
            reports: Box::new(Reports {
                llvm,
                texts: Mutex::default(),
            }),
        };
        let reports: *const Reports = &raw const *execution.reports;
        // SAFETY: the session is alive, and the reports as long as it.
        let dylib = unsafe {
            let session = (api.LLVMOrcLLJITGetExecutionSession)(jit);
            let reports = reports.cast_mut().cast();
            (api.LLVMOrcExecutionSessionSetErrorReporter)(session, report, reports);
            (api.LLVMOrcLLJITGetMainJITDylib)(jit)
        };
        let mut pairs = imports
            .map(|(name, address)| {
                let name = terminated(name);
                SymbolPair {
                    // SAFETY: the name is alive; what is given is consumed below.
                    name: unsafe { (api.LLVMOrcLLJITMangleAndIntern)(jit, name.as_ptr()) },
                    address,
                    flags: [FUNCTION, 0],
                }
            })
            .collect::<Vec<_>>();
        if !pairs.is_empty() {
            // SAFETY: so many pairs are there; the call consumes the names.
            let error = unsafe {
                let unit = (api.LLVMOrcAbsoluteSymbols)(pairs.as_mut_ptr(), pairs.len());
                (api.LLVMOrcJITDylibDefine)(dylib, unit)
            };
            execution.check(error)?;
        }
        execution.find_routines(dylib);
        let name = terminated("beskid");
        // SAFETY: LLVM copies the object, and owns the copy.
        let error = unsafe {
            let start = object.as_ptr().cast::<c_char>();
            let buffer =
                (api.LLVMCreateMemoryBufferWithMemoryRangeCopy)(start, object.len(), name.as_ptr());
            (api.LLVMOrcLLJITAddObjectFile)(jit, dylib, buffer)
        };
        execution.check(error)?;
        Ok(execution)
    }

    /// Has LLVM look for what its code calls besides: in this process, and in the libraries
    /// of the compiler. Where one is missing, so is only what it has.
    fn find_routines(&self, dylib: Ref) {
        let api = &self.llvm.api;
        // SAFETY: the session is alive.
        let prefix = unsafe { (api.LLVMOrcLLJITGetGlobalPrefix)(self.jit) };
        let filter = (null_mut(), null_mut());
        let add = |error: Ref, found: Ref| {
            if self.llvm.error(error).is_none() && !found.is_null() {
                // SAFETY: the library owns the generator from here on.
                unsafe { (api.LLVMOrcJITDylibAddGenerator)(dylib, found) };
            }
        };
        let mut found: Ref = null_mut();
        // SAFETY: the call writes the generator, or gives an error.
        let error = unsafe {
            let place = &raw mut found;
            (api.LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess)(
                place, prefix, filter.0, filter.1,
            )
        };
        add(error, found);
        for library in ROUTINES {
            let (mut found, name): (Ref, _) = (null_mut(), terminated(library));
            // SAFETY: as before; the name is alive.
            let error = unsafe {
                let (place, name) = (&raw mut found, name.as_ptr());
                (api.LLVMOrcCreateDynamicLibrarySearchGeneratorForPath)(
                    place, name, prefix, filter.0, filter.1,
                )
            };
            add(error, found);
        }
    }

    /// The address of a function.
    ///
    /// # Errors
    /// E5121 if there is none, or if the code cannot be made ready.
    pub(crate) fn address(&self, name: &str) -> Result<u64, Diagnostic> {
        let (mut address, name) = (0_u64, terminated(name));
        // SAFETY: the session is alive; the call writes the address.
        let error = unsafe {
            (self.llvm.api.LLVMOrcLLJITLookup)(self.jit, &raw mut address, name.as_ptr())
        };
        self.check(error)?;
        Ok(address)
    }

    fn check(&self, error: Ref) -> Result<(), Diagnostic> {
        let Some(reason) = self.llvm.error(error) else {
            return Ok(());
        };
        let texts = self.reports.texts.lock();
        let texts = texts.unwrap_or_else(PoisonError::into_inner);
        // The cause is reported, and the error says only what has failed by it.
        Err(refused(texts.first().unwrap_or(&reason)))
    }
}

fn refused(reason: &str) -> Diagnostic {
    let line = reason.lines().collect::<Vec<_>>().join(" ");
    let message = format!("LLVM cannot load the compiled program: {line}");
    Diagnostic::new(Code::E5121, message).help("build the program, or run it by another backend")
}

impl Drop for Execution {
    fn drop(&mut self) {
        // SAFETY: nobody uses the session any more. What is wrong with its end is nobody's
        // to mend.
        let error = unsafe { (self.llvm.api.LLVMOrcDisposeLLJIT)(self.jit) };
        let _ = self.llvm.error(error);
    }
}
