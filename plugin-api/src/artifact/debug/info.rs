//! The tables, and how a producer fills them.

use serde::{Deserialize, Serialize};

use super::places::{Position, SourceFile};
use super::scopes::{Scope, Storage, Variable};
use super::types::DebugType;
use crate::artifact::SymbolId;

/// Section `DBUG`. Everything is referred to by its index in its list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DebugInfo {
    /// The compiler with its version, for people.
    pub producer: String,
    /// Language of the source: a number of the `DW_LANG` list of DWARF, see [`language`].
    pub language: u16,
    /// The source files.
    pub files: Vec<SourceFile>,
    /// The types.
    pub types: Vec<DebugType>,
    /// The scopes, each behind the one it lies in.
    pub scopes: Vec<Scope>,
    /// The variables, those of a scope in the order of their declaration.
    pub variables: Vec<Variable>,
    /// What the positions of the bodies mean.
    pub positions: Vec<Position>,
}

/// Languages that have a number in DWARF's list, as far as frontends here need them.
pub mod language {
    /// C of 2011.
    pub const C11: u16 = 0x1d;
    /// Beskid. DWARF leaves the numbers from 0x8000 on to everybody, so that no debugger
    /// knows what this one means: who writes DWARF may put a language there that the
    /// debuggers do know.
    pub const BESKID: u16 = 0xbe5d;
}

impl DebugInfo {
    /// Empty tables.
    pub fn new(producer: &str, language: u16) -> Self {
        Self {
            producer: producer.to_owned(),
            language,
            ..Self::default()
        }
    }

    /// Adds a source file without a checksum, and returns its index.
    pub fn file(&mut self, path: &str, directory: &str) -> u32 {
        let file = SourceFile {
            path: path.to_owned(),
            directory: directory.to_owned(),
            md5: None,
        };
        add(&mut self.files, file)
    }

    /// Adds a type, and returns its index.
    pub fn ty(&mut self, ty: DebugType) -> u32 {
        add(&mut self.types, ty)
    }

    /// Adds a scope, and returns its index.
    pub fn scope(&mut self, scope: Scope) -> u32 {
        add(&mut self.scopes, scope)
    }

    /// Adds a variable, and returns its index.
    pub fn variable(&mut self, variable: Variable) -> u32 {
        add(&mut self.variables, variable)
    }

    /// Adds a position, and returns its index: what the `positions` of bodies have, and
    /// Cranelift's `SourceLoc`. The last one is not added again.
    pub fn position(&mut self, position: Position) -> u32 {
        match self.positions.last() {
            Some(last) if *last == position => self.positions.len() as u32 - 1,
            _ => add(&mut self.positions, position),
        }
    }

    /// Gives symbols other numbers. Where one is gone, its function is there only where
    /// it was inlined, and no part of a variable is in its data.
    pub fn renumber(&mut self, number: impl Fn(SymbolId) -> Option<SymbolId>) {
        for scope in &mut self.scopes {
            if let Scope::Function(function) = scope {
                function.symbol = function.symbol.and_then(&number);
            }
        }
        for variable in &mut self.variables {
            variable
                .pieces
                .retain_mut(|piece| match &mut piece.storage {
                    Storage::Data(symbol) => match number(*symbol) {
                        Some(new) => {
                            *symbol = new;
                            true
                        }
                        None => false,
                    },
                    _ => true,
                });
        }
    }

    /// The scope of the function that each scope belongs to.
    pub fn owners(&self) -> Vec<Option<u32>> {
        let mut owners = Vec::with_capacity(self.scopes.len());
        for (number, scope) in (0..).zip(&self.scopes) {
            owners.push(match scope {
                Scope::Function(_) => Some(number),
                // Parents are earlier, or this is not verified.
                Scope::Block { parent } => owners.get(*parent as usize).copied().flatten(),
            });
        }
        owners
    }
}

fn add<T>(table: &mut Vec<T>, entry: T) -> u32 {
    table.push(entry);
    table.len() as u32 - 1
}
