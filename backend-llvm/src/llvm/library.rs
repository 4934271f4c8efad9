//! Finding and opening an LLVM. One that was opened stays so: it has threads' and exit
//! handlers of its own.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::fs;
use std::sync::{Mutex, PoisonError};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use libloading::Library;

use super::api::{Api, GetVersion, Initialize, Message};
use crate::target::Architecture;

/// The library if nothing is said: by the names that distributions give it.
const NAMES: [&str; 3] = ["libLLVM.so.19.1", "libLLVM-19.so.1", "libLLVM-19.so"];
/// The version whose text and whose C interface the backend speaks.
const VERSION: u32 = 19;
/// How the system's loader says that there is no such file, and that there is no room for it.
const NOT_THERE: &str = "No such file";
const NO_MEMORY: &str = "failed to map segment";
/// What initializes a processor, behind its name.
const PARTS: [&str; 5] = [
    "TargetInfo",
    "Target",
    "TargetMC",
    "AsmPrinter",
    "AsmParser",
];

/// An LLVM that is open.
pub(crate) struct Llvm {
    library: Library,
    pub(super) api: Api,
    /// Processors that were made known, and whether there are such.
    known: Mutex<BTreeMap<&'static str, bool>>,
}

impl Llvm {
    /// The one at a path, or by a name that the system's loader finds; the usual one if
    /// nothing is said.
    ///
    /// # Errors
    /// E5196 if there is none, or none that will do.
    pub(crate) fn open(path: Option<&str>) -> Result<&'static Self, Diagnostic> {
        static OPEN: Mutex<BTreeMap<String, &'static Llvm>> = Mutex::new(BTreeMap::new());
        let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
        let key = path.unwrap_or_default();
        if let Some(llvm) = open.get(key) {
            return Ok(llvm);
        }
        let llvm: &'static Self = Box::leak(Box::new(match path {
            Some(path) => Self::load(path)?,
            None => Self::first()?,
        }));
        open.insert(key.to_owned(), llvm);
        Ok(llvm)
    }

    fn first() -> Result<Self, Diagnostic> {
        let mut causes = Vec::new();
        for name in NAMES {
            match Self::load(name) {
                Ok(llvm) => return Ok(llvm),
                Err(error) if !error.message.contains(NOT_THERE) => return Err(error),
                Err(error) => causes.push(error.message),
            }
        }
        let mut error = refused("no LLVM 19 is found".to_owned());
        error.notes = causes;
        Err(error)
    }

    fn load(path: &str) -> Result<Self, Diagnostic> {
        if path.is_empty() || path.contains('\0') {
            return Err(refused("option `llvm.library` names no library".to_owned()));
        }
        // Opening a pipe would wait for somebody who writes.
        if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
            return Err(refused(format!("`{path}` cannot be opened: it is no file")));
        }
        // SAFETY: libLLVM's constructors register its parts and its options, and touch
        // nothing of the process. That the file is one is what the user said who named it.
        let library = unsafe { Library::new(path) };
        let library = library.map_err(|error| {
            let reason = cause(&error);
            let mut refusal = refused(format!("`{path}` cannot be opened: {reason}"));
            if reason.contains(NO_MEMORY) {
                refusal.code = Code::E4045;
                refusal.help = Some("raise the limit of memory (`ulimit -v`)".into());
            }
            refusal
        })?;
        // SAFETY: every LLVM that has it declares it so.
        let version = unsafe { library.get::<GetVersion>("LLVMGetVersion\0") };
        let mut major = 0;
        if let Ok(version) = version {
            let (mut minor, mut patch) = (0, 0);
            // SAFETY: it writes the three numbers.
            unsafe { version(&raw mut major, &raw mut minor, &raw mut patch) };
        }
        if major != VERSION {
            let found = match major {
                0 => "no LLVM, or one before version 16".to_owned(),
                major => format!("LLVM {major}"),
            };
            return Err(refused(format!(
                "`{path}` is {found}; LLVM {VERSION} is needed"
            )));
        }
        // SAFETY: its version is the one whose headers the table follows.
        let api = unsafe { Api::of(&library) }
            .map_err(|name| refused(format!("`{path}` has no function `{name}`")))?;
        Ok(Self {
            library,
            api,
            known: Mutex::default(),
        })
    }

    /// Makes a processor known; whether this LLVM was built for it.
    pub(super) fn knows(&self, architecture: Architecture) -> bool {
        let component = architecture.component();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(is_there) = known.get(component) {
            return *is_there;
        }
        let functions = PARTS.map(|part| {
            let name = format!("LLVMInitialize{component}{part}\0");
            // SAFETY: LLVM declares each of them so.
            unsafe { self.library.get::<Initialize>(&*name) }
                .map(|found| *found)
                .ok()
        });
        let is_there = functions.iter().all(Option::is_some);
        for function in functions.into_iter().flatten().filter(|_| is_there) {
            // SAFETY: they take nothing, and the lock has one thread call them at a time.
            unsafe { function() };
        }
        known.insert(component, is_there);
        is_there
    }

    /// The list by which it tells debuggers of code in memory.
    pub(crate) fn debug_list(&self) -> Option<*const ()> {
        // SAFETY: only the address is taken, which stays: LLVM is never closed.
        let found = unsafe { self.library.get::<*const ()>("__jit_debug_descriptor\0") };
        found.ok().map(|list| *list)
    }

    /// A message of LLVM's, which is freed.
    pub(super) fn take(&self, message: Message) -> String {
        if message.is_null() {
            return String::new();
        }
        // SAFETY: LLVM gives strings with a NUL at their end.
        let text = unsafe { CStr::from_ptr(message) };
        let text = text.to_string_lossy().trim().to_owned();
        // SAFETY: LLVM made it, and nobody uses it any more.
        unsafe { (self.api.LLVMDisposeMessage)(message) };
        text
    }

    /// What an error of LLVM's says; `None` if it is none.
    pub(super) fn error(&self, error: super::api::Ref) -> Option<String> {
        if error.is_null() {
            return None;
        }
        // SAFETY: it is an error that nobody has looked at; this consumes it.
        let message = unsafe { (self.api.LLVMGetErrorMessage)(error) };
        // SAFETY: LLVM gives strings with a NUL at their end.
        let text = unsafe { CStr::from_ptr(message) }
            .to_string_lossy()
            .into_owned();
        // SAFETY: LLVM made it as the message of an error, and nobody uses it any more.
        unsafe { (self.api.LLVMDisposeErrorMessage)(message) };
        Some(text)
    }
}

fn refused(message: String) -> Diagnostic {
    Diagnostic::new(Code::E5196, format!("backend `llvm`: {message}")).help(
        "install LLVM 19 (Debian: `libllvm19`), or name it: `--backend-option llvm.library=PATH`",
    )
}

fn cause(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    text
}

/// A string as LLVM takes it.
pub(super) fn terminated(text: &str) -> CString {
    let bytes = text.bytes().filter(|byte| *byte != 0).collect::<Vec<_>>();
    CString::new(bytes).unwrap_or_default()
}
