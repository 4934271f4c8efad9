//! Names, and what is read, called and indexed of them, from left to right.

use beskid_syntax::views::Member;
use beskid_syntax::{Node, NodeKind, Token};

use super::callable::{CallableId, Mode};
use super::part::{Part, Special, split};
use super::state::Checker;
use crate::builtins::Builtin;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::resolve::{ItemId, ItemKind, ModuleId, TypeName, did_you_mean};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// Most suffixes that are around one another (SYN-7).
const MOST_SUFFIXES: usize = 512;

impl<'t> Checker<'t> {
    /// A name alone.
    pub(super) fn named(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let part = self.head(node, &[]);
        self.value_of(part, node, wanted)
    }

    /// Something with suffixes.
    pub(super) fn postfix(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let (base, suffixes) = split(node);
        let part = self.part(base, &suffixes, wanted);
        self.value_of(part, node, wanted)
    }

    /// The value of what a node means.
    fn value_of(&mut self, part: Part<'t>, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        if let Part::Value(value) = part {
            return value;
        }
        let span = self.span(node);
        self.part_value_of(part, span, wanted)
    }

    /// What a base with some suffixes means.
    pub(super) fn part(
        &mut self,
        base: Option<Node<'t>>,
        suffixes: &[Node<'t>],
        wanted: Option<Ty>,
    ) -> Part<'t> {
        self.suffixes += suffixes.len();
        let part = match self.suffixes > MOST_SUFFIXES {
            true => self.too_deep(base),
            false => self.suffixed(base, suffixes, wanted),
        };
        self.suffixes -= suffixes.len();
        part
    }

    fn too_deep(&mut self, base: Option<Node<'t>>) -> Part<'t> {
        let span = base.map(|base| self.span(base)).unwrap_or_default();
        let message =
            format!("more than {MOST_SUFFIXES} members, calls and indices in one another");
        let diagnostic = SourceDiagnostic::new(codes::TOO_DEEP, message, span, "");
        self.report(diagnostic.help("keep what is in between in locals"));
        Part::Broken
    }

    fn suffixed(
        &mut self,
        base: Option<Node<'t>>,
        suffixes: &[Node<'t>],
        wanted: Option<Ty>,
    ) -> Part<'t> {
        let Some(base) = base else {
            return Part::Broken;
        };
        let start = self.span(base);
        let mut part = match base.kind() {
            NodeKind::Name => self.head(base, suffixes),
            _ => Part::Value(self.expr(base, wanted.filter(|_| suffixes.is_empty()))),
        };
        let mut rest = suffixes;
        while let Some((suffix, after)) = rest.split_first() {
            let span = start.to(self.span(*suffix));
            let last = after.is_empty();
            let wanted_here = wanted.filter(|_| last);
            part = match suffix.kind() {
                NodeKind::Member => {
                    let Some(member) = Member::cast(*suffix) else {
                        return Part::Broken;
                    };
                    let arguments = suffix.child(NodeKind::TypeArguments);
                    let call = after.first().copied();
                    let call = call.filter(|next| next.kind() == NodeKind::Arguments);
                    match (part, call) {
                        (Part::Value(value), Some(call)) => {
                            rest = &after[1..];
                            let span = start.to(self.span(call));
                            let wanted = wanted.filter(|_| rest.is_empty());
                            let name = member.name();
                            part = self.call_member(value, name, arguments, call, wanted, span);
                            self.go_to_name(&part, name, span);
                            continue;
                        }
                        (part, call) => {
                            let more = !last && call.is_none();
                            self.member(part, member.name(), arguments, (call, more), span)
                        }
                    }
                }
                NodeKind::Arguments => self.call_part(part, *suffix, wanted_here, span),
                NodeKind::Index => self.index(part, *suffix, span),
                NodeKind::Try => {
                    let value = self.part_value_of(part, span, None);
                    Part::Value(self.try_operator(value, span))
                }
                _ => Part::Broken,
            };
            rest = after;
        }
        part
    }

    /// The value of what a postfix expression means.
    pub(super) fn part_value_of(
        &mut self,
        part: Part<'t>,
        span: Span,
        wanted: Option<Ty>,
    ) -> ExprId {
        match part {
            Part::Value(value) => value,
            Part::Broken => self.broken(span),
            Part::Function(id, arguments) => self.function_value(id, arguments, wanted, span),
            Part::Type(item, _) => {
                let of = self.names.item(item);
                let message = format!("the {} `{}` is no value", of.kind.noun(), of.name);
                let help = self.how_values_are_made(item);
                self.no_value(message, &help, span)
            }
            Part::Module(module) => {
                let message = format!(
                    "the module `{}` is no value",
                    self.names.module(module).path
                );
                self.no_value(message, "name something that is in it", span)
            }
            Part::Foreign(_) | Part::Builtin(_) | Part::Special(_) => {
                let message = "this function can only be called".to_owned();
                self.no_value(message, "call it", span)
            }
            Part::OwnMethod(name, _) => {
                let message = format!("the method `{}` is no value", name.text());
                self.no_value(message, "call it", span)
            }
            Part::Event(..) => {
                let message = "an event is no value".to_owned();
                self.no_value(message, "add a handler by `+=`, raise it by a call", span)
            }
        }
    }

    fn no_value(&mut self, message: String, help: &str, span: Span) -> ExprId {
        let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
        self.report(diagnostic.help(help));
        self.broken(span)
    }

    /// What a name alone means (NAM-1).
    fn head(&mut self, node: Node<'t>, suffixes: &[Node<'t>]) -> Part<'t> {
        let name = node.first_token();
        let next = suffixes.first().copied();
        let text = name.text();
        if let Some(local) = self.find_local(text) {
            self.means_local(name, local);
            let span = self.placed(name.span());
            return Part::Value(self.local_value(local, span));
        }
        let arguments = node.child(NodeKind::TypeArguments);
        if let Some(part) = self.own_member(name, arguments) {
            return part;
        }
        let member = next.is_some_and(|next| next.kind() == NodeKind::Member);
        let value = self.names.find_value(self.at.module, text);
        match value {
            Some(TypeName::Item(item)) if !member => return self.item_part(item, name, arguments),
            Some(TypeName::Ambiguous(first, second)) if !member => {
                self.ambiguous(name, first, second);
                return Part::Broken;
            }
            _ => {}
        }
        let following = next.and_then(Member::cast);
        let following = following.map(|member| member.name().text());
        if member {
            // `.` takes the module, unless the type has such a member (USE-2).
            let module = match member {
                true => self.names.find_start(self.at.module, text, following),
                false => self.names.find_module(self.at.module, text),
            };
            let module = module.filter(|module| {
                following.is_some_and(|next| {
                    self.names.value_in(self.at.module, *module, next).is_some()
                        || self.names.module_in(*module, next).is_some()
                        || self.names.type_in(self.at.module, *module, next).is_some()
                })
            });
            if let Some(module) = module {
                self.check_start(name, following);
                self.means_module(name, module);
                return Part::Module(module);
            }
        }
        match self.names.find_type(self.at.module, text) {
            Some(TypeName::Item(item)) => {
                self.means_item(name, item);
                return Part::Type(item, arguments);
            }
            Some(TypeName::Ambiguous(first, second)) => {
                self.ambiguous(name, first, second);
                return Part::Broken;
            }
            None => {}
        }
        let module = match member {
            true => self.names.find_start(self.at.module, text, following),
            false => self.names.find_module(self.at.module, text),
        };
        if let Some(module) = module {
            self.check_start(name, following);
            self.means_module(name, module);
            return Part::Module(module);
        }
        if let Some(TypeName::Item(item)) = value {
            return self.item_part(item, name, arguments);
        }
        if let Some(part) = predeclared(text) {
            return part;
        }
        self.unknown_start(name, suffixes)
    }

    fn item_part(
        &mut self,
        item: ItemId,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
    ) -> Part<'t> {
        self.means_item(name, item);
        if self.names.item(item).kind == ItemKind::Test {
            let span = self.placed(name.span());
            let message = format!("`{}` is a test, which nothing calls", name.text());
            self.report(SourceDiagnostic::new(
                codes::UNKNOWN_NAME,
                message,
                span,
                "",
            ));
            return Part::Broken;
        }
        match self.of_item[item as usize] {
            Some(callable) => Part::Function(callable, arguments),
            None => Part::Broken,
        }
    }

    /// A field, a method or an event of the type whose method this is.
    fn own_member(&mut self, name: Token<'t>, arguments: Option<Node<'t>>) -> Option<Part<'t>> {
        let owner = self.at.owner?;
        let text = name.text();
        let ty = self.this_type()?;
        self.fill(ty);
        if let Kind::Struct(id) = self.types.kind(ty) {
            let of = self.types.structure(id);
            let (field, event) = (of.field(text), of.event(text));
            if field.is_some() || event.is_some() {
                let span = self.placed(name.span());
                self.means_part(name, ty);
                let this = self.this(span);
                return Some(match (field, event) {
                    (Some(field), _) => Part::Value(self.field_value(this, ty, field, span)),
                    (_, Some(event)) => Part::Event(this, event as u32),
                    _ => Part::Broken,
                });
            }
        }
        let known = self.methods.contains_key(&(owner, text));
        known.then_some(Part::OwnMethod(name, arguments))
    }

    /// A member of what is on the left of the dot, if it is not called on a value.
    fn member(
        &mut self,
        part: Part<'t>,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
        (call, more): (Option<Node<'t>>, bool),
        span: Span,
    ) -> Part<'t> {
        match part {
            Part::Value(value) => self.field(value, name, span),
            Part::Module(module) => self.of_module(module, name, arguments, (call, more)),
            Part::Type(item, own) => self.of_type(item, own, name),
            Part::Broken => Part::Broken,
            other => {
                let value = self.part_value_of(other, span, None);
                self.field(value, name, span)
            }
        }
    }

    fn of_module(
        &mut self,
        module: ModuleId,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
        (call, more): (Option<Node<'t>>, bool),
    ) -> Part<'t> {
        let text = name.text();
        let from = self.at.module;
        let value = self.names.value_in(from, module, text);
        if let Some((item, seen)) = value.filter(|_| call.is_some()) {
            return self.seen(item, seen, name, arguments);
        }
        if let Some(inner) = self.names.module_in(module, text) {
            self.check_reachable(inner, name);
            self.means_module(name, inner);
            return Part::Module(inner);
        }
        if let Some((item, seen)) = self.names.type_in(from, module, text) {
            if !seen {
                self.private(name, item);
            }
            self.means_item(name, item);
            return Part::Type(item, arguments);
        }
        if let Some((item, seen)) = value {
            return self.seen(item, seen, name, arguments);
        }
        if more {
            self.unknown_module(name, Some(module), &[]);
            return Part::Broken;
        }
        if self.names.has_lost(module, text) {
            return Part::Broken;
        }
        let span = self.placed(name.span());
        let path = &self.names.module(module).path;
        let message = format!("the module `{path}` has no `{text}`");
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_NAME, message, span, "");
        let of = self.names.module(module);
        let known = of.values.keys().chain(of.types.keys()).copied();
        let further = self.names.further_in(module, text);
        diagnostic.set_help(match further {
            Some(path) => Some(format!("write `{path}`")),
            None => did_you_mean(text, known, self.diagnostics),
        });
        self.report(diagnostic);
        Part::Broken
    }

    fn seen(
        &mut self,
        item: ItemId,
        seen: bool,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
    ) -> Part<'t> {
        if !seen && self.names.item(item).kind != ItemKind::Test {
            self.private(name, item);
        }
        self.item_part(item, name, arguments)
    }

    /// METH-6, and the functions of a foreign contract.
    fn of_type(&mut self, item: ItemId, own: Option<Node<'t>>, name: Token<'t>) -> Part<'t> {
        let text = name.text();
        let span = self.placed(name.span());
        if self.names.is_foreign(item) {
            let target = self.foreign.target(item, text);
            return match target {
                Some(target) => {
                    if let Some(declared) = self.foreign.place(item, text) {
                        self.means(name, declared);
                    }
                    Part::Foreign(target)
                }
                None => {
                    let message =
                        format!("`{}` has no function `{text}`", self.names.item(item).name);
                    let mut diagnostic =
                        SourceDiagnostic::new(codes::UNKNOWN_NAME, message, span, "");
                    let known = self.foreign.names(item);
                    diagnostic.set_help(did_you_mean(text, known.into_iter(), self.diagnostics));
                    self.report(diagnostic);
                    Part::Broken
                }
            };
        }
        let module = self.names.item(item).module;
        let found = self.names.value_in(self.at.module, module, text);
        let Some((function, seen)) = found else {
            let of = self.names.item(item);
            let message = format!("there is no function `{text}` beside `{}`", of.name);
            let mut diagnostic = SourceDiagnostic::new(codes::NOT_CALLABLE, message, span, "");
            diagnostic.set_help(Some(self.beside_instead(item, text)));
            self.report(diagnostic);
            return Part::Broken;
        };
        if !seen {
            self.private(name, function);
        }
        self.means_item(name, function);
        match self.of_item[function as usize] {
            Some(callable) => Part::Function(callable, own),
            None => Part::Broken,
        }
    }

    /// A function by its name, as a value (FUN-7).
    fn function_value(
        &mut self,
        id: CallableId,
        arguments: Option<Node<'t>>,
        wanted: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let callable = &self.callables[id as usize];
        let params = callable.params.clone();
        let (takes, result) = (callable.takes.clone(), callable.result);
        let passed = takes.iter().map(|param| match param.mode {
            Mode::Out => self.types.of(Kind::Out(param.ty)),
            _ => self.passed(param),
        });
        let passed = passed.collect::<Vec<_>>();
        let ty = self.types.function(&passed, result);
        let mut bindings = super::bindings::Bindings::new(params);
        if let Some(arguments) = arguments {
            let written = self.written_arguments(arguments);
            if written.len() != bindings.params.len() {
                self.wrong_type_arguments(bindings.params.len(), written.len(), arguments);
                return self.broken(span);
            }
            bindings.known = written.into_iter().map(Some).collect();
        } else if let Some(wanted) = wanted {
            self.unify(ty, wanted, &mut bindings);
        }
        let Some(args) = bindings.complete() else {
            if wanted != Some(Ty::ERROR) {
                self.undetermined(&bindings, span);
            }
            return self.broken(span);
        };
        let ty = self.resolved(ty, &bindings);
        let function = self.instance(id, args, span);
        self.add(ExprKind::FunctionValue(function), ty, span)
    }

    pub(super) fn wrong_type_arguments(
        &mut self,
        wanted: usize,
        found: usize,
        arguments: Node<'t>,
    ) {
        let message = format!(
            "this takes {wanted} type argument{}, not {found}",
            super::meaning::plural(wanted)
        );
        let span = self.span(arguments);
        self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
    }
}

/// NAM-7.
fn predeclared<'t>(name: &str) -> Option<Part<'t>> {
    match name {
        "panic" | "__panic_str" => Some(Part::Special(Special::Panic)),
        "__array_new" => Some(Part::Special(Special::ArrayNew)),
        "__array_len" => Some(Part::Special(Special::ArrayLength)),
        _ => Builtin::named(name).map(Part::Builtin),
    }
}
