//! What earlier commands made, used again where everything that it was made of is the
//! same: by the digests of contents, not by times.
//!
//! Whatever cannot be read, is of another beskid or is damaged counts as not there, and
//! what cannot be written is not kept.

mod asked;
mod build_cache;
mod image;
mod listed;
mod object;
mod program;
mod surroundings;

pub(crate) use asked::{Answered, Asked};
pub use build_cache::BuildCache;
pub(crate) use image::{Image, ImageQuestion};
pub(crate) use listed::Listed;
pub(crate) use object::object_key;
pub(crate) use program::{Known, Made, ProgramQuestion};
