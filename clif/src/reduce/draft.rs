//! An artifact taken apart, and put together again without what nothing needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::debug::DebugInfo;
use beskid_plugin_api::artifact::{ArtifactBuilder, CodegenArtifact, Header, SymbolId};
use cranelift_codegen::ir::{ExternalName, Function, GlobalValueData, UserExternalName};
use cranelift_codegen::isa::CallConv;
use target_lexicon::Triple;

use super::prune::prune;
use super::sweep::{straighten, sweep};
use crate::decode::Decoder;
use crate::encode::{self, EncodeCache, SymbolNames};
use crate::error::ClifError;

/// A program whose functions can be changed. Symbols keep the numbers that
/// they had in the artifact.
#[derive(Clone)]
pub(super) struct Draft {
    header: Arc<Header>,
    module: Arc<art::Module>,
    debug: Option<Arc<DebugInfo>>,
    platform: CallConv,
    pub(super) functions: BTreeMap<SymbolId, Arc<Function>>,
}

impl Draft {
    pub(super) fn read(artifact: &CodegenArtifact) -> Result<Self, ClifError> {
        let platform = CallConv::triple_default(&Triple::host());
        let decoder = Decoder::new(artifact, platform)?;
        let external = |symbol| UserExternalName::new(0, symbol);
        let functions = artifact.functions().iter().map(|function| {
            let decoded = decoder.function(function, &external)?;
            Ok((function.body.symbol, Arc::new(decoded)))
        });
        Ok(Self {
            header: Arc::new(artifact.header().clone()),
            module: Arc::new(artifact.module().clone()),
            debug: artifact.debug().map(|debug| Arc::new(debug.clone())),
            platform,
            functions: functions.collect::<Result<_, ClifError>>()?,
        })
    }

    /// Leaves out of every function what computes unneeded values, and needless jumps.
    pub(super) fn sweep(&mut self) {
        for func in self.functions.values_mut() {
            let func = Arc::make_mut(func);
            straighten(func);
            sweep(func);
        }
    }

    /// The function where execution starts.
    pub(super) fn entrypoint(&self) -> Option<SymbolId> {
        Some(self.header.entrypoint.as_ref()?.symbol)
    }

    /// The artifact of what can be reached from the entrypoint, or else from
    /// the exported symbols.
    pub(super) fn write(&self) -> Result<CodegenArtifact, ClifError> {
        let functions = self.functions.iter();
        let functions = functions.map(|(symbol, func)| {
            let mut func = (**func).clone();
            prune(&mut func);
            (*symbol, func)
        });
        let functions = functions.collect::<BTreeMap<_, _>>();
        let mut header = (*self.header).clone();
        (header.runtime_abi, header.features) = (None, BTreeSet::new());
        let entrypoint = header.entrypoint.take();
        let mut builder = ArtifactBuilder::new(header);
        let mut names = Renumbered::default();
        for symbol in self.reachable(&functions) {
            let mut data = self.module.symbols[symbol as usize].clone();
            if let art::SymbolKind::Function { signature } = &mut data.kind {
                *signature = builder.signature(&self.module.signatures[*signature as usize]);
            }
            names.0.insert(symbol, builder.add_symbol(data));
        }
        for data in &self.module.data {
            let Some(symbol) = names.0.get(&data.symbol) else {
                continue;
            };
            let mut data = data.clone();
            data.symbol = *symbol;
            for relocation in &mut data.relocations {
                relocation.target = names.0[&relocation.target];
            }
            builder.add_data(data);
        }
        if let Some(mut entrypoint) = entrypoint {
            entrypoint.symbol = names.0[&entrypoint.symbol];
            builder.set_entrypoint(entrypoint);
        }
        if let Some(debug) = &self.debug {
            let mut debug = (**debug).clone();
            debug.renumber(|symbol| names.0.get(&symbol).copied());
            builder.set_debug(debug);
        }
        let mut cache = EncodeCache::default();
        for (symbol, func) in &functions {
            let Some(renumbered) = names.0.get(symbol).copied() else {
                continue;
            };
            let platform = Some(self.platform);
            encode::function(
                &mut builder,
                &mut cache,
                renumbered,
                func,
                platform,
                &mut names,
            )?;
        }
        Ok(builder.finish()?)
    }

    fn reachable(&self, functions: &BTreeMap<SymbolId, Function>) -> BTreeSet<SymbolId> {
        let mut open = match self.entrypoint() {
            Some(symbol) => vec![symbol],
            None => self.exported().collect(),
        };
        let mut reached = BTreeSet::new();
        while let Some(symbol) = open.pop() {
            if !reached.insert(symbol) {
                continue;
            }
            if let Some(func) = functions.get(&symbol) {
                open.extend(mentioned(func));
            }
            let data = self.module.data.iter().find(|data| data.symbol == symbol);
            if let Some(data) = data {
                open.extend(data.relocations.iter().map(|relocation| relocation.target));
            }
        }
        reached
    }

    fn exported(&self) -> impl Iterator<Item = SymbolId> {
        let symbols = (0..).zip(&self.module.symbols);
        symbols.filter_map(|(id, symbol)| (symbol.linkage == art::Linkage::Export).then_some(id))
    }
}

/// The symbols that a function mentions.
fn mentioned(func: &Function) -> impl Iterator<Item = SymbolId> {
    let callees = func.dfg.ext_funcs.values().map(|callee| &callee.name);
    let data = func.global_values.values().filter_map(|data| match data {
        GlobalValueData::Symbol { name, .. } => Some(name),
        _ => None,
    });
    callees.chain(data).filter_map(|name| match name {
        ExternalName::User(reference) => {
            Some(func.params.user_named_funcs().get(*reference)?.index)
        }
        _ => None,
    })
}

/// New numbers of the symbols that are kept.
#[derive(Default)]
struct Renumbered(BTreeMap<SymbolId, SymbolId>);

impl SymbolNames for Renumbered {
    fn user(&mut self, name: &UserExternalName) -> Option<SymbolId> {
        self.0.get(&name.index).copied()
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}
