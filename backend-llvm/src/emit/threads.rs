//! Functions that C may call on a thread of its own, in a process that the runtime has
//! taken over: each first calls the runtime's `rt_thread`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use beskid_plugin_api::artifact::{
    CallConv, GlobalValue, ImportSource, Linkage, NameRef, Symbol, SymbolId, SymbolKind,
};
use beskid_plugin_api::backend::{OutputForm, RuntimeStart};
use beskid_plugin_api::runtime_abi::{THREAD_SYMBOL, is_runtime_symbol};
use beskid_plugin_api::target::Format;
use beskid_plugin_api::tree::{FunctionTree, Operation};

use super::unit::Unit;

/// The functions that do it, and what they call.
#[derive(Debug, Default)]
pub(super) struct Threads {
    functions: BTreeSet<SymbolId>,
    enter: Option<String>,
}

impl Threads {
    /// Finds the functions, and writes what they call. A program that has something of
    /// that name does without.
    pub(super) fn new(unit: &Unit<'_>, trees: &[FunctionTree<'_>], text: &mut String) -> Self {
        let start = match unit.request.output {
            OutputForm::Session if unit.request.imports().contains_key(THREAD_SYMBOL) => {
                RuntimeStart::Linked
            }
            OutputForm::Session => RuntimeStart::Never,
            _ => unit.request.start_runtime,
        };
        let is_weak = match start {
            RuntimeStart::Linked => false,
            RuntimeStart::IfLoaded if unit.machine.format == Format::Elf => true,
            _ => return Self::default(),
        };
        let symbols = &unit.outline.module().symbols;
        let has = |name: &str| {
            symbols
                .iter()
                .any(|symbol| symbol.name.as_deref() == Some(name))
        };
        if has(THREAD_SYMBOL) || !symbols.iter().any(is_foreign) {
            return Self::default();
        }
        let functions = taken(unit, trees);
        if functions.is_empty() {
            return Self::default();
        }
        let enter = match is_weak {
            false => unit.outside(THREAD_SYMBOL, "void", ""),
            true => {
                let there = unit.outside_weak(THREAD_SYMBOL, "void", "");
                let enter = unit.own("enter");
                let _ = writeln!(
                    text,
                    "define internal void {enter}() #0 {{\n  %is = icmp ne ptr {there}, null\n  \
                     br i1 %is, label %call, label %end\ncall:\n  call void {there}() #1\n  \
                     br label %end\nend:\n  ret void\n}}"
                );
                enter
            }
        };
        Self {
            functions,
            enter: Some(enter),
        }
    }

    /// What the function with this symbol calls first.
    pub(super) fn enter(&self, symbol: SymbolId) -> Option<&str> {
        self.enter
            .as_deref()
            .filter(|_| self.functions.contains(&symbol))
    }
}

/// Whether a function comes from outside of program and runtime.
fn is_foreign(symbol: &Symbol) -> bool {
    let name = symbol.name.as_deref().unwrap_or_default();
    let leaves = match &symbol.linkage {
        Linkage::Import(ImportSource::Extern { .. }) => true,
        Linkage::Import(ImportSource::Plain) => !is_runtime_symbol(name),
        _ => false,
    };
    leaves && matches!(symbol.kind, SymbolKind::Function { .. })
}

/// The functions whose addresses the program takes, and that C can call.
fn taken(unit: &Unit<'_>, trees: &[FunctionTree<'_>]) -> BTreeSet<SymbolId> {
    let mut taken = BTreeSet::new();
    let data = unit.outline.module().data.iter();
    taken.extend(data.flat_map(|data| data.relocations.iter().map(|one| one.target)));
    for tree in trees {
        for value in &tree.body().global_values {
            if let GlobalValue::Symbol {
                name: NameRef::Symbol(symbol),
                ..
            } = value
            {
                taken.insert(*symbol);
            }
        }
        for instruction in tree.blocks.iter().flat_map(|block| &block.instructions) {
            if let Operation::FunctionAddress(callee) = &instruction.operation
                && let NameRef::Symbol(symbol) = callee.target
            {
                taken.insert(symbol);
            }
        }
    }
    taken.retain(|id| {
        let is_definition = unit
            .symbol(*id)
            .is_ok_and(|symbol| symbol.linkage.is_definition());
        let convention = unit.signature(*id).map(|signature| signature.call_conv);
        let by_c = |convention: CallConv| {
            convention.is_c() || matches!(convention, CallConv::Fast | CallConv::PreserveAll)
        };
        is_definition && convention.is_ok_and(by_c)
    });
    taken
}
