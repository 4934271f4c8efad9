//! Names and types: from the syntax tree to the typed tree.

mod attributes;
mod calls;
mod contracts;
mod exports;
mod expressions;
mod foreign;
mod operators;
mod places;
mod scope;
mod statements;
mod suggest;
mod types;

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::ast;
use crate::builtins::Builtin;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{self, FunctionId, Local};
use crate::span::{LineIndex, Span};
use crate::types::{FunctionType, Type, Types};
use contracts::Contracts;
use foreign::Place;
use scope::Scopes;

/// Checks a program. The result is to be used only if nothing was reported. `body`
/// is called for each function when it is checked. The program has bodies only if they are to be kept.
pub(crate) fn check<'a>(
    source: &ast::Source<'a>,
    mut body: impl FnMut(&ast::Function<'a>, &mut Vec<SourceDiagnostic>) -> ast::Block<'a>,
    file: &str,
    lines: LineIndex,
    keep: bool,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> hir::Program {
    let functions = &source.functions;
    let mut program = Program {
        types: types::declare(source, diagnostics),
        signatures: Vec::with_capacity(functions.len()),
        names: FxHashMap::default(),
        contracts: Contracts::default(),
    };
    for contract in &source.contracts {
        let types = &mut program.types;
        program.contracts.declare(contract, types, diagnostics);
    }
    for function in functions {
        program.declare(function, diagnostics);
    }
    let exports = exports::exports(functions, &program.contracts, diagnostics);
    let mut scopes = Scopes::default();
    let mut checked = Vec::with_capacity(if keep { functions.len() } else { 0 });
    for (id, (function, symbol)) in functions.iter().zip(exports).enumerate() {
        let block = body(function, diagnostics);
        let checker = Checker {
            program: &program,
            diagnostics,
            result: program.signatures[id].ty.result,
            locals: Vec::new(),
            scopes: &mut scopes,
            loops: 0,
            params: 0,
        };
        let function = checker.function(function, &block, symbol, &program.signatures[id]);
        if keep {
            checked.push(function);
        }
    }
    hir::Program {
        functions: checked,
        foreign: program.contracts.foreign,
        callbacks: program.contracts.callbacks,
        types: program.types,
        file: file.to_owned(),
        lines,
    }
}

/// What every function may call.
struct Program<'a> {
    types: Types,
    signatures: Vec<Signature>,
    names: FxHashMap<&'a str, (FunctionId, Span)>,
    contracts: Contracts,
}

struct Signature {
    ty: FunctionType,
    /// Whether C can call it (FFI-5).
    foreign: bool,
    name: Span,
}

impl<'a> Program<'a> {
    fn declare(&mut self, function: &ast::Function<'a>, diagnostics: &mut Vec<SourceDiagnostic>) {
        let foreign = function.export.is_some();
        let mut resolve = |name, place| match foreign {
            true => foreign::foreign_type(&mut self.types, name, place, diagnostics),
            false => types::resolve(&self.types, name, diagnostics),
        };
        let params = function.params.iter();
        let params = params.map(|param| resolve(&param.ty, Place::Param));
        let params = params.collect();
        let result = resolve(&function.result, Place::Result);
        let signature = Signature {
            ty: FunctionType { params, result },
            foreign,
            name: function.name.span,
        };
        if foreign {
            let span = function.name.span;
            foreign::check_size(&self.types, &signature.ty, span, diagnostics);
        }
        check_special_names(function, &signature, &self.types, diagnostics);
        let id = self.signatures.len();
        self.signatures.push(signature);
        let name = &function.name;
        if Builtin::named(name.text).is_some() {
            let message = format!("`{}` is a builtin function", name.text);
            let diagnostic = SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "");
            diagnostics.push(diagnostic.help("choose another name"));
        }
        if let Some((_, first)) = self.names.get(name.text) {
            let message = format!("a second function `{}`", name.text);
            let diagnostic =
                SourceDiagnostic::new(codes::DUPLICATE, message, name.span, "again here");
            diagnostics.push(diagnostic.related(*first, "first here"));
        } else {
            self.names.insert(name.text, (id, name.span));
        }
    }
}

