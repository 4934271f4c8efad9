//! Data: structures of bytes, with addresses between them.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{DataInit, DataObject, Outline, Symbol, SymbolKind};
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::names::{attributes, escaped, label, symbol_address};
use crate::scalar::unsupported;

/// Declares every data symbol, so that all may refer to all.
pub fn declare(
    outline: &Outline,
    request: &CompileRequest,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let module = outline.module();
    for (id, symbol) in (0..).zip(&module.symbols) {
        let SymbolKind::Data { writable, .. } = symbol.kind else {
            continue;
        };
        let object = module.data.iter().find(|object| object.symbol == id);
        let fields = match object {
            Some(object) => fields(object)?,
            None => "u8 z[1];".to_owned(),
        };
        let _ = writeln!(
            text,
            "typedef struct __attribute__((packed)) {{ {fields} }} t{id};"
        );
        let _ = writeln!(
            text,
            "{} {}t{id} d{id}{};",
            attributes(symbol, request),
            if writable { "" } else { "const " },
            label(symbol),
        );
    }
    Ok(())
}

/// Defines the artifact's data.
pub fn define(
    outline: &Outline,
    request: &CompileRequest,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let module = outline.module();
    for object in &module.data {
        let id = object.symbol;
        let symbol = module.symbols.get(id as usize);
        let symbol = symbol.ok_or_else(|| unsupported("data without a symbol"))?;
        let place = place(symbol, object);
        let attributes = attributes(symbol, request);
        let constant = match symbol.kind {
            SymbolKind::Data { writable: true, .. } => "",
            _ => "const ",
        };
        let _ = write!(text, "{attributes} {constant}t{id} d{id} {place}");
        match &object.init {
            DataInit::Zeroes(_) if object.relocations.is_empty() => text.push_str(";\n"),
            init => {
                let bytes = match init {
                    DataInit::Bytes(bytes) => bytes.as_slice(),
                    DataInit::Zeroes(_) => &[],
                };
                let _ = writeln!(text, "= {{ {} }};", values(outline, object, bytes)?);
            }
        }
    }
    Ok(())
}

/// Alignment and section.
fn place(symbol: &Symbol, object: &DataObject) -> String {
    let mut attributes = vec![format!("aligned({})", object.align.unwrap_or(1).max(1))];
    if object.used || matches!(symbol.kind, SymbolKind::Data { .. }) && object.section.is_some() {
        attributes.push("used".to_owned());
    }
    if let Some(section) = &object.section {
        let section = section.bytes().map(escaped).collect::<String>();
        attributes.push(format!("section(\"{section}\")"));
    }
    format!("__attribute__(({}))", attributes.join(", "))
}

/// The parts of an object: where each begins and ends, and the relocation that it is.
fn parts(object: &DataObject) -> Result<Vec<(u64, u64, Option<usize>)>, Diagnostic> {
    let mut order = (0..object.relocations.len()).collect::<Vec<_>>();
    let offset = |index: usize| object.relocations.get(index).map(|reloc| reloc.offset);
    order.sort_by_key(|index| offset(*index));
    let mut parts = Vec::new();
    let mut end = 0;
    for index in order {
        let start = u64::from(offset(index).unwrap_or_default());
        if start < end {
            return Err(unsupported("addresses in data that overlap"));
        }
        if start > end {
            parts.push((end, start, None));
        }
        parts.push((start, start + 8, Some(index)));
        end = start + 8;
    }
    if object.init.len() > end || parts.is_empty() {
        parts.push((end, object.init.len(), None));
    }
    Ok(parts)
}

fn fields(object: &DataObject) -> Result<String, Diagnostic> {
    let fields = parts(object)?
        .into_iter()
        .map(|(start, end, relocation)| match relocation {
            Some(_) => format!("const char *p{start};"),
            None => format!("u8 b{start}[{}];", end - start),
        });
    Ok(fields.collect::<Vec<_>>().join(" "))
}

fn values(outline: &Outline, object: &DataObject, bytes: &[u8]) -> Result<String, Diagnostic> {
    let mut values = Vec::new();
    for (start, end, relocation) in parts(object)? {
        let relocation = relocation.and_then(|index| object.relocations.get(index));
        values.push(match relocation {
            Some(relocation) => {
                let target = symbol_address(outline, relocation.target);
                format!("{target} + {}L", relocation.addend)
            }
            None => {
                let bytes = bytes.get(start as usize..end as usize).unwrap_or_default();
                let list = bytes.iter().map(u8::to_string).collect::<Vec<_>>();
                format!("{{ {} }}", list.join(","))
            }
        });
    }
    Ok(values.join(", "))
}
