//! The collector: precise, generational, and nothing moves.
//!
//! Memory consists of blocks of 32 KiB. A context takes the holes of a block in
//! turn, and compiled code cuts cells off the front of the hole. A collection
//! marks what can be reached; marks stay, so that the next one of the young stops
//! at what is old. What is not marked is a hole; nothing is freed one by one.

mod append;
mod barrier;
mod bitmap;
mod cell;
mod context;
mod heap;
mod mark;
mod pile;
mod space;
mod symbols;

pub use append::gc_append;
pub use barrier::{gc_remember, gc_write_barrier};
pub use context::is_guard;
pub(crate) use space::is_inside;
pub use symbols::{
    forget_code, gc_alloc, gc_array, gc_collect, gc_enter, gc_leave, gc_limit, gc_restore, gc_save,
};