fn check_special_names(
    function: &ast::Function,
    signature: &Signature,
    types: &Types,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let name = &function.name;
    if name.text == "main" {
        if let Some(param) = function.params.first() {
            let span = param
                .ty
                .span
                .to(function.params[function.params.len() - 1].name.span);
            let message = "`main` must take no parameters";
            let diagnostic = SourceDiagnostic::new(codes::BAD_MAIN, message, span, "");
            diagnostics.push(diagnostic.help("remove the parameters"));
        }
        let allowed = [Type::Unit, Type::I32, Type::I64, Type::Error];
        if !allowed.contains(&signature.ty.result) {
            let result = types.name(signature.ty.result);
            let message = format!("`main` must not return {result}");
            let span = function.result.span;
            let diagnostic = SourceDiagnostic::new(codes::BAD_MAIN, message, span, "");
            diagnostics.push(diagnostic.help("let it return unit, i32 or i64"));
        }
    }
}

/// Checks one function.
struct Checker<'a, 's> {
    program: &'a Program<'a>,
    diagnostics: &'a mut Vec<SourceDiagnostic>,
    result: Type,
    locals: Vec<Local>,
    scopes: &'a mut Scopes<'s>,
    loops: usize,
    /// Number of parameters, which are the first locals.
    params: usize,
}

impl<'a, 's> Checker<'a, 's> {
    fn function(
        mut self,
        function: &ast::Function<'s>,
        body: &ast::Block<'s>,
        symbol: Option<String>,
        signature: &Signature,
    ) -> hir::Function {
        self.scopes.clear();
        self.scopes.enter();
        let mut params = Vec::with_capacity(function.params.len());
        for (param, ty) in function.params.iter().zip(&signature.ty.params) {
            if *ty == Type::Unit {
                self.unit_local(param.ty.span);
            }
            if let Some(first) = self.scopes.in_innermost(param.name.text) {
                let message = format!("a second parameter `{}`", param.name.text);
                let span = param.name.span;
                let diagnostic =
                    SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
                self.report(diagnostic.related(first.span, "first here"));
            }
            params.push(self.declare(&param.name, *ty, param.mutable));
        }
        self.params = self.locals.len();
        let flow = self.block(body);
        let needs_value = !matches!(self.result, Type::Unit | Type::Error);
        if needs_value && flow.falls_through {
            let end = Span::new(body.span.end - 1, body.span.end);
            let message = format!("`{}` may end without returning a value", function.name.text);
            let result = self.name(self.result);
            let label = format!("a {result} must be returned before here");
            let diagnostic = SourceDiagnostic::new(codes::MISSING_RETURN, message, end, label);
            self.report(diagnostic.related(function.result.span, "because of this result type"));
        }
        self.scopes.leave();
        hir::Function {
            name: function.name.text.to_owned(),
            symbol,
            foreign: signature.foreign,
            params,
            result: self.result,
            locals: self.locals,
            body: flow.statements,
        }
    }

    fn report(&mut self, diagnostic: SourceDiagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn declare(&mut self, name: &ast::Name<'s>, ty: Type, mutable: bool) -> hir::LocalId {
        let id = self.locals.len();
        let addressed = false;
        self.locals.push(Local { ty, addressed });
        self.scopes.declare(
            name.text,
            scope::Local {
                id,
                mutable,
                span: name.span,
            },
        );
        id
    }

    /// The name of a type, for messages.
    fn name(&self, ty: Type) -> Cow<'a, str> {
        let program = self.program;
        program.types.name(ty)
    }

    fn unit_local(&mut self, span: Span) {
        let diagnostic = SourceDiagnostic::new(codes::UNIT_LOCAL, "a value of type unit", span, "");
        self.report(diagnostic.help("unit has a single value; there is nothing to keep"));
    }
}
