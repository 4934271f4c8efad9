//! The page of a module: its items by their kinds, with their members.

use beskid_frontend::api::{Item, Kind};

use super::entry::{self, entry};
use super::frame;
use super::links::anchor;
use crate::docs::Documented;
use crate::docs::escape::escape;

/// The parts of a page, in their order.
const SECTIONS: &[(Kind, &str)] = &[
    (Kind::Module, "Modules"),
    (Kind::Type, "Types"),
    (Kind::Enum, "Enums"),
    (Kind::Contract, "Contracts"),
    (Kind::Function, "Functions"),
    (Kind::Attribute, "Attributes"),
    (Kind::Test, "Tests"),
    (Kind::Use, "Imports"),
];

/// The page.
pub(super) fn page(documented: &Documented, module: &Item) -> String {
    let name = escape(&module.qualified);
    let mut body = format!("<h1>Module <code>{name}</code></h1>\n");
    body.push_str(&entry::doc(module, &documented.items));
    let mut beside = String::new();
    for (kind, title) in SECTIONS {
        let items = documented.items.iter().zip(&documented.places);
        // An import that is not passed on is nothing to read about.
        let is_own = |item: &Item| item.kind == Kind::Use && !item.public;
        let items =
            items.filter(|(item, _)| item.kind == *kind && is_in(item, module) && !is_own(item));
        let items = items.collect::<Vec<_>>();
        if items.is_empty() {
            continue;
        }
        body.push_str(&format!("<h2>{title}</h2>\n"));
        if *kind == Kind::Module {
            // Its page is among all modules already.
            body.extend(items.iter().map(|(item, _)| entry::link_to_module(item)));
            continue;
        }
        beside.push_str(&format!("<h2>{title}</h2>\n<ul>\n"));
        for (item, place) in items {
            body.push_str(&entry(documented, item, place, 0));
            let (anchor, name) = (anchor(item), escape(&item.name));
            beside.push_str(&format!("<li><a href=\"#{anchor}\">{name}</a></li>\n"));
        }
        beside.push_str("</ul>\n");
    }
    // A method of a type of another module stands where it was written.
    let strays = documented.items.iter().zip(&documented.places);
    let strays = strays.filter(|(item, _)| {
        item.module == module.qualified
            && item.kind == Kind::Method
            && !item
                .qualified
                .starts_with(&format!("{}::", module.qualified))
    });
    let strays = strays.map(|(item, place)| entry(documented, item, place, 0));
    let strays = strays.collect::<String>();
    if !strays.is_empty() {
        body.push_str("<h2>Methods of other modules' types</h2>\n");
        body.push_str(&strays);
    }
    frame::page(documented, &module.qualified, &beside, &body)
}

/// Whether an item stands in a module, and in nothing else of it.
fn is_in(item: &Item, module: &Item) -> bool {
    let parent = item.qualified.rsplit_once("::").map(|(parent, _)| parent);
    parent == Some(module.qualified.as_str())
}
