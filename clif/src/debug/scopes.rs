//! Which code of a function belongs to which scope: its own, and those of functions
//! that were put in place of their calls.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::debug::{Location, Scope};

use super::draft::Draft;
use super::places::Places;

/// Most pieces of code that a scope has; one with more has all between them too.
const MOST_RANGES: usize = 4096;

/// A scope that has code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The scope around the call that its function took the place of; `None` for the
    /// function's own scopes.
    pub(super) inside: Option<u32>,
    pub(super) scope: u32,
}

/// Its code, in ascending order; no two pieces touch.
pub(super) type Ranges = Vec<(u32, u32)>;

/// What is known of a function's scopes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Each scope behind the one that it lies in.
    pub(super) scopes: BTreeMap<Key, Ranges>,
    /// Where the calls were, of functions that took their place.
    pub(super) calls: BTreeMap<Key, Location>,
}

impl Tree {
    /// The scopes of a function whose own scope is `own`.
    pub(super) fn of(draft: &Draft<'_>, places: &Places, own: u32) -> Self {
        let mut tree = Self::default();
        let mut around = own;
        let mut call = None;
        let mut pending = BTreeMap::<Key, Ranges>::new();
        for row in &places.rows {
            let position = draft.info.positions.get(row.position as usize);
            let owner = position.and_then(|position| draft.owner(position.scope));
            let key = match (position, owner) {
                (Some(position), Some(owner)) if owner != own => {
                    let inside = Some(around);
                    if let Some(call) = call {
                        let scope = owner;
                        tree.calls.entry(Key { inside, scope }).or_insert(call);
                    }
                    let scope = position.scope;
                    Key { inside, scope }
                }
                (Some(position), Some(_)) => {
                    (around, call) = (position.scope, Some(position.at));
                    let scope = position.scope;
                    Key {
                        inside: None,
                        scope,
                    }
                }
                _ => Key {
                    inside: None,
                    scope: around,
                },
            };
            pending.entry(key).or_default().push((row.start, row.end));
        }
        // What lies deepest comes last.
        while let Some((key, ranges)) = pending.pop_last() {
            let ranges = merged(ranges);
            if let Some(outer) = outer(draft, key, own) {
                pending.entry(outer).or_default().extend(&ranges);
            }
            tree.scopes.insert(key, ranges);
        }
        tree
    }
}

/// The scope that one lies in; `None` for the function's own.
pub(super) fn outer(draft: &Draft<'_>, key: Key, own: u32) -> Option<Key> {
    match (draft.info.scopes.get(key.scope as usize)?, key.inside) {
        (Scope::Block { parent }, inside) => Some(Key {
            inside,
            scope: *parent,
        }),
        (Scope::Function(_), Some(scope)) => Some(Key {
            inside: None,
            scope,
        }),
        (Scope::Function(_), None) => {
            debug_assert_eq!(key.scope, own, "others took the place of calls");
            None
        }
    }
}

fn merged(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut merged = Ranges::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    match (merged.first(), merged.last()) {
        (Some(first), Some(last)) if merged.len() > MOST_RANGES => vec![(first.0, last.1)],
        _ => merged,
    }
}
