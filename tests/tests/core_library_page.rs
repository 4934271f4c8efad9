//! The list of the core library's public items in `docs/corelib.md`: what `beskid doc` says
//! of each, and its declaration. `BESKID_BLESS=1` writes it anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use beskid_tests::built::root;
use beskid_tests::command::run;
use serde_json::Value;

const BEGIN: &str = "<!-- written by the test core_library_page -->\n";
const END: &str = "<!-- end -->\n";

/// The items that are listed, by their kinds in `api.json`.
const LISTED: [&str; 5] = ["type", "enum", "contract", "function", "method"];

#[test]
fn the_page_lists_every_public_item_of_the_library() {
    let path = root().join("docs/corelib.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the begin of the list");
    let (_, after) = rest.split_once(END).expect("the end of the list");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", list());
    if std::env::var_os("BESKID_BLESS").is_some() {
        fs::write(&path, &wanted).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap();
    assert!(found == wanted, "docs/corelib.md: BESKID_BLESS=1 writes it");
}

/// The list, a section for each module.
fn list() -> String {
    let folder = tempfile::tempdir().unwrap();
    let source = root().join("corelib/beskid_corelib/Src/Corelib.bd");
    let args = ["doc", source.to_str().unwrap(), "--out", "docs"];
    run(folder.path(), args).succeeds();
    let api = fs::read_to_string(folder.path().join("docs/api.json")).unwrap();
    let api = serde_json::from_str::<Value>(&api).unwrap();
    let items = api["items"].as_array().unwrap();
    let text = |item: &Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    let modules = items.iter().filter(|item| item["kind"] == "module");
    let modules = modules.map(|item| text(item, "qualifiedName"));
    let modules = modules.collect::<Vec<_>>();
    let mut sections = BTreeMap::<&str, String>::new();
    let mut count = 0;
    for item in items {
        let kind = text(item, "kind");
        if item["visibility"] != "public" || !LISTED.contains(&kind.as_str()) {
            continue;
        }
        let name = text(item, "qualifiedName");
        let around = modules
            .iter()
            .filter(|module| name.starts_with(&format!("{module}::")));
        let module = around.max_by_key(|module| module.len()).unwrap();
        // Methods stand below their types.
        let depth = name[module.len()..].matches("::").count() - 1;
        let section = sections.entry(module).or_default();
        let about = text(&item["doc"], "summaryMarkdown");
        let about = first_sentence(&about);
        let declared = declaration(folder.path(), &item["location"], &kind);
        writeln!(section, "{:1$}- `{declared}`: {about}", "", 2 * depth).unwrap();
        count += 1;
    }
    assert!(count > 300, "{count}");
    let sections = sections.iter().map(|(module, list)| {
        let module = module.replace("::", ".");
        format!("\n### `{module}`\n\n{list}")
    });
    sections.collect::<String>() + "\n"
}

/// The first sentence of a text, whose lines are broken anywhere.
fn first_sentence(text: &str) -> String {
    let paragraph = text.lines().take_while(|line| !line.trim().is_empty());
    let paragraph = paragraph.collect::<Vec<_>>().join(" ");
    match paragraph.find(". ") {
        Some(end) => paragraph[..=end].to_owned(),
        None => paragraph,
    }
}

/// A declaration as it is written where it stands, seen from a folder, without its body.
fn declaration(folder: &Path, location: &Value, kind: &str) -> String {
    let number = |key: &str| location[key].as_u64().unwrap() as usize;
    let file = fs::read_to_string(folder.join(location["file"].as_str().unwrap())).unwrap();
    let line = number("startLine") - 1;
    let start = file
        .lines()
        .take(line)
        .map(|line| line.len() + 1)
        .sum::<usize>();
    let text = &file[start + number("startColumn") - 1..];
    let end = match kind {
        "enum" => text.find('}').unwrap() + 1,
        "function" | "method" => {
            let bodies = [") {", ") =>"].iter().filter_map(|begin| text.find(begin));
            bodies.min().unwrap() + 1
        }
        _ => text.find('{').unwrap(),
    };
    let lines = text[..end].lines().map(str::trim);
    let lines = lines.filter(|line| !line.starts_with("//"));
    let text = lines.collect::<Vec<_>>().join(" ");
    let text = text.replace("( ", "(").replace(", string __place", "");
    text.trim().trim_start_matches("pub ").to_owned()
}
