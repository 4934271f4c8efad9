//! What to write instead of members and operators that other languages have.

use beskid_syntax::Token;

use super::owner::Owner;
use super::state::Checker;
use crate::diagnostic::{Sought, SourceDiagnostic};
use crate::resolve::{ItemId, did_you_mean};
use crate::types::{Kind, Ty};

/// Most methods that are named where another one was meant.
const MOST_METHODS: usize = 5;

/// Names of the number of elements elsewhere.
const LENGTHS: [&str; 7] = ["len", "Len", "length", "Length", "size", "Size", "count"];

/// Names of the text of a value elsewhere.
const TEXTS: [&str; 4] = ["ToString", "toString", "to_string", "str"];

impl<'t> Checker<'t> {
    /// Whether a method of a name can be called on values of a type: its own, or a function
    /// of its module (METH-5).
    pub(super) fn has_method(&self, ty: Ty, name: &str) -> bool {
        if let Kind::Contract(id) = self.types.kind(ty) {
            let asked = self.asked(self.types.contract(id).item);
            return asked.find(name).is_some();
        }
        let owner = self.owner_of(ty);
        owner.is_some_and(|owner| self.methods.contains_key(&(owner, name)))
            || (self.item_of(ty)).is_some_and(|item| self.module_function(item, name).is_some())
    }

    /// The names of what can be called on values of a type.
    pub(super) fn methods_of(&self, ty: Ty) -> Vec<&'t str> {
        let mut known = match self.types.kind(ty) {
            Kind::Contract(id) => {
                let asked = self.asked(self.types.contract(id).item);
                asked.methods.iter().map(|known| known.name).collect()
            }
            _ => {
                let owner = self.owner_of(ty);
                let known = self.methods.keys().filter(|(of, _)| Some(*of) == owner);
                let mut known = known.map(|(_, name)| *name).collect::<Vec<_>>();
                if matches!(self.types.kind(ty), Kind::Str | Kind::Array(_)) {
                    known.push("len");
                }
                known
            }
        };
        if let Some(Owner::Item(item)) = self.owner_of(ty) {
            known.extend(self.functions_beside(item));
        }
        known.sort_unstable();
        known.dedup();
        known
    }

    /// The functions of a type's module that can be called on its values from here.
    fn functions_beside(&self, item: ItemId) -> impl Iterator<Item = &'t str> + '_ {
        let module = self.names.item(item).module;
        let private = self.names.sees_private(self.at.module, module);
        let functions = self.names.module(module).values.iter();
        functions.filter_map(move |(name, function)| {
            let seen = private || self.names.item(*function).public;
            (seen && self.module_function(item, name).is_some()).then_some(*name)
        })
    }

    /// Adds to a diagnostic what may be meant by a method that a type has not.
    pub(super) fn method_instead(
        &self,
        diagnostic: SourceDiagnostic,
        ty: Ty,
        name: Token<'t>,
    ) -> SourceDiagnostic {
        let text = name.text();
        if TEXTS.contains(&text) && self.has_text(ty) {
            return diagnostic.help("text of a value is `\"${value}\"`");
        }
        if let Some(length) = self.length(ty, text) {
            return diagnostic.help(format!("its length is `{length}()`"));
        }
        let known = self.methods_of(ty);
        let near = did_you_mean(text, known.iter().copied(), self.diagnostics);
        let home: &[&str] = match self.types.kind(ty) {
            Kind::Str => &["Core", "String"],
            Kind::Array(_) => &["Collections", "Array"],
            _ => {
                let help = near.unwrap_or_else(|| instead(&known, self.may_declare(ty)));
                return diagnostic.help(help);
            }
        };
        let help = near.unwrap_or_else(|| {
            let methods = instead(&known, false);
            format!("{methods}; `{}` has functions of these", home.join("."))
        });
        let diagnostic = diagnostic.help(help);
        let text = called_here(text);
        let last = home.last().copied().unwrap_or_default();
        let start = self.names.find_start(self.at.module, last, Some(text));
        diagnostic.seeking(Sought {
            name: text.to_owned(),
            home: Some(home),
            is_imported: start.is_some(),
            path: None,
        })
    }

    /// What may be meant by a field that a type without fields has not.
    pub(super) fn field_instead(&self, ty: Ty, name: &str) -> Option<String> {
        let length = self.length(ty, name)?;
        Some(format!("its length is `{length}()`"))
    }

    /// The method that gives the number of elements, if a name asks for that.
    fn length(&self, ty: Ty, name: &str) -> Option<&'static str> {
        if !LENGTHS.contains(&name) {
            return None;
        }
        match self.types.kind(ty) {
            Kind::Str | Kind::Array(_) => Some("len"),
            _ => ["Count", "Len", "Length"]
                .into_iter()
                .find(|known| self.has_method(ty, known)),
        }
    }

    /// What to write for `value[index]`.
    pub(super) fn element_instead(&self, ty: Ty) -> Option<String> {
        let mut ways = ["At", "Get"].into_iter();
        let way = ways.find(|way| self.has_method(ty, way))?;
        Some(format!("write `.{way}(…)`"))
    }

    /// What to write for `value[index] = element`.
    pub(super) fn changed_element_instead(&self, ty: Ty) -> Option<String> {
        if ty == Ty::STR {
            return Some("strings never change: make a new one".to_owned());
        }
        let mut ways = ["With", "Insert"].into_iter();
        let way = ways.find(|way| self.has_method(ty, way))?;
        Some(format!("a new one is made by `value = value.{way}(…)`"))
    }

    /// What to write behind `in` for values of a type that is no iterator.
    pub(super) fn iterator_instead(&self, ty: Ty) -> Option<String> {
        if ty == Ty::STR {
            return Some("its bytes are `text[i]`: `for i in range(0, text.len())`".to_owned());
        }
        let is_there = self.has_method(ty, "Iterate");
        is_there.then(|| "write `.Iterate()` behind it".to_owned())
    }

    /// Whether values of a type have a text in strings (TXT-2).
    pub(super) const fn has_text(&self, ty: Ty) -> bool {
        matches!(
            ty,
            Ty::STR | Ty::I32 | Ty::I64 | Ty::U8 | Ty::F64 | Ty::BOOL | Ty::CHAR
        )
    }

    /// Whether the package at hand may give a type another method.
    fn may_declare(&self, ty: Ty) -> bool {
        let package = |module| self.names.module(module).package;
        self.item_of(ty)
            .is_some_and(|item| package(self.names.item(item).module) == package(self.at.module))
    }
}

