//! `index.md` (API-3).

use std::collections::HashSet;
use std::fmt::Write;

use beskid_frontend::api::{Doc, Item, Kind, Target, Text};

use super::Documented;
use super::markdown;
use super::site::{anchor, find};

/// What stands where there is nothing to read.
const NOTHING: &str = "*No documentation provided.*";

/// The text of the file. What a reference leads to has an anchor of its own, since readers
/// of Markdown do not agree on those of headings.
pub(super) fn index(documented: &Documented) -> String {
    let mut anchors = HashSet::new();
    let texts = listed(documented).map(|item| match &item.doc {
        Some(doc) => text(doc, &mut |of| linked(of, &documented.items, &mut anchors)),
        None => NOTHING.to_owned(),
    });
    let texts = texts.collect::<Vec<_>>();
    let mut out = "# API reference\n\n## Structure\n\n".to_owned();
    let mut last = "";
    for item in listed(documented) {
        // Parameters are in the declarations, and two items of a name are one line.
        if item.kind == Kind::Parameter || item.qualified == last {
            continue;
        }
        last = &item.qualified;
        let depth = item.qualified.matches("::").count();
        let _ = writeln!(out, "{:1$}- {2}", "", depth * 2, markdown::code(&item.name));
    }
    out.push_str("\n## Items\n");
    for (item, text) in listed(documented).zip(texts) {
        let (name, kind) = (markdown::code(&item.qualified), item.kind.as_str());
        // The first of several of a name is meant.
        let anchor = anchor(item);
        if anchors.remove(&anchor) {
            let _ = write!(out, "\n<a id=\"{anchor}\"></a>\n");
        }
        let _ = write!(out, "\n### {name} (`{kind}`)\n\n{text}\n");
    }
    out
}

/// The items that are for readers: an import that is not passed on is none.
fn listed(documented: &Documented) -> impl Iterator<Item = &Item> {
    let items = documented.items.iter();
    items.filter(|item| item.public || item.kind != Kind::Use)
}

/// Documentation in Markdown, its directives as lists, without links.
pub(super) fn described(doc: &Doc) -> String {
    let plain = |text: &Text| {
        text.markdown(|written, target| match target {
            Target::Item(_) | Target::Elsewhere => markdown::code(written),
            Target::Nothing => markdown::unresolved(written),
        })
    };
    text(doc, &mut { plain })
}

/// The same, by what becomes of each text.
fn text(doc: &Doc, shown: &mut dyn FnMut(&Text) -> String) -> String {
    let mut parts = vec![shown(&doc.summary)];
    for (title, list) in doc.lists() {
        let lines = list.iter().map(|(name, text)| {
            let name = markdown::code(name);
            format!("- {name}: {}", shown(text)).trim_end().to_owned()
        });
        let lines = lines.collect::<Vec<_>>().join("\n");
        parts.push(format!("{title}:\n\n{lines}"));
    }
    if let Some(returns) = &doc.returns {
        parts.push(format!("Returns: {}", shown(returns)));
    }
    if let Some(tier) = &doc.tier {
        parts.push(format!("Stability: {}", markdown::code(tier)));
    }
    parts.retain(|part| !part.is_empty());
    match parts.is_empty() {
        true => NOTHING.to_owned(),
        false => parts.join("\n\n"),
    }
}

/// Markdown with links to the items that it names, and the anchors of those.
fn linked(text: &Text, items: &[Item], anchors: &mut HashSet<String>) -> String {
    text.markdown(|written, target| match target {
        Target::Item(name) => match find(items, name) {
            Some(item) => {
                let anchor = anchor(item);
                let link = markdown::link(written, &format!("#{anchor}"));
                anchors.insert(anchor);
                link
            }
            None => markdown::code(written),
        },
        Target::Elsewhere => markdown::code(written),
        Target::Nothing => markdown::unresolved(written),
    })
}
