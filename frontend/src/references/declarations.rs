//! What the trees of a program declare, by where the names stand.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeId, NodeKind, Token, TokenKind, Tree};
use rustc_hash::FxHashMap;

use crate::api::signature;
use crate::source::{Sources, shifted};
use crate::span::Span;

/// What a declaration declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeclarationKind {
    /// A file's module, or one in a file.
    Module,
    /// A type with fields.
    Type,
    /// A field of a type.
    Field,
    /// An event of a type.
    Event,
    /// An enum.
    Enum,
    /// A variant of an enum.
    Variant,
    /// A contract.
    Contract,
    /// An attribute.
    Attribute,
    /// A function beside types.
    Function,
    /// A function of a type, or one that a contract asks for.
    Method,
    /// A test.
    Test,
    /// A type parameter.
    TypeParameter,
    /// A parameter of a function, of a lambda, of an event or of an attribute.
    Parameter,
    /// A local, of a `for` or of a pattern too.
    Local,
}

/// A declaration in a file of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declaration {
    /// What it declares.
    pub kind: DeclarationKind,
    /// Where its name stands, among all texts; the begin of a file for its module.
    pub name: Span,
    /// All of it, among all texts.
    pub whole: Span,
    /// The item or the module that it is in: where the name of that stands.
    pub container: Option<Span>,
    /// Whether others may name it.
    pub public: bool,
    /// Where its file begins among all texts.
    pub base: u32,
    id: NodeId,
}

impl Declaration {
    /// The node of it, in the tree of its file.
    pub fn node<'t>(&self, tree: &'t Tree) -> Option<Node<'t>> {
        tree.node(self.id)
    }

    /// What it says of itself, in a line.
    pub fn signature(&self, tree: &Tree) -> String {
        let Some(node) = self.node(tree) else {
            return String::new();
        };
        let alone = matches!(node.kind(), NodeKind::NamePattern | NodeKind::For);
        match node.kind() {
            _ if alone || self.kind == DeclarationKind::TypeParameter => {
                let name = Span::new(self.name.start - self.base, self.name.end - self.base);
                name.text(tree.text()).to_owned()
            }
            NodeKind::File => String::new(),
            NodeKind::LambdaParam | NodeKind::Param => node.text().to_owned(),
            _ => signature(node),
        }
    }

    /// What it takes, each as it is written.
    pub fn parameters(&self, tree: &Tree) -> Vec<String> {
        let around = self.node(tree).and_then(|node| match node.kind() {
            NodeKind::Variant => Some(node),
            _ => node.child(NodeKind::Params),
        });
        let params = around.into_iter().flat_map(Node::children);
        let params =
            params.filter(|node| matches!(node.kind(), NodeKind::Param | NodeKind::VariantField));
        params.map(|node| node.text().to_owned()).collect()
    }
}

/// What one text declares, in the order in which it begins.
pub fn outline(tree: &Tree) -> Vec<Declaration> {
    let mut found = Declarations::default();
    found.file(tree, 0);
    found.all
}

/// The declarations of all files.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    pub(super) all: Vec<Declaration>,
    by_name: FxHashMap<Span, usize>,
}

impl Declarations {
    pub(super) fn of(sources: &Sources) -> Self {
        let mut found = Self::default();
        for file in &sources.files {
            found.file(&file.tree, file.base);
        }
        found
    }

    pub(super) fn named(&self, name: Span) -> Option<&Declaration> {
        self.all.get(*self.by_name.get(&name)?)
    }

