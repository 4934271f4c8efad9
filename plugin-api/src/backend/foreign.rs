//! EXT-002: foreign functions take and return only what C compilers pass in
//! registers of their own, or, for a struct by value, on the stack (FFI-4).

use crate::artifact::{
    AbiParam, Feature, ImportSource, Linkage, Outline, Purpose, Signature, Symbol, SymbolKind, Type,
};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// What a foreign function may take and return; pointers are `i64`.
const ALLOWED: [Type; 4] = [Type::I8, Type::I32, Type::I64, Type::F64];

/// Checks the foreign functions of an artifact, whoever wrote it, and even
/// those that nothing calls.
pub(super) fn check(artifact: &Outline) -> Result<(), Diagnostic> {
    let module = artifact.module();
    let structs = artifact.header().features.contains(&Feature::SysvAmd64);
    let problems = module.symbols.iter().filter_map(|symbol| {
        let what = problem(symbol, &module.signatures, structs)?;
        let name = symbol.name.as_deref().unwrap_or_default();
        Some(format!("the foreign function `{name}` {what}"))
    });
    match problems.into_iter().next() {
        None => Ok(()),
        Some(message) => Err(Diagnostic::new(Code::E5010, message).help(
            "foreign functions take and return i8, i32, i64 and f64 by the platform's convention; \
             structs by value need the feature sysv-amd64 (EXT-002)",
        )),
    }
}

fn problem(symbol: &Symbol, signatures: &[Signature], structs: bool) -> Option<String> {
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
    if !signature.call_conv.is_c() {
        let found = signature.call_conv;
        return Some(format!("has the calling convention {found:?}, not C's"));
    }
    let mut params = (1..).zip(&signature.params);
    if let Some((number, param)) = params.find(|(_, param)| !crosses(param, structs)) {
        return Some(format!(
            "has parameter {number} of type {}",
            described(param)
        ));
    }
    let mut returns = signature.returns.iter();
    if let Some(result) = returns.find(|result| !crosses(result, false)) {
        return Some(format!("returns {}", described(result)));
    }
    match signature.returns.as_slice() {
        [] | [_] => None,
        [first, second] if structs && is_word(first.ty) && is_word(second.ty) => None,
        _ => Some("returns more than one value".to_owned()),
    }
}

fn crosses(param: &AbiParam, structs: bool) -> bool {
    match param.purpose {
        Purpose::Normal => ALLOWED.contains(&param.ty),
        // A pointer to what is copied, in words.
        Purpose::StructArgument(size) => structs && param.ty == Type::I64 && size % 8 == 0,
        _ => false,
    }
}

/// Whether a value fills a register with one word of a struct.
fn is_word(ty: Type) -> bool {
    [Type::I64, Type::F64].contains(&ty)
}

fn described(param: &AbiParam) -> String {
    match param.purpose {
        Purpose::Normal => param.ty.to_string(),
        purpose => format!("{} for {purpose:?}", param.ty),
    }
}
