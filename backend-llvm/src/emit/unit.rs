//! What all parts of a module's text need to know: names, types of functions.

use std::cell::RefCell;
use std::collections::BTreeMap;

use beskid_plugin_api::artifact::{
    AbiParam, CallConv, Extension, Linkage, NameRef, Outline, Purpose, Setting, Signature, Symbol,
    SymbolId, SymbolKind, Type,
};
use beskid_plugin_api::backend::{CompileRequest, OutputForm};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::Format;
use beskid_plugin_api::tree::{LibCallType, libcall};

use super::debug::Debug;
use super::types;
use crate::refusal::{broken, unsupported};
use crate::target::{Architecture, Machine};

/// Registers for arguments that are floats or vectors, on x86-64.
const FLOATS: usize = 8;

/// A module that is being written.
pub(crate) struct Unit<'a> {
    pub(crate) outline: &'a Outline,
    pub(crate) request: &'a CompileRequest,
    pub(crate) machine: &'a Machine,
    /// What names of the backend's own begin with: no symbol's name does.
    prefix: String,
    /// Declarations of what is not the artifact's, by name.
    declared: RefCell<BTreeMap<String, String>>,
    names: BTreeMap<&'a str, SymbolId>,
    /// What the artifact tells debuggers, if it does.
    pub(super) debug: Option<Debug<'a>>,
}

/// The type of a function as LLVM's text has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionType {
    /// The convention, with a space behind it; empty for C's.
    pub(crate) convention: &'static str,
    /// What is before the result, with a space behind it.
    pub(crate) extension: &'static str,
    pub(crate) result: String,
    /// Type and attributes of each parameter.
    pub(crate) params: Vec<String>,
}

impl<'a> Unit<'a> {
    pub(crate) fn new(
        outline: &'a Outline,
        request: &'a CompileRequest,
        machine: &'a Machine,
    ) -> Self {
        let mut names = BTreeMap::new();
        for (id, symbol) in (0..).zip(&outline.module().symbols) {
            if let Some(name) = &symbol.name {
                names.insert(name.as_str(), id);
            }
        }
        let mut prefix = "beskid.llvm.".to_owned();
        while names.keys().any(|name| name.starts_with(&prefix)) {
            prefix.push('.');
        }
        Self {
            outline,
            request,
            machine,
            prefix,
            declared: RefCell::default(),
            names,
            debug: Debug::new(outline, request),
        }
    }

    /// A name of the backend's own.
    pub(crate) fn own(&self, name: impl std::fmt::Display) -> String {
        format!("@\"{}{name}\"", self.prefix)
    }

