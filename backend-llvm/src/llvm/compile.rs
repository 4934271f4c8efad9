//! From a module's text to an object.

use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;
use std::slice;

use beskid_plugin_api::backend::Optimization;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::api::{Message, Ref};
use super::library::{Llvm, terminated};
use crate::refusal::broken;
use crate::target::Machine;

/// `LLVMReturnStatusAction`.
const RETURN_STATUS: c_int = 2;
/// `LLVMRelocPIC`.
const PIC: c_int = 2;
/// `LLVMCodeModelDefault`.
const CODE_MODEL: c_int = 0;
/// `LLVMObjectFile`.
const OBJECT: c_int = 1;
/// `LLVMDSError`.
const ERROR: c_int = 0;

/// How code is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choice {
    pub(crate) optimization: Optimization,
    /// For the processor of this machine, and not for every one of its kind.
    pub(crate) native: bool,
}

/// Something of LLVM's that is given back when nobody needs it any more.
struct Owned<'l> {
    llvm: &'l Llvm,
    it: Ref,
    dispose: unsafe extern "C" fn(Ref),
}

impl Drop for Owned<'_> {
    fn drop(&mut self) {
        let _ = self.llvm;
        // SAFETY: it is disposed of once, by the function that is for it.
        unsafe { (self.dispose)(self.it) };
    }
}

/// What LLVM complains of while it works.
struct Complaints<'l> {
    llvm: &'l Llvm,
    errors: Vec<String>,
}

extern "C" fn complain(info: Ref, complaints: *mut c_void) {
    // SAFETY: it is what `compile` gave with this function, which no other thread has.
    let complaints = unsafe { &mut *complaints.cast::<Complaints<'_>>() };
    let api = &complaints.llvm.api;
    // SAFETY: LLVM gives something to say.
    if unsafe { (api.LLVMGetDiagInfoSeverity)(info) } == ERROR {
        // SAFETY: as before.
        let text = unsafe { (api.LLVMGetDiagInfoDescription)(info) };
        complaints.errors.push(complaints.llvm.take(text));
    }
}

/// The first lines of a message, as one.
fn one_line(message: &str) -> String {
    let lines = message.lines().map(str::trim).take(2);
    lines.collect::<Vec<_>>().join("; ")
}

fn failed(what: &str, reason: &str) -> Diagnostic {
    let line = reason.lines().next().unwrap_or_default();
    Diagnostic::new(Code::E5197, format!("LLVM cannot {what}: {line}"))
        .help("use another backend, and report this with the program")
}

/// Compiles a module's text, which ends with a NUL, and whose names and types are the
/// program's own.
///
/// # Errors
/// E4001 if LLVM was not built for the target, E5007 if the text is no module of LLVM's
/// because the program breaks a rule, E5197 if LLVM fails otherwise.
pub(crate) fn compile(
    llvm: &Llvm,
    text: &str,
    machine: &Machine,
    choice: Choice,
) -> Result<Vec<u8>, Diagnostic> {
    let target = target_machine(llvm, machine, choice)?;
    let api = &llvm.api;
    let mut complaints = Complaints {
        llvm,
        errors: Vec::new(),
    };
    let complaints_at = &raw mut complaints;
    let context = Owned {
        llvm,
        // SAFETY: it takes nothing.
        it: unsafe { (api.LLVMContextCreate)() },
        dispose: api.LLVMContextDispose,
    };
    // SAFETY: the context is alive, and the complaints outlive it.
    unsafe { (api.LLVMContextSetDiagnosticHandler)(context.it, complain, complaints_at.cast()) };
    let name = terminated("beskid");
    let length = text.len().saturating_sub(1);
    // SAFETY: the range is inside the text. LLVM copies it, and puts a NUL behind.
    let buffer = unsafe {
        let start = text.as_ptr().cast::<c_char>();
        (api.LLVMCreateMemoryBufferWithMemoryRangeCopy)(start, length, name.as_ptr())
    };
    let (mut module, mut message): (Ref, Message) = (null_mut(), null_mut());
    // SAFETY: the context is alive; the call consumes the buffer, and writes one of the two.
    let status = unsafe {
        (api.LLVMParseIRInContext)(context.it, buffer, &raw mut module, &raw mut message)
    };
    if status != 0 || module.is_null() {
        return Err(broken(one_line(&llvm.take(message))));
    }
    let module = Owned {
        llvm,
        it: module,
        dispose: api.LLVMDisposeModule,
    };
    let triple = terminated(&machine.triple);
    // SAFETY: module and machine are alive; the layout is copied.
    unsafe {
        (api.LLVMSetTarget)(module.it, triple.as_ptr());
        let layout = (api.LLVMCreateTargetDataLayout)(target.it);
        (api.LLVMSetModuleDataLayout)(module.it, layout);
        (api.LLVMDisposeTargetData)(layout);
    }
    let mut message: Message = null_mut();
    // SAFETY: the module is alive.
    let status = unsafe { (api.LLVMVerifyModule)(module.it, RETURN_STATUS, &raw mut message) };
    let reason = llvm.take(message);
    if status != 0 {
        return Err(broken(one_line(&reason)));
    }
    optimize(llvm, module.it, target.it, choice.optimization)?;
    let (mut message, mut object): (Message, Ref) = (null_mut(), null_mut());
    // SAFETY: both are alive; the call writes one of the two.
    let status = unsafe {
        (api.LLVMTargetMachineEmitToMemoryBuffer)(
            target.it,
            module.it,
            OBJECT,
            &raw mut message,
            &raw mut object,
        )
    };
    if status != 0 || object.is_null() {
        return Err(failed("make an object", &llvm.take(message)));
    }
    // SAFETY: the buffer is alive, and has so many bytes.
    let bytes = unsafe {
        let start = (api.LLVMGetBufferStart)(object).cast::<u8>();
        let bytes = slice::from_raw_parts(start, (api.LLVMGetBufferSize)(object)).to_vec();
        (api.LLVMDisposeMemoryBuffer)(object);
        bytes
    };
    drop((module, context));
    match complaints.errors.first() {
        Some(first) => Err(failed("compile the program", first)),
        None => Ok(bytes),
    }
}

fn target_machine<'l>(
    llvm: &'l Llvm,
    machine: &Machine,
    choice: Choice,
) -> Result<Owned<'l>, Diagnostic> {
    let api = &llvm.api;
    let no_code = |reason: &str| {
        let message = format!(
            "this LLVM has no code for target `{}`: {reason}",
            machine.written
        );
        Diagnostic::new(Code::E4001, message)
            .help("install an LLVM that was built for it, or take another backend")
    };
    if !llvm.knows(machine.architecture) {
        return Err(no_code("it was built without the processor"));
    }
    let triple = terminated(&machine.triple);
    let (mut target, mut message): (Ref, Message) = (null_mut(), null_mut());
    // SAFETY: the call writes one of the two.
    let status = unsafe {
        (api.LLVMGetTargetFromTriple)(triple.as_ptr(), &raw mut target, &raw mut message)
    };
    if status != 0 {
        return Err(no_code(&llvm.take(message)));
    }
    let (cpu, features) = match choice.native {
        // SAFETY: they take nothing, and give strings that are to be freed.
        true => unsafe {
            let cpu = (api.LLVMGetHostCPUName)();
            let features = (api.LLVMGetHostCPUFeatures)();
            (llvm.take(cpu), llvm.take(features))
        },
        false => (String::new(), machine.architecture.features().to_owned()),
    };
    let (cpu, features) = (terminated(&cpu), terminated(&features));
    let level = match choice.optimization {
        Optimization::None => 0,
        _ => 2,
    };
    // SAFETY: the target is one of LLVM's, the strings are alive.
    let it = unsafe {
        (api.LLVMCreateTargetMachine)(
            target,
            triple.as_ptr(),
            cpu.as_ptr(),
            features.as_ptr(),
            level,
            PIC,
            CODE_MODEL,
        )
    };
    match it.is_null() {
        true => Err(no_code("it makes no machine for it")),
        false => Ok(Owned {
            llvm,
            it,
            dispose: api.LLVMDisposeTargetMachine,
        }),
    }
}

