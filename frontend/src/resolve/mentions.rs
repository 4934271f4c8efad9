//! The paths in a file that may lead to modules.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Token, Tree};
use rustc_hash::FxHashSet;

use super::broken_local::broken_local;
use crate::packages::PREDECLARED;
use crate::span::Span;

/// A path in a file that may lead to a module.
pub(super) struct Mention {
    pub(super) parts: Vec<String>,
    pub(super) span: Span,
    /// `pub mod`, and the module that says it: the file must exist (MOD-4).
    pub(super) declared_by: Option<Vec<String>>,
    /// Whether it is a `use`.
    pub(super) import: bool,
    /// Whether its first part is a name that the file declares or imports.
    pub(super) begins_here: bool,
}

/// What a file mentions.
pub(super) struct Mentions {
    pub(super) paths: Vec<Mention>,
    /// Which of the predeclared types it names and does not declare (NAM-7).
    pub(super) predeclared: [bool; PREDECLARED.len()],
}

/// What a file of a module mentions.
pub(super) fn mentions(tree: &Tree, module: &[String]) -> Mentions {
    let mut found = Vec::new();
    items(tree.root().children(), module, &mut found);
    let mut named = [false; PREDECLARED.len()];
    let mut declared = [false; PREDECLARED.len()];
    // NAM-3: paths from the root need no import. Each spelling is told once: programs name
    // the same things again and again.
    let mut known = FxHashSet::<&str>::default();
    for node in tree.nodes() {
        let path = match node.kind() {
            NodeKind::Path => {
                let Some(path) = views::Path::cast(node) else {
                    continue;
                };
                if let Some(name) = path.single().or_else(|| path.single_name()) {
                    mark(&mut named, name.text());
                    continue;
                }
                node.span()
            }
            NodeKind::Postfix => match postfix(node) {
                Some(path) => path,
                None => continue,
            },
            NodeKind::Enum => {
                if let Some(view) = views::Enum::cast(node) {
                    mark(&mut declared, view.name().text());
                }
                continue;
            }
            _ => continue,
        };
        if !known.insert(path.text(tree.text())) {
            continue;
        }
        let parts = names(node);
        if parts.len() > 1 {
            found.push(Mention {
                parts,
                span: node.span(),
                declared_by: None,
                import: false,
                begins_here: false,
            });
        }
    }
    begin_here(tree, &mut found);
    for (named, declared) in named.iter_mut().zip(declared) {
        *named &= !declared;
    }
    Mentions {
        paths: found,
        predeclared: named,
    }
}

/// Finds out which paths begin with names that the file declares or imports.
fn begin_here(tree: &Tree, found: &mut [Mention]) {
    let paths = || found.iter().filter(|mention| !mention.import);
    let firsts = paths().filter_map(|mention| mention.parts.first());
    let mut left = firsts.map(String::as_str).collect::<FxHashSet<_>>();
    left.remove("this");
    // Nearly every name is told by its length and its first byte to be none of them.
    let mut looks = 0_u64;
    for name in &left {
        looks |= look(name);
    }
    for node in tree.nodes() {
        if left.is_empty() {
            break;
        }
        let name = declares(node).map(Token::text);
        if let Some(name) = name.filter(|name| looks & look(name) != 0) {
            left.remove(name);
        }
    }
    let elsewhere = left.into_iter().map(str::to_owned);
    let elsewhere = elsewhere.collect::<FxHashSet<_>>();
    for mention in found.iter_mut().filter(|mention| !mention.import) {
        let first = mention.parts.first();
        mention.begins_here = first.is_some_and(|first| !elsewhere.contains(first));
    }
}

/// A bit by the length and the first byte of a name.
fn look(name: &str) -> u64 {
    let first = name.as_bytes().first().copied().unwrap_or_default();
    1 << ((usize::from(first) ^ name.len() << 2) & 63)
}

fn mark(of: &mut [bool; PREDECLARED.len()], name: &str) {
    if let Some(index) = PREDECLARED.iter().position(|(known, _)| *known == name) {
        of[index] = true;
    }
}

/// The name that a node declares or imports, if it does.
pub(super) fn declares(node: Node<'_>) -> Option<Token<'_>> {
    match node.kind() {
        NodeKind::Param => views::Param::cast(node)?.name(),
        NodeKind::Local => views::Local::cast(node)?.name(),
        NodeKind::Error => broken_local(node),
        NodeKind::For => Some(views::For::cast(node)?.variable()),
        NodeKind::LambdaParam => Some(views::LambdaParam::cast(node)?.name()),
        NodeKind::NamePattern => Some(node.first_token()),
        NodeKind::Field => views::Field::cast(node)?.name(),
        NodeKind::Event => views::Event::cast(node)?.name(),
        NodeKind::Function => views::Function::cast(node)?.name(),
        NodeKind::Type => Some(views::Type::cast(node)?.name()),
        NodeKind::Enum => Some(views::Enum::cast(node)?.name()),
        NodeKind::Contract => Some(views::Contract::cast(node)?.name()),
        NodeKind::AttributeDeclaration => Some(views::AttributeDeclaration::cast(node)?.name()),
        NodeKind::Module => Some(views::Module::cast(node)?.name()),
        NodeKind::Use => {
            let import = views::Use::cast(node)?;
            import.alias().or_else(|| import.path()?.names().last())
        }
        _ => None,
    }
}

/// Where the names at the begin of `a.b.c(…)` are.
fn postfix(node: Node<'_>) -> Option<Span> {
    let mut children = node.children();
    let base = children.next()?;
    let members = children.take_while(|suffix| suffix.kind() == NodeKind::Member);
    let last = members.last()?;
    (base.kind() == NodeKind::Name).then(|| base.span().to(last.span()))
}

/// The names of a path, or at the begin of something with suffixes.
fn names(node: Node<'_>) -> Vec<String> {
    let owned = |name: Token<'_>| name.text().to_owned();
    if let Some(path) = views::Path::cast(node) {
        return path.names().map(owned).collect();
    }
    let first = node.children().next().map(Node::first_token);
    let members = node.children().skip(1).map_while(views::Member::cast);
    let names = first.into_iter().chain(members.map(views::Member::name));
    names.map(owned).collect()
}

fn items<'t>(nodes: impl Iterator<Item = Node<'t>>, module: &[String], found: &mut Vec<Mention>) {
    for node in nodes {
        match node.kind() {
            NodeKind::ModuleDeclaration if node.is_public() => {
                let path = views::ModuleDeclaration::cast(node).and_then(|view| view.path());
                let Some(path) = path else { continue };
                found.push(Mention {
                    parts: path.names().map(|name| name.text().to_owned()).collect(),
                    span: path.node().span(),
                    declared_by: Some(module.to_vec()),
                    import: false,
                    begins_here: false,
                });
            }
            NodeKind::Use => {
                let path = views::Use::cast(node).and_then(|view| view.path());
                let Some(path) = path else { continue };
                found.push(Mention {
                    parts: path.names().map(|name| name.text().to_owned()).collect(),
                    span: path.node().span(),
                    declared_by: None,
                    import: true,
                    begins_here: false,
                });
            }
            NodeKind::Module => {
                if let Some(view) = views::Module::cast(node) {
                    let inner = view.name().text().to_owned();
                    let module = [module, &[inner]].concat();
                    items(view.items(), &module, found);
                }
            }
            _ => {}
        }
    }
}
