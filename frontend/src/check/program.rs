//! A whole program.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::foreign_table::Foreign;
use super::state::{At, Checker};
use crate::diagnostic::SourceDiagnostic;
use crate::hir::Program;
use crate::resolve::Names;
use crate::source::Sources;
use crate::types::Types;

/// Checks a program; `keep` its bodies to lower them.
pub(crate) fn check<'t>(
    sources: &'t Sources,
    names: Names<'t>,
    keep: bool,
    diagnostics: &'t mut Vec<SourceDiagnostic>,
) -> Program {
    let mut checker = Checker {
        sources,
        names,
        types: Types::default(),
        declared: Vec::new(),
        callables: Vec::new(),
        of_item: FxHashMap::default(),
        methods: FxHashMap::default(),
        contracts: FxHashMap::default(),
        contract_methods: Vec::new(),
        foreign: Foreign::default(),
        functions: Vec::new(),
        instances: FxHashMap::default(),
        instance_names: FxHashSet::default(),
        pending: BTreeMap::new(),
        struct_types: FxHashMap::default(),
        variants: FxHashMap::default(),
        filled: FxHashSet::default(),
        conforming: FxHashSet::default(),
        diagnostics,
        frames: Vec::new(),
        spare: Vec::new(),
        at: At::default(),
        instance: None,
        suffixes: 0,
        open: false,
        keep,
    };
    checker.declare_types();
    checker.declare_parts();
    checker.declare_contracts();
    checker.declare_callables();
    checker.declare_foreign();
    checker.declare_exports();
    checker.check_conformance();
    checker.check_attributes();
    checker.check_bodies();
    let tests = checker.tests();
    checker.check_docs();
    checker.warn_unused();
    Program {
        functions: checker.functions,
        foreign: checker.foreign.functions,
        callbacks: checker.foreign.callbacks,
        contract_methods: checker.contract_methods,
        types: checker.types,
        files: if keep { sources.lines() } else { Vec::new() },
        tests,
    }
}
