//! The function that reaches the entrypoint from outside, as a plan that any backend
//! can emit.

use super::{CALLABLE_ENTRY, CompileRequest, EntryShim, RuntimeStart};
use crate::artifact::{Entrypoint, Outline, ResultKind};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::manifest::TARGET;
use crate::runtime_abi::{BESKID_RUNTIME_ABI_VERSION, START_SYMBOL};
use crate::target::{Format, Target};

/// Linker name of the C entrypoint.
pub const MAIN: &str = "main";

/// What the function that [`EntryShim`] asks for does, in this order:
///
/// 1. If [`required`](Self::required) has a version, it calls
///    `beskid_runtime_abi_version()`. If that is another one, it calls the runtime's `panic`
///    with the decimal digits of what was found and [`mismatch`](Self::mismatch) behind
///    them (ABI-003).
/// 2. As [`start`](Self::start) says, it calls
///    [`START_SYMBOL`](crate::runtime_abi::START_SYMBOL) with C's number of arguments,
///    sign-extended to 64 bits, and their addresses: always, or if a weak reference to it
///    is not null.
/// 3. It calls the entrypoint, without arguments, and returns what
///    [`result`](Self::result) says.
///
/// It is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryPlan<'a> {
    /// Its linker name: [`MAIN`] or [`CALLABLE_ENTRY`].
    pub name: &'static str,
    /// The entrypoint.
    pub entrypoint: &'a Entrypoint,
    /// What it returns, and with that its signature.
    pub result: EntryResult,
    /// The version of the runtime's ABI that must be there.
    pub required: Option<u32>,
    /// Whether it gives the process to the runtime. Never [`RuntimeStart::IfLoaded`] for a
    /// target without weak references.
    pub start: RuntimeStart,
}

/// What the function returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryResult {
    /// It has the entrypoint's signature and returns its result as it is.
    Same,
    /// It is C's `main`, with the number of arguments as `i32`, their addresses, and an
    /// `i32` as its result: the low 32 bits of the entrypoint's.
    Low,
    /// It is C's `main` and returns 0.
    Zero,
}

impl<'a> EntryPlan<'a> {
    /// The plan for an artifact and a request; `None` if the request asks for no function.
    ///
    /// # Errors
    /// E5007 if the artifact has no entrypoint, or has a symbol of the function's name
    /// already.
    pub fn of(artifact: &'a Outline, request: &CompileRequest) -> Result<Option<Self>, Diagnostic> {
        let shim = request.entry_shim;
        let name = match shim {
            EntryShim::Checked | EntryShim::Bare => MAIN,
            EntryShim::Callable => CALLABLE_ENTRY,
            EntryShim::None => return Ok(None),
        };
        let refused = |reason: &str, help: &str| {
            Diagnostic::new(Code::E5007, format!("function `{name}`: {reason}")).help(help)
        };
        let entrypoint = artifact.header().entrypoint.as_ref();
        let entrypoint = entrypoint.ok_or_else(|| {
            let help = "report this to the producer of the artifact, which the header names";
            refused("the artifact has no entrypoint", help)
        })?;
        let mut symbols = artifact.module().symbols.iter();
        if symbols.any(|symbol| symbol.name.as_deref() == Some(name)) {
            let help = "the program starts at a function of this name: give the symbol another one";
            return Err(refused(
                "the artifact has a symbol of this name already",
                help,
            ));
        }
        let result = match (shim, entrypoint.result) {
            (EntryShim::Callable, _) => EntryResult::Same,
            (_, ResultKind::I32 | ResultKind::I64) => EntryResult::Low,
            _ => EntryResult::Zero,
        };
        let start = match shim {
            EntryShim::Checked => start(artifact, request),
            _ => RuntimeStart::Never,
        };
        let required = match shim {
            // Linkers leave out a library to which there are weak references only.
            EntryShim::Checked => artifact.header().runtime_abi.or_else(|| {
                (start == RuntimeStart::IfLoaded).then_some(BESKID_RUNTIME_ABI_VERSION)
            }),
            _ => None,
        };
        Ok(Some(Self {
            name,
            entrypoint,
            result,
            required,
            start,
        }))
    }

    /// What the message of a runtime of another version has behind the digits of the
    /// version that was found.
    pub fn mismatch(required: u32) -> String {
        format!(
            " is the ABI version of the runtime found, but this program requires {required} \
             (E4012); align the releases of the beskid CLI and of the runtime"
        )
    }
}

