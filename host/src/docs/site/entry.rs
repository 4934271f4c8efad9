//! An item in a page.

use beskid_frontend::api::{Item, Kind, Text};

use super::links::{anchor, first_words, html, page_of};
use crate::docs::Documented;
use crate::docs::escape::escape;
use crate::docs::place::Place;

/// How deep members stand in one another: a type, its method.
const DEEPEST: usize = 2;

/// An item: its declaration, where it is, its documentation and its members.
pub(super) fn entry(documented: &Documented, item: &Item, place: &Place, depth: usize) -> String {
    let (name, kind) = (escape(&item.name), item.kind.as_str());
    let badge = match item.public || depth > 0 {
        true => "",
        false => " <span class=\"badge\">private</span>",
    };
    let level = if depth == 0 { "h3" } else { "h4" };
    let file = place.file.rsplit('/').next().unwrap_or_default();
    let mut out = format!(
        "<section class=\"item {kind}\" id=\"{anchor}\">\n<{level}><a href=\"#{anchor}\">{name}</a>\
         {badge} <span class=\"place\">{}:{}</span></{level}>\n\
         <pre><code>{}</code></pre>\n",
        escape(file),
        place.start.0,
        escape(&item.signature),
        anchor = anchor(item),
    );
    out.push_str(&doc(item, &documented.items));
    if depth < DEEPEST {
        let prefix = format!("{}::", item.qualified);
        let start = documented
            .items
            .partition_point(|other| other.qualified < prefix);
        let all = documented.items.iter().zip(&documented.places).skip(start);
        let inside = all.take_while(|(other, _)| other.qualified.starts_with(&prefix));
        let members = inside.filter(|(other, _)| {
            other.module == item.module
                && other.kind != Kind::Parameter
                && !other.qualified[prefix.len()..].contains("::")
        });
        // A reader expects fields as they were written, and not by their names.
        let mut members = members.collect::<Vec<_>>();
        members.sort_by_key(|(member, _)| member.span);
        for (member, place) in members {
            out.push_str(&entry(documented, member, place, depth + 1));
        }
    }
    out.push_str("</section>\n");
    out
}

/// The documentation of an item.
pub(super) fn doc(item: &Item, items: &[Item]) -> String {
    let Some(doc) = &item.doc else {
        return String::new();
    };
    let mut out = format!("<div class=\"doc\">\n{}", html(&doc.summary, items));
    if let Some(tier) = &doc.tier {
        out.push_str(&format!(
            "<p class=\"tier\">Stability: {}</p>\n",
            escape(tier)
        ));
    }
    for (title, list) in doc.lists() {
        out.push_str(&format!("<h5>{title}</h5>\n<dl>\n"));
        for (name, text) in list {
            let (name, text) = (escape(name), html(text, items));
            out.push_str(&format!("<dt><code>{name}</code></dt><dd>{text}</dd>\n"));
        }
        out.push_str("</dl>\n");
    }
    if let Some(returns) = doc.returns.as_ref().filter(|text| !is_empty(text)) {
        let returns = html(returns, items);
        out.push_str(&format!(
            "<h5>Returns</h5>\n<div class=\"returns\">{returns}</div>\n"
        ));
    }
    out.push_str("</div>\n");
    out
}

fn is_empty(text: &Text) -> bool {
    text.markdown(|written, _| written.to_owned()).is_empty()
}

/// A module in the page of another, which has a page of its own.
pub(super) fn link_to_module(item: &Item) -> String {
    let doc = item.doc.as_ref();
    let words = doc.map_or_else(String::new, |doc| first_words(&doc.summary));
    format!(
        "<p class=\"module\"><a href=\"{}\"><code>{}</code></a> {}</p>\n",
        page_of(&item.qualified),
        escape(&item.qualified),
        escape(&words),
    )
}
