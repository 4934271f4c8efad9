//! `api.json`, schema 2 (API-1).

use beskid_frontend::api::{Doc, Item, Target, Text};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use serde::Serialize;

use super::Documented;
use super::markdown;
use super::place::Place;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Api<'a> {
    schema_version: u32,
    generator: &'static str,
    source: &'a str,
    items: Vec<ApiItem<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiItem<'a> {
    id: usize,
    qualified_name: &'a str,
    name: &'a str,
    kind: &'static str,
    visibility: &'static str,
    location: Location<'a>,
    doc_markdown: Option<&'a str>,
    doc: Option<ApiDoc<'a>>,
    /// What a reader may do with an item; there is nothing yet.
    controls: [(); 0],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    file: &'a str,
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiDoc<'a> {
    summary_markdown: String,
    returns_markdown: Option<String>,
    arguments: Vec<Named<'a>>,
    enum_variants: Vec<Named<'a>>,
    type_parameters: Vec<Named<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    markdown: String,
}

/// The text of the file.
///
/// # Errors
/// E4040 if it cannot be written as JSON.
pub(super) fn api(documented: &Documented) -> Result<String, Diagnostic> {
    let items = documented.items.iter().zip(&documented.places);
    let api = Api {
        schema_version: 2,
        generator: concat!("beskid ", env!("CARGO_PKG_VERSION")),
        source: &documented.source,
        items: items.enumerate().map(item).collect(),
    };
    let text = serde_json::to_string_pretty(&api).map_err(|error| {
        let message = format!("cannot write `api.json`: {error}");
        Diagnostic::new(Code::E4040, message)
    })?;
    Ok(text + "\n")
}

fn item<'a>((id, (item, place)): (usize, (&'a Item, &'a Place))) -> ApiItem<'a> {
    ApiItem {
        id,
        qualified_name: &item.qualified,
        name: &item.name,
        kind: item.kind.as_str(),
        visibility: if item.public { "public" } else { "private" },
        location: Location {
            file: &place.file,
            start_line: place.start.0,
            start_column: place.start.1,
            end_line: place.end.0,
            end_column: place.end.1,
        },
        doc_markdown: item.doc.as_ref().map(|doc| doc.body.as_str()),
        doc: item.doc.as_ref().map(doc),
        controls: [],
    }
}

fn doc(doc: &Doc) -> ApiDoc<'_> {
    ApiDoc {
        summary_markdown: text(&doc.summary),
        returns_markdown: doc.returns.as_ref().map(text),
        arguments: named(&doc.arguments),
        enum_variants: named(&doc.variants),
        type_parameters: named(&doc.type_parameters),
    }
}

fn named(list: &[(String, Text)]) -> Vec<Named<'_>> {
    let named = list.iter().map(|(name, markdown)| Named {
        name,
        markdown: text(markdown),
    });
    named.collect()
}

/// A link to an item is the name of it.
fn text(text: &Text) -> String {
    text.markdown(|written, target| match target {
        Target::Item(name) => markdown::link(written, &format!("#{name}")),
        Target::Elsewhere => markdown::code(written),
        Target::Nothing => markdown::unresolved(written),
    })
}
