//! EXT-002: foreign functions take and return only what every C compiler
//! passes in the same way.

use crate::artifact::{
    AbiParam, CodegenArtifact, ImportSource, Linkage, Purpose, Signature, Symbol, SymbolKind, Type,
};
use crate::diagnostic::Diagnostic;

/// What a foreign function may take and return; pointers are `i64`.
const ALLOWED: [Type; 4] = [Type::I8, Type::I32, Type::I64, Type::F64];

/// Checks the foreign functions of an artifact, whoever wrote it, and even
/// those that nothing calls.
pub(super) fn check(artifact: &CodegenArtifact) -> Result<(), Diagnostic> {
    let module = artifact.module();
    let problems = module.symbols.iter().filter_map(|symbol| {
        let what = problem(symbol, &module.signatures)?;
        let name = symbol.name.as_deref().unwrap_or_default();
        Some(format!("the foreign function `{name}` {what}"))
    });
    match problems.into_iter().next() {
        None => Ok(()),
        Some(message) => Err(Diagnostic::new("E5010", message)
            .help("foreign functions take and return i8, i32, i64 and f64 (EXT-002)")),
    }
}

fn problem(symbol: &Symbol, signatures: &[Signature]) -> Option<String> {
    let Linkage::Import(ImportSource::Extern { abi, .. }) = &symbol.linkage else {
        return None;
    };
    let SymbolKind::Function { signature } = symbol.kind else {
        return Some("is data".to_owned());
    };
    if abi != "C" {
        return Some(format!("has the ABI `{abi}`, not `C`"));
    }
    let signature = signatures.get(signature as usize)?;
    let is_allowed =
        |param: &AbiParam| ALLOWED.contains(&param.ty) && param.purpose == Purpose::Normal;
    let mut params = (1..).zip(&signature.params);
    if let Some((number, param)) = params.find(|(_, param)| !is_allowed(param)) {
        return Some(format!("has parameter {number} of type {}", param.ty));
    }
    if let Some(result) = signature.returns.iter().find(|result| !is_allowed(result)) {
        return Some(format!("returns {}", result.ty));
    }
    (signature.returns.len() > 1).then(|| "returns more than one value".to_owned())
}
