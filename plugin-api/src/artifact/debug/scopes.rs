//! Scopes, and the variables that are seen in them.

use serde::{Deserialize, Serialize};

use super::places::Location;
use crate::artifact::SymbolId;

/// Most scopes that lie one in the other.
pub const MAX_SCOPE_DEPTH: usize = 1024;

/// A function or a block in one, as the source has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// All of a function.
    Function(Box<FunctionScope>),
    /// Part of a function with variables of its own.
    Block {
        /// What it lies in: an earlier scope.
        parent: u32,
    },
}

/// A function as the source has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionScope {
    /// The function definition; `None` if it is there only where it was inlined.
    pub symbol: Option<SymbolId>,
    /// Its name with all that it is declared in, as the language spells it, such as
    /// `Shop::Price::total`.
    pub name: String,
    /// Where it is declared.
    pub declared: Location,
    /// Type of its result, if it has any.
    pub result: Option<u32>,
}

/// A parameter or a local variable, or one of the whole module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its type, by index.
    pub ty: u32,
    /// Where it is seen, by index; `None` for a variable of the whole module.
    pub scope: Option<u32>,
    /// Where it is declared.
    pub declared: Location,
    /// Whether it is a parameter. Those of a function are in their order.
    pub parameter: bool,
    /// Where its parts are, by ascending offset; none if it is nowhere.
    pub pieces: Vec<Piece>,
}

/// Part of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Bytes from the begin of the variable.
    pub offset: u32,
    /// Bytes of the part.
    pub size: u32,
    /// Where it is.
    pub storage: Storage,
}

/// Where part of a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Storage {
    /// In the values with this label.
    Label(u32),
    /// In the stack slot with this key, from its begin.
    Slot(u64),
    /// In the data that this symbol defines, from its begin.
    Data(SymbolId),
    /// In memory behind an address that is in a stack slot.
    Behind {
        /// Key of the slot, at whose begin the address stands.
        key: u64,
        /// Bytes from the address to the part.
        offset: u32,
    },
}
