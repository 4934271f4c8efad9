//! Pages for browsers: one of all modules, one for each, and a search over all items.
//!
//! They are files that need nothing else: no server, no network, and without scripts
//! all but the search.

mod entry;
mod frame;
mod links;
mod module;
mod overview;
mod search;

use beskid_frontend::api::Kind;

use super::Documented;

pub(super) use links::{anchor, find};

/// The page to begin with.
pub(super) const FIRST: &str = "index.html";

/// The names and texts of all files.
pub(super) fn files(documented: &Documented) -> Vec<(String, String)> {
    let mut files = vec![
        (FIRST.to_owned(), overview::page(documented)),
        (frame::STYLE.to_owned(), include_str!("site.css").to_owned()),
        (frame::SCRIPT.to_owned(), search::script(documented)),
    ];
    let items = documented.items.iter();
    for item in items.filter(|item| item.kind == Kind::Module) {
        let name = links::page_of(&item.qualified);
        files.push((name, module::page(documented, item)));
    }
    files
}
