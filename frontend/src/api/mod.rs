//! What a program offers to those who read about it (API, DOC).
//!
//! Items come from the trees; names tell which type an `impl` belongs to, and what
//! `@ref` means. Bodies do not matter: a program with wrong ones has documentation.

mod collect;
mod doc;
mod item;
mod read;
mod references;
mod signature;

pub use doc::{Doc, Target, Text};
pub use item::{Item, Kind};
pub use read::documentation;

pub(crate) use signature::signature;

use collect::Found;
use references::References;

use crate::resolve::Names;
use crate::source::Sources;

/// The items of a program with their documentation, sorted.
pub(crate) fn items(sources: &Sources, names: &Names<'_>) -> Vec<Item> {
    let found = collect::collect(sources.files.iter(), names);
    let is_own = |found: &&Found<'_>| !sources.is_elsewhere(found.item.span);
    let meant = found.iter().filter(|found| found.is_meant());
    let (own, others) = meant.partition::<Vec<_>, _>(is_own);
    let references = References::new(own, others);
    let own = found.into_iter().filter(|found| is_own(&found));
    let items = own.map(|found| Item {
        doc: found
            .docs
            .map(|docs| read::doc(&docs, &|path| references.find(path))),
        ..found.item
    });
    items.collect()
}
