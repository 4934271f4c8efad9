//! Checking calls: of functions, of contracts' methods, and their arguments.

use super::contracts::Target;
use super::expressions::{error, typed};
use super::{Checker, suggest};
use crate::ast::{self, ExprKind};
use crate::builtins::Builtin;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{self, Expr};
use crate::span::Span;
use crate::types::{FunctionType, Type};

impl Checker<'_, '_> {
    pub(super) fn call(&mut self, call: &ast::Call, span: Span) -> Expr {
        let ast::Call {
            receiver,
            callee,
            args,
        } = call;
        if let Some(receiver) = receiver {
            return self.method_call(receiver, callee, args, span);
        }
        let program = self.program;
        if let Some((id, _)) = program.names.get(callee.text) {
            let signature = &program.signatures[*id];
            let declared = Some(signature.name);
            let args = self.arguments(callee, &signature.ty.params, args, span, declared);
            return typed(hir::ExprKind::Call(*id, args), signature.ty.result);
        }
        if let Some(builtin) = Builtin::named(callee.text) {
            let args = self.arguments(callee, builtin.params, args, span, None);
            return typed(hir::ExprKind::Builtin(builtin, args), builtin.result);
        }
        for arg in args {
            self.expr(arg, None);
        }
        if self.was_reported(callee.text) {
            return error();
        }
        let message = format!("there is no function `{}`", callee.text);
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_NAME, message, callee.span, "");
        let builtins = Builtin::ALL.iter().map(|builtin| builtin.name);
        // Sorted by `nearest`, so the map's order does not matter.
        let functions = program.names.keys().copied();
        diagnostic.set_help(
            self.help_for_type(callee.text).or_else(|| {
                suggest::help(callee.text, functions.chain(builtins), self.diagnostics)
            }),
        );
        self.report(diagnostic);
        error()
    }

    /// Whether a name is that of a local that something is wrong with already.
    fn was_reported(&self, name: &str) -> bool {
        let local = self.scopes.find(name);
        local.is_some_and(|local| self.locals[local.id].ty == Type::Error)
    }

    fn method_call(
        &mut self,
        receiver: &ast::Name,
        method: &ast::Name,
        args: &[ast::Expr],
        span: Span,
    ) -> Expr {
        let program = self.program;
        let local = self.scopes.find(receiver.text);
        let methods = program.contracts.methods(receiver.text);
        if let (None, Some(methods)) = (local, methods) {
            if let Some((target, declared)) = methods.get(method.text) {
                let signature = program.contracts.signature(*target);
                let args = self.arguments(method, &signature.params, args, span, Some(*declared));
                let kind = match *target {
                    Target::Foreign(id) => hir::ExprKind::Foreign(id, args),
                    Target::Callback(index) => {
                        let call = hir::CallbackCall { index, args, span };
                        hir::ExprKind::Callback(Box::new(call))
                    }
                };
                return typed(kind, signature.result);
            }
            let message = format!("`{}` has no method `{}`", receiver.text, method.text);
            let mut diagnostic =
                SourceDiagnostic::new(codes::UNKNOWN_NAME, message, method.span, "");
            let known = methods.keys().map(String::as_str);
            diagnostic.set_help(suggest::help(method.text, known, self.diagnostics));
            self.report(diagnostic);
        } else if local.is_some() {
            if !self.was_reported(receiver.text) {
                let message = "methods of values are not supported yet";
                self.report(SourceDiagnostic::new(codes::UNSUPPORTED, message, span, ""));
            }
        } else {
            let message = format!("there is no contract `{}`", receiver.text);
            let mut diagnostic =
                SourceDiagnostic::new(codes::UNKNOWN_NAME, message, receiver.span, "");
            let known = program.contracts.names();
            diagnostic.set_help(suggest::help(receiver.text, known, self.diagnostics));
            self.report(diagnostic);
        }
        for arg in args {
            self.expr(arg, None);
        }
        error()
    }

    fn arguments(
        &mut self,
        callee: &ast::Name,
        params: &[Type],
        args: &[ast::Expr],
        span: Span,
        declared: Option<Span>,
    ) -> Vec<Expr> {
        if args.len() != params.len() {
            let (found, wanted) = (args.len(), params.len());
            let plural = if wanted == 1 { "" } else { "s" };
            let name = callee.text;
            let message = format!("`{name}` takes {wanted} argument{plural}, not {found}");
            let mut diagnostic = SourceDiagnostic::new(codes::WRONG_ARITY, message, span, "");
            diagnostic.related = declared.map(|span| (span, "declared here".to_owned()));
            self.report(diagnostic);
        }
        let hints = params
            .iter()
            .map(|ty| Some(*ty))
            .chain(std::iter::repeat(None));
        let checked = args.iter().zip(hints).map(|(arg, hint)| match hint {
            Some(ty) => self.argument(arg, ty),
            None => self.expr(arg, None),
        });
        checked.collect()
    }

    fn argument(&mut self, arg: &ast::Expr, wanted: Type) -> Expr {
        match (&arg.kind, wanted) {
            (ExprKind::Ref(place), Type::RefU8) => self.reference(place),
            // The parameter was reported, whatever it takes.
            (ExprKind::Name(name), Type::Error) if self.is_function(name) => error(),
            (_, Type::Function(id)) => self.code(arg, &self.program.types.functions[id as usize]),
            _ => self.expect(arg, wanted),
        }
    }

    fn is_function(&self, name: &str) -> bool {
        self.scopes.find(name).is_none() && self.program.names.contains_key(name)
    }

    /// The name of an exported function, for C to call (FFI-5).
    fn code(&mut self, arg: &ast::Expr, wanted: &FunctionType) -> Expr {
        let program = self.program;
        let named = match &arg.kind {
            ExprKind::Name(name) if self.scopes.find(name).is_none() => program.names.get(*name),
            _ => None,
        };
        let wanted_name = program.types.function_name(wanted);
        let Some((id, _)) = named else {
            let found = self.expr(arg, None).ty;
            if found != Type::Error {
                let message = format!("expected a function, {wanted_name}");
                let diagnostic =
                    SourceDiagnostic::new(codes::NOT_CALLABLE_FROM_C, message, arg.span, "");
                self.report(diagnostic.help("name a function with the attribute `Export`"));
            }
            return error();
        };
        let signature = &program.signatures[*id];
        if !signature.foreign {
            let message = "C cannot call this function";
            let diagnostic =
                SourceDiagnostic::new(codes::NOT_CALLABLE_FROM_C, message, arg.span, "");
            let diagnostic = diagnostic.related(signature.name, "declared here");
            self.report(diagnostic.help("write `[Export(Abi: \"C\")] pub` before it"));
        } else if signature.ty != *wanted {
            let found = program.types.function_name(&signature.ty);
            let message = format!("expected {wanted_name}, found {found}");
            let diagnostic = SourceDiagnostic::new(codes::TYPE_MISMATCH, message, arg.span, "");
            self.report(diagnostic.related(signature.name, "declared here"));
        }
        typed(hir::ExprKind::Code(*id), Type::I64)
    }
}
