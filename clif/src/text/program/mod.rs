//! The functions of a `.clif` file as an artifact in the making.
//!
//! Functions are named `%name` or `u0:n` and may call one another, runtime
//! symbols, and the compiler's library calls; any other name is an import, of
//! no library or of the one that an `extern:` directive gives it.

mod name;
mod start;
mod written;

use std::collections::{BTreeSet, HashMap, HashSet};

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{
    ArtifactBuilder, CodegenArtifact, Header, ImportSource, SymbolId,
};
use beskid_plugin_api::runtime_abi::is_runtime_symbol;
use cranelift_codegen::entity::packed_option::ReservedValue;
use cranelift_codegen::ir::{self, Function, GlobalValueData};
use cranelift_codegen::isa::CallConv;

use super::entry::MAIN;
use super::file::{File, TextFunction};
use super::foreign::Foreign;
use super::rules;
use super::set_lines;
use super::source_error::SourceError;
use super::symbols::Written;
use crate::conventions::from_clif_signature;
use crate::encode::{self, EncodeCache, SymbolNames};
use crate::error::ClifError;
use name::Name;

/// The artifact of a file, before it is finished.
pub(super) struct Program<'e> {
    builder: ArtifactBuilder,
    cache: EncodeCache,
    symbols: HashMap<Name, SymbolId>,
    /// A later function of the name of an earlier one begins another program,
    /// whose functions see those of their own first: number of the first
    /// function, and the definitions.
    further: Vec<(usize, HashMap<Name, SymbolId>)>,
    /// Linker names of the functions.
    names: HashSet<String>,
    /// What the functions import, as it is written.
    imports: BTreeSet<String>,
    entrypoint: &'e str,
    /// What comments say of symbols.
    written: Written,
    /// Convention that stands for the platform's.
    platform: CallConv,
}

/// What the names in a function stand for: what its own program defines, or
/// else what any does.
struct Scope<'p> {
    own: Option<&'p HashMap<Name, SymbolId>>,
    all: &'p HashMap<Name, SymbolId>,
}

impl Scope<'_> {
    fn get(&self, name: &Name) -> Option<SymbolId> {
        let own = self.own.and_then(|own| own.get(name));
        own.or_else(|| self.all.get(name)).copied()
    }
}

impl SymbolNames for Scope<'_> {
    fn user(&mut self, name: &ir::UserExternalName) -> Option<SymbolId> {
        self.get(&Name::Numbered(name.namespace, name.index))
    }

    fn textual(&mut self, name: &[u8]) -> Option<SymbolId> {
        self.get(&Name::Text(name.to_vec()))
    }
}

impl<'e> Program<'e> {
    /// The functions of a file; they are the first symbols, in file order.
    pub(super) fn of(
        file: &File,
        foreign: &Foreign<'_>,
        entrypoint: &'e str,
    ) -> Result<Self, SourceError> {
        let mut program = Self::new(entrypoint, file.unwritten);
        program.written = Written::read(file)?;
        for feature in &program.written.features {
            program.builder.require(*feature);
        }
        let settings = set_lines::of_program(file).into_iter();
        settings.for_each(|setting| program.builder.set(setting));
        for function in &file.functions {
            program.declare(function, !file.tests.is_empty())?;
        }
        program.declare_data()?;
        for function in &file.functions {
            let declared = program.declare_imports(&function.func, foreign);
            declared.map_err(|error| function.broken(error))?;
            program.check_colocated(function)?;
        }
        foreign.check(|name| program.imports.contains(name))?;
        let is_known = |name: &str| {
            let name = Name::Text(name.as_bytes().to_vec());
            program.symbols.contains_key(&name)
        };
        program.written.check(is_known)?;
        program.define_data()?;
        program.define_debug()?;
        for (id, function) in file.functions.iter().enumerate() {
            let encoded = program.encode(id as SymbolId, &function.func);
            encoded.map_err(|error| function.broken(error))?;
        }
        Ok(program)
    }

    /// The artifact, complete. What breaks CLIF's rules is the text's fault.
    pub(super) fn finish(self, file: &File) -> Result<CodegenArtifact, SourceError> {
        let symbols = self.symbols;
        let artifact = self.builder.finish().map_err(|error| {
            let number = error.function().map(|(number, _)| number);
            let symbol = error.symbol();
            let name = symbols.iter().find(|(_, id)| symbol == Some(**id));
            let mentions = |function: &&TextFunction| {
                let mut names = Name::all_in(&function.func);
                name.is_some_and(|(own, _)| names.any(|(name, _)| name == *own))
            };
            let function = number.and_then(|number| file.functions.get(number));
            let function = function.or_else(|| file.functions.iter().find(mentions));
            match function.or(file.functions.first()) {
                Some(function) => function.broken(error.into()),
                None => SourceError::Clif(error.into()),
            }
        })?;
        rules::verify(&file.functions)?;
        Ok(artifact)
    }

