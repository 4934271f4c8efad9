//! The tables of modules and items.

use std::cell::Cell;

use beskid_syntax::Node;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::packages::{PackageId, Packages};
use crate::span::Span;

/// Index of a module.
pub(crate) type ModuleId = u32;
/// Index of an item.
pub(crate) type ItemId = u32;

/// Every module and item of a program.
#[derive(Debug)]
pub(crate) struct Names<'t> {
    pub(crate) packages: &'t Packages,
    /// What the paths of each package begin in: a module without a name.
    pub(crate) roots: FxHashMap<PackageId, ModuleId>,
    pub(crate) modules: Vec<Module<'t>>,
    pub(crate) items: Vec<Item<'t>>,
    pub(crate) uses: Vec<Use<'t>>,
    /// The names in what could not be read: nobody knows what they declare and use.
    pub(crate) unread: FxHashSet<&'t str>,
    /// Those of them that are in no block: items may be declared there.
    pub(crate) unread_items: FxHashSet<&'t str>,
}

/// A module, of a file or inside one.
#[derive(Debug, Default)]
pub(crate) struct Module<'t> {
    /// Its whole path: `Shop.Price`; in another package, the package's label first.
    pub(crate) path: String,
    /// The last part of it.
    pub(crate) name: &'t str,
    /// The module whose path is one part shorter; itself, if there is none.
    pub(crate) parent: ModuleId,
    pub(crate) package: PackageId,
    /// Whether it lies in the text of its parent (MOD-5).
    pub(crate) inline: bool,
    pub(crate) public: bool,
    /// Whether it is more than the begin of others' paths.
    pub(crate) declared: bool,
    pub(crate) span: Span,
    pub(crate) children: FxHashMap<&'t str, ModuleId>,
    /// Types, enums and contracts.
    pub(crate) types: FxHashMap<&'t str, ItemId>,
    /// Functions and tests.
    pub(crate) values: FxHashMap<&'t str, ItemId>,
    pub(crate) attributes: FxHashMap<&'t str, ItemId>,
    /// What `use` binds.
    pub(crate) bound: FxHashMap<&'t str, Bound>,
    /// What a `use` was to bind that leads nowhere, which was reported there.
    pub(crate) lost: FxHashSet<&'t str>,
    /// Whether one of those may have opened a module, and says no other name for it.
    pub(crate) lacks_items: bool,
    /// The modules that `use` opens.
    pub(crate) opened: Vec<(ModuleId, UseId)>,
    /// The `impl` blocks.
    pub(crate) impls: Vec<(Node<'t>, u32)>,
}

/// What a name that was imported means; it may mean several things.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bound {
    pub(crate) ty: Option<ItemId>,
    pub(crate) value: Option<ItemId>,
    pub(crate) attribute: Option<ItemId>,
    pub(crate) module: Option<ModuleId>,
    pub(crate) by: UseId,
    pub(crate) public: bool,
}

/// Index of an import.
pub(crate) type UseId = u32;

/// An import.
#[derive(Debug)]
pub(crate) struct Use<'t> {
    pub(crate) module: ModuleId,
    pub(crate) path: Vec<(&'t str, Span)>,
    pub(crate) alias: Option<(&'t str, Span)>,
    pub(crate) public: bool,
    pub(crate) span: Span,
    /// Whether something was found through it.
    pub(crate) used: Cell<bool>,
    /// Whether it led somewhere.
    pub(crate) good: bool,
}

/// An item.
#[derive(Debug)]
pub(crate) struct Item<'t> {
    pub(crate) kind: ItemKind,
    pub(crate) name: &'t str,
    /// Where its name stands.
    pub(crate) span: Span,
    pub(crate) node: Node<'t>,
    pub(crate) base: u32,
    pub(crate) module: ModuleId,
    pub(crate) public: bool,
    pub(crate) used: Cell<bool>,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Struct,
    Enum,
    Contract,
    /// A contract with `Extern` or `Callback`: a namespace of foreign functions.
    Foreign,
    Function,
    Test,
    Attribute,
}

impl ItemKind {
    /// What messages call it.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Struct => "type",
            Self::Enum => "enum",
            Self::Contract | Self::Foreign => "contract",
            Self::Function => "function",
            Self::Test => "test",
            Self::Attribute => "attribute",
        }
    }
}

impl<'t> Names<'t> {
    pub(crate) fn module(&self, id: ModuleId) -> &Module<'t> {
        &self.modules[id as usize]
    }

    pub(crate) fn item(&self, id: ItemId) -> &Item<'t> {
        &self.items[id as usize]
    }

    /// What the paths of a module's package begin in.
    pub(crate) fn root_of(&self, id: ModuleId) -> ModuleId {
        let package = self.module(id).package;
        self.roots.get(&package).copied().unwrap_or_default()
    }

    pub(crate) fn is_root(&self, id: ModuleId) -> bool {
        self.module(id).parent == id
    }

    /// Whether code of one module sees what is private to another: it is that
    /// module, or lies in it (VIS-1, MOD-5).
    pub(crate) fn sees_private(&self, from: ModuleId, of: ModuleId) -> bool {
        let mut from = from;
        loop {
            if from == of {
                return true;
            }
            let module = self.module(from);
            if !module.inline {
                return false;
            }
            from = module.parent;
        }
    }

    /// The name by which all modules know an item.
    pub(crate) fn qualified(&self, id: ItemId) -> String {
        let item = self.item(id);
        match self.module(item.module).path.as_str() {
            "" => item.name.to_owned(),
            path => format!("{path}.{}", item.name),
        }
    }
}