    fn file(&mut self, tree: &Tree, base: u32) {
        let root = tree.root();
        let begin = Span::new(base, base);
        self.add(Declaration {
            kind: DeclarationKind::Module,
            name: begin,
            whole: shifted(root.span(), base),
            container: None,
            public: true,
            base,
            id: root.id(),
        });
        // A node's container is the innermost of those that it lies in; nodes come in the
        // order in which they begin.
        let mut around = vec![(root, begin)];
        for id in 0..tree.node_count() as u32 {
            let Some(node) = tree.node(NodeId(id)) else {
                break;
            };
            while around.len() > 1
                && around
                    .last()
                    .is_some_and(|(outer, _)| node.first_token().id() >= outer.token_after().id())
            {
                around.pop();
            }
            let container = around.last().map(|(_, name)| *name);
            let outer = around.last().map(|(outer, _)| outer.kind());
            for (kind, name) in declared(node, outer) {
                let name = shifted(name.span(), base);
                self.add(Declaration {
                    kind,
                    name,
                    whole: shifted(node.span(), base),
                    container,
                    public: node.is_public(),
                    base,
                    id: node.id(),
                });
                if holds(node.kind()) {
                    around.push((node, name));
                }
            }
            if node.kind() == NodeKind::Impl {
                let name = container.unwrap_or(begin);
                around.push((node, name));
            }
        }
    }

    fn add(&mut self, declaration: Declaration) {
        self.by_name.insert(declaration.name, self.all.len());
        self.all.push(declaration);
    }
}

/// Whether what is declared in a node belongs to what the node declares.
const fn holds(kind: NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Module
            | NodeKind::Type
            | NodeKind::Enum
            | NodeKind::Contract
            | NodeKind::AttributeDeclaration
            | NodeKind::Function
            | NodeKind::ContractMethod
            | NodeKind::Variant
            | NodeKind::Event
            | NodeKind::Test
    )
}

/// What a node declares, in a node of some kind.
fn declared<'t>(node: Node<'t>, outer: Option<NodeKind>) -> Vec<(DeclarationKind, Token<'t>)> {
    use DeclarationKind as Kind;
    let one = |kind: Kind, name: Option<Token<'t>>| {
        let name = name.filter(|name| name.kind() == TokenKind::Name);
        name.map(|name| (kind, name)).into_iter().collect()
    };
    match node.kind() {
        NodeKind::Module => one(Kind::Module, views::Module::cast(node).map(|v| v.name())),
        NodeKind::Type => one(Kind::Type, views::Type::cast(node).map(|v| v.name())),
        NodeKind::Enum => one(Kind::Enum, views::Enum::cast(node).map(|v| v.name())),
        NodeKind::Contract => one(
            Kind::Contract,
            views::Contract::cast(node).map(|v| v.name()),
        ),
        NodeKind::AttributeDeclaration => {
            let view = views::AttributeDeclaration::cast(node);
            one(Kind::Attribute, view.map(|v| v.name()))
        }
        NodeKind::AttributeParameter => {
            let view = views::AttributeParameter::cast(node);
            one(Kind::Parameter, view.map(|v| v.name()))
        }
        NodeKind::Field => one(Kind::Field, views::Field::cast(node).and_then(|v| v.name())),
        NodeKind::Event => one(Kind::Event, views::Event::cast(node).and_then(|v| v.name())),
        NodeKind::Variant => one(Kind::Variant, views::Variant::cast(node).map(|v| v.name())),
        NodeKind::Test => one(Kind::Test, views::Test::cast(node).map(|v| v.name())),
        NodeKind::Function => {
            let kind = match outer {
                Some(NodeKind::Type | NodeKind::Impl) => Kind::Method,
                _ => Kind::Function,
            };
            one(kind, views::Function::cast(node).and_then(|v| v.name()))
        }
        NodeKind::ContractMethod => {
            let view = views::ContractMethod::cast(node);
            one(Kind::Method, view.and_then(|v| v.name()))
        }
        NodeKind::Generics => {
            let names = views::Generics::cast(node).into_iter();
            let names = names.flat_map(views::Generics::names);
            names.map(|name| (Kind::TypeParameter, name)).collect()
        }
        NodeKind::Param => one(
            Kind::Parameter,
            views::Param::cast(node).and_then(|v| v.name()),
        ),
        NodeKind::LambdaParam => one(
            Kind::Parameter,
            views::LambdaParam::cast(node).map(|v| v.name()),
        ),
        NodeKind::Local => one(Kind::Local, views::Local::cast(node).and_then(|v| v.name())),
        NodeKind::For => one(Kind::Local, views::For::cast(node).map(|v| v.variable())),
        NodeKind::NamePattern => one(Kind::Local, Some(node.first_token())),
        _ => Vec::new(),
    }
}
