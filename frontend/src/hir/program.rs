//! A checked program and its functions.

use beskid_plugin_api::artifact::debug::SourceFile;

use super::body::Body;
use super::ids::{ExprId, FunctionId, LocalId};
use crate::packages::PackageId;
use crate::span::{LineIndex, Span};
use crate::types::{Signature, Ty, Types};

/// A checked program.
#[derive(Debug)]
pub struct Program {
    /// Its functions: every one that is reached, lambdas and tests too.
    pub(crate) functions: Vec<Function>,
    /// The foreign functions, each symbol once.
    pub(crate) foreign: Vec<ForeignFunction>,
    /// The functions that the host registers, in the order of their table.
    pub(crate) callbacks: Vec<Callback>,
    /// The number of methods of contracts: each contract's own have numbers of
    /// their own, and embedded ones keep theirs.
    pub(crate) contract_methods: Vec<Signature>,
    pub(crate) types: Types,
    /// Its files; the first is the one that it starts with.
    pub(crate) files: Vec<File>,
    pub(crate) tests: Vec<Test>,
    /// What debuggers are told of each file; `None`: they are told nothing.
    pub(crate) debug_files: Option<Vec<SourceFile>>,
}

/// A file of the program, for messages at run time.
#[derive(Debug)]
pub(crate) struct File {
    /// As messages say it.
    pub(crate) name: String,
    pub(crate) package: PackageId,
    /// Where its text begins among all texts: spans count from there.
    pub(crate) base: u32,
    pub(crate) lines: LineIndex,
}

/// A function with its type arguments.
#[derive(Debug)]
pub(crate) struct Function {
    /// Unique in the program: `Shop.Price.Zero`, `Swap<i32>`.
    pub(crate) name: String,
    /// The symbol by which others call it; `None`: they do not.
    pub(crate) symbol: Option<String>,
    pub(crate) role: Role,
    /// Where it is declared.
    pub(crate) span: Span,
    /// Whether it is in the program whoever calls it: no lambda, no test, none with type
    /// arguments, and none of another package.
    pub(crate) is_item: bool,
    /// A method's `this` comes first.
    pub(crate) params: Vec<LocalId>,
    /// Whether the last one is the place of the call, which values of functions and
    /// contracts do not have.
    pub(crate) placed: bool,
    pub(crate) result: Ty,
    pub(crate) locals: Vec<Local>,
    /// What the locals are called, for debuggers.
    pub(crate) named: Vec<Named>,
    pub(crate) body: Body,
    pub(crate) root: ExprId,
}

/// How a function is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// By the program alone.
    Plain,
    /// By C, with C's layout of its values (FFI-5).
    Foreign,
    /// As a closure: these locals are what it has captured, in the order of the
    /// closure's parts.
    Lambda { captures: Vec<LocalId> },
}

impl Function {
    /// The types of what a lambda has captured.
    pub(crate) fn captured(&self) -> Vec<Ty> {
        let captures = match &self.role {
            Role::Lambda { captures } => captures.as_slice(),
            Role::Plain | Role::Foreign => &[],
        };
        let types = captures.iter().map(|id| self.locals[*id as usize].ty);
        types.collect()
    }

    /// As calls in the program have it.
    pub(crate) fn signature(&self) -> Signature {
        let params = self.params.iter().map(|id| self.locals[*id as usize].ty);
        Signature {
            params: params.collect(),
            result: self.result,
        }
    }
}

/// A foreign function (FFI-1).
#[derive(Debug)]
pub(crate) struct ForeignFunction {
    pub(crate) symbol: String,
    pub(crate) library: String,
    pub(crate) signature: Signature,
}

/// A function that a foreign host registers (FFI-5).
#[derive(Debug)]
pub(crate) struct Callback {
    pub(crate) name: String,
    pub(crate) signature: Signature,
}

/// A test (TST-1).
#[derive(Debug)]
pub struct Test {
    /// Its name with those of the inline modules around it: `Inner::Adds`.
    pub name: String,
    pub(crate) function: FunctionId,
    /// What `meta` says of it.
    pub tags: Vec<String>,
    /// What `meta` says of it.
    pub group: Option<String>,
    /// Why it is not run.
    pub skip: Option<String>,
}

impl Program {
    /// Its tests, in source order.
    pub fn tests(&self) -> &[Test] {
        &self.tests
    }

    /// The file of one of its tests, as messages say it, and the line of the test.
    pub fn test_place(&self, test: &Test) -> (&str, usize) {
        let function = &self.functions[test.function as usize];
        let (file, line, _) = self.place(function.body.get(function.root).span);
        (file, line)
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub(crate) ty: Ty,
    /// Whether its address is taken by C, so that it must be in memory; a `u8`.
    pub(crate) addressed: bool,
    /// Whether it is in a cell on the heap, since others may assign it (FUN-5).
    pub(crate) boxed: bool,
}

/// A local as the source has it.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    /// Empty for temporaries.
    pub(crate) name: Box<str>,
    pub(crate) span: Span,
}

impl Program {
    /// File name, line and column of a place, both from 1; columns count characters.
    pub(crate) fn place(&self, span: Span) -> (&str, usize, usize) {
        let file = self.files.get(self.file_of(span));
        file.map_or(("", 0, 0), |file| {
            let (line, column) = file.lines.position(span.start - file.base);
            (&file.name, line, column)
        })
    }

    /// The number of the file, the line and the column as debuggers count: in bytes.
    pub(crate) fn numbered_place(&self, span: Span) -> Option<(usize, usize, usize)> {
        let number = self.file_of(span);
        let file = self.files.get(number)?;
        let (line, column) = file.lines.position_in_bytes(span.start - file.base);
        Some((number, line, column))
    }

    fn file_of(&self, span: Span) -> usize {
        let behind = self.files.partition_point(|file| file.base <= span.start);
        behind.saturating_sub(1)
    }
}

impl Function {
    /// A function that is still to be checked.
    pub(crate) fn placeholder() -> Self {
        Self {
            name: String::new(),
            symbol: None,
            role: Role::Plain,
            span: Span::default(),
            is_item: false,
            params: Vec::new(),
            placed: false,
            result: Ty::UNIT,
            locals: Vec::new(),
            named: Vec::new(),
            body: Body::default(),
            root: ExprId(0),
        }
    }
}
