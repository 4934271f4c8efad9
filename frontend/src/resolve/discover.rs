//! Finding the files of a program: what it imports, and what that imports
//! (MOD-7).

use std::collections::HashSet;

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind, Tree};

use super::collect::own_name;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::source::{Loader, SourceFile, Sources, shifted};
use crate::span::Span;

/// Most files of a program.
const MOST: usize = 20_000;

/// Reads the modules that the files name, and so on.
pub(crate) fn discover(
    sources: &mut Sources,
    loader: &mut dyn Loader,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let mut search = Search {
        asked: HashSet::new(),
        sought: HashSet::new(),
        loader,
        diagnostics,
    };
    for file in &sources.files {
        search.asked.insert(file.module.clone());
    }
    let mut next = 0;
    let mut imported = Vec::new();
    loop {
        while let Some(file) = sources.files.get(next) {
            let base = file.base;
            let mentions = mentions(&file.tree, &file.module);
            next += 1;
            for mention in mentions {
                search.follow(sources, &mention, base);
                imported.extend(mention.import.then(|| mention.parts[0].clone()));
            }
        }
        let before = sources.files.len();
        for first in std::mem::take(&mut imported) {
            search.named(sources, &first);
        }
        if sources.files.len() == before {
            break;
        }
    }
}

/// Whether a file names its own module (MOD-3), and the first part of its path is this
/// one.
pub fn names_itself(source: &[u8], first: &str) -> bool {
    // Whatever comes first, the word stands in the file.
    if memchr::memmem::find(source, b"mod").is_none() {
        return false;
    }
    let Ok(text) = std::str::from_utf8(source) else {
        return false;
    };
    let tree = beskid_syntax::parse(text);
    let name = own_name(tree.root());
    name.is_some_and(|name| name.first().is_some_and(|part| part.text() == first))
}

/// The path of a file's module.
fn module_of(file: &SourceFile) -> Vec<String> {
    match own_name(file.tree.root()) {
        Some(tokens) => tokens.iter().map(|token| token.text().to_owned()).collect(),
        None => file.module.clone(),
    }
}

/// A path in a file that may lead to a module.
struct Mention {
    parts: Vec<String>,
    span: Span,
    /// `pub mod`, and the module that says it: the file must exist (MOD-4).
    declared_by: Option<Vec<String>>,
    /// Whether it is a `use`.
    import: bool,
}

struct Search<'a> {
    asked: HashSet<Vec<String>>,
    /// The first parts of modules for which all files were looked at.
    sought: HashSet<String>,
    loader: &'a mut dyn Loader,
    diagnostics: &'a mut Vec<SourceDiagnostic>,
}

impl Search<'_> {
    fn follow(&mut self, sources: &mut Sources, mention: &Mention, base: u32) {
        let span = shifted(mention.span, base);
        if let Some(by) = &mention.declared_by {
            let child = [by.as_slice(), &mention.parts].concat();
            let found =
                self.load(sources, &mention.parts, span) || self.load(sources, &child, span);
            if !found {
                let message = format!(
                    "there is no file of the module `{}`",
                    mention.parts.join(".")
                );
                let (first, second) = (mention.parts.join("/"), child.join("/"));
                let diagnostic = SourceDiagnostic::new(codes::NO_FILE, message, span, "");
                self.diagnostics
                    .push(diagnostic.help(format!("write `{first}.bd` or `{second}.bd`")));
            }
            return;
        }
        for len in 1..=mention.parts.len() {
            self.load(sources, &mention.parts[..len], span);
        }
    }

    /// Adds the files that name modules of this first part themselves, if no file
    /// is there by its place (MOD-3).
    fn named(&mut self, sources: &mut Sources, first: &str) {
        let known = sources
            .files
            .iter()
            .any(|file| module_of(file).first().is_some_and(|part| part == first));
        if known || !self.sought.insert(first.to_owned()) {
            return;
        }
        for loaded in self.loader.named(first) {
            let Ok(text) = String::from_utf8(loaded.bytes) else {
                continue;
            };
            let known = sources.files.iter().any(|file| file.name == loaded.name);
            if !known && sources.files.len() < MOST {
                // Its place says nothing: its first item does.
                add(sources, loaded.name, Vec::new(), &text, self.diagnostics);
            }
        }
    }

    /// Whether a module has a file, which is read once.
    fn load(&mut self, sources: &mut Sources, module: &[String], span: Span) -> bool {
        if !self.asked.insert(module.to_vec()) {
            return sources.files.iter().any(|file| file.module == module);
        }
        if sources.files.len() >= MOST {
            return false;
        }
        let parts = module.iter().map(String::as_str).collect::<Vec<_>>();
        let loaded = match self.loader.load(&parts) {
            Ok(None) => return false,
            Ok(Some(loaded)) => loaded,
            Err(reason) => {
                let message = format!("the module `{}` cannot be read: {reason}", parts.join("."));
                let diagnostic = SourceDiagnostic::new(codes::NO_FILE, message, span, "");
                self.diagnostics.push(diagnostic);
                return true;
            }
        };
        let text = match String::from_utf8(loaded.bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let name = loaded.name;
                let message = format!("`{name}` is not UTF-8: invalid byte at offset {at}");
                let diagnostic = SourceDiagnostic::new(codes::NOT_UTF8, message, span, "");
                self.diagnostics
                    .push(diagnostic.help("save the file as UTF-8"));
                return true;
            }
        };
        add(
            sources,
            loaded.name,
            module.to_vec(),
            &text,
            self.diagnostics,
        );
        true
    }
}

/// Adds a file, if there is room for it.
pub(crate) fn add(
    sources: &mut Sources,
    name: String,
    module: Vec<String>,
    text: &str,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let base = sources.end();
    if u64::from(base) + text.len() as u64 > u64::from(u32::MAX / 2) {
        let message = format!("`{name}` is too large, with the files before it");
        let span = Span::new(0, 0);
        diagnostics.push(SourceDiagnostic::new(codes::TOO_LARGE, message, span, ""));
        return;
    }
    let tree = beskid_syntax::parse(text);
    diagnostics.extend(super::errors::syntax_errors(&tree, base));
    sources.files.push(SourceFile {
        name,
        module,
        base,
        tree,
    });
}

fn mentions(tree: &Tree, module: &[String]) -> Vec<Mention> {
    let mut found = Vec::new();
    let own = own_name(tree.root());
    let module = match own {
        Some(tokens) => tokens.iter().map(|token| token.text().to_owned()).collect(),
        None => module.to_vec(),
    };
    items(tree.root().children(), &module, &mut found);
    // NAM-3: paths from the root need no import.
    for id in 0..tree.node_count() as u32 {
        let Some(node) = tree.node(beskid_syntax::NodeId(id)) else {
            break;
        };
        let parts = match node.kind() {
            NodeKind::Path => views::Path::cast(node).map(|path| {
                let names = path.names().map(|name| name.text().to_owned());
                names.collect::<Vec<_>>()
            }),
            NodeKind::Postfix => postfix(node),
            _ => None,
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
    found
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
