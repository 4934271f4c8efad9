//! Files to modules and items.

use beskid_syntax::views::{self, Attribute};
use beskid_syntax::{Node, NodeKind, Token, TokenKind, Tree};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;

use super::table::{Item, ItemId, ItemKind, Module, ModuleId, Names, Use};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::packages::PackageId;
use crate::source::{SourceFile, Sources, shifted};
use crate::span::Span;

/// Collects what the files declare. The first is the one that the program starts
/// with.
pub(super) fn collect<'t>(
    sources: &'t Sources,
    diagnostics: &mut Vec<SourceDiagnostic>,
) -> Names<'t> {
    let mut collector = Collector {
        names: Names {
            packages: &sources.packages,
            roots: FxHashMap::default(),
            modules: Vec::new(),
            items: Vec::new(),
            uses: Vec::new(),
            unread: FxHashSet::default(),
            unread_items: FxHashSet::default(),
        },
        diagnostics,
        base: 0,
    };
    collector.root(PackageId::ENTRY, String::new());
    let mut taken = own_roots(sources);
    for (label, package) in sources.packages.found() {
        let name = unlike(label, &taken);
        taken.insert(name.clone());
        collector.root(*package, name);
    }
    for file in &sources.files {
        collector.file(file);
        if !file.tree.errors().is_empty() {
            let blocks = outer_blocks(&file.tree);
            for name in unread(&file.tree) {
                let at = name.span().start;
                collector.names.unread.insert(name.text());
                let before = blocks.partition_point(|block| block.end <= at);
                if blocks.get(before).is_none_or(|block| at < block.start) {
                    collector.names.unread_items.insert(name.text());
                }
            }
        }
    }
    collector.names
}

/// Where the blocks are that lie in no other one, in order.
fn outer_blocks(tree: &Tree) -> Vec<Span> {
    let mut outer = Vec::<Span>::new();
    for node in tree.nodes().filter(|node| node.kind() == NodeKind::Block) {
        let span = node.span();
        if outer.last().is_none_or(|last| last.end <= span.start) {
            outer.push(span);
        }
    }
    outer
}

/// The names in what could not be read of a file.
fn unread(tree: &Tree) -> impl Iterator<Item = Token<'_>> {
    let broken = tree.nodes().filter(|node| node.kind() == NodeKind::Error);
    broken.flat_map(|node| {
        let end = node.token_after().id();
        let tokens = std::iter::successors(Some(node.first_token()), |token| Some(token.next()));
        let tokens = tokens.take_while(move |token| token.id() < end);
        tokens.filter(|token| token.kind() == TokenKind::Name)
    })
}

/// The first parts of the paths of the first package's modules.
fn own_roots(sources: &Sources) -> FxHashSet<String> {
    let own = sources
        .files
        .iter()
        .filter(|file| file.package == PackageId::ENTRY);
    let firsts = own.filter_map(|file| Some((*path_of(file).first()?).to_owned()));
    firsts.collect()
}

/// The name of a package in the paths of its modules: its label, unless others have
/// that. The names of functions come from it, and symbols from these.
fn unlike(label: &str, taken: &FxHashSet<String>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let label = label.chars().map(plain).collect::<String>();
    let mut name = label.clone();
    let mut number = 2;
    while name.is_empty() || taken.contains(&name) {
        name = format!("{label}_{number}");
        number += 1;
    }
    name
}

/// The parts of the path by which a file names its own module (MOD-3).
pub(crate) fn own_name<'t>(root: Node<'t>) -> Option<Vec<Token<'t>>> {
    let first = root.children().next()?;
    let declared = views::ModuleDeclaration::cast(first)?;
    let private = !first.is_public() && first.attributes().next().is_none();
    private.then(|| declared.path().map(|path| path.names().collect()))?
}

/// The parts of the path of a file's module.
fn path_of(file: &SourceFile) -> Vec<&str> {
    match own_name(file.tree.root()) {
        Some(tokens) => tokens.iter().map(|token| token.text()).collect(),
        None => file.module.iter().map(String::as_str).collect(),
    }
}

impl Names<'_> {
    /// The module of a file.
    pub(crate) fn of_file(&self, file: &SourceFile) -> Option<ModuleId> {
        let root = *self.roots.get(&file.package)?;
        let mut parts = path_of(file).into_iter();
        parts.try_fold(root, |module, part| {
            self.module(module).children.get(part).copied()
        })
    }
}

