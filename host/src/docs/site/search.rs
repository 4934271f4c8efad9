//! What the search searches, and the script that does.

use beskid_frontend::api::Kind;
use serde_json::{Value, json};

use super::links::{first_words, link};
use crate::docs::Documented;

/// The text of the script: the items, then the search.
pub(super) fn script(documented: &Documented) -> String {
    let items = documented.items.iter();
    // Imports and parameters are found by what they are about.
    let items = items.filter(|item| !matches!(item.kind, Kind::Use | Kind::Parameter));
    let items = items.map(|item| {
        let doc = item.doc.as_ref();
        let words = doc.map_or_else(String::new, |doc| first_words(&doc.summary));
        json!([
            item.name,
            item.qualified,
            item.kind.as_str(),
            link(item),
            words
        ])
    });
    let items = Value::Array(items.collect());
    format!("const ITEMS = {items};\n\n{}", include_str!("search.js"))
}