/// What functions of the core library are called elsewhere.
fn called_here(name: &str) -> &str {
    match name.to_ascii_lowercase().as_str() {
        "substring" | "substr" => "SubSlice",
        "tolowercase" | "to_lowercase" | "lowercase" | "lower" => "ToLower",
        "touppercase" | "to_uppercase" | "uppercase" | "upper" => "ToUpper",
        "strip" => "Trim",
        "starts_with" => "StartsWith",
        "ends_with" => "EndsWith",
        "index_of" | "find" => "IndexOf",
        "push" | "add" | "push_back" => "Append",
        "includes" => "Contains",
        "reduce" => "Fold",
        "where" => "Filter",
        "select" => "Map",
        _ => name,
    }
}

/// What to write for a method that is not there: another one, or its declaration where
/// there may be one.
fn instead(known: &[&str], may_declare: bool) -> String {
    let names = known.iter().take(MOST_METHODS);
    let mut names = names.map(|name| format!("`{name}`")).collect::<Vec<_>>();
    if known.len() > names.len() {
        names.push("…".to_owned());
    }
    match (names.is_empty(), may_declare) {
        (true, true) => "declare it where the type is declared".to_owned(),
        (true, false) => "it has no methods: call a function that takes the value".to_owned(),
        (false, true) => format!("its methods are {}; or declare it there", names.join(", ")),
        (false, false) => format!("its methods are {}", names.join(", ")),
    }
}