struct Collector<'t, 'd> {
    names: Names<'t>,
    diagnostics: &'d mut Vec<SourceDiagnostic>,
    base: u32,
}

impl<'t> Collector<'t, '_> {
    /// The module without a name of a package.
    fn root(&mut self, package: PackageId, path: String) {
        let id = self.names.modules.len() as ModuleId;
        self.names.roots.insert(package, id);
        self.names.modules.push(Module {
            path,
            parent: id,
            package,
            public: true,
            ..Module::default()
        });
    }

    fn file(&mut self, file: &'t SourceFile) {
        self.base = file.base;
        let root = file.tree.root();
        let own = own_name(root);
        let path = path_of(file);
        let Some(root_module) = self.names.roots.get(&file.package) else {
            return;
        };
        let mut module = *root_module;
        for name in &path {
            module = self.child(module, name);
        }
        let span = shifted(Span::new(0, 0), self.base);
        let declared = &mut self.names.modules[module as usize];
        if declared.declared {
            let first = declared.span;
            let message = format!("two files are the module `{}`", path.join("."));
            let again = SourceDiagnostic::new(codes::DUPLICATE_ITEM, message, span, "again here");
            self.report(again.related(first, "first here"));
        }
        let declared = &mut self.names.modules[module as usize];
        declared.declared = true;
        declared.public = true;
        declared.span = span;
        // Of large files, tables that grow are copied again and again.
        let count = root.children().count();
        let functions = root
            .children()
            .filter(|node| node.kind() == NodeKind::Function);
        let functions = functions.count();
        declared.values.reserve(functions);
        declared.types.reserve(count - functions);
        self.names.items.reserve(count);
        self.items(root.children(), module, own.is_some());
    }

    /// The module of a name below another; a new one, if there is none.
    fn child(&mut self, parent: ModuleId, name: &'t str) -> ModuleId {
        let of = &self.names.modules[parent as usize];
        if let Some(known) = of.children.get(name) {
            return *known;
        }
        let package = of.package;
        let path = match of.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        let id = self.names.modules.len() as ModuleId;
        self.names.modules.push(Module {
            path,
            name,
            parent,
            package,
            public: true,
            ..Module::default()
        });
        self.names.modules[parent as usize]
            .children
            .insert(name, id);
        id
    }

    fn items(&mut self, nodes: impl Iterator<Item = Node<'t>>, module: ModuleId, named: bool) {
        let mut named_at = None;
        for (index, node) in nodes.enumerate() {
            match node.kind() {
                NodeKind::Use => self.import(node, module),
                NodeKind::ModuleDeclaration => {
                    self.declared_module(node, index, named, &mut named_at);
                }
                NodeKind::Module => self.inline_module(node, module, named),
                NodeKind::Impl => {
                    let base = self.base;
                    self.names.modules[module as usize].impls.push((node, base));
                }
                _ => self.item(node, module),
            }
        }
    }

    /// MOD-3, MOD-4. Whether the file of a public one exists is seen to where files
    /// are found.
    fn declared_module(
        &mut self,
        node: Node<'t>,
        index: usize,
        named: bool,
        named_at: &mut Option<Span>,
    ) {
        let span = self.span(node.span());
        if node.is_public() {
            if named {
                let message = "a file that names its module declares no other";
                let other = SourceDiagnostic::new(codes::OTHER_MODULE, message, span, "");
                self.report(other.help("leave out one of the two"));
            }
            return;
        }
        if named && index == 0 {
            *named_at = Some(span);
            return;
        }
        let diagnostic = match *named_at {
            Some(first) => {
                let message = "a second name of the file's module";
                let second =
                    SourceDiagnostic::new(codes::SECOND_MODULE, message, span, "again here");
                second.related(first, "first here")
            }
            None => {
                let message = "a file names its module before its other items";
                let late = SourceDiagnostic::new(codes::LATE_MODULE, message, span, "");
                late.help("make it the first item, or write `pub mod` to declare another module")
            }
        };
        self.report(diagnostic);
    }

    fn inline_module(&mut self, node: Node<'t>, parent: ModuleId, named: bool) {
        let Some(view) = views::Module::cast(node) else {
            return;
        };
        let name = view.name();
        let span = self.span(name.span());
        if named {
            let message = "a file that names its module declares no other";
            let other = SourceDiagnostic::new(codes::OTHER_MODULE, message, span, "");
            self.report(other.help("leave out one of the two"));
        }
        self.check_name(name);
        let id = self.child(parent, name.text());
        let module = &mut self.names.modules[id as usize];
        if module.declared {
            let first = module.span;
            let message = format!("a second module `{}`", name.text());
            let again = SourceDiagnostic::new(codes::DUPLICATE_ITEM, message, span, "again here");
            self.report(again.related(first, "first here"));
        }
        let module = &mut self.names.modules[id as usize];
        module.declared = true;
        module.inline = true;
        module.public = node.is_public();
        module.span = span;
        self.items(view.items(), id, false);
    }

    fn import(&mut self, node: Node<'t>, module: ModuleId) {
        let Some(view) = views::Use::cast(node) else {
            return;
        };
        let Some(path) = view.path() else { return };
        let base = self.base;
        let named = |token: Token<'t>| (token.text(), shifted(token.span(), base));
        let import = Use {
            module,
            path: path.names().map(named).collect(),
            alias: view.alias().map(named),
            public: node.is_public(),
            span: self.span(node.span()),
            used: Cell::new(false),
            good: false,
        };
        self.names.uses.push(import);
    }

    fn item(&mut self, node: Node<'t>, module: ModuleId) {
        let (kind, name) = match node.kind() {
            NodeKind::Type => (ItemKind::Struct, views::Type::cast(node).map(|v| v.name())),
            NodeKind::Enum => (ItemKind::Enum, views::Enum::cast(node).map(|v| v.name())),
            NodeKind::Contract => {
                let foreign = node.attributes().filter_map(Attribute::cast).any(|found| {
                    let name = found.path().and_then(|path| path.single());
                    name.is_some_and(|name| matches!(name.text(), "Extern" | "Callback"))
                });
                let kind = if foreign {
                    ItemKind::Foreign
                } else {
                    ItemKind::Contract
                };
                (kind, views::Contract::cast(node).map(|v| v.name()))
            }
            NodeKind::AttributeDeclaration => {
                let name = views::AttributeDeclaration::cast(node).map(|v| v.name());
                (ItemKind::Attribute, name)
            }
            NodeKind::Test => (ItemKind::Test, views::Test::cast(node).map(|v| v.name())),
            NodeKind::Function => {
                let name = views::Function::cast(node).and_then(|view| view.name());
                (ItemKind::Function, name)
            }
            _ => return,
        };
        let Some(name) = name else { return };
        self.check_name(name);
        let id = self.names.items.len() as ItemId;
        let span = self.span(name.span());
        self.names.items.push(Item {
            kind,
            name: name.text(),
            span,
            node,
            base: self.base,
            module,
            public: node.is_public(),
            used: Cell::new(false),
        });
        let of = &mut self.names.modules[module as usize];
        let table = match kind {
            ItemKind::Function | ItemKind::Test => &mut of.values,
            ItemKind::Attribute => &mut of.attributes,
            _ => &mut of.types,
        };
        let Some(first) = table.insert(name.text(), id) else {
            return;
        };
        table.insert(name.text(), first);
        self.names.items[id as usize].used.set(true);
        let first = &self.names.items[first as usize];
        let code = match kind {
            ItemKind::Function | ItemKind::Test | ItemKind::Attribute => codes::DUPLICATE_ITEM,
            _ => codes::DUPLICATE_TYPE,
        };
        let message = format!("a second {} `{}`", kind.noun(), name.text());
        let again = SourceDiagnostic::new(code, message, span, "again here");
        let again = again.related(first.span, "first here");
        self.report(again);
    }

    /// NAM-8.
    fn check_name(&mut self, name: Token<'t>) {
        if name.text().starts_with("__") {
            let message = format!("`{}` begins like the compiler's own names", name.text());
            let span = self.span(name.span());
            let diagnostic = SourceDiagnostic::new(codes::RESERVED_NAME, message, span, "");
            self.report(diagnostic.help("leave out one `_`"));
        }
    }

    const fn span(&self, span: Span) -> Span {
        shifted(span, self.base)
    }

    fn report(&mut self, diagnostic: SourceDiagnostic) {
        self.diagnostics.push(diagnostic);
    }
}
