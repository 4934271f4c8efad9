//! Names and types: from the syntax tree to the typed tree.

mod contracts;
mod exports;
mod expressions;
pub(crate) mod foreign;
mod operators;
mod scope;
mod statements;
mod suggest;

use std::collections::HashMap;

use crate::ast;
use crate::codes;
use crate::diagnostic::Diagnostic;
use crate::hir::{self, FunctionId};
use crate::span::Span;
use crate::types::Type;
use contracts::Contracts;
use scope::Scopes;

/// Prefix of the names that the host defines in outputs.
const HOST_PREFIX: &str = "beskid_";

/// Checks the items of a program: its functions, and the foreign ones. The
/// result is to be used only if nothing was reported.
pub(crate) fn check(
    source: &ast::Source,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<hir::Function>, Vec<hir::Extern>) {
    let functions = &source.functions;
    let mut program = Program {
        signatures: Vec::with_capacity(functions.len()),
        names: HashMap::with_capacity(functions.len()),
        contracts: Contracts::default(),
    };
    for contract in &source.contracts {
        program.contracts.declare(contract, diagnostics);
    }
    for function in functions {
        program.declare(function, diagnostics);
    }
    let exports = exports::exports(
        functions,
        &program.signatures,
        &program.contracts,
        diagnostics,
    );
    let checked = functions
        .iter()
        .zip(exports)
        .enumerate()
        .map(|(id, (function, symbol))| {
            let checker = Checker {
                program: &program,
                diagnostics,
                result: program.signatures[id].result,
                locals: Vec::new(),
                scopes: Scopes::default(),
                loops: 0,
            };
            checker.function(function, symbol, &program.signatures[id])
        });
    let checked = checked.collect();
    (checked, program.contracts.externs)
}

/// What every function may call.
struct Program {
    signatures: Vec<Signature>,
    names: HashMap<String, (FunctionId, Span)>,
    contracts: Contracts,
}

struct Signature {
    params: Vec<Type>,
    result: Type,
    name: Span,
}

impl Program {
    fn declare(&mut self, function: &ast::Function, diagnostics: &mut Vec<Diagnostic>) {
        let mut resolve = |name: &ast::Name| resolve_type(name, diagnostics);
        let signature = Signature {
            params: function
                .params
                .iter()
                .map(|param| resolve(&param.ty))
                .collect(),
            result: resolve(&function.result),
            name: function.name.span,
        };
        check_special_names(function, &signature, diagnostics);
        let id = self.signatures.len();
        self.signatures.push(signature);
        let name = &function.name;
        if hir::Builtin::ALL
            .iter()
            .any(|(builtin, ..)| *builtin == name.text)
        {
            let message = format!("`{}` is a builtin function", name.text);
            let diagnostic = Diagnostic::new(codes::DUPLICATE, message, name.span, "");
            diagnostics.push(diagnostic.help("choose another name"));
        }
        if let Some((_, first)) = self.names.get(&name.text) {
            let message = format!("a second function `{}`", name.text);
            let diagnostic = Diagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(diagnostic.related(*first, "first here"));
        } else {
            self.names.insert(name.text.clone(), (id, name.span));
        }
    }
}

fn check_special_names(
    function: &ast::Function,
    signature: &Signature,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let name = &function.name;
    if name.text == "main" {
        if let Some(param) = function.params.first() {
            let span = param
                .ty
                .span
                .to(function.params[function.params.len() - 1].name.span);
            let message = "`main` must take no parameters";
            let diagnostic = Diagnostic::new(codes::BAD_MAIN, message, span, "");
            diagnostics.push(diagnostic.help("remove the parameters"));
        }
        let allowed = [Type::Unit, Type::I32, Type::I64, Type::Error];
        if !allowed.contains(&signature.result) {
            let message = format!("`main` must not return {}", signature.result);
            let span = function.result.span;
            let diagnostic = Diagnostic::new(codes::BAD_MAIN, message, span, "");
            diagnostics.push(diagnostic.help("let it return unit, i32 or i64"));
        }
    }
}

fn resolve_type(name: &ast::Name, diagnostics: &mut Vec<Diagnostic>) -> Type {
    Type::named(&name.text).unwrap_or_else(|| {
        let message = format!("there is no type `{}`", name.text);
        let mut diagnostic = Diagnostic::new(codes::UNKNOWN_TYPE, message, name.span, "");
        let known = Type::NAMED.iter().map(|(name, _)| *name);
        diagnostic.help = suggest::nearest(&name.text, known)
            .map(|nearest| format!("did you mean `{nearest}`?"))
            .or_else(|| {
                Some("the types are bool, i32, i64, u8, f64, char, string, unit".to_owned())
            });
        diagnostics.push(diagnostic);
        Type::Error
    })
}

/// Checks one function.
struct Checker<'a> {
    program: &'a Program,
    diagnostics: &'a mut Vec<Diagnostic>,
    result: Type,
    locals: Vec<Type>,
    scopes: Scopes,
    loops: usize,
}

impl Checker<'_> {
    fn function(
        mut self,
        function: &ast::Function,
        symbol: Option<String>,
        signature: &Signature,
    ) -> hir::Function {
        self.scopes.enter();
        let mut params = Vec::with_capacity(function.params.len());
        for (param, ty) in function.params.iter().zip(&signature.params) {
            if *ty == Type::Unit {
                self.unit_local(param.ty.span);
            }
            if let Some(first) = self.scopes.in_innermost(&param.name.text) {
                let message = format!("a second parameter `{}`", param.name.text);
                let span = param.name.span;
                let diagnostic = Diagnostic::new(codes::DUPLICATE, message, span, "again here");
                self.report(diagnostic.related(first.span, "first here"));
            }
            params.push(self.declare(&param.name, *ty, false));
        }
        let flow = self.block(&function.body);
        let needs_value = !matches!(self.result, Type::Unit | Type::Error);
        if needs_value && flow.falls_through {
            let end = Span::new(function.body.span.end - 1, function.body.span.end);
            let message = format!("`{}` may end without returning a value", function.name.text);
            let label = format!("a {} must be returned before here", self.result);
            let diagnostic = Diagnostic::new(codes::MISSING_RETURN, message, end, label);
            self.report(diagnostic.related(function.result.span, "because of this result type"));
        }
        self.scopes.leave();
        hir::Function {
            name: function.name.text.clone(),
            symbol,
            params,
            result: self.result,
            locals: self.locals,
            body: flow.statements,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn declare(&mut self, name: &ast::Name, ty: Type, mutable: bool) -> hir::LocalId {
        let id = self.locals.len();
        self.locals.push(ty);
        self.scopes.declare(
            &name.text,
            scope::Local {
                id,
                mutable,
                span: name.span,
            },
        );
        id
    }

    fn unit_local(&mut self, span: Span) {
        let diagnostic = Diagnostic::new(codes::UNIT_LOCAL, "a value of type unit", span, "");
        self.report(diagnostic.help("unit has a single value; there is nothing to keep"));
    }
}
