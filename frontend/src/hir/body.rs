//! The body of a function.

use super::ids::{ExprId, ForeignId, FunctionId, LocalId};
use super::op::{Step, Steps};
use super::pattern::{Pattern, PatternId, Patterns};
use crate::builtins::Builtin;
use crate::span::Span;
use crate::types::Ty;

/// Expressions that are listed in [`Body::lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct List {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// Arms of a match, in [`Body::arms`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// One arm of a match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arm {
    pub(crate) pattern: PatternId,
    pub(crate) guard: Option<ExprId>,
    pub(crate) body: ExprId,
}

/// The expressions of a function.
#[derive(Debug, Default, Clone)]
pub(crate) struct Body {
    pub(crate) exprs: Vec<Expr>,
    pub(crate) lists: Vec<ExprId>,
    pub(crate) steps: Vec<Step>,
    pub(crate) arms: Vec<Arm>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) pattern_lists: Vec<PatternId>,
    pub(crate) texts: Vec<String>,
}

/// How much a body has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    exprs: usize,
    lists: usize,
    steps: usize,
    arms: usize,
    patterns: usize,
    pattern_lists: usize,
    texts: usize,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) ty: Ty,
    /// Its place, for messages at run time.
    pub(crate) span: Span,
}

/// What an expression is. Statements are expressions of type unit, or never.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ExprKind {
    /// An integer, bool or character.
    Scalar(i64),
    /// A float, by its bits.
    Float(u64),
    Unit,
    /// Index into the body's texts.
    Text(u32),
    Local(LocalId),

    /// Initialises or assigns a local; unit.
    SetLocal(LocalId, ExprId),
    /// One after the other. If its type is neither unit nor never, it has the
    /// value of the last one; others' values are dropped.
    Block(List),
    /// Conditions and blocks by turns, and, if the number is odd, the block for
    /// when no condition holds. Of one type.
    If(List),
    While {
        condition: ExprId,
        body: ExprId,
    },
    /// Counts a local from `from` up to before `to`; both are evaluated once, and
    /// have the local's type, an integer.
    Count {
        local: LocalId,
        from: ExprId,
        to: ExprId,
        body: ExprId,
    },
    /// A local becomes each element of an array.
    Each {
        local: LocalId,
        array: ExprId,
        body: ExprId,
    },
    Return(Option<ExprId>),
    /// Leaves the innermost loop.
    Break,
    /// Goes on with the innermost loop.
    Continue,

    Call(FunctionId, List),
    /// Calls a closure: it, then its arguments.
    CallClosure(ExprId, List),
    /// Calls the method of this number of a contract's value.
    CallContract(ExprId, u32, List),
    Foreign(ForeignId, List),
    /// Calls the function that the host has registered at an index.
    Callback(u32, List),
    Builtin(&'static Builtin, List),

    Negate(ExprId),
    Not(ExprId),
    /// Another type of the same value: integers wider or narrower, objects as
    /// contracts' values, never as anything.
    Convert(ExprId),
    /// Operators from left to right, each on the result of the one before.
    Chain(ExprId, Steps),
    /// True if all are; those after one that is false are not evaluated.
    And(List),
    /// True if one is; those after one that is true are not evaluated.
    Or(List),
    /// Values as text, one after the other.
    Interpolation(List),

    /// An object of the type, a struct: its fields' values in the order of
    /// evaluation; the fields' indices are scalars at the even places.
    Struct(List),
    /// An object of the type, an enum: variant, payload.
    Variant(u32, List),
    /// An array of these elements.
    Array(List),
    /// An array of as many elements, each zero or unset (ARR-1).
    NewArray(ExprId),
    /// A closure over the values of a lambda's captures.
    Closure(FunctionId, List),
    /// A function as a closure; the same object each time (FUN-7).
    FunctionValue(FunctionId),

    /// Object, index of its field.
    Field(ExprId, u32),
    /// Object, index of its field, value; unit.
    SetField(ExprId, u32, ExprId),
    /// Array, index; panics out of bounds, and where nothing was set.
    Element(ExprId, ExprId),
    /// Array, index, value; unit. In this order.
    SetElement(ExprId, ExprId, ExprId),
    /// String, index.
    Byte(ExprId, ExprId),
    /// The length of a string or of an array.
    Length(ExprId),

    /// Value, arms. Exhaustive.
    Match(ExprId, Range),

    /// Object, index of its event, handler; unit.
    Subscribe(ExprId, u32, ExprId),
    Unsubscribe(ExprId, u32, ExprId),
    /// Object, index of its event, arguments; unit.
    Raise(ExprId, u32, List),

    /// Ends the program with a string, at a place that is a string or, if there is none,
    /// at this one; never.
    Panic(ExprId, Option<ExprId>),
    /// The text of this place: file, line and column.
    Place,

    /// The address of a local, a `u8`.
    Address(LocalId),
    /// The address of a field that is a `u8`: object, index.
    AddressOfField(ExprId, u32),
    /// The address of an element of a `u8[]`: array, index.
    AddressOfElement(ExprId, ExprId),
    /// The byte that a reference is to.
    Load(ExprId),
    /// Reference, byte; unit.
    Store(ExprId, ExprId),
    /// The address of a function's code, as C knows it.
    Code(FunctionId),
    /// The cell in which a boxed local is.
    CellOf(LocalId),
    /// A field of an object as a cell: object, index.
    CellOfField(ExprId, u32),
    /// An element of an array as a cell: array, index. Panics out of bounds.
    CellOfElement(ExprId, ExprId),
    /// A new cell with a value in it.
    NewCell(ExprId),
    /// What is in a cell.
    LoadCell(ExprId),
    /// Cell, value; unit.
    StoreCell(ExprId, ExprId),
}

