//! Foreign contracts: what they may say, and what their methods mean.

use std::collections::HashMap;

use beskid_plugin_api::runtime_abi::is_runtime_symbol;

use super::foreign::{arguments, check_abi, check_type, is_name};
use super::{HOST_PREFIX, resolve_type};
use crate::ast::{Attribute, Contract, Method};
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::hir::{Extern, ExternId};
use crate::span::Span;

/// Prefix of names that users never see (EXT-006).
const INTEROP_PREFIX: &str = "__interop_";

/// The foreign interfaces of a program.
#[derive(Debug, Default)]
pub(super) struct Contracts {
    pub(super) externs: Vec<Extern>,
    /// Where each symbol was declared.
    declared: HashMap<String, (ExternId, Span)>,
    contracts: HashMap<String, (Methods, Span)>,
}

/// The foreign function of each method, and where the method stands.
pub(super) type Methods = HashMap<String, (ExternId, Span)>;

impl Contracts {
    /// The methods of a contract.
    pub(super) fn methods(&self, name: &str) -> Option<&Methods> {
        self.contracts.get(name).map(|(methods, _)| methods)
    }

    /// Where a foreign symbol is declared.
    pub(super) fn declared(&self, symbol: &str) -> Option<Span> {
        self.declared.get(symbol).map(|(_, span)| *span)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.contracts.keys().map(String::as_str)
    }

    pub(super) fn declare(&mut self, contract: &Contract, diagnostics: &mut Vec<Diagnostic>) {
        let library = library(&contract.foreign, diagnostics);
        let mut methods = Methods::new();
        for method in &contract.methods {
            let Some(id) = self.method(method, &library, diagnostics) else {
                continue;
            };
            let name = &method.name;
            if let Some((_, first)) = methods.get(&name.text) {
                let message = format!("a second method `{}`", name.text);
                let again = Diagnostic::new(codes::DUPLICATE, message, name.span, "again here");
                diagnostics.push(again.related(*first, "first here"));
            } else {
                methods.insert(name.text.clone(), (id, name.span));
            }
        }
        let name = &contract.name;
        if let Some((_, first)) = self.contracts.get(&name.text) {
            let message = format!("a second contract `{}`", name.text);
            let again = Diagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(again.related(*first, "first here"));
        } else {
            self.contracts
                .insert(name.text.clone(), (methods, name.span));
        }
    }

    fn method(
        &mut self,
        method: &Method,
        library: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<ExternId> {
        let (symbol, span) = symbol(method, diagnostics)?;
        let mut foreign = |name, is_result| {
            let ty = resolve_type(name, diagnostics);
            check_type(ty, is_result, name.span, diagnostics);
            ty
        };
        let params = method.params.iter().map(|param| foreign(&param.ty, false));
        let params = params.collect::<Vec<_>>();
        let result = foreign(&method.result, true);
        if let Some((id, first)) = self.declared.get(&symbol) {
            let known = &self.externs[*id];
            if (known.library.as_str(), &known.params, known.result) != (library, &params, result) {
                let message = format!("`{symbol}` is declared in two different ways");
                let again = Diagnostic::new(codes::CONFLICTING_EXTERN, message, span, "again here");
                diagnostics.push(again.related(*first, "first here"));
            }
            return Some(*id);
        }
        let id = self.externs.len();
        self.declared.insert(symbol.clone(), (id, span));
        self.externs.push(Extern {
            symbol,
            library: library.to_owned(),
            params,
            result,
        });
        Some(id)
    }
}

/// FFI-1: only `C`, and the library has a name.
fn library(attribute: &Attribute, diagnostics: &mut Vec<Diagnostic>) -> String {
    let found = arguments(attribute, &["Abi", "Library"], diagnostics);
    check_abi(attribute, found[0], diagnostics);
    match found[1] {
        Some(library) if is_name(&library.text) => library.text.clone(),
        other => {
            let span = other.map_or(attribute.span, |text| text.span);
            let message = "a foreign contract names its library";
            let diagnostic = Diagnostic::new(codes::BAD_EXTERN_NAME, message, span, "");
            diagnostics.push(diagnostic.help("add one, such as `Library: \"libc.so.6\"`"));
            String::new()
        }
    }
}

/// The link symbol of a method, and where it stands.
fn symbol(method: &Method, diagnostics: &mut Vec<Diagnostic>) -> Option<(String, Span)> {
    let name = &method.name;
    let (symbol, span) = match &method.foreign {
        None => (name.text.clone(), name.span),
        Some(attribute) => match arguments(attribute, &["Symbol"], diagnostics)[0] {
            Some(symbol) => (symbol.text.clone(), symbol.span),
            None => (name.text.clone(), name.span),
        },
    };
    if !is_name(&symbol) {
        let message = format!("{symbol:?} is no symbol");
        diagnostics.push(Diagnostic::new(codes::BAD_EXTERN_NAME, message, span, ""));
        return None;
    }
    let reserved = [HOST_PREFIX, INTEROP_PREFIX];
    if is_runtime_symbol(&symbol) || reserved.iter().any(|prefix| symbol.starts_with(prefix)) {
        let message = format!("`{symbol}` is a name of the runtime");
        let diagnostic = Diagnostic::new(codes::RESERVED_EXTERN, message, span, "");
        diagnostics.push(diagnostic.help("the runtime's functions are not foreign"));
        return None;
    }
    Some((symbol, span))
}
