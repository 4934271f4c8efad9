//! What the names of types mean.

use beskid_syntax::views::Path;
use beskid_syntax::{Node, NodeKind, Token};

use super::meaning::{Meaning, Named, NoType, plural};
use super::shared::Shared;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind, ModuleId, TypeName, did_you_mean};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// The type that a node names; it may be unit.
    pub(super) fn ty(&mut self, node: Node<'t>) -> Ty {
        self.named_type(node, codes::UNKNOWN_TYPE)
    }

    /// The type of a field, an event's parameter, a payload and the like: not unit,
    /// but by a type argument of an enum (TYP-8).
    pub(super) fn part_type(&mut self, node: Node<'t>) -> Ty {
        let ty = self.named_type(node, codes::UNKNOWN_DEFINED_TYPE);
        self.no_unit(ty, node)
    }

    /// Refuses unit (TYP-8).
    pub(super) fn no_unit(&mut self, ty: Ty, node: Node<'t>) -> Ty {
        if ty == Ty::UNIT {
            let message = "nothing holds a value of type unit";
            let span = self.span(node);
            self.report(SourceDiagnostic::new(codes::UNIT_LOCAL, message, span, ""));
            return Ty::ERROR;
        }
        ty
    }

    /// Refuses references to anything but bytes, outside of parameters (TYP-6).
    pub(super) fn no_reference(&mut self, ty: Ty, node: Node<'t>) -> Ty {
        let Kind::Cell(of) = self.types.kind(ty) else {
            return ty;
        };
        let of = self.with_article(of);
        let message = format!("only a parameter is a reference to {of}");
        let span = self.span(node);
        let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
        self.report(diagnostic.help("leave out the `ref`"));
        Ty::ERROR
    }

    fn named_type(&mut self, node: Node<'t>, unknown: beskid_plugin_api::codes::Code) -> Ty {
        let mut inner = node.children();
        match node.kind() {
            NodeKind::NamedType => {
                let path = inner.next().and_then(Path::cast);
                path.map_or(Ty::ERROR, |path| self.path_type(path, unknown))
            }
            NodeKind::RefType => {
                let Some(of) = inner.next() else {
                    return Ty::ERROR;
                };
                // A function whose result is the address of a byte, which no other result is.
                let mut parts = of.children();
                if let (NodeKind::FunctionType, Some(result), Some(params)) =
                    (of.kind(), parts.next(), parts.next())
                {
                    let result = self.named_type(result, unknown.clone());
                    if result == Ty::U8 {
                        return self.function_of(Ty::REF_U8, params, unknown);
                    }
                    let of = self.function_of(result, params, unknown);
                    return self.referring(of, node);
                }
                let of = self.named_type(of, unknown);
                self.referring(of, node)
            }
            NodeKind::ArrayType => {
                let Some(of) = inner.next() else {
                    return Ty::ERROR;
                };
                let element = self.named_type(of, unknown);
                match self.no_unit(element, of) {
                    Ty::ERROR => Ty::ERROR,
                    element => self.types.array(element),
                }
            }
            NodeKind::FunctionType => {
                let (Some(result), Some(params)) = (inner.next(), inner.next()) else {
                    return Ty::ERROR;
                };
                self.function_type(result, params, unknown)
            }
            NodeKind::ArrowType => {
                let (Some(params), Some(result)) = (inner.next(), inner.next()) else {
                    return Ty::ERROR;
                };
                self.function_type(result, params, unknown)
            }
            _ => Ty::ERROR,
        }
    }

    /// A reference to values of a type.
    fn referring(&mut self, ty: Ty, node: Node<'t>) -> Ty {
        match (self.no_unit(ty, node), self.types.kind(ty)) {
            (Ty::ERROR, _) => Ty::ERROR,
            (Ty::U8, _) => Ty::REF_U8,
            (_, Kind::Cell(_)) => {
                let message = "a reference is to a value, and not to another reference";
                let span = self.span(node);
                let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, span, "");
                self.report(diagnostic.help("write `ref` once"));
                Ty::ERROR
            }
            (ty, _) => self.types.of(Kind::Cell(ty)),
        }
    }

    fn function_type(
        &mut self,
        result: Node<'t>,
        params: Node<'t>,
        unknown: beskid_plugin_api::codes::Code,
    ) -> Ty {
        let named = self.named_type(result, unknown.clone());
        let result = self.no_reference(named, result);
        self.function_of(result, params, unknown)
    }

    fn function_of(
        &mut self,
        result: Ty,
        params: Node<'t>,
        unknown: beskid_plugin_api::codes::Code,
    ) -> Ty {
        let mut types = Vec::new();
        for node in params.children() {
            let ty = self.named_type(node, unknown.clone());
            let ty = self.no_unit(ty, node);
            types.push(self.types.taken(ty));
        }
        if result == Ty::ERROR || types.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        self.types.function(&types, result)
    }

    fn path_type(&mut self, path: Path<'t>, unknown: beskid_plugin_api::codes::Code) -> Ty {
        let meaning = match self.path_meaning(path) {
            Ok(meaning) => meaning,
            Err(NoType::Reported) => return Ty::ERROR,
            Err(NoType::Unknown) => {
                let name = path.node().first_token();
                self.unknown_type(name, unknown);
                return Ty::ERROR;
            }
        };
        match meaning {
            Meaning::Ty(ty) => ty,
            Meaning::Item(named) => self.named_item(&named),
        }
    }

    /// The type of an item with the arguments that are written.
    fn named_item(&mut self, named: &Named<'t>) -> Ty {
        match self.names.item(named.item).kind {
            ItemKind::Contract => self.declared[named.item as usize].ty.unwrap_or(Ty::ERROR),
            ItemKind::Foreign => {
                let message = "a foreign contract is no type of values";
                let span = named.span;
                let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                self.report(
                    diagnostic.help("its functions are called by its name: `NAME.FUNCTION(…)`"),
                );
                Ty::ERROR
            }
            _ => {
                let count = self.declared[named.item as usize].params.len();
                let args = match named.arguments {
                    None if count == 0 => Shared::default(),
                    None => {
                        self.missing_arguments(named, count);
                        return Ty::ERROR;
                    }
                    Some(arguments) => match self.arguments(named, arguments, count) {
                        Some(args) => args,
                        None => return Ty::ERROR,
                    },
                };
                self.applied(named.item, args)
            }
        }
    }

    fn missing_arguments(&mut self, named: &Named<'t>, count: usize) {
        let name = self.names.item(named.item).name;
        let message = format!("`{name}` needs {count} type argument{}", plural(count));
        let diagnostic =
            SourceDiagnostic::new(codes::NEEDS_TYPE_ARGUMENTS, message, named.span, "");
        let params = &self.declared[named.item as usize].param_names;
        let params = params.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        self.report(diagnostic.help(format!("write `{name}<{}>`", params.join(", "))));
    }

    /// The type arguments of an item, as they are written.
    pub(super) fn arguments(
        &mut self,
        named: &Named<'t>,
        arguments: Node<'t>,
        count: usize,
    ) -> Option<Shared<Ty>> {
        let mut args = self.written_arguments(arguments);
        // Enums may have them: a payload of type unit takes no space (TYP-8).
        if matches!(self.names.item(named.item).kind, ItemKind::Struct) {
            for (arg, node) in args.iter_mut().zip(arguments.children()) {
                *arg = self.no_unit(*arg, node);
            }
        }
        if args.len() != count {
            let name = self.names.item(named.item).name;
            let found = args.len();
            let message = format!(
                "`{name}` takes {count} type argument{}, not {found}",
                plural(count)
            );
            let span = self.span(arguments);
            self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
            return None;
        }
        (!args.contains(&Ty::ERROR)).then(|| args.into())
    }

    /// The types between `<` and `>`.
    pub(super) fn written_arguments(&mut self, arguments: Node<'t>) -> Vec<Ty> {
        let nodes = arguments.children().map(|node| {
            let ty = self.ty(node);
            self.no_reference(ty, node)
        });
        nodes.collect()
    }

    /// What a path in a type's place leads to (NAM-3, NAM-9, MOD-8).
    pub(super) fn path_meaning(&mut self, path: Path<'t>) -> Result<Meaning<'t>, NoType> {
        if let Some(name) = path.single() {
            return self.single_type(name, None);
        }
        let node = path.node();
        let arguments = node.children().last().filter(|last| {
            last.kind() == NodeKind::TypeArguments
                && last.token_after().id() == node.token_after().id()
        });
        if let Some(name) = path.single_name() {
            return self.single_type(name, arguments);
        }
        let names = path.names().collect::<Vec<_>>();
        let [first, inner @ .., last] = names.as_slice() else {
            return Err(NoType::Unknown);
        };
        let next = names.get(1).map(|next| next.text());
        let start = self.names.find_start(self.at.module, first.text(), next);
        let Some(mut module) = start else {
            self.unknown_module(*first, None, &names[1..]);
            return Err(NoType::Reported);
        };
        self.check_start(*first, next);
        self.means_module(*first, module);
        for name in inner {
            module = self.inner_module(module, *name).ok_or(NoType::Reported)?;
        }
        self.type_of_module(module, *last, arguments)
    }

    pub(super) fn type_of_module(
        &mut self,
        module: ModuleId,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
    ) -> Result<Meaning<'t>, NoType> {
        let span = self.placed(name.span());
        let named = |item| {
            Meaning::Item(Named {
                item,
                arguments,
                span,
            })
        };
        if let Some((item, seen)) = self.names.type_in(self.at.module, module, name.text()) {
            if !seen {
                self.private(name, item);
            }
            self.means_item(name, item);
            return Ok(named(item));
        }
        let collapsed = self.names.module_in(module, name.text());
        if let Some(item) = collapsed.and_then(|module| self.collapsed(module, name)) {
            return Ok(named(item));
        }
        if self.names.has_lost(module, name.text()) {
            return Err(NoType::Reported);
        }
        let path = self.names.module(module).path.clone();
        let message = format!("the module `{path}` has no type `{}`", name.text());
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
        let known = self.names.module(module).types.keys().copied();
        let further = self.names.further_in(module, name.text());
        let further = further.map(|path| format!("write `{path}`"));
        let near = further.or_else(|| did_you_mean(name.text(), known, self.diagnostics));
        diagnostic.set_help(near.or_else(|| {
            Some("declare it there as `pub`, or name the module that has it".to_owned())
        }));
        self.report(diagnostic);
        Err(NoType::Reported)
    }

    /// The type that the name of a module means (MOD-8).
    fn collapsed(&mut self, module: ModuleId, name: Token<'t>) -> Option<ItemId> {
        let item = self.names.collapsed_type(module)?;
        if !self.names.item(item).public && !self.names.sees_private(self.at.module, module) {
            self.private(name, item);
        }
        self.means_item(name, item);
        Some(item)
    }

    /// A module in a module.
    pub(super) fn inner_module(&mut self, module: ModuleId, name: Token<'t>) -> Option<ModuleId> {
        let found = self.names.module_in(module, name.text());
        match found {
            Some(inner) => {
                self.check_reachable(inner, name);
                self.means_module(name, inner);
            }
            None => self.unknown_module(name, Some(module), &[]),
        }
        found
    }

    /// Refuses the way through a private module.
    pub(super) fn check_reachable(&mut self, module: ModuleId, name: Token<'t>) {
        if self.names.reachable(self.at.module, module) {
            return;
        }
        let of = self.names.module(module);
        let message = format!("the module `{}` is private", of.path);
        let span = self.placed(name.span());
        let diagnostic = SourceDiagnostic::new(codes::PRIVATE, message, span, "");
        let diagnostic = diagnostic.related(of.span, "declared here");
        self.report(diagnostic.help("write `pub` before it"));
    }

    fn single_type(
        &mut self,
        name: Token<'t>,
        arguments: Option<Node<'t>>,
    ) -> Result<Meaning<'t>, NoType> {
        let text = name.text();
        let mut params = self.at.params.iter();
        if let Some((_, ty)) = params.find(|(known, _)| *known == text).copied() {
            if let Some(arguments) = arguments {
                let message = format!("the type parameter `{text}` takes no type arguments");
                let span = self.span(arguments);
                self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
                return Err(NoType::Reported);
            }
            self.means_type(name, ty);
            return Ok(Meaning::Ty(ty));
        }
        // The language's own names are found last (LEX-6), but hardly a program has them.
        let plain = Ty::named(text).filter(|_| arguments.is_none() && !self.plain_names_taken);
        if let Some(ty) = plain {
            return Ok(Meaning::Ty(ty));
        }
        let span = self.placed(name.span());
        match self.names.find_type(self.at.module, text) {
            Some(TypeName::Item(item)) => {
                self.means_item(name, item);
                return Ok(Meaning::Item(Named {
                    item,
                    arguments,
                    span,
                }));
            }
            Some(TypeName::Ambiguous(first, second)) => {
                self.ambiguous(name, first, second);
                return Err(NoType::Reported);
            }
            None => {}
        }
        let module = self.names.find_module(self.at.module, text);
        if let Some(item) = module.and_then(|module| self.collapsed(module, name)) {
            return Ok(Meaning::Item(Named {
                item,
                arguments,
                span,
            }));
        }
        let view = || {
            let views = self.types.structs.iter().take(crate::types::VIEWS.len());
            let index = views.into_iter().position(|view| view.name == text)?;
            Some(Kind::Struct(index as u32))
        };
        let ty = match Ty::named(text) {
            Some(ty) => Some(ty),
            None => view().map(|kind| self.types.of(kind)),
        };
        match (ty, arguments) {
            (Some(_), Some(arguments)) => {
                let message = format!("`{text}` takes no type arguments");
                let span = self.span(arguments);
                self.report(SourceDiagnostic::new(codes::WRONG_ARITY, message, span, ""));
                Err(NoType::Reported)
            }
            (Some(ty), None) => Ok(Meaning::Ty(ty)),
            (None, _) => match self.names.predeclared(self.at.module, text) {
                Some(item) => {
                    self.means_item(name, item);
                    Ok(Meaning::Item(Named {
                        item,
                        arguments,
                        span,
                    }))
                }
                None => Err(NoType::Unknown),
            },
        }
    }

    /// The contract that a type's head names.
    pub(super) fn conformance(&mut self, path: Path<'t>) -> Option<(ItemId, Span)> {
        let span = self.span(path.node());
        let named = match self.path_meaning(path) {
            Ok(Meaning::Item(named)) => named,
            Ok(Meaning::Ty(_)) => return self.no_contract(span),
            Err(NoType::Reported) => return None,
            Err(NoType::Unknown) => {
                self.unknown_type(path.node().first_token(), codes::UNKNOWN_TYPE);
                return None;
            }
        };
        match self.names.item(named.item).kind {
            ItemKind::Contract => Some((named.item, span)),
            _ => self.no_contract(span),
        }
    }

    fn no_contract(&mut self, span: Span) -> Option<(ItemId, Span)> {
        let message = "a type conforms to contracts, and this is none";
        self.report(SourceDiagnostic::new(
            codes::NOT_A_CONTRACT,
            message,
            span,
            "",
        ));
        None
    }

    /// The item of the type before `::` or a struct's brace: with the arguments that
    /// are written, if any.
    pub(super) fn value_type(&mut self, path: Path<'t>) -> Result<Named<'t>, NoType> {
        match self.path_meaning(path)? {
            Meaning::Item(named) => Ok(named),
            Meaning::Ty(ty) => {
                let span = self.span(path.node());
                let message = format!("`{}` has no values of this form", self.name(ty));
                let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                self.report(diagnostic.help(
                    "write `{ … }` behind the name of a `type`, `::` behind that of an enum",
                ));
                Err(NoType::Reported)
            }
        }
    }
}
