//! From trees to items.

use beskid_syntax::views::{self, Params};
use beskid_syntax::{Docs, Node, NodeKind};
use rustc_hash::FxHashMap;

use super::item::{Item, Kind};
use super::signature::signature;
use crate::builtins::PLACE;
use crate::packages::PackageId;
use crate::resolve::{ModuleId, Names, TypeName, own_name};
use crate::source::{SourceFile, shifted};
use crate::span::Span;

/// An item whose documentation is not read yet.
pub(super) struct Found<'t> {
    pub(super) item: Item,
    pub(super) docs: Option<Docs<'t>>,
}

impl Found<'_> {
    /// Whether a reference may mean it.
    pub(super) const fn is_meant(&self) -> bool {
        !matches!(self.item.kind, Kind::Use | Kind::Parameter)
    }
}

/// The items of some files, sorted (API-2).
pub(super) fn collect<'t>(
    files: impl Iterator<Item = &'t SourceFile>,
    names: &Names<'t>,
) -> Vec<Found<'t>> {
    let modules = names.modules.iter().zip(0..);
    let modules = modules.filter(|(module, _)| module.package == PackageId::ENTRY);
    let mut collector = Collector {
        names,
        modules: modules
            .map(|(module, id)| (module.path.as_str(), id))
            .collect(),
        found: Vec::new(),
        declared: FxHashMap::default(),
        base: 0,
        module: String::new(),
    };
    for file in files {
        collector.file(file);
    }
    let Collector {
        mut found,
        mut declared,
        ..
    } = collector;
    for found in &mut found {
        if found.item.kind == Kind::Module && found.docs.is_none() {
            found.docs = declared.remove(&found.item.qualified).and_then(joined);
        }
    }
    found.sort_by(|a, b| {
        let key = |found: &Found<'_>| (found.item.kind.as_str(), found.item.span);
        let names = a.item.qualified.cmp(&b.item.qualified);
        names.then_with(|| key(a).cmp(&key(b)))
    });
    found
}

