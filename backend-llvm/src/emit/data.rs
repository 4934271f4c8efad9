//! Data: structures of bytes, with addresses between them.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{DataInit, DataObject, Linkage, SymbolId, SymbolKind};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::Format;

use super::types;
use super::unit::Unit;
use crate::refusal::{broken, unsupported};

/// Bytes of an address.
const WORD: u64 = 8;
/// Most bytes in a name of a segment or a section of Mach-O.
const MOST_NAME: usize = 16;
/// Most zeroes in sections of a name, which are written one by one, in bytes.
const MOST_WRITTEN_ZEROES: u64 = 1 << 24;

/// Writes all data: what is imported, and what is defined.
pub(super) fn write(unit: &Unit<'_>, text: &mut String) -> Result<(), Diagnostic> {
    let module = unit.outline.module();
    for (id, symbol) in (0..).zip(&module.symbols) {
        if let (SymbolKind::Data { tls, .. }, Linkage::Import(_)) = (&symbol.kind, &symbol.linkage)
        {
            let local = if *tls { "thread_local " } else { "" };
            let _ = writeln!(text, "{} = external {local}global i8", unit.name(id)?);
        }
    }
    let written = module.data.iter().filter(|data| data.section.is_some());
    let zeroes = written.map(|data| match data.init {
        DataInit::Zeroes(size) => size,
        DataInit::Bytes(_) => 0,
    });
    if zeroes.fold(0, u64::saturating_add) > MOST_WRITTEN_ZEROES {
        return Err(unsupported("so many zeroes in sections of a name"));
    }
    let mut used = Vec::new();
    for data in &module.data {
        define(unit, data, text)?;
        let kind = &unit.symbol(data.symbol)?.kind;
        let is_local = matches!(kind, SymbolKind::Data { tls: true, .. });
        if data.used && !(is_local && unit.emulates_threads()) {
            used.push(format!("ptr {}", unit.name(data.symbol)?));
        }
    }
    if !used.is_empty() {
        let (count, used) = (used.len(), used.join(", "));
        let _ = writeln!(
            text,
            "@llvm.used = appending global [{count} x ptr] [{used}], section \"llvm.metadata\""
        );
    }
    Ok(())
}

fn define(unit: &Unit<'_>, data: &DataObject, text: &mut String) -> Result<(), Diagnostic> {
    let id = data.symbol;
    let SymbolKind::Data { writable, tls } = unit.symbol(id)?.kind else {
        return Err(broken("data has the symbol of a function"));
    };
    let (name, linkage) = (unit.name(id)?, unit.linkage(id)?);
    let local = if tls { "thread_local " } else { "" };
    let kind = if writable { "global" } else { "constant" };
    let (ty, value) = contents(unit, data)?;
    if tls && unit.emulates_threads() {
        let (first, key) = (unit.own(format_args!("f{id}")), unit.thread_key(id));
        let (size, align) = (data.init.len().max(1), data.align.unwrap_or(1).max(1));
        let key_ty = "{ i64, i64, ptr, ptr }";
        let _ = writeln!(
            text,
            "{first} = internal constant {ty} {value}, align {align}\n\
             {key} = internal global {key_ty} {{ i64 {size}, i64 {align}, ptr null, ptr {first} }}"
        );
        return Ok(());
    }
    let _ = write!(text, "{name} = {linkage}{local}{kind} {ty} {value}");
    if let Some(section) = section(unit, data, writable, tls)? {
        let _ = write!(text, ", section \"{}\"", types::escaped(section.as_bytes()));
    }
    let debug = unit.debug.as_ref().map(|debug| debug.of_data(id));
    let (align, debug) = (data.align.unwrap_or(1).max(1), debug.unwrap_or_default());
    let _ = writeln!(text, ", align {align}{debug}");
    Ok(())
}

/// Where it goes: as the artifact says, or where the linker can drop it alone.
fn section(
    unit: &Unit<'_>,
    data: &DataObject,
    writable: bool,
    tls: bool,
) -> Result<Option<String>, Diagnostic> {
    let format = unit.machine.format;
    if let Some(section) = &data.section {
        // LLVM ends the process at what is none.
        let fits = |part: &str| !part.is_empty() && part.len() <= MOST_NAME;
        let parts = section.split(',').collect::<Vec<_>>();
        let is_one = match (format, parts.as_slice()) {
            (Format::MachO, [segment, name]) => fits(segment) && fits(name),
            (Format::MachO, _) => false,
            _ => !section.is_empty(),
        };
        return match is_one && !section.contains('\0') {
            true => Ok(Some(section.clone())),
            false => Err(unsupported(format_args!("data in section `{section}`"))),
        };
    }
    let Some(name) = unit.symbol(data.symbol)?.name.as_ref() else {
        return Ok(None);
    };
    let before = match (format, &data.init) {
        (Format::Elf, _) if tls => return Ok(None),
        (Format::Elf, DataInit::Zeroes(_)) if writable && data.relocations.is_empty() => ".bss",
        (Format::Elf, _) if writable => ".data",
        (Format::Elf, _) if data.relocations.is_empty() => ".rodata",
        (Format::Elf, _) => ".data.rel.ro",
        _ => return Ok(None),
    };
    Ok(Some(format!("{before}.{name}")))
}

/// Type and value of an object.
fn contents(unit: &Unit<'_>, data: &DataObject) -> Result<(String, String), Diagnostic> {
    let size = data.init.len();
    let bytes = match &data.init {
        DataInit::Bytes(bytes) => Some(bytes.as_slice()),
        DataInit::Zeroes(_) => None,
    };
    let mut order = data.relocations.iter().collect::<Vec<_>>();
    order.sort_by_key(|relocation| relocation.offset);
    let part = |start: u64, end: u64| {
        let ty = format!("[{} x i8]", end - start);
        let bytes = bytes.and_then(|bytes| bytes.get(start as usize..end as usize));
        match bytes {
            Some(bytes) => (ty, format!("c\"{}\"", types::escaped(bytes))),
            None => (ty, "zeroinitializer".to_owned()),
        }
    };
    let mut parts = Vec::new();
    let mut end = 0;
    for relocation in order {
        let start = u64::from(relocation.offset);
        if start < end {
            return Err(unsupported("addresses in data that overlap"));
        }
        if start > end {
            parts.push(part(end, start));
        }
        let address = address(unit, relocation.target, relocation.addend)?;
        parts.push(("ptr".to_owned(), address));
        end = start + WORD;
    }
    if size > end || parts.is_empty() {
        parts.push(part(end, size));
    }
    let types = parts.iter().map(|(ty, _)| ty.as_str()).collect::<Vec<_>>();
    let values = parts.iter().map(|(ty, value)| format!("{ty} {value}"));
    let values = values.collect::<Vec<_>>();
    let ty = format!("<{{ {} }}>", types.join(", "));
    Ok((ty, format!("<{{ {} }}>", values.join(", "))))
}

/// The address of a symbol plus a number of bytes.
fn address(unit: &Unit<'_>, target: SymbolId, addend: i64) -> Result<String, Diagnostic> {
    let name = unit.name(target)?;
    Ok(match addend {
        0 => name,
        _ => format!("getelementptr (i8, ptr {name}, i64 {addend})"),
    })
}
