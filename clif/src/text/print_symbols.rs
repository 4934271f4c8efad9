//! The symbols of an artifact in CLIF text: names that CLIF can hold, and
//! comments that say the rest.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;
use std::str::FromStr;

use beskid_plugin_api::artifact::{
    CodegenArtifact, DataInit, DataObject, Feature, ImportSource, Linkage, SymbolId, SymbolKind,
};
use cranelift_codegen::ir::{KnownSymbol, LibCall};

use super::debug::{self, Numbered};
use super::entry::MAIN;
use super::set_lines;
use super::symbols::{LINKAGES, RESULTS, ROLES};
use super::tokens::quoted;

/// A name for each symbol, which no other has.
pub(super) fn clif_names(artifact: &CodegenArtifact) -> Vec<String> {
    let symbols = &artifact.module().symbols;
    let mut names = vec![String::new(); symbols.len()];
    let mut taken = HashSet::new();
    // Names that CLIF can hold stay as they are.
    for exact in [true, false] {
        for (id, symbol) in symbols.iter().enumerate() {
            let own = symbol.name.as_deref().unwrap_or_default();
            let allowed = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
            let mut base = own.chars().map(allowed).collect::<String>();
            if base.is_empty() {
                base = format!("s{id}");
            }
            // The reader takes it for the compiler's own.
            if LibCall::from_str(&base).is_ok() || KnownSymbol::from_str(&base).is_ok() {
                base.push('_');
            }
            if (base == own) != exact || !names[id].is_empty() {
                continue;
            }
            let mut name = base.clone();
            let mut count = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{count}");
                count += 1;
            }
            names[id] = name;
        }
    }
    names
}

/// The comments before the functions; empty if CLIF says it all.
/// Of the imports only those that a function mentions are the program's.
pub(super) fn comments(
    artifact: &CodegenArtifact,
    names: &[String],
    mentioned: &BTreeSet<SymbolId>,
    numbered: Option<&Numbered>,
) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    for setting in artifact.settings() {
        let name = set_lines::name(*setting);
        let _ = writeln!(text, "set {name}=true");
    }
    // The others show in what the functions do.
    if artifact.header().features.contains(&Feature::SysvAmd64) {
        let _ = writeln!(text, "; feature: {}", Feature::SysvAmd64.name());
    }
    if let Some(entry) = &artifact.header().entrypoint {
        let name = &names[entry.symbol as usize];
        let result = word(&RESULTS, &entry.result);
        let source = quoted(entry.name.as_bytes());
        let _ = writeln!(text, "; entry: %{name} {result} {source}");
    }
    for (id, symbol) in artifact.module().symbols.iter().enumerate() {
        if !symbol.linkage.is_definition() && !mentioned.contains(&(id as SymbolId)) {
            continue;
        }
        let name = &names[id];
        if let Linkage::Import(ImportSource::Extern { library, .. }) = &symbol.linkage {
            let _ = writeln!(text, "; extern: %{name} {library}");
        }
        let is_data = matches!(symbol.kind, SymbolKind::Data { .. });
        let is_own = symbol.name.as_deref() == Some(name) && name != MAIN;
        let is_usual = matches!(symbol.linkage, Linkage::Import(_) | Linkage::Export);
        if !(is_data && symbol.linkage.is_definition() || is_own && is_usual) {
            let described = described(artifact, id, name);
            let _ = writeln!(text, "; symbol: %{name} {described}");
        }
    }
    for data in &artifact.module().data {
        text.push_str(&object(artifact, data, names));
    }
    if let (Some(info), Some(numbered)) = (artifact.debug(), numbered) {
        text.push_str(&debug::print(info, names, numbered));
    }
    text
}

/// Linkage, and the linker's name if it is another.
fn described(artifact: &CodegenArtifact, id: usize, clif_name: &str) -> String {
    let symbol = &artifact.module().symbols[id];
    let linkage = match &symbol.linkage {
        Linkage::Import(_) => "import",
        linkage => word(&LINKAGES, linkage),
    };
    match &symbol.name {
        Some(name) if name != clif_name => format!("{linkage} {}", quoted(name.as_bytes())),
        _ => linkage.to_owned(),
    }
}

fn object(artifact: &CodegenArtifact, data: &DataObject, names: &[String]) -> String {
    let name = |symbol: SymbolId| &names[symbol as usize];
    let own = name(data.symbol);
    let described = described(artifact, data.symbol as usize, own);
    let mut text = format!("; data: %{own} {described}");
    let symbol = &artifact.module().symbols[data.symbol as usize];
    if let SymbolKind::Data { writable, tls } = symbol.kind {
        for (is, word) in [(writable, "writable"), (tls, "tls"), (data.used, "used")] {
            if is {
                let _ = write!(text, " {word}");
            }
        }
    }
    if let Some((role, _)) = ROLES.iter().find(|(_, role)| *role == data.role) {
        let _ = write!(text, " {role}");
    }
    if let Some(align) = data.align {
        let _ = write!(text, " align {align}");
    }
    if let Some(section) = &data.section {
        let _ = write!(text, " section {}", quoted(section.as_bytes()));
    }
    let _ = match &data.init {
        DataInit::Zeroes(count) => write!(text, " zero {count}"),
        DataInit::Bytes(bytes) => write!(text, " bytes {}", quoted(bytes)),
    };
    for address in &data.relocations {
        let (offset, addend) = (address.offset, address.addend);
        let _ = write!(text, " at {offset} %{} {addend}", name(address.target));
    }
    text.push('\n');
    text
}

fn word<T: PartialEq>(all: &[(&'static str, T)], value: &T) -> &'static str {
    let found = all.iter().find(|(_, own)| own == value);
    found.map_or("unknown", |(word, _)| *word)
}
