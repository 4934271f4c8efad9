//! Functions, methods and tests: what they take and return.

use beskid_syntax::views::{self, Params};
use beskid_syntax::{Node, NodeKind, Token};

use super::callable::{Callable, CallableId, Mode, Param, is_borrowed};
use super::few::Few;
use super::meaning::{Meaning, NoType};
use super::owner::Owner;
use super::places::Places;
use super::shared::Shared;
use super::state::{At, Checker};
use crate::builtins::PLACE;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind, ModuleId};
use crate::source::shifted;
use crate::span::Span;
use crate::symbols::DEFAULT_ENTRYPOINT as MAIN;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// The functions, methods and tests of all modules, in the order of the texts.
    pub(super) fn declare_callables(&mut self) {
        self.callables.reserve(self.names.items.len());
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let (kind, node, base, module) = (item.kind, item.node, item.base, item.module);
            match kind {
                ItemKind::Function => {
                    self.at = At {
                        module,
                        base,
                        ..At::default()
                    };
                    let Some(view) = views::Function::cast(node) else {
                        continue;
                    };
                    if let Some(callable) = self.callable(view, None, Some(id)) {
                        self.of_item[id as usize] = Some(callable);
                    }
                }
                ItemKind::Test => self.declare_test(id),
                ItemKind::Struct => {
                    let Some(view) = views::Type::cast(node) else {
                        continue;
                    };
                    let methods = view.members().filter(|node| Self::is_method(*node));
                    self.declare_methods(methods, Owner::Item(id), module, base);
                }
                _ => {}
            }
        }
        for module in 0..self.names.modules.len() as ModuleId {
            for (node, base) in self.names.module(module).impls.clone() {
                self.declare_impl(node, module, base);
            }
        }
    }

    fn declare_methods(
        &mut self,
        nodes: impl Iterator<Item = Node<'t>>,
        owner: Owner,
        module: ModuleId,
        base: u32,
    ) {
        let params = match owner {
            Owner::Item(id) => self.declared[id as usize].param_names.clone(),
            Owner::Primitive(_) => Shared::default(),
        };
        for node in nodes {
            self.at = At {
                module,
                base,
                params: params.clone(),
                owner: Some(owner),
            };
            let Some(view) = views::Function::cast(node) else {
                continue;
            };
            let Some(id) = self.callable(view, Some(owner), None) else {
                continue;
            };
            self.add_method(owner, id);
        }
    }

    /// METH-4: several of one name may differ by what they take.
    fn add_method(&mut self, owner: Owner, id: CallableId) {
        let new = &self.callables[id as usize];
        let (name, span) = (new.name, new.span);
        let known = self.methods.get(&(owner, name)).cloned();
        let mut known = known.into_iter().flatten();
        let same = known.find(|known| self.takes_the_same(*known, id));
        if let Some(first) = same {
            let first = self.callables[first as usize].span;
            let message = format!("a second method `{name}`");
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
            self.report(again.related(first, "first here"));
            return;
        }
        let field = match owner {
            Owner::Item(item) => {
                let declared = &self.declared[item as usize];
                let mut fields = declared.fields.iter().map(|field| &field.name);
                let mut events = declared.events.iter().map(|event| &event.name);
                fields.any(|known| known == name) || events.any(|known| known == name)
            }
            Owner::Primitive(_) => false,
        };
        if field {
            let message = format!("a method `{name}` beside a field or an event of the name");
            self.report(SourceDiagnostic::new(codes::DUPLICATE, message, span, ""));
        }
        self.methods.entry((owner, name)).or_default().push(id);
    }

    /// Whether two methods of a type take the same, whatever their type parameters are called.
    fn takes_the_same(&mut self, one: CallableId, other: CallableId) -> bool {
        let parts = |id: CallableId| {
            let of = &self.callables[id as usize];
            (of.takes.clone(), of.params.clone())
        };
        let ((one, params), (other, args)) = (parts(one), parts(other));
        one.len() == other.len()
            && params.len() == args.len()
            && one
                .iter()
                .zip(other.iter())
                .all(|(one, other)| self.substituted(one.ty, &params, &args) == other.ty)
    }

    /// METH-2.
    fn declare_impl(&mut self, node: Node<'t>, module: ModuleId, base: u32) {
        self.at = At {
            module,
            base,
            ..At::default()
        };
        let Some(view) = views::Impl::cast(node) else {
            return;
        };
        let Some(ty) = view.ty() else { return };
        let Some(owner) = self.impl_owner(ty) else {
            return;
        };
        if let Owner::Primitive(primitive) = owner {
            let package = self.names.module(module).package;
            if !self.names.packages.is_core(package) {
                let name = self.name(primitive);
                let message = format!("`{name}` is a type of the language");
                let span = self.span(ty);
                let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                let help = format!("write functions that take a value of type {name}");
                self.report(diagnostic.help(help));
                return;
            }
        }
        if let Owner::Item(item) = owner {
            let declared = self.names.item(item);
            if declared.module != module {
                let message = format!("`{}` is declared in another module", declared.name);
                let span = self.span(ty);
                let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                let diagnostic = diagnostic.related(declared.span, "declared here");
                self.report(diagnostic.help("its `impl` stands in the same module"));
                return;
            }
        }
        let methods = view.methods().map(|method| method.node());
        self.declare_methods(methods, owner, module, base);
    }

    fn impl_owner(&mut self, ty: Node<'t>) -> Option<Owner> {
        let path = ty.children().next().and_then(views::Path::cast);
        let path = path.filter(|_| ty.kind() == NodeKind::NamedType);
        let span = self.span(ty);
        let Some(path) = path else {
            let message = "only types with a name have methods";
            let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
            self.report(
                diagnostic
                    .help("write `impl` of a type or an enum, or functions that take such a value"),
            );
            return None;
        };
        match self.path_meaning(path) {
            Ok(Meaning::Item(named)) => match self.names.item(named.item).kind {
                ItemKind::Struct | ItemKind::Enum => {
                    if let Some(arguments) = named.arguments {
                        let name = self.names.item(named.item).name;
                        let message = format!("an `impl` is for every `{name}`");
                        let span = self.span(arguments);
                        let code = codes::WRONG_ARITY;
                        let diagnostic = SourceDiagnostic::new(code, message, span, "");
                        let help =
                            format!("write `impl {name}`: its type parameters are known in it");
                        self.report(diagnostic.help(help));
                        return None;
                    }
                    Some(Owner::Item(named.item))
                }
                kind => {
                    let message = format!("a {} has no `impl`", kind.noun());
                    let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                    self.report(diagnostic.help("write `impl` of a type or an enum"));
                    None
                }
            },
            Ok(Meaning::Ty(ty)) => self.owner_of(ty),
            Err(NoType::Reported) => None,
            Err(NoType::Unknown) => {
                self.unknown_type(path.node().first_token(), codes::UNKNOWN_TYPE);
                None
            }
        }
    }

    /// The callable of a function or a method, from its signature.
    fn callable(
        &mut self,
        view: views::Function<'t>,
        owner: Option<Owner>,
        item: Option<ItemId>,
    ) -> Option<CallableId> {
        let name = view.name()?;
        let base = self.at.base;
        let span = shifted(name.span(), base);
        let (own, own_names) = self.type_params(view.generics(), base);
        let owners = self.at.params.len();
        let outer = self.at.params.iter().copied().collect::<Vec<_>>();
        for (inner, _) in &own_names {
            if outer.iter().any(|(known, _)| known == inner) {
                self.hides(inner, span);
            }
        }
        // The inner ones first, so that they win.
        let names = own_names.iter().chain(&outer).copied();
        self.at.params = names.collect();
        let params = outer.iter().map(|(_, ty)| *ty).chain(own);
        let params = params.collect::<Shared<_>>();
        let this = match owner {
            Some(Owner::Item(item)) => self.declared[item as usize].ty,
            Some(Owner::Primitive(ty)) => Some(ty),
            None => None,
        };
        let result = view.ty().map_or(Ty::ERROR, |node| {
            let ty = self.ty(node);
            self.no_reference(ty, node)
        });
        let takes = view.params().map(|params| self.params(params));
        let mut takes = takes.unwrap_or_default();
        let is_place = |last: &&mut Param<'_>| {
            (last.name, last.ty, last.mode) == (PLACE, Ty::STR, Mode::Value)
        };
        let placed = item.and(takes.last_mut().filter(is_place).map(|last| last.span));
        if placed.is_some() {
            takes.pop();
        }
        if owner.is_some() {
            self.check_reserved(name.text(), span);
        }
        self.check_param_names(&takes);
        let public = view.node().is_public();
        let id = self.callables.len() as CallableId;
        self.callables.push(Callable {
            name: name.text(),
            span,
            node: view.node(),
            base,
            module: self.at.module,
            public,
            item,
            owner,
            params,
            param_names: self.at.params.clone(),
            owners,
            takes: takes.as_slice().into(),
            placed,
            result,
            this,
            symbol: None,
            foreign: false,
            broken: false,
            function: None,
        });
        if item.is_some() && name.text() == MAIN {
            self.check_main(id);
        }
        Some(id)
    }

    pub(super) fn hides(&mut self, name: &str, span: Span) {
        let message = format!("`{name}` hides a type parameter of the same name");
        self.report(SourceDiagnostic::new(codes::SHADOWING, message, span, ""));
    }

    /// NAM-8.
    pub(super) fn check_param_names(&mut self, takes: &[Param<'t>]) {
        for param in takes {
            self.check_reserved(param.name, param.span);
        }
    }

    pub(super) fn params(&mut self, params: Params<'t>) -> Few<Param<'t>> {
        let mut places = Places::default();
        let mut takes = Few::new();
        for param in params.params() {
            let (Some(ty), Some(name)) = (param.ty(), param.name()) else {
                continue;
            };
            let span = self.placed(name.span());
            if let Some(first) = places.insert(name.text(), span) {
                self.duplicate("parameter", name, span, first);
            }
            takes.push(self.param(param, ty, name, span));
        }
        takes
    }

    fn param(
        &mut self,
        param: views::Param<'t>,
        ty: Node<'t>,
        name: Token<'t>,
        span: Span,
    ) -> Param<'t> {
        let modifier = param.modifier().map(Token::text);
        let found = self.part_type(ty);
        let found = self.types.taken(found);
        let borrowed = is_borrowed(Some(ty), found);
        let (ty, mode) = match (modifier, self.types.kind(found)) {
            (Some(word), Kind::Cell(_)) => {
                let message = format!("a parameter is `{word}` or `ref`, not both");
                let place = self.span(ty);
                let diagnostic = SourceDiagnostic::new(codes::BAD_REF, message, place, "");
                self.report(diagnostic.help("leave out one of the two"));
                (Ty::ERROR, Mode::Value)
            }
            (Some("out"), _) => (found, Mode::Out),
            (Some("mut"), _) => (found, Mode::Mutable),
            (_, Kind::Cell(of)) => (of, Mode::Ref),
            _ => (found, Mode::Value),
        };
        let name = name.text();
        Param {
            name,
            span,
            ty,
            mode,
            borrowed,
        }
    }

    /// FUN-8.
    fn check_main(&mut self, id: CallableId) {
        let main = &self.callables[id as usize];
        let result = matches!(main.result, Ty::UNIT | Ty::I32 | Ty::I64 | Ty::ERROR);
        let bare = main.takes.is_empty() && main.placed.is_none() && main.params.is_empty();
        if result && bare {
            return;
        }
        let span = main.span;
        let message = "`main` takes no parameters and returns unit, i32 or i64";
        self.report(SourceDiagnostic::new(codes::BAD_MAIN, message, span, ""));
    }
}
