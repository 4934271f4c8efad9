//! Values of structs and of enums.

use beskid_plugin_api::codes::Code;
use beskid_syntax::views::{self, EnumValue, StructValue};
use beskid_syntax::{Node, NodeKind, Token};

use super::bindings::Bindings;
use super::few::Few;
use super::made::parts_named;
use super::meaning::{Meaning, Named, NoType, plural};
use super::shared::Shared;
use super::sought::Partly;
use super::state::Checker;
use super::turn::Turn;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind};
use crate::resolve::{ItemId, ItemKind, did_you_mean};
use crate::span::Span;
use crate::types::{Kind, Ty};

impl<'t> Checker<'t> {
    /// STR-1, STR-2.
    pub(super) fn struct_value(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let span = self.span(node);
        let Some(value) = StructValue::cast(node) else {
            return self.broken(span);
        };
        let fields = value.fields().collect::<Few<_>>();
        let Some(path) = value.path() else {
            return self.broken(span);
        };
        let ty = match self.struct_head(path, wanted) {
            Some(head) => head,
            None => {
                for field in fields {
                    if let Some(value) = field.value() {
                        self.expr(value, Some(Ty::ERROR));
                    }
                }
                return self.broken(span);
            }
        };
        self.fields_of_value(ty, &fields, span)
    }

    /// The type of a struct's value; with its own parameters where no argument is
    /// written.
    fn struct_head(
        &mut self,
        path: views::Path<'t>,
        wanted: Option<Ty>,
    ) -> Option<(Ty, Option<ItemId>)> {
        let span = self.span(path.node());
        let named = match self.path_meaning(path) {
            Ok(Meaning::Item(named)) => named,
            Ok(Meaning::Ty(ty)) if matches!(self.types.kind(ty), Kind::Struct(_)) => {
                return Some((ty, None));
            }
            Ok(Meaning::Ty(ty)) => {
                let message = format!("{} has no fields", self.name(ty));
                let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                self.report(diagnostic.help("write a value of it without `{ }`: only types that are declared by `type` have fields"));
                return None;
            }
            Err(NoType::Reported) => return None,
            Err(NoType::Unknown) => {
                let name = path.node().first_token();
                if self.is_lost_item(name) {
                    return None;
                }
                let text = name.text();
                let message = format!("there is no type `{text}` with fields");
                let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
                let known = self.visible(true);
                let near = || did_you_mean(text, known.into_iter(), self.diagnostics);
                let near = self.further(text).or_else(near);
                diagnostic.set_help(near.or_else(|| {
                    Some(format!(
                        "declare `type {text} {{ … }}`, or import it: `use MODULE.{text};`"
                    ))
                }));
                self.report(diagnostic.seeking_name(text));
                return None;
            }
        };
        let item = self.names.item(named.item);
        if item.kind != ItemKind::Struct {
            let message = format!("the {} `{}` has no fields", item.kind.noun(), item.name);
            let diagnostic = SourceDiagnostic::new(codes::UNKNOWN_TYPE, message, span, "");
            self.report(diagnostic.help(self.how_values_are_made(named.item)));
            return None;
        }
        self.head_of(&named, wanted)
    }

