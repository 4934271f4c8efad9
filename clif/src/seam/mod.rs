//! A seam in a program, along which whoever embeds it reaches into it: a table of words,
//! which every backend lays out in the same way, because it is part of the artifact that
//! the backend gets.
//!
//! [`sew`] makes the artifact with the seam. Its function [`TABLE`] returns the table's
//! address. Word 0 is the flag: functions and loops look at it where they begin, if
//! polls are asked for, and call the function in word 1 with the table's address while it
//! is not 0. Imports that the embedder answers become functions of the program, each with
//! two words: what it calls, and what that takes before the arguments. Data that is asked
//! for has a word with its address.
//!
//! Who knows a function's type only when the program runs calls it by words: an array of
//! words that has the arguments, and in its first the result when the call has ended.

mod polls;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeSet;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{ArtifactBuilder, CodegenArtifact, SymbolId};
use cranelift_codegen::ir::UserExternalName;
use cranelift_codegen::isa::CallConv;
use target_lexicon::Triple;

use crate::conventions::stand_in;
use crate::decode::Decoder;
use crate::encode::{self, EncodeCache, SymbolNames};
use crate::error::ClifError;

/// The exported function that returns the table's address.
pub const TABLE: &str = "beskid_seam";

/// Bytes of a word.
const WORD: usize = 8;
/// Words before those of the imports.
const FIRST: usize = 2;

/// What a seam has.
#[derive(Debug, Clone, Default)]
pub struct Seam {
    /// Whether functions and loops look at the flag.
    pub polls: bool,
    /// Imported functions that the embedder answers, by their linker names.
    pub imports: Vec<String>,
    /// Those of them that are answered by words.
    pub by_words: BTreeSet<String>,
    /// Functions of the program that are to be called by words: the exported function
    /// [`caller_of`] does.
    pub called: Vec<String>,
    /// Data that the program defines, by its linker names.
    pub data: Vec<String>,
}

impl Seam {
    /// The two words of an import, by its place in the list: the function, and what it
    /// takes first.
    pub const fn import(&self, index: usize) -> usize {
        FIRST + 2 * index
    }

    /// The word of a data object, by its place in the list.
    pub const fn data(&self, index: usize) -> usize {
        FIRST + 2 * self.imports.len() + index
    }

    /// How many words the table has.
    pub const fn len(&self) -> usize {
        self.data(self.data.len())
    }

    /// Whether there is nothing to reach.
    pub fn is_empty(&self) -> bool {
        let names = [&self.imports, &self.called, &self.data];
        !self.polls && names.iter().all(|names| names.is_empty())
    }
}

/// The function that calls one of the program's by the words at the address that it is
/// given.
pub fn caller_of(name: &str) -> String {
    format!("beskid_call.{name}")
}

/// The artifact with a seam. Debuggers are told of the program what they were told
/// before; a look at the flag has the position of the instruction that it stands before.
///
/// # Errors
/// [`ClifError::Function`] for a name that the artifact does not have as it is asked for, or
/// for pointers of other than 64 bits; as for [`Decoder::function`].
pub fn sew(artifact: &CodegenArtifact, seam: &Seam) -> Result<CodegenArtifact, ClifError> {
    if artifact.header().pointer_width != 64 {
        return Err(refused("", "the program's pointers do not have 64 bits"));
    }
    let platform = stand_in(artifact).unwrap_or_else(|| CallConv::triple_default(&Triple::host()));
    let decoder = Decoder::new(artifact, platform)?;
    let module = artifact.module();
    let answered = seam
        .imports
        .iter()
        .map(|name| import(module, name))
        .collect::<Result<Vec<_>, _>>()?;
    let mut builder = begun(artifact, &answered.iter().copied().collect());
    let table = module.symbols.len() as SymbolId;
    builder.add_symbol(art::Symbol {
        name: None,
        kind: art::SymbolKind::Data {
            writable: true,
            tls: false,
        },
        linkage: art::Linkage::Local,
    });
    let places = seam.data.iter().enumerate().map(|(index, name)| {
        Ok(art::DataRelocation {
            offset: (seam.data(index) * WORD) as u32,
            target: data(module, name)?,
            addend: 0,
        })
    });
    builder.add_data(art::DataObject {
        symbol: table,
        init: art::DataInit::Bytes(vec![0; seam.len() * WORD]),
        align: Some(WORD as u64),
        section: None,
        used: false,
        relocations: places.collect::<Result<_, ClifError>>()?,
        role: art::DataRole::Plain,
    });
    let mut sewing = Sewing {
        builder,
        cache: EncodeCache::default(),
        platform,
    };
    let external = |symbol| UserExternalName::new(0, symbol);
    for function in artifact.functions() {
        let mut func = decoder.function(function, &external)?;
        if seam.polls {
            polls::add(&mut func, table, platform);
        }
        sewing.define(function.body.symbol, &func)?;
    }
    for (index, symbol) in answered.iter().enumerate() {
        let signature = match module.symbols[*symbol as usize].kind {
            art::SymbolKind::Function { signature } => decoder.signature(signature),
            art::SymbolKind::Data { .. } => None,
        };
        let name = &seam.imports[index];
        let signature = signature.ok_or_else(|| refused(name, "it is imported as data"))?;
        let word = (seam.import(index) * WORD) as i32;
        let func = match seam.by_words.contains(name) {
            true => written::call_out_by_words(signature, platform, table, word),
            false => written::call_out(signature, platform, table, word),
        };
        sewing.define(*symbol, &func)?;
    }
    for name in &seam.called {
        let symbol = find(module, name).ok_or_else(|| refused(name, "there is no such symbol"))?;
        let signature = match module.symbols[symbol as usize].kind {
            art::SymbolKind::Function { signature } => decoder.signature(signature),
            art::SymbolKind::Data { .. } => None,
        };
        let signature = signature.ok_or_else(|| refused(name, "it is data"))?;
        let func = written::call_by_words(signature, platform, symbol);
        sewing.export(&caller_of(name), &func)?;
    }
    sewing.export(TABLE, &written::address_of(platform, table))?;
    Ok(sewing.builder.finish()?)
}

