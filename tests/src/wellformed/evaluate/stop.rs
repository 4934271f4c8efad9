//! How a part of a run ends.

use crate::wellformed::value::Value;

/// Why evaluation of a part stops.
pub enum Stop<'p> {
    Panic(String),
    /// The function returns from within an expression.
    Leave(Value<'p>),
    /// Too long, too deep, too much; or the tree makes no sense.
    Unfit(&'static str),
}

pub enum Flow<'p> {
    On,
    Break,
    Continue,
    Return(Value<'p>),
}

pub type Run<'p, T> = Result<T, Stop<'p>>;

pub fn unfit<'p, T>(why: &'static str) -> Run<'p, T> {
    Err(Stop::Unfit(why))
}

pub fn panics<'p, T>(message: impl Into<String>) -> Run<'p, T> {
    Err(Stop::Panic(message.into()))
}
