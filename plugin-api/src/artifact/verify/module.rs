//! Checks the header, the symbols and the data.

use std::collections::HashSet;

use super::super::error::Result;
use super::super::header::{Entrypoint, Header, ResultKind};
use super::super::module::{
    DataInit, DataObject, ImportSource, Linkage, Module, Symbol, SymbolKind,
};
use super::super::types::{CallConv, Lane, Signature, Type};
use super::invalid;
use crate::runtime_abi::{ParamKind, ReturnKind, builtin_spec};

/// Largest sum of the sizes of zero-initialised data, in bytes: 4 GiB.
const MAX_ZEROES: u64 = 1 << 32;
/// Largest alignment of a data object, in bytes.
const MAX_ALIGN: u64 = 1 << 16;

/// Checks what does not need the function bodies.
pub(super) fn check(header: &Header, module: &Module) -> Result<()> {
    if !matches!(header.pointer_width, 32 | 64) {
        let reason = format!("{} bits, not 32 or 64", header.pointer_width);
        return Err(invalid("HEAD", "pointer width", reason));
    }
    let mut names = HashSet::new();
    for (index, symbol) in module.symbols.iter().enumerate() {
        check_symbol(header, module, symbol, &mut names)
            .map_err(|reason| invalid("MODU", format!("symbol {index}"), reason))?;
    }
    let mut zeroes = 0_u64;
    for (index, data) in module.data.iter().enumerate() {
        check_data(header, module, data)
            .map_err(|reason| invalid("MODU", format!("data object {index}"), reason))?;
        if let DataInit::Zeroes(size) = data.init {
            zeroes = zeroes.saturating_add(size);
        }
    }
    if zeroes > MAX_ZEROES {
        let reason = format!("{zeroes} zero bytes in all, more than {MAX_ZEROES}");
        return Err(invalid("MODU", "data", reason));
    }
    match &header.entrypoint {
        Some(entrypoint) => check_entrypoint(header, module, entrypoint)
            .map_err(|reason| invalid("HEAD", "entrypoint", reason)),
        None => Ok(()),
    }
}

fn check_symbol<'a>(
    header: &Header,
    module: &Module,
    symbol: &'a Symbol,
    names: &mut HashSet<&'a str>,
) -> std::result::Result<(), String> {
    match &symbol.name {
        None if symbol.linkage != Linkage::Local => {
            return Err("has no name but is not local".to_owned());
        }
        Some(name) if name.is_empty() || name.contains('\0') => {
            return Err(format!("the name {name:?} is empty or contains NUL"));
        }
        Some(name) if name.contains('@') => {
            return Err(format!(
                "the name {name:?} contains `@`, which linkers read as the begin of a version"
            ));
        }
        Some(name) if !names.insert(name) => return Err(format!("a second symbol `{name}`")),
        _ => {}
    }
    let SymbolKind::Function { signature } = symbol.kind else {
        return match symbol.linkage {
            Linkage::Import(ImportSource::Runtime) => {
                Err("imports data of the runtime, which exports functions only".to_owned())
            }
            _ => Ok(()),
        };
    };
    let signature = module
        .signatures
        .get(signature as usize)
        .ok_or_else(|| format!("signature {signature} does not exist"))?;
    match (&symbol.linkage, &symbol.name) {
        (Linkage::Import(ImportSource::Runtime), Some(name)) => {
            if header.runtime_abi.is_none() {
                return Err("imports the runtime, but the header requires no runtime".to_owned());
            }
            check_builtin(header, name, signature)
        }
        _ => Ok(()),
    }
}

/// ABI-002: a runtime import has the signature of the tables. A symbol that
/// the tables do not have may belong to a newer runtime; whether it exists is
/// for the linker to say.
fn check_builtin(
    header: &Header,
    name: &str,
    signature: &Signature,
) -> std::result::Result<(), String> {
    let Some(spec) = builtin_spec(name) else {
        return Ok(());
    };
    let pointer = pointer_type(header);
    let params = spec.params.iter().map(|kind| match kind {
        ParamKind::Ptr => pointer,
        ParamKind::I64 => Type::I64,
    });
    let result = match spec.returns {
        ReturnKind::Void | ReturnKind::Never => None,
        ReturnKind::Ptr => Some(pointer),
        ReturnKind::I64 => Some(Type::I64),
        ReturnKind::I32 => Some(Type::I32),
    };
    let convention = signature.call_conv.is_c() || signature.call_conv == CallConv::Fast;
    let same = convention
        && params.eq(signature.params.iter().map(|param| param.ty))
        && result
            .into_iter()
            .eq(signature.returns.iter().map(|param| param.ty));
    if same {
        Ok(())
    } else {
        Err(format!(
            "imports `{name}` with another signature than the runtime's (ABI-002)"
        ))
    }
}

