//! What is known while a program is checked.

use std::collections::VecDeque;
use std::rc::Rc;

use beskid_syntax::Node;
use rustc_hash::{FxHashMap, FxHashSet};

use super::callable::{Callable, CallableId};
use super::contract::ContractInfo;
use super::declaration::Declared;
use super::few::Few;
use super::foreign_table::Foreign;
use super::frame::{Frame, FrameKind, Kept, Wanted};
use super::owner::Owner;
use super::seen::Seen;
use super::shared::Shared;
use crate::diagnostic::SourceDiagnostic;
use crate::hir;
use crate::resolve::{ItemId, ModuleId, Names, PROBLEMS};
use crate::source::{Sources, shifted};
use crate::span::Span;
use crate::types::{Signature, Ty, Types};

/// A program while it is checked.
pub(super) struct Checker<'t> {
    pub(super) sources: &'t Sources,
    pub(super) names: Names<'t>,
    pub(super) types: Types,
    /// Whether something of the program has the name of a type of the language.
    pub(super) plain_names_taken: bool,
    /// What each item declares as a type; empty for others.
    pub(super) declared: Vec<Declared<'t>>,
    pub(super) callables: Vec<Callable<'t>>,
    /// The callable of each item that is a function or a test.
    pub(super) of_item: Vec<Option<CallableId>>,
    pub(super) methods: FxHashMap<(Owner, &'t str), Few<CallableId>>,
    pub(super) contracts: FxHashMap<ItemId, Rc<ContractInfo<'t>>>,
    pub(super) contract_methods: Vec<Signature>,
    pub(super) foreign: Foreign<'t>,
    /// The functions so far, each with its type arguments, if bodies are kept.
    pub(super) functions: Vec<hir::Function>,
    /// How many there are.
    pub(super) function_count: u32,
    /// Those with type arguments.
    pub(super) instances: FxHashMap<(CallableId, Shared<Ty>), hir::FunctionId>,
    /// The names of functions with type arguments.
    pub(super) instance_names: FxHashSet<String>,
    /// Those of them that are still to be checked, in the order in which they were asked
    /// for.
    pub(super) pending: VecDeque<Pending>,
    pub(super) struct_types: FxHashMap<(ItemId, Shared<Ty>), Ty>,
    /// The enum that has a variant of each name, the first one.
    pub(super) variants: FxHashMap<String, ItemId>,
    /// Whether the parts of each struct and enum have been put in.
    pub(super) filled: Vec<bool>,
    /// The structs whose contracts' methods have been found.
    pub(super) conforming: FxHashSet<Ty>,
    pub(super) diagnostics: &'t mut Vec<SourceDiagnostic>,
    /// The functions being checked, lambdas in what they stand in.
    #[expect(clippy::vec_box, reason = "frames are large, and go from list to list")]
    pub(super) frames: Vec<Box<Frame<'t>>>,
    /// What is checked outside of every function.
    pub(super) outside: Frame<'t>,
    /// Frames of functions that were checked, whose room others take.
    #[expect(clippy::vec_box, reason = "frames are large, and go from list to list")]
    pub(super) spare: Vec<Box<Frame<'t>>>,
    pub(super) at: At<'t>,
    /// The instance being checked, if it has type arguments.
    pub(super) instance: Option<Rc<Chain>>,
    /// How many suffixes are around what is being checked: they are a list in the text
    /// and a tree in the program.
    pub(super) suffixes: usize,
    /// Whether the body of a generic function is looked at for itself: what is made of
    /// it is none of the program.
    pub(super) open: bool,
    /// Whether what is checked is to be forgotten.
    pub(super) trying: bool,
    /// Whether type arguments were told that never end (GEN-3).
    pub(super) endless: bool,
    /// Whether bodies are kept.
    pub(super) keep: bool,
    /// What editors ask for, if they do.
    pub(super) seen: Option<Seen>,
}

/// Where names are looked up.
#[derive(Debug, Clone, Default)]
pub(super) struct At<'t> {
    pub(super) module: ModuleId,
    /// Where the text of the file begins among all texts.
    pub(super) base: u32,
    /// The type parameters by name, and what they stand for.
    pub(super) params: Shared<(&'t str, Ty)>,
    /// The type in whose methods this is.
    pub(super) owner: Option<Owner>,
}

/// A function with type arguments that is still to be checked.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) function: hir::FunctionId,
    pub(super) callable: CallableId,
    pub(super) args: Shared<Ty>,
    pub(super) chain: Rc<Chain>,
}

