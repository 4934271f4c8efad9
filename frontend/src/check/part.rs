//! What names, and what follows them, mean.

use beskid_syntax::views::Postfix;
use beskid_syntax::{Node, Token};

use super::callable::CallableId;
use super::few::Few;
use super::foreign_table::Target;
use crate::builtins::Builtin;
use crate::hir::ExprId;
use crate::resolve::{ItemId, ModuleId};

/// What the begin of a postfix expression means so far.
#[derive(Clone, Copy)]
pub(super) enum Part<'t> {
    Value(ExprId),
    /// A function, and the type arguments that are written behind it.
    Function(CallableId, Option<Node<'t>>),
    /// A type or a foreign contract, and the type arguments behind it.
    Type(ItemId, Option<Node<'t>>),
    Module(ModuleId),
    Foreign(Target),
    Builtin(&'static Builtin),
    /// `panic`, `__array_new` and the like.
    Special(Special),
    /// A method of `this`, named alone.
    OwnMethod(Token<'t>, Option<Node<'t>>),
    /// An event of an object.
    Event(ExprId, u32),
    /// It was reported.
    Broken,
}

/// What the compiler makes of a call, by the types of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Panic,
    ArrayNew,
    ArrayLength,
}

/// The base and the suffixes of a name or a postfix expression.
pub(super) fn split(node: Node<'_>) -> (Option<Node<'_>>, Few<Node<'_>>) {
    match Postfix::cast(node) {
        Some(postfix) => (postfix.base(), postfix.suffixes().collect()),
        None => (Some(node), Few::new()),
    }
}
