//! `index.md` (API-3).

use std::fmt::Write;

use beskid_frontend::api::{Doc, Kind, Target, Text};

use super::Documented;
use super::markdown;

/// What stands where there is nothing to read.
const NOTHING: &str = "*No documentation provided.*";

/// The text of the file.
pub(super) fn index(documented: &Documented) -> String {
    let mut out = "# API reference\n\n## Structure\n\n".to_owned();
    let mut last = "";
    for item in &documented.items {
        // Parameters are in the declarations, and two items of a name are one line.
        if item.kind == Kind::Parameter || item.qualified == last {
            continue;
        }
        last = &item.qualified;
        let depth = item.qualified.matches("::").count();
        let _ = writeln!(out, "{:1$}- {2}", "", depth * 2, markdown::code(&item.name));
    }
    out.push_str("\n## Items\n");
    for item in &documented.items {
        let (name, kind) = (markdown::code(&item.qualified), item.kind.as_str());
        let _ = writeln!(out, "\n### {name} (`{kind}`)\n");
        match &item.doc {
            Some(doc) => out.push_str(&text(doc)),
            None => out.push_str(NOTHING),
        }
        out.push('\n');
    }
    out
}

pub(super) fn text(doc: &Doc) -> String {
    let mut parts = vec![plain(&doc.summary)];
    for (title, list) in doc.lists() {
        let lines = list.iter().map(|(name, text)| {
            let name = markdown::code(name);
            format!("- {name}: {}", plain(text)).trim_end().to_owned()
        });
        let lines = lines.collect::<Vec<_>>().join("\n");
        parts.push(format!("{title}:\n\n{lines}"));
    }
    if let Some(returns) = &doc.returns {
        parts.push(format!("Returns: {}", plain(returns)));
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

/// Headings have no anchors that all readers of Markdown agree on, so that references
/// are no links here.
fn plain(text: &Text) -> String {
    text.markdown(|written, target| match target {
        Target::Item(_) | Target::Elsewhere => markdown::code(written),
        Target::Nothing => markdown::unresolved(written),
    })
}
