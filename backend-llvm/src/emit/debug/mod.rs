//! What an artifact tells debuggers, as LLVM's metadata.

mod locals;
mod scopes;
mod types;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt::Write as _;

use beskid_plugin_api::artifact::debug::{self, DebugInfo, Scope, Storage, Variable};
use beskid_plugin_api::artifact::{Outline, SymbolId};
use beskid_plugin_api::backend::{CompileRequest, Optimization};

use super::types::escaped;
pub(super) use locals::Locals;

/// Number of the first node; those below are the module's own.
const FIRST: usize = 16;
/// `DW_LANG_lo_user`: from here on everybody may call any language by a number.
const FIRST_OF_NOBODY: u16 = 0x8000;
/// The highest column that LLVM keeps.
const MOST_COLUMN: u32 = u16::MAX as u32;

/// The nodes of a module. Each table of the artifact has a range of numbers, so that
/// whatever names an entry knows its node.
pub(crate) struct Debug<'a> {
    info: &'a DebugInfo,
    optimized: bool,
    /// The function's scope that each scope is in.
    owners: Vec<Option<u32>>,
    /// The scope of each function definition that has one.
    scopes: Vec<Option<u32>>,
    /// Parameters and other locals of each function's scope.
    variables: BTreeMap<u32, Vec<usize>>,
    /// The variables that are in data, with the piece.
    data: BTreeMap<SymbolId, Vec<(usize, usize)>>,
    /// Nodes beyond the tables.
    more: RefCell<String>,
    count: Cell<usize>,
}

/// A range of nodes.
#[derive(Debug, Clone, Copy)]
enum Table {
    Unit,
    File,
    Type,
    Scope,
    Variable,
    Position,
    More,
}

impl<'a> Debug<'a> {
    /// The nodes of what an artifact tells; nothing, if it tells nothing.
    pub(super) fn new(outline: &'a Outline, request: &CompileRequest) -> Option<Self> {
        let info = outline.debug()?;
        let mut scopes = vec![None; outline.module().symbols.len()];
        for (id, scope) in (0..).zip(&info.scopes) {
            if let Scope::Function(function) = scope
                && let Some(symbol) = function.symbol
                && let Some(place) = scopes.get_mut(symbol as usize)
            {
                *place = Some(id);
            }
        }
        let owners = info.owners();
        let mut variables = BTreeMap::<_, Vec<_>>::new();
        let mut data = BTreeMap::<_, Vec<_>>::new();
        for (id, variable) in info.variables.iter().enumerate() {
            let owner = variable.scope.and_then(|scope| owners.get(scope as usize));
            let owner = owner.copied().flatten();
            if let Some(owner) = owner.filter(|_| !is_global(variable)) {
                variables.entry(owner).or_default().push(id);
            }
            for (number, piece) in variable.pieces.iter().enumerate() {
                if let Storage::Data(symbol) = piece.storage {
                    data.entry(symbol).or_default().push((id, number));
                }
            }
        }
        Some(Self {
            info,
            owners,
            optimized: request.optimization != Optimization::None,
            scopes,
            variables,
            data,
            more: RefCell::default(),
            count: Cell::new(0),
        })
    }

    /// The number of a node.
    fn node(&self, table: Table, index: usize) -> usize {
        let sizes = [
            1,
            // There is a file, whatever the artifact says: the unit needs one.
            self.info.files.len() + 1,
            self.info.types.len(),
            self.info.scopes.len(),
            self.info.variables.len(),
            self.info.positions.len(),
        ];
        FIRST + sizes.iter().take(table as usize).sum::<usize>() + index
    }

    /// Adds a node beyond the tables, and gives its number.
    fn add(&self, node: impl std::fmt::Display) -> usize {
        let number = self.node(Table::More, self.count.get());
        self.count.set(self.count.get() + 1);
        let _ = writeln!(self.more.borrow_mut(), "!{number} = {node}");
        number
    }

    /// A node that lists others.
    fn list(&self, items: impl IntoIterator<Item = String>) -> usize {
        let items = items.into_iter().collect::<Vec<_>>().join(", ");
        self.add(format_args!("!{{{items}}}"))
    }

    fn file(&self, file: u32) -> usize {
        self.node(Table::File, file as usize)
    }

    fn ty(&self, ty: u32) -> usize {
        self.node(Table::Type, ty as usize)
    }

    fn scope(&self, scope: u32) -> usize {
        self.node(Table::Scope, scope as usize)
    }

    /// The function's scope that a scope is in.
    fn owner(&self, scope: u32) -> Option<u32> {
        self.owners.get(scope as usize).copied().flatten()
    }

    fn unit(&self) -> usize {
        self.node(Table::Unit, 0)
    }