    /// As [`own`](Self::own), as a linker sees it.
    pub(crate) fn own_plain(&self, name: impl std::fmt::Display) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(crate) fn symbol(&self, id: SymbolId) -> Result<&'a Symbol, Diagnostic> {
        let symbol = self.outline.module().symbols.get(id as usize);
        symbol.ok_or_else(|| broken("a symbol is not there"))
    }

    /// The name of a symbol in the text.
    pub(crate) fn name(&self, id: SymbolId) -> Result<String, Diagnostic> {
        Ok(match &self.symbol(id)?.name {
            Some(name) => self.global(name),
            None => self.own(format_args!("s{id}")),
        })
    }

    fn global(&self, name: &str) -> String {
        // What LLVM would read as something of its own is given as the assembler has it.
        let is_special = name.starts_with("llvm.") || name.starts_with('\u{1}');
        let before = match (is_special, self.machine.format) {
            (true, Format::MachO) => "\\01_",
            (true, _) => "\\01",
            (false, _) => "",
        };
        format!("@\"{before}{}\"", types::escaped(name.as_bytes()))
    }

    pub(crate) fn has(&self, setting: Setting) -> bool {
        self.outline.settings().contains(&setting)
    }

    /// Whether thread-local data is what a routine of the compiler's gives each thread: in
    /// memory nobody has told the loader of it.
    pub(crate) fn emulates_threads(&self) -> bool {
        self.request.output == OutputForm::Session
    }

    /// What that routine is given for a symbol.
    pub(crate) fn thread_key(&self, id: SymbolId) -> String {
        self.own(format_args!("t{id}"))
    }

    /// The signature of a function symbol.
    pub(crate) fn signature(&self, id: SymbolId) -> Result<&'a Signature, Diagnostic> {
        let SymbolKind::Function { signature } = self.symbol(id)?.kind else {
            return Err(broken("data is called"));
        };
        let signature = self.outline.module().signatures.get(signature as usize);
        signature.ok_or_else(|| broken("a function has no signature"))
    }

    /// Declares something that is not the artifact's, once. `text` is what stands
    /// before and behind the name.
    pub(crate) fn declare(&self, name: &str, before: &str, behind: &str) {
        let mut declared = self.declared.borrow_mut();
        let declaration = || format!("{before} @{name}{behind}");
        declared.entry(name.to_owned()).or_insert_with(declaration);
    }

    /// Every declaration so far.
    pub(crate) fn declarations(&self) -> String {
        let declared = self.declared.borrow();
        let lines = declared.values().map(|line| format!("{line}\n"));
        lines.collect()
    }

    /// A function outside of the artifact: by the artifact's own symbol, if it has one of
    /// the name.
    pub(crate) fn outside(&self, name: &str, result: &str, params: &str) -> String {
        self.outside_as(name, "declare", result, params)
    }

    /// As [`outside`](Self::outside), by a reference that may be null.
    pub(crate) fn outside_weak(&self, name: &str, result: &str, params: &str) -> String {
        self.outside_as(name, "declare extern_weak", result, params)
    }

    fn outside_as(&self, name: &str, how: &str, result: &str, params: &str) -> String {
        if !self.names.contains_key(name) {
            let behind = format!("({params})");
            self.declare(&format!("\"{name}\""), &format!("{how} {result}"), &behind);
        }
        format!("@\"{name}\"")
    }

    /// The address of a name, as a pointer, and the type with which it is declared.
    pub(crate) fn address(
        &self,
        name: &NameRef,
    ) -> Result<(String, Option<FunctionType>), Diagnostic> {
        match name {
            NameRef::Symbol(id) => {
                let ty = match self.symbol(*id)?.kind {
                    SymbolKind::Function { .. } => Some(self.function_type(self.signature(*id)?)?),
                    SymbolKind::Data { .. } => None,
                };
                Ok((self.name(*id)?, ty))
            }
            NameRef::LibCall(name) => {
                let routine = libcall(name).and_then(|routine| Some((routine, routine.signature?)));
                let (routine, (params, returns)) =
                    routine.ok_or_else(|| unsupported(format_args!("references to `{name}`")))?;
                if let Some(id) = self.names.get(routine.symbol) {
                    return self.address(&NameRef::Symbol(*id));
                }
                let one = |ty: &LibCallType| match ty {
                    LibCallType::Pointer => Ok("i64".to_owned()),
                    LibCallType::Fixed(ty) => types::name(*ty),
                };
                let params = params.iter().map(one).collect::<Result<Vec<_>, _>>()?;
                let result = returns.iter().map(one).next();
                let result = result.unwrap_or_else(|| Ok("void".to_owned()))?;
                let name = self.outside(routine.symbol, &result, &params.join(", "));
                let ty = FunctionType {
                    convention: "",
                    extension: "",
                    result,
                    params,
                };
                Ok((name, Some(ty)))
            }
            NameRef::Known(name) => Err(unsupported(format_args!("references to `{name}`"))),
        }
    }

    /// The type of functions with a signature.
    pub(crate) fn function_type(&self, signature: &Signature) -> Result<FunctionType, Diagnostic> {
        let convention = self.convention(signature.call_conv)?;
        let mut params = Vec::with_capacity(signature.params.len());
        for param in &signature.params {
            match in_halves(signature, param) {
                true => params.extend(["i64", "i64"].map(str::to_owned)),
                false => params.push(text(param)?),
            }
        }
        self.check_tail(signature)?;
        let (extension, result) = match signature.returns.as_slice() {
            [] => ("", "void".to_owned()),
            [one] => (extension(one), types::name(one.ty)?),
            many => {
                let each = many.iter().map(|one| types::name(one.ty));
                let each = each.collect::<Result<Vec<_>, _>>()?;
                ("", format!("{{ {} }}", each.join(", ")))
            }
        };
        Ok(FunctionType {
            convention,
            extension,
            result,
            params,
        })
    }

    /// Refuses the other parameters that would be passed so.
    fn check_tail(&self, signature: &Signature) -> Result<(), Diagnostic> {
        if signature.call_conv != CallConv::Tail
            || self.machine.architecture != Architecture::X86_64
        {
            return Ok(());
        }
        let floats = signature.params.iter().filter(|param| !param.ty.is_int());
        let is_wide = |param: &&AbiParam| param.ty.bits() > 64;
        match floats.clone().any(|param| is_wide(&param)) && floats.count() > FLOATS {
            true => Err(unsupported(
                "the convention `tail` with wide floats or vectors that no registers are left for",
            )),
            false => Ok(()),
        }
    }

    fn convention(&self, convention: CallConv) -> Result<&'static str, Diagnostic> {
        use Architecture::{Aarch64, Riscv64, X86_64};
        let (processor, format) = (self.machine.architecture, self.machine.format);
        Ok(match (convention, processor) {
            // What CLIF without a convention has; C may call it.
            (CallConv::Platform | CallConv::Fast | CallConv::Winch, _) => "",
            (CallConv::SystemV, X86_64) if format == Format::Coff => "x86_64_sysvcc ",
            (CallConv::SystemV, _) if format != Format::Coff => "",
            (CallConv::WindowsFastcall, X86_64) if format == Format::Coff => "",
            (CallConv::WindowsFastcall, X86_64) => "win64cc ",
            (CallConv::AppleAarch64, Aarch64) if format == Format::MachO => "",
            (CallConv::Tail, X86_64 | Aarch64) => "tailcc ",
            // LLVM has no calls in place of returns there.
            (CallConv::Tail, Riscv64) => "fastcc ",
            (CallConv::PreserveAll, X86_64 | Aarch64) => "preserve_allcc ",
            (CallConv::PreserveAll, Riscv64) => "",
            (other, _) => {
                let target = &self.machine.written;
                let what = format_args!("the convention {other:?} for `{target}`");
                return Err(unsupported(what));
            }
        })
    }

    /// Linkage and visibility of a definition.
    pub(crate) fn linkage(&self, id: SymbolId) -> Result<&'static str, Diagnostic> {
        let symbol = self.symbol(id)?;
        let stays = |name: &str| {
            let exports = self.request.exports.as_ref();
            exports.is_none_or(|exports| exports.contains(name))
        };
        Ok(match (&symbol.linkage, symbol.name.as_deref()) {
            (Linkage::Import(_), _) => "",
            (Linkage::Local, _) | (_, None) => "internal ",
            (_, Some(name)) if !stays(name) => "internal ",
            (Linkage::Hidden, _) => "hidden ",
            (Linkage::Preemptible, _) => "weak ",
            // Calls from within go to no other function of the name.
            (Linkage::Export, _)
                if self.machine.format == Format::Elf
                    && matches!(symbol.kind, SymbolKind::Function { .. }) =>
            {
                "protected "
            }
            (Linkage::Export, _) => "",
        })
    }
}

