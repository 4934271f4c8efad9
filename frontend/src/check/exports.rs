//! Which functions others may call, and by which symbols (FFI-5).

use std::collections::HashMap;

use super::attributes::texts;
use super::contracts::Contracts;
use super::foreign::{check_abi, is_reserved, wrong_symbol};
use crate::ast::Function;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::span::Span;
use crate::symbols::DEFAULT_ENTRYPOINT as MAIN;

/// The symbol of each function that others see; `None` for the others.
pub(super) fn exports(
    functions: &[Function],
    contracts: &Contracts,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Vec<Option<String>> {
    let mut seen = HashMap::<String, Span>::new();
    let symbols = functions.iter().map(|function| {
        let (symbol, span) = export(function, diagnostics)?;
        if is_reserved(&symbol) {
            let message = format!("`{symbol}` cannot be exported: the runtime owns the name");
            let diagnostic = SourceDiagnostic::new(codes::RESERVED_EXPORT, message, span, "");
            diagnostics.push(diagnostic.help("choose another name, or leave out `pub`"));
            return None;
        }
        let first = seen.insert(symbol.clone(), span);
        // Functions of one name were reported already.
        if let Some(first) = first.filter(|_| function.export.is_some()) {
            let message = format!("a second export of the symbol `{symbol}`");
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
            diagnostics.push(again.related(first, "first here"));
        }
        if let Some(declared) = contracts.declared(&symbol) {
            let message = format!("`{symbol}` is exported and foreign");
            let both =
                SourceDiagnostic::new(codes::CONFLICTING_FOREIGN, message, span, "exported here");
            diagnostics.push(both.related(declared, "foreign here"));
        }
        Some(symbol)
    });
    symbols.collect()
}

/// The symbol that a function asks for, and where it does.
fn export(function: &Function, diagnostics: &mut Vec<SourceDiagnostic>) -> Option<(String, Span)> {
    let name = &function.name;
    let Some(attribute) = &function.export else {
        let exported = function.public && name.text != MAIN;
        return exported.then(|| (name.text.to_owned(), name.span));
    };
    let found = texts(attribute, &["Abi", "Symbol"], diagnostics);
    check_abi(attribute, found[0], diagnostics);
    if !function.public || name.text == MAIN {
        let message = "`Export` is for `pub` functions other than `main`";
        let diagnostic =
            SourceDiagnostic::new(codes::MISPLACED_EXPORT, message, attribute.span, "");
        diagnostics.push(diagnostic.help(if name.text == MAIN {
            "leave it out: programs start at `main` without it"
        } else {
            "write `pub` before the function"
        }));
    }
    if name.text == MAIN {
        return None;
    }
    let (symbol, span) = found[1].unwrap_or((name.text, name.span));
    if let Some(wrong) = wrong_symbol(symbol, span) {
        diagnostics.push(wrong);
        return None;
    }
    Some((symbol.to_owned(), span))
}
