//! `plugins.lock`: which plugins a project is built with, each by the digest of
//! its file for each target.

mod changes;
mod file;

pub(crate) use file::{LOCK_FILE, Lock};