impl FunctionType {
    /// The type in a call, between `call` and the callee.
    pub(crate) fn of_call(&self) -> String {
        format!("{}{}{}", self.convention, self.extension, self.result)
    }
}

/// Whether a parameter is two: what is passed on the stack and aligned to 16 bytes has LLVM
/// 19's callers on x86-64 expect that callees take more off the stack than they do.
pub(crate) fn in_halves(signature: &Signature, param: &AbiParam) -> bool {
    signature.call_conv == CallConv::Tail && param.ty == Type::I128
}

fn text(param: &AbiParam) -> Result<String, Diagnostic> {
    Ok(match param.purpose {
        Purpose::Normal | Purpose::VmContext => {
            let ty = types::name(param.ty)?;
            match extension(param).trim() {
                "" => ty,
                extension => format!("{ty} {extension}"),
            }
        }
        Purpose::StructReturn => "ptr sret(i8)".to_owned(),
        Purpose::StructArgument(size) => format!("ptr byval([{size} x i8]) align 8"),
    })
}

fn extension(param: &AbiParam) -> &'static str {
    match param.extension {
        _ if !matches!(param.ty, Type::I8 | Type::I16 | Type::I32) => "",
        Extension::None => "",
        Extension::Unsigned => "zeroext ",
        Extension::Signed => "signext ",
    }
}