    /// Refuses what is said to be in this file and is not.
    fn check_colocated(&self, function: &TextFunction) -> Result<(), SourceError> {
        for (name, colocated) in Name::all_in(&function.func) {
            let text = name.text();
            if colocated && self.imports.contains(&text) {
                let reason = format!("`%{text}` is `colocated`, but this file does not define it");
                return Err(function.wrong(reason));
            }
        }
        Ok(())
    }

    /// Starts the artifact at this symbol.
    pub(super) fn start_at(&mut self, symbol: SymbolId, name: &str, result: art::ResultKind) {
        self.builder.set_entrypoint(art::Entrypoint {
            symbol,
            name: name.to_owned(),
            result,
        });
    }

    /// Adds a local data object, aligned for every type.
    pub(super) fn data(&mut self, name: &str, writable: bool, init: art::DataInit) -> SymbolId {
        let symbol = self.builder.add_symbol(art::Symbol {
            name: Some(name.to_owned()),
            kind: art::SymbolKind::Data {
                writable,
                tls: false,
            },
            linkage: art::Linkage::Local,
        });
        self.builder.add_data(art::DataObject {
            symbol,
            init,
            align: Some(16),
            section: None,
            used: false,
            relocations: Vec::new(),
            role: art::DataRole::Plain,
        });
        symbol
    }

    /// Adds a local function whose calling convention is the platform's.
    pub(super) fn entry_function(
        &mut self,
        func: &Function,
        name: &str,
        names: &mut dyn SymbolNames,
    ) -> Result<SymbolId, ClifError> {
        let platform = Some(self.platform);
        let signature = from_clif_signature(&func.signature, platform);
        let signature = signature.ok_or_else(|| ClifError::Function {
            function: name.to_owned(),
            reason: "its signature cannot be written".to_owned(),
        })?;
        let signature = self.builder.signature(&signature);
        let symbol = self.builder.add_symbol(art::Symbol {
            name: Some(name.to_owned()),
            kind: art::SymbolKind::Function { signature },
            linkage: art::Linkage::Local,
        });
        encode::function(
            &mut self.builder,
            &mut self.cache,
            symbol,
            func,
            Some(self.platform),
            names,
        )?;
        Ok(symbol)
    }