impl Body {
    /// A copy without the room that growing has left, and nothing here any more.
    pub(crate) fn taken(&mut self) -> Self {
        let texts = std::mem::take(&mut self.texts);
        let taken = self.clone();
        self.clear();
        Self { texts, ..taken }
    }

    /// Forgets everything but keeps the room.
    pub(crate) fn clear(&mut self) {
        self.exprs.clear();
        self.lists.clear();
        self.steps.clear();
        self.arms.clear();
        self.patterns.clear();
        self.pattern_lists.clear();
        self.texts.clear();
    }

    /// How much there is, to [`cut`](Self::cut) what comes after.
    pub(crate) const fn extent(&self) -> Extent {
        Extent {
            exprs: self.exprs.len(),
            lists: self.lists.len(),
            steps: self.steps.len(),
            arms: self.arms.len(),
            patterns: self.patterns.len(),
            pattern_lists: self.pattern_lists.len(),
            texts: self.texts.len(),
        }
    }

    /// Forgets what came after there was so much.
    pub(crate) fn cut(&mut self, extent: Extent) {
        self.exprs.truncate(extent.exprs);
        self.lists.truncate(extent.lists);
        self.steps.truncate(extent.steps);
        self.arms.truncate(extent.arms);
        self.patterns.truncate(extent.patterns);
        self.pattern_lists.truncate(extent.pattern_lists);
        self.texts.truncate(extent.texts);
    }

    pub(crate) fn add(&mut self, kind: ExprKind, ty: Ty, span: Span) -> ExprId {
        let id = ExprId(self.exprs.len() as u32);
        self.exprs.push(Expr { kind, ty, span });
        id
    }

    /// Makes an expression another one of the same type.
    pub(crate) fn become_kind(&mut self, id: ExprId, kind: ExprKind) {
        self.exprs[id.0 as usize].kind = kind;
    }

    pub(crate) fn get(&self, id: ExprId) -> Expr {
        self.exprs[id.0 as usize]
    }

    pub(crate) fn ty(&self, id: ExprId) -> Ty {
        self.get(id).ty
    }

    /// The number that an expression is, if it is written as one.
    pub(crate) fn literal(&self, id: ExprId) -> Option<i64> {
        match self.get(id).kind {
            ExprKind::Scalar(value) => Some(value),
            ExprKind::Convert(operand) if self.ty(id).is_integer() => self.literal(operand),
            ExprKind::Negate(operand) => self.literal(operand)?.checked_neg(),
            _ => None,
        }
    }

    /// Whether an expression is written as its value.
    pub(crate) fn is_constant(&self, id: ExprId) -> bool {
        let is_plain = matches!(self.get(id).kind, ExprKind::Float(_) | ExprKind::Text(_));
        is_plain || self.literal(id).is_some()
    }

    pub(crate) fn add_list(&mut self, exprs: &[ExprId]) -> List {
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(exprs);
        let len = exprs.len() as u32;
        List { start, len }
    }

    pub(crate) fn list(&self, list: List) -> &[ExprId] {
        &self.lists[list.start as usize..][..list.len as usize]
    }

    pub(crate) fn add_steps(&mut self, steps: &[Step]) -> Steps {
        let start = self.steps.len() as u32;
        self.steps.extend_from_slice(steps);
        let len = steps.len() as u32;
        Steps { start, len }
    }

    pub(crate) fn steps(&self, steps: Steps) -> &[Step] {
        &self.steps[steps.start as usize..][..steps.len as usize]
    }

    pub(crate) fn add_arms(&mut self, arms: &[Arm]) -> Range {
        let start = self.arms.len() as u32;
        self.arms.extend_from_slice(arms);
        let len = arms.len() as u32;
        Range { start, len }
    }

    pub(crate) fn arms(&self, range: Range) -> &[Arm] {
        &self.arms[range.start as usize..][..range.len as usize]
    }

    pub(crate) fn add_pattern(&mut self, pattern: Pattern) -> PatternId {
        self.patterns.push(pattern);
        self.patterns.len() as PatternId - 1
    }

    pub(crate) fn add_patterns(&mut self, patterns: &[PatternId]) -> Patterns {
        let start = self.pattern_lists.len() as u32;
        self.pattern_lists.extend_from_slice(patterns);
        let len = patterns.len() as u32;
        Patterns { start, len }
    }

    pub(crate) fn pattern(&self, id: PatternId) -> Pattern {
        self.patterns[id as usize]
    }

    pub(crate) fn patterns(&self, patterns: Patterns) -> &[PatternId] {
        &self.pattern_lists[patterns.start as usize..][..patterns.len as usize]
    }

    pub(crate) fn add_text(&mut self, text: String) -> u32 {
        self.texts.push(text);
        self.texts.len() as u32 - 1
    }
}
