//! The part of LLVM's C interface that is called, as its headers declare it.

use std::ffi::{c_char, c_int, c_uint, c_void};

use libloading::Library;

/// A reference to something of LLVM's.
pub(super) type Ref = *mut c_void;
/// A string.
pub(super) type Text = *const c_char;
/// A string that LLVM made.
pub(super) type Message = *mut c_char;
/// A function that LLVM calls with what it has to say, and what it was given for that.
pub(super) type Handler = extern "C" fn(Ref, *mut c_void);
/// A function that LLVM calls with what it was given for that, its session and a triple,
/// and that gives what links the session's objects.
pub(super) type Creator = extern "C" fn(*mut c_void, Ref, Text) -> Ref;

/// A name and its address, as `LLVMOrcCSymbolMapPair`.
#[repr(C)]
pub(super) struct SymbolPair {
    pub(super) name: Ref,
    pub(super) address: u64,
    /// `LLVMJITSymbolGenericFlags`, and those of the target.
    pub(super) flags: [u8; 2],
}

macro_rules! api {
    ($($name:ident($($arg:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions.
        #[allow(non_snake_case, reason = "they have LLVM's own names")]
        pub(super) struct Api {
            $(pub(super) $name: unsafe extern "C" fn($($arg),*) $(-> $result)?,)*
        }

        impl Api {
            /// Finds all of them; the name of the first that is not there otherwise.
            ///
            /// # Safety
            /// The library is an LLVM whose headers declare the functions as they stand here.
            pub(super) unsafe fn of(library: &Library) -> Result<Self, &'static str> {
                Ok(Self {
                    $($name: {
                        // SAFETY: the caller's promise.
                        let found = unsafe { library.get(concat!(stringify!($name), "\0")) };
                        *found.map_err(|_| stringify!($name))?
                    },)*
                })
            }
        }
    };
}

api! {
    LLVMContextCreate() -> Ref;
    LLVMContextDispose(Ref);
    LLVMContextSetDiagnosticHandler(Ref, Handler, *mut c_void);
    LLVMGetDiagInfoDescription(Ref) -> Message;
    LLVMGetDiagInfoSeverity(Ref) -> c_int;
    LLVMCreateMemoryBufferWithMemoryRangeCopy(Text, usize, Text) -> Ref;
    LLVMGetBufferStart(Ref) -> Text;
    LLVMGetBufferSize(Ref) -> usize;
    LLVMDisposeMemoryBuffer(Ref);
    LLVMDisposeMessage(Message);
    LLVMParseIRInContext(Ref, Ref, *mut Ref, *mut Message) -> c_int;
    LLVMVerifyModule(Ref, c_int, *mut Message) -> c_int;
    LLVMDisposeModule(Ref);
    LLVMSetTarget(Ref, Text);
    LLVMSetModuleDataLayout(Ref, Ref);
    LLVMCreateTargetDataLayout(Ref) -> Ref;
    LLVMDisposeTargetData(Ref);
    LLVMGetTargetFromTriple(Text, *mut Ref, *mut Message) -> c_int;
    LLVMGetHostCPUName() -> Message;
    LLVMGetHostCPUFeatures() -> Message;
    LLVMCreateTargetMachine(Ref, Text, Text, Text, c_int, c_int, c_int) -> Ref;
    LLVMDisposeTargetMachine(Ref);
    LLVMCreatePassBuilderOptions() -> Ref;
    LLVMPassBuilderOptionsSetSLPVectorization(Ref, c_int);
    LLVMDisposePassBuilderOptions(Ref);
    LLVMRunPasses(Ref, Text, Ref, Ref) -> Ref;
    LLVMGetErrorMessage(Ref) -> Message;
    LLVMDisposeErrorMessage(Message);
    LLVMTargetMachineEmitToMemoryBuffer(Ref, Ref, c_int, *mut Message, *mut Ref) -> c_int;
    LLVMOrcCreateLLJIT(*mut Ref, Ref) -> Ref;
    LLVMOrcDisposeLLJIT(Ref) -> Ref;
    LLVMOrcCreateLLJITBuilder() -> Ref;
    LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator(Ref, Creator, *mut c_void);
    LLVMOrcCreateRTDyldObjectLinkingLayerWithSectionMemoryManager(Ref) -> Ref;
    LLVMOrcRTDyldObjectLinkingLayerRegisterJITEventListener(Ref, Ref);
    LLVMCreateGDBRegistrationListener() -> Ref;
    LLVMOrcLLJITGetExecutionSession(Ref) -> Ref;
    LLVMOrcExecutionSessionSetErrorReporter(Ref, extern "C" fn(*mut c_void, Ref), *mut c_void);
    LLVMOrcLLJITGetMainJITDylib(Ref) -> Ref;
    LLVMOrcLLJITGetGlobalPrefix(Ref) -> c_char;
    LLVMOrcLLJITMangleAndIntern(Ref, Text) -> Ref;
    LLVMOrcAbsoluteSymbols(*mut SymbolPair, usize) -> Ref;
    LLVMOrcJITDylibDefine(Ref, Ref) -> Ref;
    LLVMOrcCreateDynamicLibrarySearchGeneratorForProcess(*mut Ref, c_char, *mut c_void, *mut c_void) -> Ref;
    LLVMOrcCreateDynamicLibrarySearchGeneratorForPath(*mut Ref, Text, c_char, *mut c_void, *mut c_void) -> Ref;
    LLVMOrcJITDylibAddGenerator(Ref, Ref);
    LLVMOrcLLJITAddObjectFile(Ref, Ref, Ref) -> Ref;
    LLVMOrcLLJITLookup(Ref, *mut u64, Text) -> Ref;
}

/// `LLVMGetVersion`.
pub(super) type GetVersion = unsafe extern "C" fn(*mut c_uint, *mut c_uint, *mut c_uint);
/// The functions that make a processor known.
pub(super) type Initialize = unsafe extern "C" fn();