/// An artifact that is being written, whose symbols have the numbers that they had.
struct Sewing {
    builder: ArtifactBuilder,
    cache: EncodeCache,
    platform: CallConv,
}

impl Sewing {
    /// Adds an exported function.
    fn export(
        &mut self,
        name: &str,
        func: &cranelift_codegen::ir::Function,
    ) -> Result<(), ClifError> {
        let signature = encode::signature(&func.signature, Some(self.platform));
        let signature = signature.ok_or_else(|| refused(name, "it has no signature"))?;
        let signature = self.builder.signature(&signature);
        let symbol = self.builder.add_symbol(art::Symbol {
            name: Some(name.to_owned()),
            kind: art::SymbolKind::Function { signature },
            linkage: art::Linkage::Export,
        });
        self.define(symbol, func)
    }

    fn define(
        &mut self,
        symbol: SymbolId,
        func: &cranelift_codegen::ir::Function,
    ) -> Result<(), ClifError> {
        let platform = Some(self.platform);
        encode::function(
            &mut self.builder,
            &mut self.cache,
            symbol,
            func,
            platform,
            &mut Unchanged,
        )
    }
}

/// Names are the numbers of symbols.
struct Unchanged;

impl SymbolNames for Unchanged {
    fn user(&mut self, name: &UserExternalName) -> Option<SymbolId> {
        Some(name.index)
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}

/// All of an artifact but its functions; the imports that are answered are its own.
fn begun(artifact: &CodegenArtifact, answered: &BTreeSet<SymbolId>) -> ArtifactBuilder {
    let module = artifact.module();
    let mut builder = ArtifactBuilder::new(artifact.header().clone());
    for setting in artifact.settings() {
        builder.set(*setting);
    }
    for (id, symbol) in (0..).zip(&module.symbols) {
        let mut symbol = symbol.clone();
        if let art::SymbolKind::Function { signature } = &mut symbol.kind {
            *signature = builder.signature(&module.signatures[*signature as usize]);
        }
        if answered.contains(&id) {
            symbol.linkage = art::Linkage::Local;
        }
        builder.add_symbol(symbol);
    }
    for data in &module.data {
        builder.add_data(data.clone());
    }
    // Symbols, positions, labels and keys have the numbers that they had.
    if let Some(debug) = artifact.debug() {
        builder.set_debug(debug.clone());
    }
    builder
}

fn find(module: &art::Module, name: &str) -> Option<SymbolId> {
    let mut symbols = (0..).zip(&module.symbols);
    let found = symbols.find(|(_, symbol)| symbol.name.as_deref() == Some(name));
    found.map(|(id, _)| id)
}

fn import(module: &art::Module, name: &str) -> Result<SymbolId, ClifError> {
    let id = find(module, name).ok_or_else(|| refused(name, "there is no such symbol"))?;
    match module.symbols[id as usize].linkage {
        art::Linkage::Import(_) => Ok(id),
        _ => Err(refused(name, "it is defined, not imported")),
    }
}

fn data(module: &art::Module, name: &str) -> Result<SymbolId, ClifError> {
    let id = find(module, name).ok_or_else(|| refused(name, "there is no such symbol"))?;
    match module.symbols[id as usize].kind {
        art::SymbolKind::Data { tls: false, .. } => Ok(id),
        _ => Err(refused(name, "it is no data that all threads share")),
    }
}

fn refused(name: &str, reason: &str) -> ClifError {
    ClifError::Function {
        function: name.to_owned(),
        reason: reason.to_owned(),
    }
}
