//! A function while its body is checked.

use beskid_syntax::NodeId;
use rustc_hash::FxHashMap;

use super::choice::Choice;
use super::few::Few;
use super::outcome::PendingTry;
use super::scope::Scopes;
use super::sought::SoughtResult;
use crate::hir::{Body, Local, LocalId, Named};
use crate::span::Span;
use crate::types::Ty;

/// A function, or a lambda in one, while its body is checked.
#[derive(Debug, Default)]
pub(super) struct Frame<'t> {
    pub(super) body: Body,
    pub(super) locals: Vec<Local>,
    /// What the locals are in the source; temporaries have no name.
    pub(super) infos: Vec<LocalInfo<'t>>,
    pub(super) scopes: Scopes<'t>,
    pub(super) result: Wanted,
    /// What `?` does on errors is open as long as the result is.
    pub(super) tries: Vec<PendingTry>,
    /// What is found of the type of the result, where that is looked for.
    pub(super) sought: Option<SoughtResult>,
    /// How many of the locals are a lambda's parameters.
    pub(super) params: usize,
    /// Which of several methods calls mean, by the type of what they are called on and
    /// those of the parameters of lambdas around: arguments are looked at once for that, and
    /// not again for each call around.
    pub(super) choices: FxHashMap<(NodeId, Few<Ty>), Choice>,
    /// What lambdas return, likewise.
    pub(super) returned: FxHashMap<(NodeId, Few<Ty>), Option<Ty>>,
    /// The loops around, innermost last.
    pub(super) loops: Vec<Loop>,
    /// What a lambda captures: the local of the frame around it, and its own.
    pub(super) captures: Vec<(LocalId, LocalId)>,
    /// The receiver of a method.
    pub(super) this: Option<LocalId>,
    /// Where it was called, if it takes that.
    pub(super) place: Option<LocalId>,
    /// The blocks around, outermost first.
    pub(super) blocks: Vec<beskid_syntax::Node<'t>>,
    /// What the function is, for messages.
    pub(super) kind: FrameKind,
}

/// What a frame is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum FrameKind {
    #[default]
    Function,
    Lambda,
    Test,
}

/// The result that a body has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Known(Ty),
    /// Of a lambda: that of its first `return`.
    Open(Option<Ty>),
}

impl Default for Wanted {
    fn default() -> Self {
        Self::Known(Ty::UNIT)
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Loop {
    pub(super) broken: bool,
}

/// What a local is in the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocalInfo<'t> {
    pub(super) name: &'t str,
    pub(super) span: Span,
    pub(super) kind: LocalKind,
}

/// Whether, and how, a local may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalKind {
    Mutable,
    Immutable,
    /// Of a `for` or a pattern.
    Bound,
    Param,
    /// `ref T`: read through a cell; or `ref u8`, and what is declared as the same address.
    RefParam,
    /// `out T`: written through a cell; whether it was.
    OutParam,
    Captured,
    This,
}

impl LocalKind {
    /// What messages say where something that cannot change is declared.
    pub(super) const fn origin(self) -> &'static str {
        match self {
            Self::Captured => "captured from here",
            Self::Bound => "bound here",
            _ => "declared here without `mut`",
        }
    }
}

/// What is kept of a function that was checked.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) locals: Vec<Local>,
    pub(super) named: Vec<Named>,
    pub(super) body: Body,
}

impl<'t> Frame<'t> {
    /// What the locals are called.
    pub(super) fn named(&self) -> Vec<Named> {
        let named = self.infos.iter().map(|info| Named {
            name: info.name.into(),
            span: info.span,
        });
        named.collect()
    }

    /// Makes it one of no function, but keeps the room for the next.
    pub(super) fn clear(&mut self) {
        self.body.clear();
        self.locals.clear();
        self.infos.clear();
        self.scopes.clear();
        self.loops.clear();
        self.captures.clear();
        self.tries.clear();
        self.sought = None;
        self.params = 0;
        self.choices.clear();
        self.returned.clear();
        self.blocks.clear();
        self.this = None;
        self.place = None;
    }

    /// A new local; a temporary, if it has no name.
    pub(super) fn local(&mut self, ty: Ty, info: LocalInfo<'t>) -> LocalId {
        let id = self.locals.len() as LocalId;
        self.locals.push(Local {
            ty,
            addressed: false,
            boxed: false,
        });
        self.infos.push(info);
        id
    }

    /// A new local without a name.
    pub(super) fn temporary(&mut self, ty: Ty, span: Span) -> LocalId {
        let info = LocalInfo {
            name: "",
            span,
            kind: LocalKind::Immutable,
        };
        self.local(ty, info)
    }
}