/// Runs of documentation as one, with an empty line between them.
fn joined(all: Vec<Docs<'_>>) -> Option<Docs<'_>> {
    let mut all = all.into_iter();
    let mut docs = all.next()?;
    for more in all {
        docs.lines.push("");
        docs.lines.extend(more.lines);
    }
    Some(docs)
}

struct Collector<'t, 'n> {
    names: &'n Names<'t>,
    /// By their paths.
    modules: FxHashMap<&'n str, ModuleId>,
    found: Vec<Found<'t>>,
    /// What stands before `mod`, for the module that it names.
    declared: FxHashMap<String, Vec<Docs<'t>>>,
    base: u32,
    /// The qualified name of the module that is read.
    module: String,
}

impl<'t> Collector<'t, '_> {
    fn file(&mut self, file: &'t SourceFile) {
        self.base = file.base;
        let root = file.tree.root();
        let path = match own_name(root) {
            Some(tokens) => tokens.iter().map(|token| token.text()).collect::<Vec<_>>(),
            None => file.module.iter().map(String::as_str).collect(),
        };
        self.module = path.join("::");
        let item = Item {
            qualified: self.module.clone(),
            name: path.last().copied().unwrap_or_default().to_owned(),
            module: self.module.clone(),
            kind: Kind::Module,
            public: true,
            span: shifted(root.span(), self.base),
            signature: format!("mod {}", path.join(".")),
            doc: None,
        };
        self.found.push(Found { item, docs: None });
        for node in root.children() {
            self.item(node);
        }
    }

    fn item(&mut self, node: Node<'t>) {
        match node.kind() {
            NodeKind::Use => self.import(node),
            NodeKind::ModuleDeclaration => self.module_declaration(node),
            NodeKind::Module => {
                let Some(view) = views::Module::cast(node) else {
                    return;
                };
                let outer = self.module.clone();
                let inner = self.member(&outer, view.name().text(), Kind::Module, node, None);
                if let Some(found) = self.found.last_mut() {
                    found.item.module.clone_from(&inner);
                }
                self.module = inner;
                for item in view.items() {
                    self.item(item);
                }
                self.module = outer;
            }
            NodeKind::Type => self.type_with_members(node),
            NodeKind::Enum => self.enum_with_variants(node),
            NodeKind::Contract => self.contract(node),
            NodeKind::AttributeDeclaration => self.attribute(node),
            NodeKind::Impl => self.implementation(node),
            NodeKind::Function => self.function(&self.module.clone(), Kind::Function, node),
            NodeKind::Test => {
                if let Some(view) = views::Test::cast(node) {
                    let parent = self.module.clone();
                    self.member(&parent, view.name().text(), Kind::Test, node, Some(false));
                }
            }
            _ => {}
        }
    }

    fn import(&mut self, node: Node<'t>) {
        let Some(view) = views::Use::cast(node) else {
            return;
        };
        let last = view.path().and_then(|path| path.names().last());
        if let Some(name) = view.alias().or(last) {
            let parent = self.module.clone();
            self.member(&parent, name.text(), Kind::Use, node, None);
        }
    }

    /// The module of another file, or the name of this one's (MOD-3, MOD-4): the
    /// documentation before it is that module's.
    fn module_declaration(&mut self, node: Node<'t>) {
        let path = views::ModuleDeclaration::cast(node).and_then(|view| view.path());
        let (Some(path), Some(docs)) = (path, node.docs()) else {
            return;
        };
        let names = path.names().map(|name| name.text()).collect::<Vec<_>>();
        let whole = names.join(".");
        let below = format!("{}.{whole}", self.module.replace("::", "."));
        let known = [whole.as_str(), below.as_str()].map(|path| {
            let id = self.modules.get(path).copied()?;
            self.names
                .module(id)
                .declared
                .then(|| path.replace('.', "::"))
        });
        if let Some(module) = known.into_iter().flatten().next() {
            // What a module says of itself comes before what others say where they name it.
            let is_own = module == self.module;
            let all = self.declared.entry(module).or_default();
            match is_own {
                true => all.insert(0, docs),
                false => all.push(docs),
            }
        }
    }

    fn type_with_members(&mut self, node: Node<'t>) {
        let Some(view) = views::Type::cast(node) else {
            return;
        };
        let public = node.is_public();
        let parent = self.module.clone();
        let parent = self.member(&parent, view.name().text(), Kind::Type, node, None);
        for member in view.members() {
            let name = match member.kind() {
                NodeKind::Field => views::Field::cast(member).and_then(|view| view.name()),
                NodeKind::Event => views::Event::cast(member).and_then(|view| view.name()),
                _ => {
                    self.function(&parent, Kind::Method, member);
                    continue;
                }
            };
            if let Some(name) = name {
                self.member(&parent, name.text(), Kind::Field, member, Some(public));
            }
        }
    }

    fn enum_with_variants(&mut self, node: Node<'t>) {
        let Some(view) = views::Enum::cast(node) else {
            return;
        };
        let public = Some(node.is_public());
        let parent = self.module.clone();
        let parent = self.member(&parent, view.name().text(), Kind::Enum, node, None);
        for variant in view.variants() {
            let name = variant.name().text();
            self.member(&parent, name, Kind::Variant, variant.node(), public);
        }
    }

    fn contract(&mut self, node: Node<'t>) {
        let Some(view) = views::Contract::cast(node) else {
            return;
        };
        let public = node.is_public();
        let parent = self.module.clone();
        let parent = self.member(&parent, view.name().text(), Kind::Contract, node, None);
        for member in view.members() {
            if let Some(method) = views::ContractMethod::cast(member) {
                let Some(name) = method.name() else { continue };
                let kind = Kind::ContractMethod;
                let parent = self.member(&parent, name.text(), kind, member, Some(public));
                self.params(&parent, method.params(), public);
            } else if let Some(embedding) = views::Embedding::cast(member)
                && let Some(name) = embedding.path().and_then(|path| path.names().last())
            {
                self.member(&parent, name.text(), Kind::Embedding, member, Some(public));
            }
        }
    }

    fn attribute(&mut self, node: Node<'t>) {
        let Some(view) = views::AttributeDeclaration::cast(node) else {
            return;
        };
        let public = Some(node.is_public());
        let parent = self.module.clone();
        let parent = self.member(&parent, view.name().text(), Kind::Attribute, node, None);
        for param in view.params() {
            let name = param.name().text();
            self.member(&parent, name, Kind::Parameter, param.node(), public);
        }
    }

    fn implementation(&mut self, node: Node<'t>) {
        let Some(view) = views::Impl::cast(node) else {
            return;
        };
        let Some(parent) = view.ty().and_then(|ty| self.implemented(ty)) else {
            return;
        };
        for method in view.methods() {
            self.function(&parent, Kind::Method, method.node());
        }
    }

    /// The qualified name of the type of an `impl`.
    fn implemented(&self, ty: Node<'t>) -> Option<String> {
        let path = ty.child(NodeKind::Path).and_then(views::Path::cast)?;
        let names = path.names().map(|name| name.text()).collect::<Vec<_>>();
        let module = self.modules.get(self.module.replace("::", ".").as_str());
        let found = match (names.as_slice(), module) {
            ([name], Some(module)) => self.names.find_type(*module, name),
            _ => None,
        };
        Some(match found {
            Some(TypeName::Item(id)) => self.names.qualified(id).replace('.', "::"),
            _ => format!("{}::{}", self.module, names.join("::")),
        })
    }

    fn function(&mut self, parent: &str, kind: Kind, node: Node<'t>) {
        let view = views::Function::cast(node);
        let Some((view, name)) = view.and_then(|view| Some((view, view.name()?))) else {
            return;
        };
        let parent = self.member(parent, name.text(), kind, node, None);
        self.params(&parent, view.params(), node.is_public());
    }

    fn params(&mut self, parent: &str, params: Option<Params<'t>>, public: bool) {
        for param in params.into_iter().flat_map(Params::params) {
            if let Some(name) = param.name().filter(|name| name.text() != PLACE) {
                let kind = Kind::Parameter;
                self.member(parent, name.text(), kind, param.node(), Some(public));
            }
        }
    }

    /// Adds an item; gives its qualified name. `public` is as its parent, if it is said.
    fn member(
        &mut self,
        parent: &str,
        name: &str,
        kind: Kind,
        node: Node<'t>,
        public: Option<bool>,
    ) -> String {
        let qualified = match parent {
            "" => name.to_owned(),
            parent => format!("{parent}::{name}"),
        };
        let item = Item {
            qualified: qualified.clone(),
            name: name.to_owned(),
            module: self.module.clone(),
            kind,
            public: public.unwrap_or_else(|| node.is_public()),
            span: self.span(node),
            signature: signature(node),
            doc: None,
        };
        let docs = node.docs();
        self.found.push(Found { item, docs });
        qualified
    }

    fn span(&self, node: Node<'t>) -> Span {
        shifted(node.span(), self.base)
    }
}
