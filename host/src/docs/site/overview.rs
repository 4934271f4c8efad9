//! The page of all modules.

use beskid_frontend::api::Kind;

use super::frame;
use super::links::{first_words, page_of};
use crate::docs::Documented;
use crate::docs::escape::escape;

/// The page.
pub(super) fn page(documented: &Documented) -> String {
    let title = &documented.title;
    let modules = documented.items.iter();
    let modules = modules.filter(|item| item.kind == Kind::Module);
    let rows = modules.map(|module| {
        let own = documented.items.iter();
        let own = own.filter(|item| item.module == module.qualified);
        let counts = counts(own.map(|item| item.kind));
        let doc = module.doc.as_ref();
        let words = doc.map_or_else(String::new, |doc| first_words(&doc.summary));
        format!(
            "<tr><td><a href=\"{}\"><code>{}</code></a></td><td>{}</td>\
             <td class=\"counts\">{counts}</td></tr>\n",
            page_of(&module.qualified),
            escape(&module.qualified),
            escape(&words),
        )
    });
    let rows = rows.collect::<String>();
    let body = format!(
        "<h1>{}</h1>\n<p class=\"lead\">Of <code>{}</code>. The same is in \
         <a href=\"index.md\">index.md</a>, and for programs in \
         <a href=\"api.json\">api.json</a>.</p>\n<table class=\"modules\">\n{rows}</table>\n",
        escape(title),
        escape(&documented.source),
    );
    frame::page(documented, title, "", &body)
}

/// How many items there are of the kinds that a reader looks for first.
fn counts(kinds: impl Iterator<Item = Kind>) -> String {
    let kinds = kinds.collect::<Vec<_>>();
    let counted = [
        (Kind::Type, "type", "types"),
        (Kind::Enum, "enum", "enums"),
        (Kind::Contract, "contract", "contracts"),
        (Kind::Function, "function", "functions"),
        (Kind::Test, "test", "tests"),
    ];
    let counts = counted.into_iter().filter_map(|(kind, one, many)| {
        let count = kinds.iter().filter(|found| **found == kind).count();
        let noun = if count == 1 { one } else { many };
        (count > 0).then(|| format!("{count} {noun}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}
