//! Where documentation names what a program declares.

use beskid_syntax::{Node, NodeId, NodeKind, Tree};

use super::References;
use super::declarations::{Declaration, DeclarationKind};
use crate::directives::{Directive, directives};
use crate::source::Sources;
use crate::span::Span;

impl References {
    /// The names in the documentation of the first file that mean what is declared at a
    /// place, and can mean nothing else: in `@arg`, `@variant` and `@par` of what has it, and
    /// in the paths of `@ref` (DOC-2, DOC-6).
    pub fn documented(&self, sources: &Sources, declared: Span) -> Vec<Span> {
        let found = self.declaration(declared).zip(sources.files.first());
        let Some((of, file)) = found else {
            return Vec::new();
        };
        let text = file.tree.text();
        let name = self.text(sources, declared);
        let path = self.path(sources, of);
        let own = of.node(&file.tree).filter(|_| of.base == file.base);
        let around = of.container.and_then(|name| self.declaration(name));
        let around = around.and_then(|around| around.node(&file.tree));
        let mut spans = Vec::new();
        for node in documented(&file.tree) {
            let Some(docs) = node.docs() else { continue };
            for Directive { word, argument, .. } in directives(&docs.lines) {
                let Some(argument) = argument else { continue };
                let start = argument.as_ptr() as usize - text.as_ptr() as usize;
                let here = |at: usize| Span::of(start + at..start + at + name.len());
                if word == "ref" {
                    let ends = ends(argument).into_iter();
                    let meant = ends.filter(|(_, way)| self.is_alone(sources, of, &path, way));
                    spans.extend(meant.map(|(at, _)| here(at)));
                } else if argument == name
                    && own.is_some_and(|own| Some(own.kind()) == part(word))
                    && around.is_some_and(|around| around.id() == node.id())
                {
                    spans.push(here(0));
                }
            }
        }
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// Whether the end of a path means what is declared, and no other declaration.
    fn is_alone(&self, sources: &Sources, of: &Declaration, path: &[String], way: &[&str]) -> bool {
        let ends = |path: &[String]| {
            let start = path.len().checked_sub(way.len());
            start.is_some_and(|start| path[start..] == *way)
        };
        let Some(last) = way.last() else { return false };
        let mut others = self.declarations().iter();
        ends(path)
            && is_documentable(of.kind)
            && !others.any(|other| {
                is_documentable(other.kind)
                    && other.name != of.name
                    && self.text(sources, other.name) == *last
                    && ends(&self.path(sources, other))
            })
    }

    /// The parts of the whole path of a declaration.
    fn path(&self, sources: &Sources, of: &Declaration) -> Vec<String> {
        let mut parts = Vec::new();
        let mut next = Some(of);
        while let Some(of) = next {
            match of.name.is_empty() {
                true => {
                    let module = sources.module_of(of.base).unwrap_or_default();
                    parts.extend(module.iter().rev().cloned());
                }
                false => parts.push(self.text(sources, of.name).to_owned()),
            }
            next = of.container.and_then(|name| self.declaration(name));
        }
        parts.reverse();
        parts
    }

    fn text<'s>(&self, sources: &'s Sources, span: Span) -> &'s str {
        let file = sources.file_of(span);
        file.map_or("", |file| {
            Span::new(span.start - file.base, span.end - file.base).text(file.text)
        })
    }
}

/// What declares the part that a directive is about: a lambda's parameters are others.
fn part(word: &str) -> Option<NodeKind> {
    Some(match word {
        "arg" => NodeKind::Param,
        "variant" => NodeKind::Variant,
        "par" => NodeKind::Generics,
        _ => return None,
    })
}

/// What `@ref` may mean.
const fn is_documentable(kind: DeclarationKind) -> bool {
    use DeclarationKind::{Local, Parameter, TypeParameter};
    !matches!(kind, Local | Parameter | TypeParameter)
}

/// The nodes that have documentation. A file begins with the token of its first item.
fn documented(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    let ids = 0..tree.node_count() as u32;
    let nodes = ids.filter_map(|id| tree.node(NodeId(id)));
    nodes.filter(|node| node.kind() != NodeKind::File && node.docs().is_some())
}

/// The beginnings of a path, each with the offset of its last part.
fn ends(path: &str) -> Vec<(usize, Vec<&str>)> {
    let mut found = Vec::new();
    let mut way = Vec::new();
    let mut at = 0;
    for part in path.split(['.', ':']) {
        if !part.is_empty() {
            way.push(part);
            found.push((at, way.clone()));
        }
        at += part.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_path_ends_one() {
        let found = ends("A::B.c");
        assert_eq!(
            found,
            [
                (0, vec!["A"]),
                (3, vec!["A", "B"]),
                (5, vec!["A", "B", "c"])
            ]
        );
    }
}
