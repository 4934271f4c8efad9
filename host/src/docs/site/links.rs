//! Where pages and items are.

use beskid_frontend::api::{Item, Kind, Target, Text};

use crate::docs::markdown;

/// Longest name of a module in the name of its page: systems have limits.
const LONGEST: usize = 200;

/// The page of a module, by its qualified name.
pub(super) fn page_of(module: &str) -> String {
    let name = module.replace("::", ".");
    let plain = plain(&name);
    if plain == name && name.len() <= LONGEST {
        return format!("mod.{name}.html");
    }
    let digest = blake3::hash(name.as_bytes()).to_hex();
    let start = plain.get(..LONGEST).unwrap_or(&plain);
    format!("mod.{start}-{}.html", digest.get(..16).unwrap_or_default())
}

/// A name of which nothing means something in a link: modules have the names of files.
fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    let chars = name.chars().map(|c| if is_plain(c) { c } else { '_' });
    chars.collect()
}

/// The name of an item's place in its page. A type and a function may have one name.
pub(in crate::docs) fn anchor(item: &Item) -> String {
    format!("{}.{}", item.kind.as_str(), plain(&item.qualified))
}

/// The link to an item.
pub(super) fn link(item: &Item) -> String {
    let page = page_of(&item.module);
    match item.kind {
        Kind::Module => page,
        _ => format!("{page}#{}", anchor(item)),
    }
}

/// Markdown as HTML, with links to the items that it names.
pub(super) fn html(text: &Text, items: &[Item]) -> String {
    let markdown = text.markdown(|written, target| match target {
        Target::Item(name) => match find(items, name) {
            Some(item) => markdown::link(written, &link(item)),
            None => markdown::code(written),
        },
        Target::Elsewhere => markdown::code(written),
        Target::Nothing => markdown::unresolved(written),
    });
    markdown::to_html(&markdown)
}

/// The first sentence or paragraph of a text, without its markup.
pub(super) fn first_words(text: &Text) -> String {
    let plain = text.markdown(|written, _| written.to_owned());
    let paragraph = plain.split("\n\n").next().unwrap_or_default();
    let words = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.replace(['`', '*'], "");
    match words.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => words,
    }
}

/// An item by its qualified name: items are sorted by those.
pub(in crate::docs) fn find<'a>(items: &'a [Item], name: &str) -> Option<&'a Item> {
    let start = items.partition_point(|item| item.qualified.as_str() < name);
    let named = items.get(start..)?.iter();
    let mut named = named.take_while(|item| item.qualified == name);
    named.find(|item| !matches!(item.kind, Kind::Use | Kind::Parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_names_for_links_and_systems() {
        assert_eq!(page_of("A::B"), "mod.A.B.html");
        let odd = page_of("a <b>#?.c");
        assert!(odd.starts_with("mod.a__b___.c-"), "{odd}");
        assert_ne!(odd, page_of("a <b>??.c"));
        assert!(page_of(&"a".repeat(1000)).len() < 255);
    }
}