    fn new(entrypoint: &'e str, platform: CallConv) -> Self {
        let header = Header::new(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        Self {
            builder: ArtifactBuilder::new(header),
            cache: EncodeCache::default(),
            symbols: HashMap::new(),
            further: Vec::new(),
            names: HashSet::new(),
            imports: BTreeSet::new(),
            entrypoint,
            written: Written::default(),
            platform,
        }
    }

    /// The next function of the file. In one with tests, two of one name are
    /// two programs, as Cranelift's own tool has it.
    fn declare(&mut self, function: &TextFunction, has_tests: bool) -> Result<(), SourceError> {
        let TextFunction { func, line, .. } = function;
        let name = Name::of_function(func);
        let signature = self.signature(&func.signature, &name);
        let signature = signature.map_err(|error| function.broken(error))?;
        if self.symbols.contains_key(&name) {
            if !has_tests {
                let name = name.text();
                return Err(SourceError::Duplicate { name, line: *line });
            }
            self.declare_again(name, signature);
            return Ok(());
        }
        // The linker's `main` is the C entrypoint, which calls this one.
        let written = self.written.of(&name.text());
        let written = written.and_then(|own| Some((own.name.clone(), own.linkage.clone()?)));
        let (linker_name, linkage) = match (name.text(), written) {
            (text, Some((own, linkage))) => (own.unwrap_or(text), linkage),
            (text, None) if text == self.entrypoint || text == MAIN => {
                (format!("clif.{text}"), art::Linkage::Local)
            }
            (text, None) if matches!(name, Name::Text(_)) => (text, art::Linkage::Export),
            (text, None) => (text, art::Linkage::Local),
        };
        let symbol = self.function_symbol(linker_name, signature, linkage);
        if let Some((_, own)) = self.further.last_mut() {
            own.insert(name.clone(), symbol);
        }
        self.symbols.insert(name, symbol);
        Ok(())
    }

    /// A function of a name that the file had before: local, under a name of
    /// its own.
    fn declare_again(&mut self, name: Name, signature: art::SignatureId) {
        let text = name.text();
        let mut count = 2;
        let mut linker_name = format!("{text}.{count}");
        while self.names.contains(&linker_name) {
            count += 1;
            linker_name = format!("{text}.{count}");
        }
        let symbol = self.function_symbol(linker_name, signature, art::Linkage::Local);
        match self.further.last_mut() {
            Some((_, own)) if !own.contains_key(&name) => {
                own.insert(name, symbol);
            }
            _ => {
                let own = HashMap::from([(name, symbol)]);
                self.further.push((symbol as usize, own));
            }
        }
    }

    fn function_symbol(
        &mut self,
        name: String,
        signature: art::SignatureId,
        linkage: art::Linkage,
    ) -> SymbolId {
        self.names.insert(name.clone());
        self.builder.add_symbol(art::Symbol {
            name: Some(name),
            kind: art::SymbolKind::Function { signature },
            linkage,
        })
    }

    fn signature(
        &mut self,
        signature: &ir::Signature,
        name: &Name,
    ) -> Result<art::SignatureId, ClifError> {
        let converted = from_clif_signature(signature, Some(self.platform));
        let converted = converted.ok_or_else(|| ClifError::Function {
            function: name.text(),
            reason: format!("the signature {signature} cannot be written"),
        })?;
        Ok(self.builder.signature(&converted))
    }

    /// Every name that a function mentions and the file does not define is an
    /// import.
    fn declare_imports(&mut self, func: &Function, foreign: &Foreign<'_>) -> Result<(), ClifError> {
        for callee in func.dfg.ext_funcs.values() {
            // The text's reader fills the gaps in the numbers with nameless
            // ones.
            if callee.signature.is_reserved_value() {
                continue;
            }
            let Some(name) = Name::of_reference(&callee.name, func) else {
                continue;
            };
            if self.symbols.contains_key(&name) {
                continue;
            }
            let text = name.text();
            let source = if is_runtime_symbol(&text) {
                ImportSource::Runtime
            } else {
                source_of(&name, foreign)
            };
            let signature = &func.dfg.signatures[callee.signature];
            let mut signature = signature.clone();
            let c = [CallConv::Fast, CallConv::SystemV];
            // It follows the platform's convention (ABI-002), however the text
            // calls C's.
            if source == ImportSource::Runtime && c.contains(&signature.call_conv) {
                signature.call_conv = self.platform;
            }
            let signature = self.signature(&signature, &name)?;
            let kind = art::SymbolKind::Function { signature };
            self.import(name, kind, source);
        }
        for value in func.global_values.values() {
            let GlobalValueData::Symbol { name, tls, .. } = value else {
                continue;
            };
            let Some(name) = Name::of_reference(name, func) else {
                continue;
            };
            if !self.symbols.contains_key(&name) && !name.text().is_empty() {
                let (writable, tls) = (true, *tls);
                let kind = art::SymbolKind::Data { writable, tls };
                let source = source_of(&name, foreign);
                self.import(name, kind, source);
            }
        }
        Ok(())
    }

    fn import(&mut self, name: Name, kind: art::SymbolKind, source: ImportSource) -> SymbolId {
        let text = name.text();
        self.imports.insert(text.clone());
        let written = self.written.of(&text).and_then(|own| own.name.clone());
        let symbol = self.builder.add_symbol(art::Symbol {
            name: Some(written.unwrap_or(text)),
            kind,
            linkage: art::Linkage::Import(source),
        });
        self.symbols.insert(name, symbol);
        symbol
    }

    fn encode(&mut self, symbol: SymbolId, func: &Function) -> Result<(), ClifError> {
        let before = |(first, _): &&(usize, _)| *first <= symbol as usize;
        let own = self.further.iter().rev().find(before);
        let mut names = Scope {
            own: own.map(|(_, own)| own),
            all: &self.symbols,
        };
        encode::function(
            &mut self.builder,
            &mut self.cache,
            symbol,
            func,
            Some(self.platform),
            &mut names,
        )
    }
}

/// Where a name that is not the runtime's comes from.
fn source_of(name: &Name, foreign: &Foreign<'_>) -> ImportSource {
    let Name::Text(_) = name else {
        return ImportSource::Plain;
    };
    match foreign.library(&name.text()) {
        None => ImportSource::Plain,
        Some(library) => ImportSource::Extern {
            library: library.to_owned(),
            abi: "C".to_owned(),
        },
    }
}
