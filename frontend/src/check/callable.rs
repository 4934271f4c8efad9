//! What a function, a method or a test takes and returns.

use beskid_syntax::{Node, NodeKind};

use super::owner::Owner;
use super::shared::Shared;
use crate::hir::FunctionId;
use crate::resolve::{ItemId, ModuleId};
use crate::span::Span;
use crate::types::Ty;

/// Index of a function, method or test.
pub(super) type CallableId = u32;

/// A function, a method or a test.
#[derive(Debug)]
pub(super) struct Callable<'t> {
    pub(super) name: &'t str,
    /// Where its name stands.
    pub(super) span: Span,
    pub(super) node: Node<'t>,
    pub(super) base: u32,
    pub(super) module: ModuleId,
    pub(super) public: bool,
    /// Of functions and tests.
    pub(super) item: Option<ItemId>,
    /// Of methods.
    pub(super) owner: Option<Owner>,
    /// The type parameters, its owner's first, with their names.
    pub(super) params: Shared<Ty>,
    pub(super) param_names: Shared<(&'t str, Ty)>,
    /// How many of them are its owner's.
    pub(super) owners: usize,
    pub(super) takes: Shared<Param<'t>>,
    /// Whether it takes the place of its call behind its arguments, and where it says so.
    pub(super) placed: Option<Span>,
    pub(super) result: Ty,
    /// The type of `this`, with its own parameters.
    pub(super) this: Option<Ty>,
    /// The symbol by which others call it.
    pub(super) symbol: Option<String>,
    /// Whether C calls it.
    pub(super) foreign: bool,
    /// Whether its body has errors; then there are no instances of it.
    pub(super) broken: bool,
    /// The function that it is, if it has no type parameters and was asked for.
    pub(super) function: Option<FunctionId>,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param<'t> {
    pub(super) name: &'t str,
    pub(super) span: Span,
    /// Of a `ref` or `out` parameter, the type of what it refers to.
    pub(super) ty: Ty,
    pub(super) mode: Mode,
    /// Whether it is written `ref`, of a type whose values are references anyway (TYP-6), or
    /// of a byte.
    pub(super) borrowed: bool,
}

/// How an argument reaches its parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Value,
    /// A value that the function may change for itself.
    Mutable,
    Ref,
    Out,
}

impl Param<'_> {
    /// What takes a value of a type, and has no name.
    pub(super) const fn of(ty: Ty, span: Span) -> Self {
        Self {
            name: "",
            span,
            ty,
            mode: Mode::Value,
            borrowed: false,
        }
    }
}

/// Whether a parameter is of another's variable: it is written `ref`, or it is the address
/// of a byte for another reason.
pub(super) fn is_borrowed(written: Option<Node<'_>>, ty: Ty) -> bool {
    ty == Ty::REF_U8 || written.is_some_and(|written| written.kind() == NodeKind::RefType)
}
