//! A program in memory.

use beskid_plugin_api::artifact::{ImportSource, Outline, ResultKind, SymbolKind};
use beskid_plugin_api::backend::{CompileRequest, Session, version_mismatch};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::{DEBUG_LIST_SYMBOL, THREAD_SYMBOL};
use beskid_plugin_api::sdk::call_entrypoint;

use crate::llvm::{Execution, Llvm};

const VERSION_SYMBOL: &str = "beskid_runtime_abi_version";

/// A compiled program. Its code is freed with it.
pub(crate) struct LlvmSession {
    execution: Execution,
    exports: Vec<String>,
    entrypoint: Option<(u64, ResultKind)>,
    /// The linker name of the entrypoint, which need not be exported.
    name: Option<String>,
}

impl LlvmSession {
    /// Loads an object. `entrypoint` is the name by which it has the entrypoint.
    ///
    /// # Errors
    /// E4012 if the runtime has another version, E5121 if the object cannot be loaded.
    pub(crate) fn new(
        llvm: &'static Llvm,
        artifact: &Outline,
        request: &CompileRequest,
        object: &[u8],
        entrypoint: Option<&str>,
    ) -> Result<Self, Diagnostic> {
        check_runtime(artifact, request)?;
        // The code calls the last one of its own accord.
        let names = artifact.imports().map(|(name, _)| name);
        let names = names.filter(|name| *name != THREAD_SYMBOL);
        let imports = names.chain([THREAD_SYMBOL]).filter_map(|name| {
            let address = request.imports().get(name)?;
            Some((name, *address))
        });
        let execution = Execution::new(llvm, object, imports, artifact.debug().is_some())?;
        if artifact.debug().is_some() {
            tell_runtime(llvm, request);
        }
        let header = artifact.header().entrypoint.as_ref();
        let entrypoint = match (header, entrypoint) {
            (Some(header), Some(name)) => Some((execution.address(name)?, header.result)),
            _ => None,
        };
        let symbols = &artifact.module().symbols;
        let name = header.and_then(|header| symbols.get(header.symbol as usize)?.name.clone());
        let exports = symbols.iter().filter(|symbol| {
            let is_function = matches!(symbol.kind, SymbolKind::Function { .. });
            is_function && symbol.linkage.is_definition()
        });
        Ok(Self {
            execution,
            exports: exports.filter_map(|symbol| symbol.name.clone()).collect(),
            entrypoint,
            name,
        })
    }
}

/// EXT-001: every import has an address before any code is made ready.
///
/// # Errors
/// E5120 names those that have none.
pub(crate) fn check_imports(
    artifact: &Outline,
    request: &CompileRequest,
) -> Result<(), Diagnostic> {
    let missing = artifact
        .imports()
        .filter(|(name, _)| !request.imports().contains_key(*name))
        .map(|(name, source)| match source {
            ImportSource::Extern { library, .. } => format!("unresolved: `{name}` of `{library}`"),
            _ => format!("unresolved: `{name}`"),
        })
        .collect::<Vec<_>>();
    let message = match missing.len() {
        0 => return Ok(()),
        1 => "an import has no address".to_owned(),
        count => format!("{count} imports have no address"),
    };
    let mut diagnostic = Diagnostic::new(Code::E5120, message);
    diagnostic.notes = missing;
    Err(diagnostic.help(
        "enable `extern.dlopen` (`--extern-dlopen`) to load libraries at run time, or bind them \
         at link time: build an executable",
    ))
}

fn check_runtime(artifact: &Outline, request: &CompileRequest) -> Result<(), Diagnostic> {
    let Some(required) = artifact.header().runtime_abi else {
        return Ok(());
    };
    let Some(address) = request.imports().get(VERSION_SYMBOL) else {
        let message = format!("the host offers no `{VERSION_SYMBOL}`, which the artifact requires");
        return Err(Diagnostic::new(Code::E4012, message)
            .help("align the releases of the beskid CLI and of the runtime"));
    };
    let address = *address as usize as *const ();
    // SAFETY: the host gives addresses of functions with the signatures of
    // the ABI tables (ABI-002); this one takes nothing and returns `i32`.
    let version = unsafe { std::mem::transmute::<*const (), extern "C" fn() -> u32>(address) };
    match version() {
        found if found == required => Ok(()),
        found => Err(version_mismatch(found, required)),
    }
}

/// Tells a runtime that asks for it how LLVM tells debuggers of code: its backtraces find
/// lines there.
fn tell_runtime(llvm: &Llvm, request: &CompileRequest) {
    let address = request.imports().get(DEBUG_LIST_SYMBOL);
    let Some((address, list)) = address.zip(llvm.debug_list()) else {
        return;
    };
    let address = *address as usize as *const ();
    // SAFETY: as in `check_runtime`; this one takes an address and returns nothing.
    let tell = unsafe { std::mem::transmute::<*const (), extern "C" fn(*const ())>(address) };
    tell(list);
}

impl Session for LlvmSession {
    fn symbol(&self, name: &str) -> Option<u64> {
        if let (Some(own), Some((address, _))) = (&self.name, self.entrypoint)
            && own == name
        {
            return Some(address);
        }
        let is_there = self.exports.iter().any(|export| export == name);
        is_there.then(|| self.execution.address(name).ok())?
    }

    fn run(&mut self) -> Result<u64, Diagnostic> {
        let (address, result) = self.entrypoint.ok_or_else(|| {
            Diagnostic::new(Code::E4030, "Missing entrypoint: the artifact names none")
                .help("define a function `main` without parameters")
        })?;
        let address = address as usize as *const u8;
        // SAFETY: the artifact's verification and `accept` established that the
        // entrypoint takes no parameters, follows the C calling convention and
        // returns the type that goes with its result kind.
        Ok(unsafe { call_entrypoint(address, result) })
    }
}