/// Why a function exists with its type arguments: what called it, and so on.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) name: String,
    /// The call.
    pub(super) span: Span,
    pub(super) depth: u32,
    pub(super) from: Option<Rc<Self>>,
}

impl<'t> Checker<'t> {
    /// A span of the file at hand, among all texts.
    pub(super) const fn placed(&self, span: Span) -> Span {
        shifted(span, self.at.base)
    }

    /// Where a node is.
    pub(super) fn span(&self, node: Node<'t>) -> Span {
        self.placed(node.span())
    }

    pub(super) fn report(&mut self, diagnostic: SourceDiagnostic) {
        let Some(chain) = self.instance.clone() else {
            self.diagnostics.push(diagnostic);
            return;
        };
        // What does not depend on the arguments was told with the function itself.
        if diagnostic.is_warning() {
            return;
        }
        let mut diagnostic = diagnostic;
        let mut next = Some(&chain);
        while let Some(chain) = next {
            // A chain that goes through one place again and again is told once.
            if !diagnostic.notes.iter().any(|(span, _)| *span == chain.span) {
                diagnostic.add_note(format!("in `{}`", chain.name), chain.span);
            }
            next = chain.from.as_ref();
        }
        self.diagnostics.push(diagnostic);
    }

    /// A new function, whose body is still to be checked.
    pub(super) fn new_function(&mut self) -> hir::FunctionId {
        if self.trying {
            return 0;
        }
        let id = self.function_count;
        self.function_count += 1;
        if self.keep {
            self.functions.push(hir::Function::placeholder());
        }
        id
    }

    /// Begins a function.
    pub(super) fn open_frame(&mut self, kind: FrameKind, result: Wanted) -> Box<Frame<'t>> {
        let mut frame = self.spare.pop().unwrap_or_default();
        frame.kind = kind;
        frame.result = result;
        frame.scopes.open();
        frame
    }

    /// What a function that was checked leaves behind, if it is of a program that is kept.
    pub(super) fn close_frame(&mut self, mut frame: Box<Frame<'t>>) -> Option<Kept> {
        self.saw_frame(&frame);
        let kept = (self.keep && !self.open && !self.trying).then(|| Kept {
            locals: frame.locals.clone(),
            named: frame.named(),
            body: frame.body.taken(),
        });
        frame.clear();
        self.spare.push(frame);
        kept
    }

    /// The innermost function.
    pub(super) fn frame(&mut self) -> &mut Frame<'t> {
        match self.frames.last_mut() {
            Some(frame) => frame,
            None => &mut self.outside,
        }
    }

    /// The function around all lambdas.
    pub(super) fn outermost(&mut self) -> &mut Frame<'t> {
        match self.frames.first_mut() {
            Some(frame) => frame,
            None => &mut self.outside,
        }
    }

    /// Types, and those of the parameters of the lambdas around: what an expression is in
    /// its function depends on nothing else.
    pub(super) fn lambdas_around(&self, own: impl Iterator<Item = Ty>) -> Few<Ty> {
        let around = self.frames.iter();
        let around = around.flat_map(|frame| &frame.locals[..frame.params]);
        own.chain(around.map(|local| local.ty)).collect()
    }

    /// Every name that is visible here, for the one that was probably meant; none, if
    /// there were many problems before.
    pub(super) fn visible(&self, types: bool) -> Vec<&'t str> {
        match self.diagnostics.len() < PROBLEMS {
            true => self.names.visible(self.at.module, types),
            false => Vec::new(),
        }
    }

    /// The name of a type, for messages.
    pub(super) fn name(&self, ty: Ty) -> String {
        self.types.name(ty)
    }

    /// The names of two types; with their modules, if two would be written alike.
    pub(super) fn names_of(&self, one: Ty, other: Ty) -> [String; 2] {
        let both = [one, other];
        let names = both.map(|ty| self.name(ty));
        if one == other || names[0] != names[1] {
            return names;
        }
        both.map(|ty| self.name_qualified(ty))
    }

    /// The name of a type with its module.
    pub(super) fn name_qualified(&self, ty: Ty) -> String {
        self.types.name_by(ty, &|item| self.names.qualified(item))
    }

    /// The name of a type with its article: `a u8`, `an i64`.
    pub(super) fn with_article(&self, ty: Ty) -> String {
        let name = self.types.name(ty);
        let vowel = name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
        match vowel || name == "f64" {
            true => format!("an {name}"),
            false => format!("a {name}"),
        }
    }
}
