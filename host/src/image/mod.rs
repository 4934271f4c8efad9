//! The stages of a linked program, each made from the one before: object file,
//! linked image, verified image. Only a verified image can be put in place or
//! executed.

mod install;
mod linked;
mod object;
mod verified;

pub(crate) use install::{check_output, parent, unwritable, write as write_file};
pub use linked::LinkedImage;
pub use object::ObjectFile;
pub use verified::{Expectations, VerifiedImage};

/// The architecture that a target triple names.
pub(crate) fn architecture(target: &str) -> &str {
    let first = target.split('-').next().unwrap_or(target);
    if first.starts_with("riscv64") {
        "riscv64"
    } else {
        first
    }
}