    fn fields_of_value(
        &mut self,
        (ty, inferred): (Ty, Option<ItemId>),
        fields: &[views::FieldValue<'t>],
        span: Span,
    ) -> ExprId {
        self.fill(ty);
        let Kind::Struct(id) = self.types.kind(ty) else {
            return self.broken(span);
        };
        let params = inferred.map(|item| self.declared[item as usize].params.clone());
        let mut bindings = Bindings::new(params.unwrap_or_default());
        let count = self.types.structure(id).fields.len();
        let mut given = Few::from_elem(false, count);
        let mut values = Few::from_elem(None, fields.len());
        let mut indices = Few::new();
        for field in fields {
            let name = field.name();
            let index = self.types.structure(id).field(name.text());
            match index {
                None => self.unknown_field(ty, name),
                Some(index) => {
                    self.means_part(name, ty);
                    if std::mem::replace(&mut given[index], true) {
                        let message = format!("a second value for `{}`", name.text());
                        let span = self.placed(name.span());
                        self.report(SourceDiagnostic::new(
                            codes::UNKNOWN_FIELD,
                            message,
                            span,
                            "",
                        ));
                    }
                }
            }
            indices.push(index);
        }
        // Those that say their type first, where types must be found.
        let turns = fields.iter().map(|field| match (inferred, field.value()) {
            (Some(_), Some(node)) => self.turn(node),
            _ => Turn::First,
        });
        for at in Turn::order(turns) {
            let Some(node) = fields[at].value() else {
                continue;
            };
            let Some(index) = indices[at] else {
                values[at] = Some(self.expr(node, Some(Ty::ERROR)));
                continue;
            };
            let declared = self.types.structure(id).fields[index].ty;
            let code = codes::TYPE_MISMATCH;
            values[at] = Some(self.part_value(node, declared, &mut bindings, code));
        }
        let missing = self.types.structure(id).fields.iter().zip(&given);
        let missing = missing.filter(|(_, given)| !**given);
        let missing = missing.map(|(field, _)| format!("`{}`", field.name));
        let missing = missing.collect::<Vec<_>>();
        // One that the type has not may be meant for one that is missing.
        if !missing.is_empty() && indices.iter().all(Option::is_some) {
            self.missing_fields(&missing, span);
        }
        let ty = match inferred {
            None => ty,
            Some(item) => match bindings.complete() {
                Some(args) => self.applied(item, args),
                None => {
                    let broken = self.is_any_broken(values.into_iter().flatten())
                        || self.is_partly_unread(item);
                    if missing.is_empty() && !broken {
                        self.undetermined(&bindings, span);
                    }
                    return self.broken(span);
                }
            },
        };
        self.fill(ty);
        let mut list = Few::new();
        for (index, value) in indices.iter().zip(values) {
            let (Some(index), Some(value)) = (index, value) else {
                return self.add(ExprKind::Unit, Ty::ERROR, span);
            };
            // Literals of the open type may have become something else.
            let wanted = self.field_type(ty, *index);
            let value = self.coerce(value, wanted, span, codes::TYPE_MISMATCH);
            list.push(self.add(ExprKind::Scalar(*index as i64), Ty::I64, span));
            list.push(value);
        }
        if !missing.is_empty() {
            return self.add(ExprKind::Unit, Ty::ERROR, span);
        }
        let list = self.frame().body.add_list(&list);
        self.add(ExprKind::Struct(list), ty, span)
    }

    pub(super) fn field_type(&self, ty: Ty, index: usize) -> Ty {
        match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).fields[index].ty,
            _ => Ty::ERROR,
        }
    }

    /// The value of a field or of a payload, of a type in which parameters may have
    /// to be found.
    fn part_value(
        &mut self,
        node: Node<'t>,
        declared: Ty,
        bindings: &mut Bindings,
        code: Code,
    ) -> ExprId {
        if bindings.params.is_empty() {
            if declared == Ty::REF_U8 && is_reference(node) {
                return self.reference_argument(node);
            }
            return self.expect(node, declared, code);
        }
        let span = self.span(node);
        self.inferred_value(node, declared, bindings, span, code)
    }

    /// ENM-2.
    pub(super) fn enum_value(&mut self, node: Node<'t>, wanted: Option<Ty>) -> ExprId {
        let span = self.span(node);
        let Some(value) = EnumValue::cast(node) else {
            return self.broken(span);
        };
        let (Some(path), Some(variant)) = (value.path(), value.variant()) else {
            return self.broken(span);
        };
        let arguments = value.arguments();
        let args = arguments.into_iter().flat_map(Node::children);
        let args = args.collect::<Few<_>>();
        let Some((ty, inferred)) = self.enum_head(path, wanted) else {
            for arg in args {
                self.expr(arg, Some(Ty::ERROR));
            }
            return self.broken(span);
        };
        self.fill(ty);
        let Kind::Enum(id) = self.types.kind(ty) else {
            return self.broken(span);
        };
        let Some(index) = self.variant_index(ty, variant) else {
            for arg in args {
                self.expr(arg, Some(Ty::ERROR));
            }
            return self.broken(span);
        };
        let payload = Few::from_slice(&self.types.enumeration(id).variants[index].payload);
        if payload.len() != args.len() {
            let (wanted, found) = (payload.len(), args.len());
            let message = format!(
                "`{}` carries {wanted} value{}, not {found}",
                variant.text(),
                plural(wanted)
            );
            let mut diagnostic = SourceDiagnostic::new(codes::PAYLOAD_COUNT, message, span, "");
            if args.is_empty() && payload[..] == [Ty::UNIT] {
                let of = self.names.item(self.types.enumeration(id).item).name;
                let written = format!("{of}::{}(())", variant.text());
                let help = format!("the value of the type unit is `()`: `{written}`");
                diagnostic.set_help(Some(help));
            }
            self.report(diagnostic);
            for arg in args {
                self.expr(arg, Some(Ty::ERROR));
            }
            return self.broken(span);
        }
        let params = inferred.map(|item| self.declared[item as usize].params.clone());
        let mut bindings = Bindings::new(params.unwrap_or_default());
        let mut values = Few::from_elem(None, args.len());
        let turns = args.iter();
        let turns = turns.map(|node| inferred.map_or(Turn::First, |_| self.turn(*node)));
        for at in Turn::order(turns) {
            let code = codes::BAD_ARGUMENT_TYPE;
            values[at] = Some(self.part_value(args[at], payload[at], &mut bindings, code));
        }
        let ty = match inferred {
            None => ty,
            Some(item) => match bindings.complete() {
                Some(args) => self.applied(item, args),
                None => {
                    let broken = self.is_any_broken(values.into_iter().flatten())
                        || self.is_partly_unread(item);
                    if wanted != Some(Ty::ERROR) && !broken {
                        self.undetermined(&bindings, span);
                        self.says_partly(Partly {
                            item,
                            known: bindings,
                        });
                    }
                    return self.broken(span);
                }
            },
        };
        self.fill(ty);
        let mut list = Few::new();
        for (at, value) in values.into_iter().enumerate() {
            let Some(value) = value else { continue };
            let Kind::Enum(id) = self.types.kind(ty) else {
                continue;
            };
            let wanted = self.types.enumeration(id).variants[index].payload[at];
            list.push(self.coerce_of(args[at], value, wanted, codes::BAD_ARGUMENT_TYPE));
        }
        let list = self.frame().body.add_list(&list);
        self.add(ExprKind::Variant(index as u32, list), ty, span)
    }

    pub(super) fn variant_index(&mut self, ty: Ty, variant: Token<'t>) -> Option<usize> {
        let Kind::Enum(id) = self.types.kind(ty) else {
            return None;
        };
        let index = self.types.enumeration(id).variant(variant.text());
        if index.is_none() && self.may_have(ty, variant.text()) {
            return None;
        }
        if index.is_none() {
            let of = self.types.enumeration(id);
            let span = self.placed(variant.span());
            let name = self.names.item(of.item).name;
            let message = format!("the enum `{name}` has no variant `{}`", variant.text());
            let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_VARIANT, message, span, "");
            let known = of.variants.iter().map(|known| known.name.as_str());
            let near = did_you_mean(variant.text(), known.clone(), self.diagnostics);
            diagnostic.set_help(near.or_else(|| parts_named("its variants are", known)));
            self.report(diagnostic);
        } else {
            self.means_part(variant, ty);
        }
        index
    }

    /// The enum before `::`, and its item if its arguments must be found (NAM-5).
    pub(super) fn enum_head(
        &mut self,
        path: views::Path<'t>,
        wanted: Option<Ty>,
    ) -> Option<(Ty, Option<ItemId>)> {
        let wanted = wanted.filter(|wanted| matches!(self.types.kind(*wanted), Kind::Enum(_)));
        if let Some(expected) = wanted.filter(|wanted| self.is_meant(&path, *wanted)) {
            self.means_enum(path.node().first_token(), expected);
            return Some((expected, None));
        }
        let named = match self.value_type(path) {
            Ok(named) => named,
            Err(NoType::Reported) => return None,
            Err(NoType::Unknown) => {
                let name = path.node().first_token();
                let expected = wanted.filter(|wanted| match self.types.kind(*wanted) {
                    Kind::Enum(id) => {
                        let item = self.types.enumeration(id).item;
                        self.names.item(item).name == name.text()
                    }
                    _ => false,
                });
                if let Some(expected) = expected {
                    self.means_enum(name, expected);
                    return Some((expected, None));
                }
                self.unknown_enum(name);
                return None;
            }
        };
        let item = self.names.item(named.item);
        if item.kind != ItemKind::Enum {
            let message = format!("the {} `{}` has no variants", item.kind.noun(), item.name);
            let code = codes::UNKNOWN_VARIANT;
            let diagnostic = SourceDiagnostic::new(code, message, named.span, "");
            let help = format!("a function beside it is written `{}.NAME(…)`", item.name);
            self.report(diagnostic.help(help));
            return None;
        }
        self.head_of(&named, wanted)
    }

    /// Whether a name that only the core library gives a meaning is that of an expected
    /// enum: NAM-5 comes before NAM-7.
    fn is_meant(&self, path: &views::Path<'t>, expected: Ty) -> bool {
        let Kind::Enum(id) = self.types.kind(expected) else {
            return false;
        };
        let Some(text) = path.single().map(|name| name.text()) else {
            return false;
        };
        let item = self.names.item(self.types.enumeration(id).item);
        item.name == text
            && self.names.predeclared(self.at.module, text).is_some()
            && self.names.find_type(self.at.module, text).is_none()
            && self.names.find_module(self.at.module, text).is_none()
    }

    /// The type before `::` or a struct's brace, and its item if its arguments must be
    /// found: they are written, or the context says them, or the values do.
    fn head_of(&mut self, named: &Named<'t>, wanted: Option<Ty>) -> Option<(Ty, Option<ItemId>)> {
        let count = self.declared[named.item as usize].params.len();
        if let Some(arguments) = named.arguments {
            let args = self.arguments(named, arguments, count)?;
            return Some((self.applied(named.item, args), None));
        }
        if count == 0 {
            return Some((self.applied(named.item, Shared::default()), None));
        }
        let owner = Some(super::owner::Owner::Item(named.item));
        if let Some(wanted) = wanted.filter(|wanted| self.owner_of(*wanted) == owner) {
            return Some((wanted, None));
        }
        let open = self.declared[named.item as usize].ty?;
        Some((open, Some(named.item)))
    }

    fn unknown_enum(&mut self, name: Token<'t>) {
        if self.is_lost_item(name) {
            return;
        }
        let span = self.placed(name.span());
        let message = format!("there is no enum `{}`", name.text());
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_VARIANT, message, span, "");
        let text = name.text();
        let what = match self.names.find_start(self.at.module, text, None) {
            _ if self.find_local(text).is_some() => Some("a value"),
            found => found.map(|_| "a module"),
        };
        if let Some(what) = what {
            let help = format!("`{text}` is {what}: what is in it is written `{text}.NAME`");
            self.report(diagnostic.help(help));
            return;
        }
        let known = self.visible(true);
        diagnostic.set_help(did_you_mean(text, known.into_iter(), self.diagnostics));
        self.report(diagnostic.seeking_name(text));
    }

    /// A bare name that some enum has as a variant: the qualified form is the help.
    pub(super) fn bare_variant(&mut self, name: Token<'t>) -> bool {
        let Some(of) = self.enum_with(name.text()) else {
            return false;
        };
        let help = format!("write `{of}::{}`", name.text());
        self.report_bare(name, help);
        true
    }

    /// A pattern of a variant without its enum, which is this one if that is known.
    pub(super) fn bare_pattern(&mut self, node: Node<'t>, name: Token<'t>, of: Option<String>) {
        let of = of.or_else(|| self.enum_with(name.text()).map(str::to_owned));
        let help = match of {
            Some(of) => format!("write `{of}::{}`", node.text()),
            None => format!("name its enum: `Enum::{}`", node.text()),
        };
        self.report_bare(name, help);
    }

    /// An enum that has a variant of this name.
    fn enum_with(&self, name: &str) -> Option<&'t str> {
        let found = self.variants.get(name);
        found.map(|id| self.names.item(*id).name)
    }

    fn report_bare(&mut self, name: Token<'t>, help: String) {
        let span = self.placed(name.span());
        let message = format!("the variant `{}` is named without its enum", name.text());
        let diagnostic = SourceDiagnostic::new(codes::BARE_VARIANT, message, span, "");
        self.report(diagnostic.help(help));
    }
}

/// `ref x`.
pub(super) fn is_reference(node: Node<'_>) -> bool {
    node.kind() == NodeKind::Unary && node.first_token().text() == "ref"
}
