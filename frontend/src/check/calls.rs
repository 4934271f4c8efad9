//! Calls.

use beskid_syntax::Node;

use super::bindings::Bindings;
use super::callable::{CallableId, Mode, Param};
use super::few::Few;
use super::meaning::plural;
use super::part::{Part, Special};
use super::references::reference_word;
use super::state::Checker;
use super::turn::Turn;
use super::values::is_reference;
use crate::builtins::Builtin;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// Calls what is on the left of parentheses.
    pub(super) fn call_part(
        &mut self,
        part: Part<'t>,
        call: Node<'t>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Part<'t> {
        let nodes = call.children().collect::<Few<_>>();
        match part {
            Part::Function(id, arguments) => {
                self.call_function(id, None, arguments, &nodes, call, wanted, span)
            }
            Part::OwnMethod(name, arguments) => {
                let this = self.this(span);
                self.call_member(this, name, arguments, call, wanted, span)
            }
            Part::Value(value) => self.call_value(value, &nodes, call, span),
            Part::Foreign(target) => self.call_foreign(target, &nodes, call, span),
            Part::Builtin(builtin) => self.call_builtin(builtin, &nodes, call, span),
            Part::Special(special) => self.call_special(special, &nodes, call, wanted, span),
            Part::Event(object, index) => self.raise(object, index, &nodes, call, span),
            Part::Broken => self.unknown_call(call),
            Part::Type(item, _) => {
                let of = self.names.item(item);
                let message = format!("the {} `{}` is nothing to call", of.kind.noun(), of.name);
                let mut diagnostic = SourceDiagnostic::new(codes::NOT_CALLABLE, message, span, "");
                diagnostic.set_help(Some(self.how_values_are_made(item)));
                self.report(diagnostic);
                self.unknown_call(call)
            }
            Part::Module(module) => {
                let path = &self.names.module(module).path;
                let message = format!("the module `{path}` is nothing to call");
                let help = "call a function of it: `.NAME(…)`";
                self.not_callable(message, help, call, span)
            }
        }
    }

    fn not_callable(
        &mut self,
        message: String,
        help: &str,
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        let diagnostic = SourceDiagnostic::new(codes::NOT_CALLABLE, message, span, "");
        self.report(diagnostic.help(help));
        self.unknown_call(call)
    }

    /// Checks the arguments of a call of nothing.
    pub(super) fn unknown_call(&mut self, call: Node<'t>) -> Part<'t> {
        for node in call.children() {
            if reference_word(node).is_some() {
                continue;
            }
            if node.kind() != beskid_syntax::NodeKind::Lambda {
                self.expr(node, Some(Ty::ERROR));
            }
        }
        Part::Broken
    }

    pub(super) fn arity(&mut self, what: &str, wanted: usize, found: usize, call: Node<'t>) {
        let message = format!(
            "{what} takes {wanted} argument{}, not {found}",
            plural(wanted)
        );
        let span = self.span(call);
        self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
    }

    /// Calls a function or a method, whose receiver comes first.
    #[expect(clippy::too_many_arguments, reason = "the parts of a call")]
    pub(super) fn call_function(
        &mut self,
        id: CallableId,
        receiver: Option<(ExprId, Ty)>,
        arguments: Option<Node<'t>>,
        nodes: &[Node<'t>],
        call: Node<'t>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Part<'t> {
        let callable = &self.callables[id as usize];
        let (takes, result) = (callable.takes.clone(), callable.result);
        let (name, declared, owners) = (callable.name, callable.span, callable.owners);
        let placed = callable.placed.is_some();
        let this = callable.this;
        let mut bindings = Bindings::new(callable.params.clone());
        // The receiver is `this` of a method, or the first argument of a function.
        let takes = &takes[..];
        let (first, takes) = match (receiver, this) {
            (Some(_), None) => (takes.first().copied(), takes.get(1..).unwrap_or_default()),
            _ => (None, takes),
        };
        if let Some((_, ty)) = receiver {
            let wanted = this.or(first.map(|first| first.ty));
            if let Some(wanted) = wanted {
                self.unify(wanted, ty, &mut bindings);
            }
        }
        if let Some(arguments) = arguments {
            let written = self.written_arguments(arguments);
            let own = bindings.params.len() - if this.is_some() { owners } else { 0 };
            if written.len() != own {
                self.wrong_type_arguments(own, written.len(), arguments);
                return self.unknown_call(call);
            }
            let start = bindings.known.len() - own;
            for (known, ty) in bindings.known[start..].iter_mut().zip(written) {
                *known = Some(ty);
            }
        }
        if let (Some((_, ty)), Some(first)) = (receiver, first) {
            let takes = self.resolved(first.ty, &bindings);
            if takes != ty && ty != Ty::ERROR {
                self.mismatch(takes, ty, span, codes::BAD_ARGUMENT_TYPE);
                return self.unknown_call(call);
            }
        }
        if nodes.len() != takes.len() {
            let (wanted, found) = (takes.len(), nodes.len());
            let message = format!(
                "`{name}` takes {wanted} argument{}, not {found}",
                plural(wanted)
            );
            let place = self.span(call);
            let diagnostic = SourceDiagnostic::new(codes::WRONG_ARITY, message, place, "");
            self.report(diagnostic.related(declared, "declared here"));
            self.unknown_call(call);
            return Part::Broken;
        }
        let values = self.args(takes, nodes, result, wanted, &mut bindings);
        let Some(args) = bindings.complete() else {
            let broken = self.is_any_broken(values.iter().copied());
            if wanted != Some(Ty::ERROR) && !broken {
                self.undetermined(&bindings, span);
            }
            return Part::Broken;
        };
        let mut list = Few::new();
        if let Some((value, _)) = receiver {
            list.push(value);
        }
        let mut refused = false;
        for ((value, param), node) in values.into_iter().zip(takes).zip(nodes) {
            let value = match param.mode {
                Mode::Ref | Mode::Out => value,
                Mode::Value | Mode::Mutable => {
                    let ty = self.resolved(param.ty, &bindings);
                    refused |= ty == Ty::UNIT;
                    self.no_unit(ty, *node);
                    self.coerce_of(*node, value, ty, codes::BAD_ARGUMENT_TYPE)
                }
            };
            list.push(value);
        }
        if refused {
            return Part::Broken;
        }
        if placed {
            let place = self.place_of_call();
            list.push(place.unwrap_or_else(|| self.add(ExprKind::Place, Ty::STR, span)));
        }
        let ty = self.resolved(result, &bindings);
        let function = self.instance(id, args, span);
        let list = self.frame().body.add_list(&list);
        let value = self.add(ExprKind::Call(function, list), ty, span);
        Part::Value(value)
    }

    /// Where the function at hand was called, if it takes that.
    fn place_of_call(&mut self) -> Option<ExprId> {
        let local = self.frame().place?;
        let span = self.frame().infos[local as usize].span;
        Some(self.add(ExprKind::Local(local), Ty::STR, span))
    }

    /// The values of a call's arguments. Those that say their type come first where
    /// type arguments must be found; then the result that is wanted; then literals,
    /// lambdas and the like.
    fn args(
        &mut self,
        takes: &[Param<'t>],
        nodes: &[Node<'t>],
        result: Ty,
        wanted: Option<Ty>,
        bindings: &mut Bindings,
    ) -> Few<ExprId> {
        if bindings.complete().is_some() {
            let both = nodes.iter().zip(takes);
            let values = both.map(|(node, param)| {
                let ty = self.resolved(param.ty, bindings);
                self.argument(*node, &Param { ty, ..*param })
            });
            return values.collect();
        }
        let mut values = vec![None; nodes.len()];
        let turns = nodes.iter().map(|node| self.turn(*node));
        let turns = turns.collect::<Vec<_>>();
        for turn in Turn::ALL {
            for (at, (node, param)) in nodes.iter().zip(takes).enumerate() {
                if turns[at] != turn {
                    continue;
                }
                let span = self.span(*node);
                let value = match param.mode {
                    Mode::Value | Mode::Mutable if reference_word(*node).is_some() => {
                        self.inferred_reference(*node, param, bindings)
                    }
                    Mode::Value | Mode::Mutable => {
                        let code = codes::BAD_ARGUMENT_TYPE;
                        self.inferred_value(*node, param.ty, bindings, span, code)
                    }
                    Mode::Ref | Mode::Out => {
                        let (value, found) = self.referred(*node, param);
                        self.unify(param.ty, found, bindings);
                        value
                    }
                };
                values[at] = Some(value);
            }
            if let (Turn::First, Some(wanted)) = (turn, wanted) {
                // What cannot be the same is told where the result is used.
                let mut tried = bindings.clone();
                if self.unify(result, wanted, &mut tried) {
                    *bindings = tried;
                }
            }
        }
        values.into_iter().flatten().collect()
    }

    /// An argument of a parameter whose type is known.
    pub(super) fn argument(&mut self, node: Node<'t>, param: &Param<'t>) -> ExprId {
        match param.mode {
            Mode::Ref | Mode::Out => self.referred(node, param).0,
            Mode::Value | Mode::Mutable if param.ty == Ty::REF_U8 && is_reference(node) => {
                self.reference_argument(node)
            }
            Mode::Value | Mode::Mutable
                if is_reference(node) && self.types.is_managed(param.ty) =>
            {
                // `ref` of an object is the object (TYP-6).
                match node.children().next() {
                    Some(inner) => self.expect(inner, param.ty, codes::BAD_ARGUMENT_TYPE),
                    None => {
                        let span = self.span(node);
                        self.broken(span)
                    }
                }
            }
            Mode::Value | Mode::Mutable if reference_word(node).is_some() => {
                self.needless_reference(node)
            }
            Mode::Value | Mode::Mutable => self.expect(node, param.ty, codes::BAD_ARGUMENT_TYPE),
        }
    }

    /// Calls a value: a closure.
    fn call_value(
        &mut self,
        value: ExprId,
        nodes: &[Node<'t>],
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        let ty = self.type_of(value);
        let Kind::Function(id) = self.types.kind(ty) else {
            if ty == Ty::ERROR || ty == Ty::NEVER || self.is_param(ty) {
                return self.unknown_call(call);
            }
            let message = format!("a value of type {} is nothing to call", self.name(ty));
            let help = "leave the parentheses out, or call a function or a lambda";
            return self.not_callable(message, help, call, span);
        };
        let signature = self.types.signature(id).clone();
        if signature.params.len() != nodes.len() {
            self.arity("this function", signature.params.len(), nodes.len(), call);
            return self.unknown_call(call);
        }
        let args = nodes.iter().zip(&signature.params).map(|(node, ty)| {
            let param = self.param_of(*ty, span);
            self.argument(*node, &param)
        });
        let args = args.collect::<Few<_>>();
        let list = self.frame().body.add_list(&args);
        Part::Value(self.add(ExprKind::CallClosure(value, list), signature.result, span))
    }

    /// The parameter of a function's type.
    pub(super) fn param_of(&self, ty: Ty, span: Span) -> Param<'t> {
        let (ty, mode) = match self.types.kind(ty) {
            Kind::Cell(of) => (of, Mode::Ref),
            Kind::Out(of) => (of, Mode::Out),
            _ => (ty, Mode::Value),
        };
        Param {
            mode,
            ..Param::of(ty, span)
        }
    }

    fn call_builtin(
        &mut self,
        builtin: &'static Builtin,
        nodes: &[Node<'t>],
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        if nodes.len() != builtin.params.len() {
            let name = format!("`{}`", builtin.name);
            self.arity(&name, builtin.params.len(), nodes.len(), call);
            return self.unknown_call(call);
        }
        let args = nodes.iter().zip(builtin.params).map(|(node, ty)| {
            let param = Param::of(*ty, span);
            self.argument(*node, &param)
        });
        let args = args.collect::<Few<_>>();
        let list = self.frame().body.add_list(&args);
        Part::Value(self.add(ExprKind::Builtin(builtin, list), builtin.result, span))
    }

    fn call_special(
        &mut self,
        special: Special,
        nodes: &[Node<'t>],
        call: Node<'t>,
        wanted: Option<Ty>,
        span: Span,
    ) -> Part<'t> {
        let (name, count) = match special {
            Special::Panic => ("`panic`", 1),
            Special::ArrayNew => ("`__array_new`", 2),
            Special::ArrayLength => ("`__array_len`", 1),
        };
        if nodes.len() != count {
            self.arity(name, count, nodes.len(), call);
            return self.unknown_call(call);
        }
        match special {
            Special::Panic => {
                let text = self.expect(nodes[0], Ty::STR, codes::BAD_ARGUMENT_TYPE);
                let place = self.place_of_call();
                Part::Value(self.add(ExprKind::Panic(text, place), Ty::NEVER, span))
            }
            Special::ArrayLength => self.array_length(nodes[0], span),
            Special::ArrayNew => self.array_new(nodes, wanted, span),
        }
    }

    fn array_length(&mut self, node: Node<'t>, span: Span) -> Part<'t> {
        let value = self.expr(node, None);
        let ty = self.type_of(value);
        match self.types.kind(ty) {
            Kind::Array(_) => Part::Value(self.add(ExprKind::Length(value), Ty::I64, span)),
            Kind::I64 | Kind::I32 | Kind::U8 => {
                let handle = self.coerce(value, Ty::I64, span, codes::BAD_ARGUMENT_TYPE);
                Part::Value(self.handle_length(handle, span))
            }
            Kind::Error | Kind::Never | Kind::Param(_) => Part::Broken,
            _ => {
                let message = format!("expected an array, found {}", self.name(ty));
                let place = self.span(node);
                let code = codes::BAD_ARGUMENT_TYPE;
                self.report(SourceDiagnostic::new(code, message, place, ""));
                Part::Broken
            }
        }
    }

    /// The length of an array by its address, 0 for none.
    fn handle_length(&mut self, handle: ExprId, span: Span) -> ExprId {
        let (set, handle) = self.kept(handle, Ty::I64, span);
        let zero = self.add(ExprKind::Scalar(0), Ty::I64, span);
        let step = crate::hir::Step {
            op: crate::hir::BinaryOp::Equal,
            right: zero,
            operands: Ty::I64,
            span,
        };
        let steps = self.frame().body.add_steps(&[step]);
        let none = self.add(ExprKind::Chain(handle, steps), Ty::BOOL, span);
        let list = self.frame().body.add_list(&[handle]);
        let kind = ExprKind::Builtin(&Builtin::HANDLE_LENGTH, list);
        let length = self.add(kind, Ty::I64, span);
        let list = self.frame().body.add_list(&[none, zero, length]);
        let chosen = self.add(ExprKind::If(list), Ty::I64, span);
        let list = self.frame().body.add_list(&[set, chosen]);
        self.add(ExprKind::Block(list), Ty::I64, span)
    }

    /// An array as a number, which stays alive for the rest of the program (ARR-2).
    fn array_handle(&mut self, size: ExprId, length: ExprId, span: Span) -> Part<'t> {
        let list = self.frame().body.add_list(&[size, length]);
        let made = self.add(ExprKind::Builtin(&Builtin::HANDLE_NEW, list), Ty::I64, span);
        let (set, handle) = self.kept(made, Ty::I64, span);
        let list = self.frame().body.add_list(&[handle]);
        let keep = self.add(
            ExprKind::Builtin(&Builtin::HANDLE_KEEP, list),
            Ty::I64,
            span,
        );
        let list = self.frame().body.add_list(&[set, keep, handle]);
        Part::Value(self.add(ExprKind::Block(list), Ty::I64, span))
    }

    /// ARR-1: the element type is that of the context; the size that is written
    /// means nothing (ARR-2).
    fn array_new(&mut self, nodes: &[Node<'t>], wanted: Option<Ty>, span: Span) -> Part<'t> {
        let size = self.expect(nodes[0], Ty::I64, codes::BAD_ARGUMENT_TYPE);
        let length = self.expect(nodes[1], Ty::I64, codes::BAD_ARGUMENT_TYPE);
        let kind = wanted.map(|wanted| self.types.kind(wanted));
        if wanted == Some(Ty::ERROR) {
            return Part::Broken;
        }
        if wanted.is_some_and(Ty::is_integer) {
            return self.array_handle(size, length, span);
        }
        if let (Some(wanted), Some(kind)) = (wanted, kind)
            && !matches!(kind, Kind::Array(_) | Kind::Param(_))
        {
            let message = format!("expected {}, found an array", self.name(wanted));
            self.report(SourceDiagnostic::new(
                codes::TYPE_MISMATCH,
                message,
                span,
                "",
            ));
            return Part::Broken;
        }
        let (Some(wanted), Some(Kind::Array(_))) = (wanted, kind) else {
            let message = "the type of the elements cannot be inferred";
            let diagnostic = SourceDiagnostic::new(codes::CANNOT_INFER, message, span, "");
            self.report(diagnostic.help("declare it: `i32[] x = __array_new(4, n);`"));
            return Part::Broken;
        };
        let array = self.add(ExprKind::NewArray(length), wanted, span);
        if matches!(self.frame().body.get(size).kind, ExprKind::Scalar(_)) {
            return Part::Value(array);
        }
        // The size is evaluated, since it may do something.
        let list = self.frame().body.add_list(&[size, array]);
        Part::Value(self.add(ExprKind::Block(list), wanted, span))
    }
}
