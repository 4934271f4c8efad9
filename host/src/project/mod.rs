//! Projects: their manifests, what they need of one another, and what is kept of that.
//!
//! A command finds a manifest (`find`), reads it and those that it leads to (`graph`),
//! and brings `Project.lock` up to date (`lock`). No network is asked on any path.

mod fields;
mod find;
mod format;
mod graph;
mod here;
mod keys;
mod labels;
mod lock;
mod manifest;
mod materialize;
mod new;
mod places;
mod read;
mod resolve;
mod way;
mod workspace;
mod written;

pub(crate) use find::{Wanted, has_manifest};
pub(crate) use format::{Block, Document, Entry, Word, lenient};
pub(crate) use graph::manifest_at;
pub(crate) use here::sources_here;
pub(crate) use keys::KEYS;
pub(crate) use lock::{Permission, Synced};
pub(crate) use manifest::TargetKind;
pub(crate) use new::{Template, init, new};
pub(crate) use resolve::{Chosen, Resolved};
