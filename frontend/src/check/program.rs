//! A whole program.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::foreign_table::Foreign;
use super::frame::Frame;
use super::owner::Owner;
use super::seen::Seen;
use super::state::{At, Checker};
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Program, Test};
use crate::resolve::{ItemId, Names};
use crate::source::Sources;
use crate::span::Span;
use crate::types::{Ty, Types};

/// Checks a program; `keep` its bodies to lower them.
pub(crate) fn check<'t>(
    sources: &'t Sources,
    names: Names<'t>,
    keep: bool,
    diagnostics: &'t mut Vec<SourceDiagnostic>,
) -> Program {
    let mut checker = checker(sources, names, diagnostics);
    checker.keep = keep;
    let tests = checker.program();
    Program {
        functions: checker.functions,
        foreign: checker.foreign.functions,
        callbacks: checker.foreign.callbacks,
        contract_methods: checker.contract_methods,
        types: checker.types,
        files: if keep { sources.lines() } else { Vec::new() },
        tests,
        debug_files: None,
    }
}

/// What names and values were seen to mean in a program.
pub(crate) struct Observed<'t> {
    pub(crate) names: Names<'t>,
    pub(crate) types: Types,
    pub(crate) seen: Seen,
    /// Who has a method, and where its name stands.
    pub(crate) methods: Vec<(Has, Span)>,
}

/// Who has methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Has {
    Item(ItemId),
    Primitive(Ty),
}

/// Checks a program as [`check`] does, for who wants to know what its names mean.
pub(crate) fn observe<'t>(
    sources: &'t Sources,
    names: Names<'t>,
    diagnostics: &'t mut Vec<SourceDiagnostic>,
) -> Observed<'t> {
    let mut checker = checker(sources, names, diagnostics);
    checker.seen = Some(Seen::default());
    checker.program();
    let all = checker.methods.iter();
    let methods = all.flat_map(|((owner, _), ids)| ids.iter().map(move |id| (*owner, *id)));
    let methods = methods.map(|(owner, id)| {
        let has = match owner {
            Owner::Item(item) => Has::Item(item),
            Owner::Primitive(ty) => Has::Primitive(ty),
        };
        (has, checker.callables[id as usize].span)
    });
    let mut methods = methods.collect::<Vec<_>>();
    for (item, contract) in &checker.contracts {
        let asked = contract.methods.iter();
        methods.extend(asked.map(|method| (Has::Item(*item), method.span)));
    }
    for (item, contract) in &checker.foreign.contracts {
        let places = contract.values().map(|(_, place)| *place);
        methods.extend(places.map(|place| (Has::Item(*item), place)));
    }
    Observed {
        methods,
        names: checker.names,
        types: checker.types,
        seen: checker.seen.unwrap_or_default(),
    }
}

fn checker<'t>(
    sources: &'t Sources,
    names: Names<'t>,
    diagnostics: &'t mut Vec<SourceDiagnostic>,
) -> Checker<'t> {
    let mut plain = Ty::NAMED.iter().map(|(name, _)| *name);
    let plain_names_taken = plain.any(|name| names.mentions(name));
    Checker {
        plain_names_taken,
        sources,
        types: Types::default(),
        declared: Vec::new(),
        callables: Vec::new(),
        of_item: vec![None; names.items.len()],
        names,
        methods: FxHashMap::default(),
        contracts: FxHashMap::default(),
        contract_methods: Vec::new(),
        foreign: Foreign::default(),
        functions: Vec::new(),
        function_count: 0,
        instances: FxHashMap::default(),
        instance_names: FxHashSet::default(),
        pending: VecDeque::new(),
        endless: false,
        struct_types: FxHashMap::default(),
        variants: FxHashMap::default(),
        filled: Vec::new(),
        conforming: FxHashSet::default(),
        diagnostics,
        frames: Vec::new(),
        outside: Frame::default(),
        spare: Vec::new(),
        at: At::default(),
        instance: None,
        suffixes: 0,
        open: false,
        trying: false,
        keep: false,
        seen: None,
    }
}

impl Checker<'_> {
    /// Checks all of it, in the one order; gives its tests.
    fn program(&mut self) -> Vec<Test> {
        self.declare_types();
        self.declare_parts();
        self.declare_contracts();
        self.declare_callables();
        self.declare_foreign();
        self.declare_exports();
        self.check_conformance();
        self.check_attributes();
        self.check_bodies();
        let tests = self.tests();
        self.check_docs();
        self.warn_unused();
        tests
    }
}
