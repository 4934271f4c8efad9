//! Foreign contracts: what they may say, and what their methods mean.

use std::collections::HashMap;

use super::attributes::{has, texts};
use super::foreign::{
    Place, check_abi, check_size, foreign_type, is_library, is_reserved, wrong_symbol,
};
use crate::ast::{Attribute, Contract, Method};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Callback, ForeignFunction, ForeignId};
use crate::span::Span;
use crate::types::{FunctionType, Types};

/// The foreign interfaces of a program.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    pub(super) foreign: Vec<ForeignFunction>,
    /// The functions that the host registers, in the order of their table.
    pub(super) callbacks: Vec<Callback>,
    /// Where each symbol was declared.
    declared: HashMap<String, (ForeignId, Span)>,
    contracts: HashMap<String, (Methods, Span)>,
    /// Where the contract of the callbacks was declared.
    callback_contract: Option<Span>,
}

/// What each method calls, and where the method stands.
pub(super) type Methods = HashMap<String, (Target, Span)>;

/// What a method of a contract calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Foreign(ForeignId),
    /// Index into the callbacks.
    Callback(usize),
}

impl Contracts {
    /// The methods of a contract.
    pub(super) fn methods(&self, name: &str) -> Option<&Methods> {
        self.contracts.get(name).map(|(methods, _)| methods)
    }

    /// What a method takes and returns.
    pub(super) fn signature(&self, target: Target) -> &FunctionType {
        match target {
            Target::Foreign(id) => &self.foreign[id].signature,
            Target::Callback(index) => &self.callbacks[index].signature,
        }
    }

    /// Where a foreign symbol is declared.
    pub(super) fn declared(&self, symbol: &str) -> Option<Span> {
        self.declared.get(symbol).map(|(_, span)| *span)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.contracts.keys().map(String::as_str)
    }

    pub(super) fn declare(
        &mut self,
        contract: &Contract,
        types: &mut Types,
        diagnostics: &mut Vec<SourceDiagnostic>,
    ) {
        let callbacks = contract.foreign.name.text == Attribute::CALLBACK;
        let library = if callbacks {
            self.declare_callbacks(contract, diagnostics);
            String::new()
        } else {
            library(&contract.foreign, diagnostics)
        };
        let mut methods = Methods::new();
        for method in &contract.methods {
            let name = &method.name;
            if let Some((_, first)) = methods.get(name.text) {
                let message = format!("a second method `{}`", name.text);
                let again =
                    SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "again here");
                diagnostics.push(again.related(*first, "first here"));
                continue;
            }
            let target = if callbacks {
                self.callback(method, types, diagnostics)
            } else {
                self.method(method, &library, types, diagnostics)
            };
            methods.insert(name.text.to_owned(), (target, name.span));
        }
        let name = &contract.name;
        if let Some((_, first)) = self.contracts.get(name.text) {
            let message = format!("a second contract `{}`", name.text);
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(again.related(*first, "first here"));
        } else {
            self.contracts
                .insert(name.text.to_owned(), (methods, name.span));
        }
    }

    /// FFI-5: a host registers one table.
    fn declare_callbacks(&mut self, contract: &Contract, diagnostics: &mut Vec<SourceDiagnostic>) {
        let attribute = &contract.foreign;
        let found = texts(attribute, &["Abi"], diagnostics);
        check_abi(attribute, found[0], diagnostics);
        let span = contract.name.span;
        if let Some(first) = self.callback_contract {
            let message = "a second contract with `Callback`";
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
            let again = again.help("put all functions of the host into one contract");
            diagnostics.push(again.related(first, "first here"));
        } else {
            self.callback_contract = Some(span);
        }
    }

    fn callback(
        &mut self,
        method: &Method,
        types: &mut Types,
        diagnostics: &mut Vec<SourceDiagnostic>,
    ) -> Target {
        if let Some(attribute) = &method.foreign {
            let message = "a callback has no symbol";
            let diagnostic =
                SourceDiagnostic::new(codes::MISPLACED_EXTERN, message, attribute.span, "");
            diagnostics.push(diagnostic.help("the host registers callbacks in their order"));
        }
        let signature = signature(method, Place::Param, types, diagnostics);
        self.callbacks.push(Callback {
            name: method.name.text.to_owned(),
            signature,
        });
        Target::Callback(self.callbacks.len() - 1)
    }

    fn method(
        &mut self,
        method: &Method,
        library: &str,
        types: &mut Types,
        diagnostics: &mut Vec<SourceDiagnostic>,
    ) -> Target {
        let named = symbol(method, diagnostics);
        let signature = signature(method, Place::ForeignParam, types, diagnostics);
        let id = self.foreign.len();
        // Calls of a method that was reported are checked by what it says.
        let symbol = match named {
            None => method.name.text.to_owned(),
            Some((symbol, span)) => {
                if let Some((known_id, first)) = self.declared.get(&symbol) {
                    let known = &self.foreign[*known_id];
                    if (known.library.as_str(), &known.signature) == (library, &signature) {
                        return Target::Foreign(*known_id);
                    }
                    let message = format!("`{symbol}` is declared in two different ways");
                    let again = SourceDiagnostic::new(
                        codes::CONFLICTING_FOREIGN,
                        message,
                        span,
                        "again here",
                    );
                    diagnostics.push(again.related(*first, "first here"));
                } else {
                    self.declared.insert(symbol.clone(), (id, span));
                }
                symbol
            }
        };
        self.foreign.push(ForeignFunction {
            symbol,
            library: library.to_owned(),
            signature,
        });
        Target::Foreign(id)
    }
}

