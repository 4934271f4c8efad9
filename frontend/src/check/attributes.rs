//! Attributes: those that the compiler knows, and those that programs declare (ATT).

use beskid_syntax::literal;
use beskid_syntax::views::{self, AttributeDeclaration};
use beskid_syntax::{Node, NodeKind, TokenKind};
use rustc_hash::FxHashMap;

use super::state::{At, Checker};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind, ModuleId, TypeName, did_you_mean};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// What attributes stand before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Type,
    Enum,
    Contract,
    Module,
    Function,
    Method,
    Field,
    Parameter,
    /// Nothing that attributes are for.
    Other,
}

/// The names of the places, as declarations of attributes say them.
const TARGETS: [(&str, Place); 8] = [
    ("TypeDeclaration", Place::Type),
    ("EnumDeclaration", Place::Enum),
    ("ContractDeclaration", Place::Contract),
    ("ModuleDeclaration", Place::Module),
    ("FunctionDeclaration", Place::Function),
    ("MethodDeclaration", Place::Method),
    ("FieldDeclaration", Place::Field),
    ("ParameterDeclaration", Place::Parameter),
];

/// The attributes that mean something to the compiler (ATT-5).
const BUILT_IN: [&str; 5] = ["Extern", "Export", "CLayout", "Callback", "Symbol"];