fn check_data(
    header: &Header,
    module: &Module,
    data: &DataObject,
) -> std::result::Result<(), String> {
    let symbol = module.symbols.get(data.symbol as usize);
    let symbol = symbol.ok_or_else(|| format!("symbol {} does not exist", data.symbol))?;
    if !matches!(symbol.kind, SymbolKind::Data { .. }) || !symbol.linkage.is_definition() {
        return Err(format!("symbol {} is not a data definition", data.symbol));
    }
    if let Some(align) = data.align
        && !(align.is_power_of_two() && align <= MAX_ALIGN)
    {
        return Err(format!(
            "alignment {align} is not a power of two up to {MAX_ALIGN}"
        ));
    }
    if let Some(section) = &data.section
        && (section.is_empty() || section.contains('\0'))
    {
        return Err(format!(
            "the section name {section:?} is empty or contains NUL"
        ));
    }
    let pointer = u64::from(header.pointer_width / 8);
    for relocation in &data.relocations {
        if u64::from(relocation.offset) + pointer > data.init.len() {
            return Err(format!(
                "relocation at {} is out of bounds",
                relocation.offset
            ));
        }
        if relocation.target as usize >= module.symbols.len() {
            return Err(format!(
                "relocation target {} does not exist",
                relocation.target
            ));
        }
    }
    Ok(())
}

fn check_entrypoint(
    header: &Header,
    module: &Module,
    entrypoint: &Entrypoint,
) -> std::result::Result<(), String> {
    let symbol = module.symbols.get(entrypoint.symbol as usize);
    let symbol = symbol.ok_or_else(|| format!("symbol {} does not exist", entrypoint.symbol))?;
    let SymbolKind::Function { signature } = symbol.kind else {
        return Err("is data, not a function".to_owned());
    };
    if !symbol.linkage.is_definition() {
        return Err("is imported, not defined".to_owned());
    }
    let signature = &module.signatures[signature as usize];
    if !signature.params.is_empty() {
        return Err("must take no parameters".to_owned());
    }
    let expected = match entrypoint.result {
        ResultKind::Unit => None,
        ResultKind::Bool | ResultKind::U8 => Some(Type::I8),
        ResultKind::I32 | ResultKind::Char => Some(Type::I32),
        ResultKind::I64 => Some(Type::I64),
        ResultKind::F64 => Some(Type::F64),
        ResultKind::Str | ResultKind::Pointer => Some(pointer_type(header)),
    };
    let same = expected
        .into_iter()
        .eq(signature.returns.iter().map(|result| result.ty));
    if same {
        Ok(())
    } else {
        Err(format!(
            "its signature does not return {:?}",
            entrypoint.result
        ))
    }
}

const fn pointer_type(header: &Header) -> Type {
    match header.pointer_width {
        32 => Type::scalar(Lane::I32),
        _ => Type::scalar(Lane::I64),
    }
}

/// Every definition has exactly one body or data object, in symbol order.
pub(super) fn check_definitions(module: &Module, bodies: impl Iterator<Item = u32>) -> Result<()> {
    let symbols = &module.symbols;
    let expected = |function: bool| {
        let symbols = symbols.iter().enumerate().filter(move |(_, symbol)| {
            symbol.linkage.is_definition()
                && function == matches!(symbol.kind, SymbolKind::Function { .. })
        });
        symbols.map(|(id, _)| id as u32)
    };
    if let Some(place) = first_difference(bodies, expected(true)) {
        let reason = "function definitions and bodies do not match one to one";
        return Err(invalid("BODY", place, reason));
    }
    let data = module.data.iter().map(|data| data.symbol);
    if let Some(place) = first_difference(data, expected(false)) {
        let reason = "data definitions and data objects do not match one to one";
        return Err(invalid("MODU", place, reason));
    }
    Ok(())
}

fn first_difference(
    mut found: impl Iterator<Item = u32>,
    mut expected: impl Iterator<Item = u32>,
) -> Option<String> {
    loop {
        match (found.next(), expected.next()) {
            (None, None) => return None,
            (found, expected) if found == expected => {}
            (Some(symbol), _) | (None, Some(symbol)) => return Some(format!("symbol {symbol}")),
        }
    }
}
