//! The paths in a file that may lead to modules.

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Token, Tree};
use rustc_hash::FxHashMap;

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
    // NAM-3: paths from the root need no import. Each is told once: programs name the
    // same things again and again.
    let mut known = FxHashMap::<(u32, &str), Step>::default();
    let mut parts = Vec::new();
    for node in tree.nodes() {
        parts.clear();
        match node.kind() {
            NodeKind::Path => {
                let Some(path) = views::Path::cast(node) else {
                    continue;
                };
                if let Some(name) = path.single().or_else(|| path.single_name()) {
                    mark(&mut named, name.text());
                    continue;
                }
                parts.extend(path.names().map(Token::text));
            }
            NodeKind::Postfix => postfix(node, &mut parts),
            NodeKind::Enum => {
                if let Some(view) = views::Enum::cast(node) {
                    mark(&mut declared, view.name().text());
                }
            }
            _ => {}
        }
        if parts.len() > 1 && is_new(&parts, &mut known) {
            found.push(Mention {
                parts: parts.iter().map(|part| (*part).to_owned()).collect(),
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

/// The begin of a path by its number, and whether the path that ends here was told.
struct Step {
    number: u32,
    told: bool,
}

/// Whether a path was not told before; then it is told.
fn is_new<'t>(parts: &[&'t str], known: &mut FxHashMap<(u32, &'t str), Step>) -> bool {
    let mut at = 0;
    let mut new = false;
    for (index, part) in parts.iter().enumerate() {
        let number = known.len() as u32 + 1;
        let told = false;
        let step = known.entry((at, part)).or_insert(Step { number, told });
        at = step.number;
        if index + 1 == parts.len() {
            new = !std::mem::replace(&mut step.told, true);
        }
    }
    new
}

/// The names at the begin of `a.b.c(…)`.
fn postfix<'t>(node: Node<'t>, parts: &mut Vec<&'t str>) {
    let Some(view) = views::Postfix::cast(node) else {
        return;
    };
    let Some(base) = view.base().filter(|base| base.kind() == NodeKind::Name) else {
        return;
    };
    let mut members = view.suffixes().map_while(views::Member::cast).peekable();
    if members.peek().is_some() {
        parts.push(base.first_token().text());
        parts.extend(members.map(|member| member.name().text()));
    }
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
