//! Whether a plugin's file is the one that is meant: nobody else may have
//! changed it, and its author has signed it where the user wants that.

mod owner;
mod signature;

pub(super) use owner::{check_file, check_folder};
pub(super) use signature::{signature_path, verify};
