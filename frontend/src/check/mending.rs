//! Documentation as it should be: mended, or begun. For editors.

use std::fmt::Write;

use beskid_syntax::views::{self, Params};
use beskid_syntax::{Docs, Node, NodeId, NodeKind, Token, Tree};
use rustc_hash::FxHashSet;

use super::docs::{Subject, has_docs, problem, subject};
use crate::directives::{Part, lines};
use crate::span::Span;

/// The documentation at a place of a text, without what is wrong in it. Directives about
/// what is not there end with their lines; the words of others stay.
pub fn mended(tree: &Tree, span: Span, known: &dyn Fn(&str) -> bool) -> Option<String> {
    // Others begin with the same token: a file, a type.
    let about = nodes(tree).filter(|node| has_docs(node.kind()));
    let mut documented = about.filter_map(|node| Some((node, node.docs()?)));
    let (node, docs) = documented.find(|(_, docs)| docs.span == span)?;
    let subject = subject(node);
    let mut seen = FxHashSet::default();
    let lines = lines(&docs.lines);
    let lines = lines.filter_map(|parts| mended_line(parts, &subject, &mut seen, known));
    let indent = indent(tree.text(), &docs);
    let lines = lines.map(|line| format!("/// {line}").trim_end().to_owned());
    Some(lines.collect::<Vec<_>>().join(&format!("\n{indent}")))
}

/// A line without what is wrong in it; nothing, if nothing is left of it.
fn mended_line<'t>(
    parts: Vec<Part<'t>>,
    subject: &Subject<'t>,
    seen: &mut FxHashSet<(&'t str, &'t str)>,
    known: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let mut mended = String::new();
    let mut changed = false;
    for part in parts {
        let directive = match part {
            Part::Text(text) => {
                mended.push_str(text);
                continue;
            }
            Part::Directive(directive) => directive,
        };
        if problem(&directive, subject, seen, known).is_none() {
            mended.push_str(directive.written);
            continue;
        }
        changed = true;
        match (directive.word, directive.argument) {
            ("ref", Some(name)) => {
                let _ = write!(mended, "`{name}`");
            }
            ("arg" | "returns" | "variant" | "par", _) => break,
            (word, argument) => {
                mended.push_str(word);
                if let Some(argument) = argument {
                    let _ = write!(mended, " {argument}");
                }
            }
        }
    }
    let is_empty = mended.trim().is_empty();
    (!changed || !is_empty).then(|| mended.trim_end().to_owned())
}

/// The blanks before documentation.
fn indent<'t>(text: &'t str, docs: &Docs<'_>) -> &'t str {
    let before = &text[..docs.span.start as usize];
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let indent = &before[start..];
    match indent.trim().is_empty() {
        true => indent,
        false => "",
    }
}

/// The begin of documentation for what is declared at an offset and has none: where it
/// goes, the name of what is declared, and the lines.
pub fn described(tree: &Tree, offset: u32) -> Option<(u32, String, Vec<String>)> {
    let about = nodes(tree).filter(|node| has_docs(node.kind()) && node.docs().is_none());
    let heads = about.filter_map(|node| {
        let name = name(node)?;
        let head = node.span().start..=name.span().end;
        head.contains(&offset).then_some((node, name.text()))
    });
    let (node, name) = heads.last()?;
    let Subject {
        called,
        variants,
        params,
    } = subject(node);
    let mut lines = vec![format!("/// What `{name}` is.")];
    let (takes, returns) = called.unwrap_or_default();
    lines.extend(
        params
            .iter()
            .map(|param| format!("/// @par({param}) A type.")),
    );
    lines.extend(
        takes
            .iter()
            .map(|param| format!("/// @arg({param}) What it takes.")),
    );
    let variants = variants.unwrap_or_default();
    lines.extend(
        variants
            .iter()
            .map(|variant| format!("/// @variant({variant}) What it is.")),
    );
    if returns {
        lines.push("/// @returns What it makes.".to_owned());
    }
    Some((node.span().start, name.to_owned(), lines))
}

fn name(node: Node<'_>) -> Option<Token<'_>> {
    match node.kind() {
        NodeKind::Function => views::Function::cast(node)?.name(),
        NodeKind::ContractMethod => views::ContractMethod::cast(node)?.name(),
        NodeKind::Type => views::Type::cast(node).map(views::Type::name),
        NodeKind::Enum => views::Enum::cast(node).map(views::Enum::name),
        NodeKind::Contract => views::Contract::cast(node).map(views::Contract::name),
        NodeKind::AttributeDeclaration => {
            views::AttributeDeclaration::cast(node).map(views::AttributeDeclaration::name)
        }
        NodeKind::Module => views::Module::cast(node).map(views::Module::name),
        NodeKind::Field => views::Field::cast(node)?.name(),
        NodeKind::Event => views::Event::cast(node)?.name(),
        NodeKind::Variant => views::Variant::cast(node).map(views::Variant::name),
        NodeKind::Test => views::Test::cast(node).map(views::Test::name),
        _ => None,
    }
}

fn nodes(tree: &Tree) -> impl Iterator<Item = Node<'_>> {
    let ids = 0..tree.node_count() as u32;
    // Documentation before a list of parameters is that of the first.
    let nodes = ids.filter_map(|id| tree.node(NodeId(id)));
    nodes.filter(|node| Params::cast(*node).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(text: &str) -> Option<String> {
        let tree = beskid_syntax::parse(text);
        let docs = nodes(&tree).find_map(Node::docs)?;
        mended(&tree, docs.span, &|name| name == "known")
    }

    #[test]
    fn doc_4_what_is_wrong_is_mended_and_the_rest_stays() {
        let text = "/// One.\n/// @arg(a) A.\n/// @arg(b) B.\n/// @arg(a) Again.\n\
                    /// See @ref(known) and @ref(gone).\n/// @returns Nothing.\n/// A @wrong(x) word.\n\
                    unit f(i32 a) { }";
        let expected =
            "/// One.\n/// @arg(a) A.\n/// See @ref(known) and `gone`.\n/// A wrong x word.";
        assert_eq!(mend(text).as_deref(), Some(expected));
        let inner = "type T\n{\n    /// A.\n    ///\n    /// @par(X) B.\n    i32 x,\n}";
        assert_eq!(mend(inner).as_deref(), Some("/// A.\n    ///"));
    }

    #[test]
    fn doc_4_documentation_begins_with_what_there_is_to_say() {
        let text = "i32 f<T>(i32 a, T b) { return 1; }\nenum E { A, B(i32 x) }";
        let tree = beskid_syntax::parse(text);
        let (at, name, lines) = described(&tree, 4).unwrap();
        assert_eq!((at, name.as_str()), (0, "f"));
        let lines = lines.iter().map(|line| line.split(' ').nth(1).unwrap());
        let found = lines.collect::<Vec<_>>();
        assert_eq!(found, ["What", "@par(T)", "@arg(a)", "@arg(b)", "@returns"]);
        let (_, name, _) = described(&tree, text.find("B(").unwrap() as u32).unwrap();
        assert_eq!(name, "B");
        assert!(described(&tree, 30).is_none());
    }
}