    fn scope_of(&self, symbol: SymbolId) -> Option<u32> {
        self.scopes.get(symbol as usize).copied().flatten()
    }

    /// What the definition of a function has behind it: the node of its scope.
    pub(super) fn of_function(&self, symbol: SymbolId) -> String {
        let scope = self.scope_of(symbol);
        scope.map_or_else(String::new, |scope| format!(" !dbg !{}", self.scope(scope)))
    }

    /// What the definition of data has behind it: the nodes of the variables in it.
    pub(super) fn of_data(&self, symbol: SymbolId) -> String {
        let mut text = String::new();
        for (id, piece) in self.data.get(&symbol).into_iter().flatten() {
            let variable = self.info.variables.get(*id);
            let piece = variable.and_then(|one| Some((one, one.pieces.get(*piece)?)));
            if let Some((variable, piece)) = piece {
                let node = self.node(Table::Variable, *id);
                let expression = self.expression(variable, piece);
                let node = self.add(format_args!(
                    "!DIGlobalVariableExpression(var: !{node}, expr: {expression})"
                ));
                let _ = write!(text, ", !dbg !{node}");
            }
        }
        text
    }

    /// All nodes, and the unit's name.
    pub(super) fn write(&self, text: &mut String) {
        let info = self.info;
        self.write_unit(text);
        for (id, ty) in (0..).zip(&info.types) {
            let _ = writeln!(text, "!{} = {}", self.ty(id), self.type_node(ty));
        }
        for (id, scope) in (0..).zip(&info.scopes) {
            let node = self.scope_node(id, scope);
            let _ = writeln!(text, "!{} = {node}", self.scope(id));
        }
        let mut counts = BTreeMap::new();
        for (id, variable) in info.variables.iter().enumerate() {
            let count = counts.entry(variable.scope).or_insert(0);
            *count += u32::from(variable.parameter);
            let node = self.node(Table::Variable, id);
            let _ = writeln!(text, "!{node} = {}", self.variable_node(variable, *count));
        }
        for (id, position) in info.positions.iter().enumerate() {
            let node = self.node(Table::Position, id);
            let (line, column) = (position.at.line, column(position.at.column));
            let scope = self.scope(position.scope);
            let _ = writeln!(
                text,
                "!{node} = !DILocation(line: {line}, column: {column}, scope: !{scope})"
            );
        }
        text.push_str(&self.more.borrow());
    }

    fn write_unit(&self, text: &mut String) {
        let info = self.info;
        for (id, file) in info.files.iter().enumerate() {
            let sum = file.md5.map_or_else(String::new, |sum| {
                let digits = sum.iter().map(|byte| format!("{byte:02x}"));
                let digits = digits.collect::<String>();
                format!(", checksumkind: CSK_MD5, checksum: \"{digits}\"")
            });
            let directory = match file.directory.as_str() {
                "" => ".",
                directory => directory,
            };
            let (name, directory) = (quoted(&file.path), quoted(directory));
            let node = self.file(id as u32);
            let _ = writeln!(
                text,
                "!{node} = !DIFile(filename: {name}, directory: {directory}{sum})"
            );
        }
        let none = self.file(info.files.len() as u32);
        let _ = writeln!(text, "!{none} = !DIFile(filename: \"\", directory: \"\")");
        let variables = info.variables.iter().enumerate();
        let globals = variables.filter(|(_, variable)| is_global(variable));
        let globals = globals.map(|(id, _)| {
            let variable = self.node(Table::Variable, id);
            let expression = "!DIExpression()";
            let node = format!("!DIGlobalVariableExpression(var: !{variable}, expr: {expression})");
            format!("!{}", self.add(node))
        });
        let globals = self.list(globals);
        let (unit, file) = (self.unit(), self.file(0));
        let (language, optimized) = (language(info.language), self.optimized);
        let producer = quoted(&info.producer);
        let _ = writeln!(
            text,
            "!llvm.dbg.cu = !{{!{unit}}}\n\
             !{unit} = distinct !DICompileUnit(language: {language}, file: !{file}, \
             producer: {producer}, isOptimized: {optimized}, runtimeVersion: 0, \
             emissionKind: FullDebug, globals: !{globals}, nameTableKind: None)"
        );
    }
}

fn is_global(variable: &Variable) -> bool {
    let mut pieces = variable.pieces.iter();
    pieces.any(|piece| matches!(piece.storage, Storage::Data(_)))
}

/// Which language debuggers shall take it for.
const fn language(number: u16) -> u16 {
    match number {
        // No debugger knows it; its values look like those of C.
        FIRST_OF_NOBODY.. => debug::language::C11,
        known => known,
    }
}

const fn column(column: u32) -> u32 {
    if column > MOST_COLUMN { 0 } else { column }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text.as_bytes()))
}
