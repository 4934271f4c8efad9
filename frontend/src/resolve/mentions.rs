//! The paths in a file that may lead to modules.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Tree};

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
    // NAM-3: paths from the root need no import.
    for id in 0..tree.node_count() as u32 {
        let Some(node) = tree.node(beskid_syntax::NodeId(id)) else {
            break;
        };
        let parts = match node.kind() {
            NodeKind::Path => {
                let path = views::Path::cast(node);
                if let Some(name) = path.and_then(views::Path::single_name) {
                    mark(&mut named, name.text());
                    continue;
                }
                path.map(|path| {
                    let names = path.names().map(|name| name.text().to_owned());
                    names.collect::<Vec<_>>()
                })
            }
            NodeKind::Postfix => postfix(node),
            NodeKind::Enum => {
                if let Some(view) = views::Enum::cast(node) {
                    mark(&mut declared, view.name().text());
                }
                continue;
            }
            _ => continue,
        };
        if let Some(parts) = parts.filter(|parts| parts.len() > 1) {
            found.push(Mention {
                parts,
                span: node.span(),
                declared_by: None,
                import: false,
            });
        }
    }
    for (named, declared) in named.iter_mut().zip(declared) {
        *named &= !declared;
    }
    Mentions {
        paths: found,
        predeclared: named,
    }
}

fn mark(of: &mut [bool; PREDECLARED.len()], name: &str) {
    if let Some(index) = PREDECLARED.iter().position(|(known, _)| *known == name) {
        of[index] = true;
    }
}

/// The names at the begin of `a.b.c(…)`.
fn postfix(node: Node<'_>) -> Option<Vec<String>> {
    let view = views::Postfix::cast(node)?;
    let base = view.base().filter(|base| base.kind() == NodeKind::Name)?;
    let mut parts = vec![base.first_token().text().to_owned()];
    for suffix in view.suffixes() {
        let Some(member) = views::Member::cast(suffix) else {
            break;
        };
        parts.push(member.name().text().to_owned());
    }
    Some(parts)
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
