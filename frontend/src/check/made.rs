//! How values of types are made, and what is beside types.

use beskid_syntax::{Token, views};

use super::owner::Owner;
use super::state::Checker;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::resolve::{ItemId, ItemKind, did_you_mean, nearest};
use crate::span::Span;
use crate::types::{Kind, Ty};

/// Most fields of a value that are named.
const MOST_FIELDS: usize = 3;

/// Most parts of a type that are named where another one was meant.
const MOST_PARTS: usize = 5;

/// Most fields that a message names.
const MOST_NAMED: usize = 5;

impl Checker<'_> {
    /// How a program writes a value of a type.
    pub(super) fn how_values_are_made(&self, item: ItemId) -> String {
        let of = self.names.item(item);
        let name = of.name;
        match of.kind {
            ItemKind::Struct => format!("`{name}` is a type: `{}`", self.value_written(item)),
            ItemKind::Enum => format!("`{name}` is an enum: `{name}::…`"),
            _ => format!("`{name}` is a contract: types declare it"),
        }
    }

    /// A value of a struct, with the names of its fields.
    fn value_written(&self, item: ItemId) -> String {
        let of = self.names.item(item);
        let members = views::Type::cast(of.node).into_iter();
        let fields = members
            .flat_map(views::Type::members)
            .filter_map(views::Field::cast);
        let fields = fields.filter_map(|field| Some(format!("{}: …", field.name()?.text())));
        let mut fields = fields.take(MOST_FIELDS + 1).collect::<Vec<_>>();
        if fields.len() > MOST_FIELDS {
            fields[MOST_FIELDS] = "…".to_owned();
        }
        match fields.is_empty() {
            true => format!("{} {{ }}", of.name),
            false => format!("{} {{ {} }}", of.name, fields.join(", ")),
        }
    }

    /// Says which fields a value lacks.
    pub(super) fn missing_fields(&mut self, missing: &[String], span: Span) {
        let mut named = missing.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>();
        if missing.len() > MOST_NAMED {
            named.push(format!("{} more", missing.len() - MOST_NAMED));
        }
        let message = format!("the value of {} is missing", named.join(", "));
        self.report(SourceDiagnostic::new(
            codes::MISSING_FIELD,
            message,
            span,
            "",
        ));
    }

    /// Says that a type has no such field, and which it has.
    pub(super) fn unknown_field(&mut self, ty: Ty, name: Token<'_>) {
        let Kind::Struct(id) = self.types.kind(ty) else {
            return;
        };
        if self.may_have(ty, name.text()) {
            return;
        }
        let span = self.placed(name.span());
        let message = format!("`{}` has no field `{}`", self.name(ty), name.text());
        let mut diagnostic = SourceDiagnostic::new(codes::UNKNOWN_FIELD, message, span, "");
        let known = self.types.structure(id).fields.iter();
        let known = known.map(|field| field.name.as_str());
        let near = did_you_mean(name.text(), known.clone(), self.diagnostics);
        let near = near.or_else(|| self.field_instead(ty, name.text()));
        let near = near.or_else(|| self.method_called(ty, name.text()));
        diagnostic.set_help(near.or_else(|| parts_named("its fields are", known)));
        self.report(diagnostic);
    }

    /// The method that was meant, where it is not called.
    fn method_called(&self, ty: Ty, name: &str) -> Option<String> {
        let methods = self.methods_of(ty);
        let near = nearest(name, methods.into_iter(), self.diagnostics)?;
        Some(format!("did you mean the method `{near}(…)`?"))
    }

    /// What to write for `Type.name`, if there is no such function beside the type.
    pub(super) fn beside_instead(&self, item: ItemId, name: &str) -> String {
        let of = self.names.item(item);
        if self.methods.contains_key(&(Owner::Item(item), name)) || self.asks_for(item, name) {
            return format!("call it on a value: `value.{name}(…)`");
        }
        let variants = views::Enum::cast(of.node)
            .into_iter()
            .flat_map(views::Enum::variants)
            .map(|variant| variant.name().text())
            .collect::<Vec<_>>();
        if variants.contains(&name) {
            return format!("variants are written `{}::{name}`", of.name);
        }
        let module = self.names.module(of.module);
        let functions = module.values.iter().filter(|(_, function)| {
            self.names.item(**function).kind == ItemKind::Function
                && (self.names.item(**function).public
                    || self.names.sees_private(self.at.module, of.module))
        });
        let functions = functions.map(|(name, _)| *name);
        let near = nearest(
            name,
            variants.into_iter().chain(functions),
            self.diagnostics,
        );
        match near {
            Some(near) if module.values.contains_key(near) => {
                format!("did you mean `{}.{near}`?", of.name)
            }
            Some(near) => format!("variants are written `{}::{near}`", of.name),
            None => self.how_values_are_made(item),
        }
    }

    fn asks_for(&self, item: ItemId, name: &str) -> bool {
        let is_contract = self.names.item(item).kind == ItemKind::Contract;
        is_contract && self.asked(item).find(name).is_some()
    }
}

/// What a type has instead of what was named, if it has anything.
pub(super) fn parts_named<'a>(what: &str, parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let parts = parts.take(MOST_PARTS + 1).map(|part| format!("`{part}`"));
    let mut parts = parts.collect::<Vec<_>>();
    if parts.len() > MOST_PARTS {
        parts[MOST_PARTS] = "…".to_owned();
    }
    (!parts.is_empty()).then(|| format!("{what} {}", parts.join(", ")))
}