fn signature(
    method: &Method,
    place: Place,
    types: &mut Types,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> FunctionType {
    let mut foreign = |name, place| foreign_type(types, name, place, diagnostics);
    let params = method.params.iter().map(|param| foreign(&param.ty, place));
    let params = params.collect();
    let result = foreign(&method.result, Place::Result);
    let function = FunctionType { params, result };
    check_size(types, &function, method.name.span, diagnostics);
    function
}

/// FFI-1: only `C`, and the library has a name.
fn library(attribute: &Attribute, diagnostics: &mut Vec<SourceDiagnostic>) -> String {
    let found = texts(attribute, &["Abi", "Library"], diagnostics);
    check_abi(attribute, found[0], diagnostics);
    match found[1] {
        Some((library, _)) if is_library(library) => library.to_owned(),
        None if has(attribute, "Library") => String::new(),
        other => {
            let span = other.map_or(attribute.span, |(_, span)| span);
            let message = "a foreign contract names its library";
            let diagnostic = SourceDiagnostic::new(codes::BAD_FOREIGN_NAME, message, span, "");
            diagnostics.push(diagnostic.help("add one, such as `Library: \"libc.so.6\"`"));
            String::new()
        }
    }
}

/// The link symbol of a method, and where it stands.
fn symbol(method: &Method, diagnostics: &mut Vec<SourceDiagnostic>) -> Option<(String, Span)> {
    let name = &method.name;
    let named = method.foreign.as_ref();
    let named = named.and_then(|attribute| texts(attribute, &["Symbol"], diagnostics)[0]);
    let (symbol, span) = named.unwrap_or((name.text, name.span));
    let symbol = symbol.to_owned();
    if let Some(wrong) = wrong_symbol(&symbol, span) {
        diagnostics.push(wrong);
        return None;
    }
    if is_reserved(&symbol) {
        let message = format!("`{symbol}` is a name of the runtime");
        let diagnostic = SourceDiagnostic::new(codes::RESERVED_FOREIGN, message, span, "");
        diagnostics.push(diagnostic.help("the runtime's functions are not foreign"));
        return None;
    }
    Some((symbol, span))
}
