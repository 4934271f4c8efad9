//! What a function can reach: memory and other functions.

use cranelift_codegen::ir::{FuncRef, GlobalValue, SigRef, StackSlot, Type, Value};

/// Bytes that every place in memory has: an access of the widest type at each offset
/// below [`STARTS`] is inside.
pub(super) const SIZE: u32 = 48;
/// Offsets at which an access may start.
pub(super) const STARTS: u32 = 32;
/// How places are aligned, in bytes.
pub(super) const ALIGN: u32 = 16;

/// [`SIZE`] bytes of memory, aligned to [`ALIGN`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) base: Base,
    pub(super) is_writable: bool,
}

/// Where a place is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Base {
    Slot(StackSlot),
    Global(GlobalValue),
}

/// A function that can be called. Its first parameter and its first result are
/// checksums.
#[derive(Debug, Clone)]
pub(super) struct Callee {
    pub(super) function: FuncRef,
    pub(super) signature: SigRef,
    pub(super) params: Vec<Type>,
    pub(super) returns: Vec<Type>,
    /// Whether it may be called in place of a return.
    pub(super) is_tail: bool,
    /// Where its address is, in a table of addresses.
    pub(super) entry: Option<Entry>,
    /// How many instructions a call of it takes at most.
    pub(super) cost: u64,
}

/// An address of a function in a data object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) table: GlobalValue,
    /// Where in the table, in bytes.
    pub(super) offset: i32,
}

/// Words of a large frame: a slot, and where in it they are.
#[derive(Debug, Clone)]
pub(super) struct Expanse {
    pub(super) slot: StackSlot,
    pub(super) offsets: Vec<i32>,
}

/// A function that goes on with itself in place of a return.
#[derive(Debug, Clone, Copy)]
pub(super) struct Again {
    pub(super) function: FuncRef,
    pub(super) signature: SigRef,
    /// How often it still does.
    pub(super) left: Value,
}
