//! From lines of documentation to its parts.

use beskid_syntax::Docs;

use super::doc::{Doc, Target, Text};
use crate::directives::{Directive, Part, lines};

/// Which part of the documentation the text of a line belongs to.
#[derive(Clone, Copy)]
enum Section {
    Summary,
    Returns,
    Argument,
    Variant,
    TypeParameter,
}

/// Reads the documentation of an item, without a look at what it refers to.
pub fn documentation(docs: &Docs<'_>) -> Doc {
    doc(docs, &|_| Target::Elsewhere)
}

/// Reads the documentation of an item.
pub(super) fn doc<'n>(docs: &Docs<'_>, find: &dyn Fn(&str) -> Target<'n>) -> Doc {
    let mut doc = Doc {
        body: docs.body(),
        ..Doc::default()
    };
    for (line, parts) in docs.lines.iter().zip(lines(&docs.lines)) {
        // A directive ends with its line.
        let mut section = Section::Summary;
        let mut summarizes = line.trim().is_empty();
        for part in parts {
            match part {
                Part::Text(text) => {
                    summarizes |= matches!(section, Section::Summary) && !text.trim().is_empty();
                    target(&mut doc, section).push(text);
                }
                Part::Directive(directive) => match begins(&mut doc, &directive) {
                    Some(begun) => section = begun,
                    None => {
                        summarizes |= matches!(section, Section::Summary);
                        inline(target(&mut doc, section), &directive, find);
                    }
                },
            }
        }
        if summarizes {
            doc.summary.push("\n");
        }
    }
    doc
}

/// The section that a directive begins, if it does.
fn begins(doc: &mut Doc, directive: &Directive<'_>) -> Option<Section> {
    let argument = directive.argument;
    let (list, section) = match (directive.word, argument) {
        ("returns", _) => {
            doc.returns.get_or_insert_default().push(" ");
            return Some(Section::Returns);
        }
        ("tier", Some(tier)) => {
            doc.tier = Some(tier.to_owned());
            return Some(Section::Summary);
        }
        ("arg", Some(_)) => (&mut doc.arguments, Section::Argument),
        ("variant", Some(_)) => (&mut doc.variants, Section::Variant),
        ("par", Some(_)) => (&mut doc.type_parameters, Section::TypeParameter),
        _ => return None,
    };
    list.push((argument?.to_owned(), Text::default()));
    Some(section)
}

/// A reference, or a directive that is none.
fn inline<'n>(text: &mut Text, directive: &Directive<'_>, find: &dyn Fn(&str) -> Target<'n>) {
    match (directive.word, directive.argument) {
        ("ref", Some(path)) => text.push_reference(path, find(path)),
        _ => text.push(directive.written),
    }
}

fn target(doc: &mut Doc, section: Section) -> &mut Text {
    let list = match section {
        Section::Returns => return doc.returns.get_or_insert_default(),
        Section::Summary => return &mut doc.summary,
        Section::Argument => &mut doc.arguments,
        Section::Variant => &mut doc.variants,
        Section::TypeParameter => &mut doc.type_parameters,
    };
    match list.last_mut() {
        Some((_, text)) => text,
        None => &mut doc.summary,
    }
}
