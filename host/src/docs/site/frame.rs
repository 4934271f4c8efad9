//! What all pages have around them.

use beskid_frontend::api::Kind;

use super::links::page_of;
use crate::docs::Documented;
use crate::docs::escape::escape;

/// The file of the style.
pub(super) const STYLE: &str = "docs.css";

/// The file of the search, and of what it searches.
pub(super) const SCRIPT: &str = "docs.js";

/// A page: its title, the links beside it, and what is in it.
pub(super) fn page(documented: &Documented, title: &str, beside: &str, body: &str) -> String {
    let name = escape(&documented.title);
    let full = match title == documented.title {
        true => name.clone(),
        false => format!("{} · {name}", escape(title)),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{full}</title>\n<link rel=\"stylesheet\" href=\"{STYLE}\">\n\
         <script src=\"{SCRIPT}\" defer></script>\n</head>\n<body>\n\
         <nav>\n<a class=\"title\" href=\"index.html\">{name}</a>\n{}{beside}</nav>\n\
         <main>\n<div class=\"search\"><input id=\"search\" type=\"search\" autocomplete=\"off\" \
         placeholder=\"Search  /\" aria-label=\"Search\" aria-controls=\"found\">\n\
         <ol id=\"found\" hidden></ol></div>\n{body}</main>\n</body>\n</html>\n",
        modules(documented),
    )
}

fn modules(documented: &Documented) -> String {
    let modules = documented.items.iter();
    let modules = modules.filter(|item| item.kind == Kind::Module);
    let links = modules.map(|module| {
        let (page, name) = (page_of(&module.qualified), escape(&module.qualified));
        format!("<li><a href=\"{page}\">{name}</a></li>\n")
    });
    format!(
        "<h2>Modules</h2>\n<ul>\n{}</ul>\n",
        links.collect::<String>()
    )
}
