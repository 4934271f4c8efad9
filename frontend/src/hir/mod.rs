//! The typed tree: names resolved, conversions explicit, type arguments put in.
//!
//! A program is the functions that are reached, each once for each set of type
//! arguments. A function's body is flat: expressions have numbers, and refer to
//! one another by them.

mod body;
mod ids;
mod op;
mod pattern;
mod program;
mod walk;

pub(crate) use body::{Arm, Body, Expr, ExprKind, List, Range};
pub(crate) use ids::{ExprId, ForeignId, FunctionId, LocalId};
pub(crate) use op::{BinaryOp, Step, Steps};
pub(crate) use pattern::{Pattern, PatternId};
pub(crate) use program::{Callback, File, ForeignFunction, Function, Local, Named, Role};

pub use program::{Program, Test};
