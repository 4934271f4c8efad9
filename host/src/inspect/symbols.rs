//! Symbols of an object or image, by what they are to others.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::report::{FileFormat, RuntimeSymbols};

/// What a symbol is to other objects and images.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Needed, and defined elsewhere.
    Undefined,
    /// Defined for its own object only.
    Local,
    /// Defined for the objects that it is linked with, and not beyond.
    Hidden,
    /// Defined for everybody.
    Global,
    /// Weak in COFF: another name of a symbol for everybody who finds no better
    /// definition. Indexes of archives do not have it.
    Alias,
}

/// A symbol of an object or image.
#[derive(Debug, Clone)]
pub(super) struct Symbol<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) place: Place,
}

impl<'a> Symbol<'a> {
    pub(super) fn new(name: impl Into<Cow<'a, str>>, place: Place) -> Self {
        Self {
            name: name.into(),
            place,
        }
    }
}

/// A relocatable object, alone or in an archive.
#[derive(Debug)]
pub(super) struct Object<'a> {
    pub(super) format: FileFormat,
    pub(super) architecture: &'static str,
    pub(super) symbols: Vec<Symbol<'a>>,
    /// Whether it stands for symbols of a DLL.
    pub(super) import: Import<'a>,
}

/// What an object is to import libraries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Import<'a> {
    /// Nothing: it has code or data.
    No,
    /// It is a part of an import library.
    Part,
    /// It is a part of an import library and names the DLL.
    Of(&'a str),
}

/// What objects define that GCC compiles when they are linked; nothing else of
/// them is known before.
pub(super) const SLIM: [&str; 2] = ["__gnu_lto_slim", "___gnu_lto_slim"];

/// Names of many symbols, sorted.
#[derive(Debug, Default)]
pub(super) struct Names<'s> {
    /// Defined, seen from outside.
    pub(super) global: BTreeSet<&'s str>,
    /// Defined, whoever sees them.
    pub(super) defined: BTreeSet<&'s str>,
    pub(super) undefined: BTreeSet<&'s str>,
}

impl<'s> Names<'s> {
    /// Whether they are of an object that is compiled when it is linked.
    pub(super) fn is_slim(&self) -> bool {
        let all = [&self.defined, &self.undefined];
        SLIM.iter()
            .any(|name| all.iter().any(|names| names.contains(name)))
    }

    pub(super) fn of(symbols: &'s [Symbol<'_>]) -> Self {
        let mut names = Self::default();
        names.add(symbols);
        names
    }

    pub(super) fn add(&mut self, symbols: &'s [Symbol<'_>]) {
        for symbol in symbols {
            let name = symbol.name.as_ref();
            match symbol.place {
                Place::Undefined => self.undefined.insert(name),
                Place::Global | Place::Alias => {
                    self.global.insert(name);
                    self.defined.insert(name)
                }
                Place::Local | Place::Hidden => self.defined.insert(name),
            };
        }
    }

    /// The names of the runtime among them.
    pub(super) fn runtime(&self) -> RuntimeSymbols {
        RuntimeSymbols::of(
            |name| self.defined.contains(name),
            |name| self.undefined.contains(name),
        )
    }
}

/// Owned copies, in order.
pub(super) fn owned<'s>(names: impl IntoIterator<Item = &'s str>) -> Vec<String> {
    names.into_iter().map(str::to_owned).collect()
}