fn optimize(
    llvm: &Llvm,
    module: Ref,
    machine: Ref,
    optimization: Optimization,
) -> Result<(), Diagnostic> {
    let api = &llvm.api;
    let passes = terminated(match optimization {
        Optimization::None => "default<O0>",
        Optimization::SpeedAndSize => "default<Os>",
        _ => "default<O2>",
    });
    let options = Owned {
        llvm,
        // SAFETY: it takes nothing.
        it: unsafe { (api.LLVMCreatePassBuilderOptions)() },
        dispose: api.LLVMDisposePassBuilderOptions,
    };
    // SAFETY: all of them are alive.
    let error = unsafe {
        (api.LLVMPassBuilderOptionsSetSLPVectorization)(options.it, 1);
        (api.LLVMRunPasses)(module, passes.as_ptr(), machine, options.it)
    };
    match llvm.error(error) {
        Some(reason) => Err(failed("optimize the program", &reason)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beskid_plugin_api::manifest::TARGET;

    const CHOICE: Choice = Choice {
        optimization: Optimization::Speed,
        native: false,
    };

    /// What LLVM makes of a text; `None` where there is no LLVM.
    fn made(text: &str) -> Option<Result<Vec<u8>, Diagnostic>> {
        let Ok(llvm) = Llvm::open(None) else {
            println!("skipped: libLLVM not installed");
            return None;
        };
        let machine = Machine::of(TARGET).unwrap();
        Some(compile(llvm, &format!("{text}\0"), &machine, CHOICE))
    }

    #[test]
    fn what_llvm_complains_of_is_an_error() {
        let Some(made) = made("module asm \"no such instruction\"\n") else {
            return;
        };
        let error = made.unwrap_err();
        assert_eq!(error.code, Code::E5197, "{error}");
        assert!(error.message.contains("LLVM"), "{error}");
    }

    #[test]
    fn what_breaks_llvms_rules_is_the_programs_fault() {
        for text in [
            "define i8 @f(i64 %x) {\n  ret i8 %x\n}\n",
            "define i8 @f(i1 %c) {\n  br i1 %c, label %a, label %b\na:\n  \
             %x = add i8 1, 2\n  br label %b\nb:\n  ret i8 %x\n}\n",
        ] {
            let Some(made) = made(text) else {
                return;
            };
            let error = made.unwrap_err();
            assert_eq!(error.code, Code::E5007, "{error}");
            assert!(!error.message.contains('\n'), "{error}");
        }
    }

    #[test]
    fn an_object_is_made_again_and_again() {
        let text = "define i8 @f() {\n  ret i8 7\n}\n";
        let Some(first) = made(text) else {
            return;
        };
        let first = first.unwrap();
        assert_eq!(made(text).unwrap().unwrap(), first);
        assert_eq!(first.get(..4), Some(&b"\x7fELF"[..]));
    }
}