fn start(artifact: &Outline, request: &CompileRequest) -> RuntimeStart {
    let target = Target::of(request.target.as_deref().unwrap_or(TARGET));
    // A program with a function of that name of its own does without the runtime's.
    let mut symbols = artifact.module().symbols.iter();
    let is_its_own = symbols.any(|symbol| {
        symbol.name.as_deref() == Some(START_SYMBOL) && symbol.linkage.is_definition()
    });
    match request.start_runtime {
        RuntimeStart::IfLoaded if target.format() != Format::Elf => RuntimeStart::Never,
        _ if is_its_own => RuntimeStart::Never,
        asked => asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{
        AbiParam, ArtifactBuilder, Block, Body, CallConv, CodegenArtifact, Form, Header,
        InstructionWriter, Linkage, OperandKind, Signature, Symbol, SymbolKind, Type,
    };

    /// A program whose entrypoint has this linker name and returns an `i64`, if it has one.
    fn artifact(name: Option<&str>) -> CodegenArtifact {
        let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
        let Some(name) = name else {
            return builder.finish().unwrap();
        };
        let signature = builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: Vec::new(),
            returns: vec![AbiParam::new(Type::I64)],
        });
        let symbol = builder.add_symbol(Symbol {
            name: Some(name.to_owned()),
            kind: SymbolKind::Function { signature },
            linkage: Linkage::Export,
        });
        builder.set_entrypoint(Entrypoint {
            symbol,
            name: "main".to_owned(),
            result: ResultKind::I64,
        });
        let trap = builder.form(Form {
            mnemonic: "trap".to_owned(),
            operands: vec![OperandKind::TrapCode],
            results: Vec::new(),
        });
        let mut code = InstructionWriter::default();
        code.form(trap);
        code.unsigned(1);
        let block = Block {
            params: Vec::new(),
            cold: false,
            instructions: 1,
        };
        let body = Body {
            symbol,
            blocks: vec![block],
            ..Body::default()
        };
        builder.add_function(body, code);
        builder.finish().unwrap()
    }

    fn request(shim: EntryShim, start: RuntimeStart, target: &str) -> CompileRequest {
        let mut request = CompileRequest::object(Some(target));
        request.entry_shim = shim;
        request.start_runtime = start;
        request
    }

    const LINUX: &str = "x86_64-unknown-linux-gnu";

    #[test]
    fn abi_003_a_weak_start_needs_the_version_that_makes_the_linker_keep_the_runtime() {
        let program = artifact(Some("bd.main"));
        let plan = |shim, start, target| {
            let request = request(shim, start, target);
            let plan = EntryPlan::of(&program, &request).unwrap().unwrap();
            (plan.name, plan.result, plan.required, plan.start)
        };
        let (checked, weak) = (EntryShim::Checked, RuntimeStart::IfLoaded);
        let version = Some(BESKID_RUNTIME_ABI_VERSION);
        let never = RuntimeStart::Never;
        let low = EntryResult::Low;
        assert_eq!(plan(checked, weak, LINUX), (MAIN, low, version, weak));
        let without = (MAIN, low, None, never);
        assert_eq!(plan(checked, weak, "aarch64-apple-darwin"), without);
        assert_eq!(plan(checked, weak, "x86_64-pc-windows-msvc"), without);
        let linked = RuntimeStart::Linked;
        assert_eq!(plan(checked, linked, LINUX), (MAIN, low, None, linked));
        assert_eq!(plan(EntryShim::Bare, linked, LINUX), without);
        let callable = (CALLABLE_ENTRY, EntryResult::Same, None, never);
        assert_eq!(plan(EntryShim::Callable, linked, LINUX), callable);
    }

    #[test]
    fn without_an_entrypoint_or_with_its_name_there_is_no_plan() {
        let asked = request(EntryShim::Bare, RuntimeStart::Never, LINUX);
        for (name, reason) in [(None, "no entrypoint"), (Some(MAIN), "already")] {
            let artifact = artifact(name);
            let error = EntryPlan::of(&artifact, &asked).unwrap_err();
            assert_eq!(error.code, Code::E5007);
            assert!(error.message.contains(reason), "{}", error.message);
            let none = EntryPlan::of(&artifact, &CompileRequest::default());
            assert_eq!(none.unwrap(), None, "nothing was asked for");
        }
    }

    #[test]
    fn a_program_that_starts_itself_is_not_started() {
        let program = artifact(Some(START_SYMBOL));
        let request = request(EntryShim::Checked, RuntimeStart::Linked, LINUX);
        let plan = EntryPlan::of(&program, &request).unwrap().unwrap();
        assert_eq!(plan.start, RuntimeStart::Never);
    }
}
