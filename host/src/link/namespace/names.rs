//! The table of names that a renamed object has.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::inspect::merged_name;

/// Whose object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::link) enum Part {
    /// The program: what it needs of the runtime is renamed. What it defines is
    /// its own, whatever it is called.
    Program,
    /// The runtime: what it defines is renamed too.
    Runtime,
}

/// The names of an object, and behind them those that its symbols get.
pub(super) struct Names<'o> {
    old: &'o [u8],
    all: Vec<u8>,
    places: BTreeMap<String, u32>,
    /// What stands before each name.
    prefix: &'static str,
}

impl<'o> Names<'o> {
    pub(super) fn new(old: &'o [u8], prefix: &'static str) -> Self {
        Self {
            old,
            all: old.to_vec(),
            places: BTreeMap::new(),
            prefix,
        }
    }

    /// Where the new name of what is named at an offset stands, if it has one.
    pub(super) fn renamed(&mut self, at: usize) -> Option<u32> {
        // The runtime's names are short; a longer one is none of them.
        let rest = self.old.get(at..)?;
        let rest = &rest[..rest.len().min(64)];
        let name = &rest[..rest.iter().position(|byte| *byte == 0)?];
        let name = std::str::from_utf8(name).ok()?;
        let Cow::Owned(name) = merged_name(name.strip_prefix(self.prefix)?) else {
            return None;
        };
        if let Some(place) = self.places.get(&name) {
            return Some(*place);
        }
        let place = u32::try_from(self.all.len()).ok()?;
        self.all.extend_from_slice(self.prefix.as_bytes());
        self.all.extend_from_slice(name.as_bytes());
        self.all.push(0);
        self.places.insert(name, place);
        Some(place)
    }

    /// The table, if there are new names.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        (!self.places.is_empty()).then_some(self.all)
    }
}

pub(super) fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Option<()> {
    let place = bytes.get_mut(at..at.checked_add(value.len())?)?;
    place.copy_from_slice(value);
    Some(())
}