impl<'t> Checker<'t> {
    /// Checks the attributes of all items and their parts, and the declarations.
    pub(super) fn check_attributes(&mut self) {
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            let (kind, node, module, base) = (item.kind, item.node, item.module, item.base);
            self.at = At {
                module,
                base,
                ..At::default()
            };
            match kind {
                ItemKind::Struct => {
                    self.applied_to(node, Place::Type);
                    for member in node.children() {
                        self.member_attributes(member);
                    }
                }
                ItemKind::Enum => self.applied_to(node, Place::Enum),
                ItemKind::Contract | ItemKind::Foreign => {
                    self.applied_to(node, Place::Contract);
                    for member in node.parts() {
                        if member.kind() == NodeKind::ContractMethod {
                            let inner = kind == ItemKind::Foreign;
                            self.method_attributes(member, inner);
                        }
                    }
                }
                ItemKind::Function => {
                    self.applied_to(node, Place::Function);
                    self.param_attributes(node);
                }
                ItemKind::Attribute => self.declaration(node),
                ItemKind::Test => self.applied_to(node, Place::Other),
            }
        }
        for module in 0..self.names.modules.len() as u32 {
            for (node, base) in self.names.module(module).impls.clone() {
                self.at = At {
                    module,
                    base,
                    ..At::default()
                };
                self.applied_to(node, Place::Other);
                for method in node.children() {
                    self.member_attributes(method);
                }
            }
        }
        for file in &self.sources.files {
            if let Some(module) = self.names.of_file(file) {
                self.other_attributes(file.tree.root(), module, file.base);
            }
        }
    }

    /// Attributes of modules and imports in a module.
    fn other_attributes(&mut self, node: Node<'t>, module: ModuleId, base: u32) {
        for child in node.children() {
            let place = match child.kind() {
                NodeKind::Module | NodeKind::ModuleDeclaration => Place::Module,
                NodeKind::Use => Place::Other,
                _ => continue,
            };
            self.at = At {
                module,
                base,
                ..At::default()
            };
            self.applied_to(child, place);
            let inner = views::Module::cast(child).map(|inner| inner.name().text());
            let inner = inner.and_then(|name| self.names.module(module).children.get(name));
            if let Some(inner) = inner.copied() {
                self.other_attributes(child, inner, base);
            }
        }
    }

    fn member_attributes(&mut self, member: Node<'t>) {
        match member.kind() {
            NodeKind::Field => self.applied_to(member, Place::Field),
            NodeKind::Function => {
                self.applied_to(member, Place::Method);
                self.param_attributes(member);
            }
            NodeKind::Event => self.applied_to(member, Place::Other),
            _ => {}
        }
    }

    fn method_attributes(&mut self, member: Node<'t>, foreign: bool) {
        // A method of a foreign contract may have another symbol.
        if !foreign {
            self.applied_to(member, Place::Method);
        }
        self.param_attributes(member);
    }

    fn param_attributes(&mut self, node: Node<'t>) {
        let params = node.child(NodeKind::Params).and_then(views::Params::cast);
        for param in params.into_iter().flat_map(views::Params::params) {
            self.applied_to(param.node(), Place::Parameter);
        }
    }

    fn applied_to(&mut self, node: Node<'t>, place: Place) {
        for attribute in node.attributes() {
            if let Some(view) = views::Attribute::cast(attribute) {
                self.application(view, node, place);
            }
        }
    }

    /// ATT-2, ATT-3.
    fn application(&mut self, view: views::Attribute<'t>, on: Node<'t>, place: Place) {
        let Some(path) = view.path() else { return };
        let span = self.span(path.node());
        if let Some(name) = path.single().map(|name| name.text())
            && BUILT_IN.contains(&name)
            && self.names.find_attribute(self.at.module, name).is_none()
        {
            self.built_in(name, on, place, span);
            return;
        }
        let names = path.names().collect::<Vec<_>>();
        let Some((last, inner)) = names.split_last() else {
            return;
        };
        let item = if let Some((first, inner)) = inner.split_first() {
            let next = names.get(1).map(|next| next.text());
            let start = self.names.find_start(self.at.module, first.text(), next);
            let Some(mut module) = start else {
                self.unknown_module(*first, None, &names[1..]);
                return;
            };
            self.check_start(*first, next);
            self.means_module(*first, module);
            for name in inner {
                match self.inner_module(module, *name) {
                    Some(next) => module = next,
                    None => return,
                }
            }
            let found = self.names.attribute_in(self.at.module, module, last.text());
            found.map(|(item, seen)| {
                if !seen {
                    self.private(*last, item);
                }
                item
            })
        } else {
            match self.names.find_attribute(self.at.module, last.text()) {
                Some(TypeName::Item(item)) => Some(item),
                Some(TypeName::Ambiguous(first, second)) => {
                    self.ambiguous(*last, first, second);
                    return;
                }
                None => None,
            }
        };
        let Some(item) = item else {
            if self.is_lost_item(*last) {
                return;
            }
            let message = format!("there is no attribute `{}`", last.text());
            let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_ATTRIBUTE, message, span, "");
            let known = self.names.module(self.at.module).attributes.keys().copied();
            let known = known.chain(BUILT_IN);
            let near = did_you_mean(last.text(), known, self.diagnostics);
            let declared = || format!("declare it: `attribute {} {{ }}`", last.text());
            diagnostic.set_help(Some(near.unwrap_or_else(declared)));
            self.report(diagnostic);
            return;
        };
        self.means_item(*last, item);
        self.declared_application(item, view, place, span);
    }

    fn built_in(&mut self, name: &str, on: Node<'t>, place: Place, span: Span) {
        let (good, what, code, help) = match name {
            "Extern" => (
                place == Place::Contract,
                "contracts",
                codes::MISPLACED,
                "declare the foreign function in a contract with this attribute",
            ),
            "Callback" => (
                place == Place::Contract,
                "contracts",
                codes::MISPLACED_ATTRIBUTE,
                "declare the functions of the host in a contract with this attribute",
            ),
            "Export" => (
                place == Place::Function,
                "functions",
                codes::MISPLACED_EXPORT,
                "leave it out, or put it before a `pub` function",
            ),
            "CLayout" => (
                place == Place::Type,
                "types",
                codes::MISPLACED_ATTRIBUTE,
                "leave it out, or put it before a `type`",
            ),
            _ => (
                place == Place::Method || on.kind() == NodeKind::ContractMethod,
                "methods of foreign contracts",
                codes::MISPLACED_ATTRIBUTE,
                "leave it out",
            ),
        };
        if !good {
            let message = format!("`{name}` is for {what}");
            self.report(SourceDiagnostic::new(code, message, span, "").help(help));
        }
    }

    fn declared_application(
        &mut self,
        item: ItemId,
        view: views::Attribute<'t>,
        place: Place,
        span: Span,
    ) {
        let declared = self.names.item(item);
        let (name, node, base, module) =
            (declared.name, declared.node, declared.base, declared.module);
        let Some(declaration) = AttributeDeclaration::cast(node) else {
            return;
        };
        let targets = declaration.targets();
        let targets =
            targets.map(|targets| targets.map(|target| target.text()).collect::<Vec<_>>());
        let allowed = targets.is_none_or(|targets| {
            let named = TARGETS.iter().filter(|(name, _)| targets.contains(name));
            let mut named = named;
            named.any(|(_, known)| *known == place)
        });
        if !allowed || place == Place::Other {
            let message = format!("`{name}` is not for this");
            let diagnostic = SourceDiagnostic::new(codes::MISPLACED, message, span, "");
            self.report(diagnostic.related(self.names.item(item).span, "declared here"));
        }
        let here = self.at.clone();
        let mut params = FxHashMap::<&str, (Ty, bool)>::default();
        for param in declaration.params() {
            self.at = At {
                module,
                base,
                ..At::default()
            };
            // The declaration was checked by itself.
            let reported = self.diagnostics.len();
            let ty = param.ty().map_or(Ty::ERROR, |ty| self.ty(ty));
            self.diagnostics.truncate(reported);
            params.insert(param.name().text(), (ty, param.default().is_some()));
        }
        self.at = here;
        let mut given = FxHashMap::<&str, Span>::default();
        for argument in view.arguments() {
            let token = argument.name();
            let place = self.placed(token.span());
            if let Some(first) = given.insert(token.text(), place) {
                let message = format!("a second argument `{}`", token.text());
                let code = codes::SECOND_ATTRIBUTE_ARGUMENT;
                let again = SourceDiagnostic::new(code, message, place, "again here");
                self.report(again.related(first, "first here"));
            }
            match params.get(token.text()) {
                None => {
                    let message = format!("`{name}` has no parameter `{}`", token.text());
                    let code = codes::UNKNOWN_ATTRIBUTE_PARAMETER;
                    let mut diagnostic = SourceDiagnostic::new(code, message, place, "");
                    let known = params.keys().copied();
                    diagnostic.set_help(did_you_mean(token.text(), known, self.diagnostics));
                    self.report(diagnostic);
                }
                Some((ty, _)) => {
                    if let Some(value) = argument.value() {
                        self.constant_of(value, *ty);
                    }
                }
            }
        }
        let mut missing = params
            .iter()
            .filter(|(name, (_, default))| !default && !given.contains_key(*name));
        if let Some((missing, _)) = missing.next() {
            let message = format!("`{name}` needs the argument `{missing}`");
            let code = codes::MISSING_ATTRIBUTE_ARGUMENT;
            self.report(SourceDiagnostic::new(code, message, span, ""));
        }
    }

    /// ATT-1.
    fn declaration(&mut self, node: Node<'t>) {
        self.applied_to(node, Place::Other);
        let Some(view) = AttributeDeclaration::cast(node) else {
            return;
        };
        let mut seen = Vec::new();
        for target in view.targets().into_iter().flatten() {
            let span = self.placed(target.span());
            let text = target.text();
            if !TARGETS.iter().any(|(known, _)| *known == text) {
                let message = format!("there is no target `{text}`");
                let mut diagnostic =
                    SourceDiagnostic::new(codes::UNKNOWN_TARGET, message, span, "");
                let known = TARGETS.iter().map(|(name, _)| *name);
                diagnostic.set_help(did_you_mean(text, known, self.diagnostics));
                self.report(diagnostic);
            } else if seen.contains(&text) {
                let message = format!("the target `{text}` stands twice");
                self.report(SourceDiagnostic::new(
                    codes::TARGET_TWICE,
                    message,
                    span,
                    "",
                ));
            }
            seen.push(text);
        }
        let mut places = FxHashMap::<&str, Span>::default();
        for param in view.params() {
            let name = param.name();
            let span = self.placed(name.span());
            self.check_reserved(name.text(), span);
            if let Some(first) = places.insert(name.text(), span) {
                self.duplicate("parameter", name, span, first);
            }
            let ty = param.ty().map_or(Ty::ERROR, |ty| self.part_type(ty));
            if let Some(default) = param.default() {
                self.constant_of(default, ty);
            }
        }
    }

    /// ATT-4: a literal, or a variant without payload, of the type.
    fn constant_of(&mut self, node: Node<'t>, ty: Ty) {
        let span = self.span(node);
        let mut value = node;
        let mut negative = false;
        if value.kind() == NodeKind::Unary && value.first_token().kind() == TokenKind::Minus {
            negative = true;
            value = value.children().next().unwrap_or(value);
        }
        let found = match value.kind() {
            NodeKind::Literal => match value.first_token().kind() {
                TokenKind::Integer if ty.is_integer() => {
                    let token = value.first_token();
                    let (number, _) = literal::integer(token.text());
                    self.fitting(token, number, ty, negative, span);
                    return;
                }
                TokenKind::Integer => Some(Ty::I32),
                TokenKind::Float => Some(Ty::F64),
                TokenKind::Char if !negative => Some(Ty::CHAR),
                TokenKind::True | TokenKind::False if !negative => Some(Ty::BOOL),
                TokenKind::Text if !negative => Some(Ty::STR),
                _ => None,
            },
            NodeKind::EnumValue if !negative => {
                let view = views::EnumValue::cast(value);
                let head = view.and_then(|view| view.path());
                let head = head.and_then(|path| self.enum_head(path, Some(ty)));
                let Some((head, _)) = head else { return };
                self.fill(head);
                let variant = view.and_then(|view| view.variant());
                let index = variant.and_then(|variant| self.variant_index(head, variant));
                let Some(index) = index else { return };
                let plain = match self.types.kind(head) {
                    Kind::Enum(id) => self.types.enumeration(id).variants[index]
                        .payload
                        .is_empty(),
                    _ => false,
                };
                plain.then_some(head)
            }
            _ => None,
        };
        let message = match found {
            Some(found) if found == ty || ty == Ty::ERROR => return,
            Some(Ty::ERROR) => return,
            Some(found) => {
                let [wanted, found] = self.names_of(ty, found);
                format!("expected {wanted}, found {found}")
            }
            None => "an attribute's value is a literal or a variant without payload".to_owned(),
        };
        let code = codes::ATTRIBUTE_ARGUMENT_TYPE;
        self.report(SourceDiagnostic::new(code, message, span, ""));
    }
}
