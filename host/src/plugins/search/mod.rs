//! Folders of plugins: which files in them are plugins, and which only want to
//! be. Of each file a few kilobytes are read, and nothing is decided that
//! another file of the folder could suffer from.

mod folder;
mod glance;

pub(super) use folder::{Found, Refused, scan};
pub(super) use glance::{Glance, glance};

pub(crate) use glance::said_by;
