//! Functions of a program that is in this process.

use beskid_plugin_api::artifact::{Linkage, Outline, ResultKind, SymbolKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::sdk::call_entrypoint;

use super::super::execute::{foreign, image, policy_for};
use super::super::in_memory::{self, Compiled};
use super::super::{Imports, Invocation, process, shared_image};
use crate::compile::CompileSettings;
use crate::toolchain::Toolchain;

/// A function that takes and returns nothing. It stays for the rest of the process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function(*const u8);

impl Function {
    /// Calls it.
    pub(super) fn call(self) {
        // SAFETY: the address is that of a function of these machine types, as `load`
        // found out, in code that is never freed.
        unsafe { call_entrypoint(self.0, ResultKind::Unit) };
    }
}

/// Compiles a program into this process, links and loads it if the backend makes
/// objects, and gives the process to it; finds the functions that it exports by these
/// names, which take and return nothing.
///
/// # Errors
/// E4041 if the artifact exports none of a name; E5113 if the backend has none; the
/// first stage that fails.
pub(crate) fn load(
    tools: Toolchain<'_>,
    artifact: &Outline,
    settings: &CompileSettings,
    invocation: Invocation<'_>,
    names: &[String],
) -> Result<Vec<Function>, Diagnostic> {
    for name in names {
        check(artifact, name)?;
    }
    let policy = policy_for(artifact)?;
    let (found, start) = if tools.backend.can("execute") {
        let imports = Imports {
            foreign: foreign(tools, invocation.extra)?,
            policy: &policy,
        };
        // What is called so is called again and again.
        let settings = &tools.with_any_kept_code(settings, TARGET);
        let compiled = in_memory::compiled(tools.backend, artifact, settings, imports, invocation)?;
        let Compiled { session, start } = compiled;
        let address = |name: &String| {
            let address = session.symbol(name).filter(|address| *address != 0);
            let address = address.ok_or_else(|| tools.backend.judged(lacking(name)));
            address.map(|address| Function(address as usize as *const u8))
        };
        let found = names.iter().map(address).collect::<Result<Vec<_>, _>>()?;
        std::mem::forget(session);
        (found, start)
    } else {
        let exports = names.to_vec();
        let image = image(tools, artifact, settings, policy, invocation.extra, exports)?;
        let opened = shared_image::open(image)?;
        let address = |name: &String| opened.function(name).map(Function);
        let found = names.iter().map(address).collect::<Result<Vec<_>, _>>()?;
        let start = opened.start();
        opened.keep();
        (found, start)
    };
    // SAFETY: the address is among those of a runtime's symbols, or exported by an image
    // for its runtime's function.
    unsafe { process::start(start, invocation.arguments) }?;
    Ok(found)
}

fn check(artifact: &Outline, name: &str) -> Result<(), Diagnostic> {
    let module = artifact.module();
    let is_meant = |symbol: &&_| {
        let symbol: &beskid_plugin_api::artifact::Symbol = symbol;
        symbol.name.as_deref() == Some(name) && symbol.linkage == Linkage::Export
    };
    let found = module.symbols.iter().find(is_meant);
    let signature = found.and_then(|symbol| match symbol.kind {
        SymbolKind::Function { signature } => module.signatures.get(signature as usize),
        _ => None,
    });
    match signature {
        Some(signature) if signature.params.is_empty() && signature.returns.is_empty() => Ok(()),
        _ => {
            let message = format!("the artifact exports no function `{name}` without parameters");
            Err(Diagnostic::new(Code::E4041, message).help("write the artifact again"))
        }
    }
}

fn lacking(name: &str) -> Diagnostic {
    let message = format!("the backend's session has no address of `{name}`, which is exported");
    Diagnostic::new(Code::E5113, message).help("report this to the author of the backend")
}
