//! `beskid doc`: what it writes, and what a browser makes of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use beskid_tests::command::run;
use beskid_tests::tools::tool;
use serde_json::Value;

const SHOP: &str = "\
use Units.Money;

/// What is sold, see @ref(Money) and @ref(Nothing).
///
/// <script>document.title = \"run\"</script> <img src='x' onerror='alert(1)'>
/// @par(T) of what
pub type Price<T> {
    /// In *cents*.
    i64 cents,
    T of,
}

pub enum Kind { Small, Large(i64 by) }

/// Adds prices. And more.
/// @arg(a) one @arg(b) other
/// @returns the sum, as @ref(Price)
pub i64 AddPrices(i64 a, i64 b) { return a + b; }

i64 Hidden() { return true; }
";

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::write(root.join("Shop.bd"), SHOP).unwrap();
    fs::create_dir(root.join("Units")).unwrap();
    fs::write(
        root.join("Units/Money.bd"),
        "/// A coin.\npub type Money { }\n",
    )
    .unwrap();
    folder
}

fn api(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("api.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn cmd_1_doc_writes_three_forms_and_prints_their_paths() {
    let folder = shop();
    let folder = folder.path();
    let ended = run(folder, ["doc", "Shop.bd"]);
    assert!(ended.stderr.contains("W1615"), "{ended:#?}");
    let expected = "doc-out/api.json\ndoc-out/index.md\ndoc-out/index.html\n";
    assert_eq!(ended.succeeds(), expected);
    let json = run(
        folder,
        ["--message-format", "json", "doc", "Shop.bd", "--out", "a/b"],
    );
    let value = serde_json::from_str::<Value>(&json.succeeds()).unwrap();
    assert_eq!(value["api"], "a/b/api.json");
    let names = fs::read_dir(folder.join("a/b")).unwrap();
    let mut names = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect::<Vec<_>>();
    names.sort();
    let expected = [
        "api.json",
        "docs.css",
        "docs.js",
        "index.html",
        "index.md",
        "mod.Shop.html",
        "mod.Units.Money.html",
    ];
    assert_eq!(names, expected);
    for name in expected {
        let of = |out: &str| fs::read(folder.join(out).join(name)).unwrap();
        assert_eq!(
            of("doc-out"),
            of("a/b"),
            "{name} is another the second time"
        );
    }
}

#[test]
fn api_1_the_json_has_the_second_schema() {
    let folder = shop();
    let folder = folder.path();
    run(folder, ["doc", "Shop.bd"]).succeeds();
    let api = api(&folder.join("doc-out"));
    assert_eq!(api["schemaVersion"], 2);
    assert!(api["generator"].as_str().unwrap().starts_with("beskid "));
    assert_eq!(api["source"], "Shop.bd");
    let items = api["items"].as_array().unwrap();
    let add = items
        .iter()
        .find(|item| item["name"] == "AddPrices")
        .unwrap();
    let expected = serde_json::json!({
        "id": 1,
        "qualifiedName": "Shop::AddPrices",
        "name": "AddPrices",
        "kind": "function",
        "visibility": "public",
        "location": {
            "file": "Shop.bd",
            "startLine": 18, "startColumn": 1, "endLine": 18, "endColumn": 50,
        },
        "docMarkdown": "Adds prices. And more.\n@arg(a) one @arg(b) other\n\
                        @returns the sum, as @ref(Price)",
        "doc": {
            "summaryMarkdown": "Adds prices. And more.",
            "returnsMarkdown": "the sum, as [`Price`](<#Shop::Price>)",
            "arguments": [
                { "name": "a", "markdown": "one" },
                { "name": "b", "markdown": "other" },
            ],
            "enumVariants": [],
            "typeParameters": [],
        },
        "controls": [],
    });
    assert_eq!(*add, expected);
    let ids = items.iter().map(|item| item["id"].as_u64().unwrap());
    assert!(ids.eq(0..items.len() as u64));
    let hidden = items.iter().find(|item| item["name"] == "Hidden").unwrap();
    assert_eq!(
        (&hidden["visibility"], &hidden["doc"]),
        (&"private".into(), &Value::Null)
    );
    let coin = items
        .iter()
        .find(|item| item["qualifiedName"] == "Units::Money::Money");
    assert_eq!(coin.unwrap()["location"]["file"], "Units/Money.bd");
}

#[test]
fn api_3_the_index_has_a_structure_and_every_item() {
    let folder = shop();
    let folder = folder.path();
    run(folder, ["doc", "Shop.bd"]).succeeds();
    let index = fs::read_to_string(folder.join("doc-out/index.md")).unwrap();
    let start = "# API reference\n\n## Structure\n\n- `Shop`\n  - `AddPrices`\n  - `Hidden`\n  \
                 - `Kind`\n    - `Large`\n";
    assert!(index.starts_with(start), "{index}");
    let nothing = "### `Shop::Hidden` (`function`)\n\n*No documentation provided.*\n";
    assert!(index.contains(nothing), "{index}");
    let add = "### `Shop::AddPrices` (`function`)\n\nAdds prices. And more.\n\nArguments:\n\n\
               - `a`: one\n- `b`: other\n\nReturns: the sum, as \
               [`Price`](<#type.Shop::Price>)\n";
    assert!(index.contains(add), "{index}");
    assert!(index.contains("`Nothing` *(unresolved)*"), "{index}");
    let meant = "<a id=\"type.Shop::Price\"></a>\n\n### `Shop::Price` (`type`)\n";
    assert!(index.contains(meant), "{index}");
    // What nothing refers to has no anchor, and every link has its own.
    let links = index.matches("](<#").count();
    assert_eq!((links, index.matches("<a id=").count()), (2, 2), "{index}");
    // An import is for the module itself, unless it is passed on.
    assert!(!index.contains("`Shop::Money` (`use`)"), "{index}");
    let page = fs::read_to_string(folder.join("doc-out/mod.Shop.html")).unwrap();
    assert!(!page.contains("Imports"), "{page}");
    let passed = SHOP.replacen("use Units", "pub use Units", 1);
    fs::write(folder.join("Shop.bd"), passed).unwrap();
    run(folder, ["doc", "Shop.bd"]).succeeds();
    let index = fs::read_to_string(folder.join("doc-out/index.md")).unwrap();
    assert!(index.contains("`Shop::Money` (`use`)"), "{index}");
}

#[test]
fn api_4_what_leaves_names_open_writes_nothing() {
    let folder = shop();
    let folder = folder.path();
    fs::write(folder.join("p.bd"), "use Nowhere.At;\n").unwrap();
    run(folder, ["doc", "p.bd"]).fails_with("E1105");
    fs::write(folder.join("p.clif"), "test run\n").unwrap();
    run(folder, ["doc", "p.clif"]).fails_with("E4041");
    assert!(!folder.join("doc-out").exists());
    fs::write(folder.join("file"), "").unwrap();
    run(folder, ["doc", "Shop.bd", "--out", "file"]);
    assert_eq!(fs::read(folder.join("file")).unwrap(), b"");
}

#[test]
fn api_4_a_project_keeps_its_documentation() {
    let folder = shop();
    let folder = folder.path();
    let manifest = "project {\n  name = \"Store\"\n  version = \"0.1.0\"\n  root = \".\"\n}\n\
                    target \"App\" {\n  kind = App\n  entry = \"Shop.bd\"\n}\n";
    fs::write(folder.join("Project.proj"), manifest).unwrap();
    let shown = run(folder, ["doc"]).succeeds();
    let first = shown.lines().next().unwrap();
    assert!(first.ends_with(".beskid/docs/api.json"), "{shown}");
    let page = fs::read_to_string(folder.join(".beskid/docs/index.html")).unwrap();
    assert!(page.contains("<title>Store</title>"), "{page}");
    let api = api(&folder.join(".beskid/docs"));
    assert_eq!(api["items"][0]["qualifiedName"], "Shop");
    assert!(
        run(folder, ["doc", "Shop.bd"])
            .succeeds()
            .starts_with("doc-out/api.json\n")
    );
}

/// The values of an attribute in a page.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let parts = page.split(start.as_str()).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[test]
fn doc_6_every_link_of_every_page_leads_somewhere() {
    let folder = shop();
    let out = folder.path().join("doc-out");
    run(folder.path(), ["doc", "Shop.bd"]).succeeds();
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let mut links = 0;
    for page in ["index.html", "mod.Shop.html", "mod.Units.Money.html"] {
        let text = read(page);
        let ids = values(&text, "id");
        assert_eq!(
            ids.iter().collect::<HashSet<_>>().len(),
            ids.len(),
            "{page}"
        );
        for link in values(&text, "href")
            .into_iter()
            .chain(values(&text, "src"))
        {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = read(if file.is_empty() { page } else { file });
            let found = anchor.is_empty() || values(&target, "id").contains(&anchor);
            assert!(found, "{link} in {page}");
            links += 1;
        }
    }
    assert!(links > 20, "{links}");
    assert!(
        read("mod.Shop.html").contains("href=\"mod.Units.Money.html#type.Units::Money::Money\"")
    );
}

/// The page as it is when its scripts have run.
fn browse(chromium: &Path, folder: &Path, address: &str) -> String {
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!(
            "--user-data-dir={}",
            folder.join("browser").display()
        ))
        .arg(format!(
            "file://{}/{address}",
            folder.join("doc-out").display()
        ))
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn doc_1_a_browser_finds_items_and_runs_nothing_of_the_documentation() {
    let Some(chromium) = tool("chromium") else {
        return;
    };
    let folder = shop();
    let folder = folder.path();
    run(folder, ["doc", "Shop.bd"]).succeeds();
    let page = browse(&chromium, folder, "index.html?search=addpr");
    let found = "<li><a href=\"mod.Shop.html#function.Shop::AddPrices\" class=\"chosen\">\
                 <span class=\"name\">Shop::AddPrices</span><span class=\"kind\">function</span>\
                 <span class=\"words\">Adds prices.</span></a></li></ol>";
    assert!(page.contains(found), "{page}");
    let page = browse(&chromium, folder, "index.html?search=enum%20small");
    assert!(
        page.contains("<span class=\"nothing\">Nothing found</span>"),
        "{page}"
    );
    let page = browse(&chromium, folder, "mod.Shop.html?search=coin");
    assert!(
        page.contains("<span class=\"name\">Units::Money::Money</span>"),
        "{page}"
    );
    assert!(page.contains("<title>Shop</title>"), "{page}");
    assert!(!page.contains("<img"), "{page}");
    assert!(page.contains("In <em>cents</em>."), "{page}");
}

/// What a module says of itself comes first, and what is said where it is named stays.
#[test]
fn doc_1_documentation_before_both_declarations_of_a_module_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let hub = "/// Said by the hub.\npub mod Money;\n/// Alone.\npub mod Other;\n";
    fs::write(root.join("Hub.bd"), hub).unwrap();
    fs::write(root.join("Money.bd"), "/// Said by itself.\nmod Money;\n").unwrap();
    fs::write(root.join("Other.bd"), "pub i64 One() => 1;\n").unwrap();
    run(root, ["doc", "Hub.bd"]).succeeds();
    let api = api(&root.join("doc-out"));
    let items = api["items"].as_array().unwrap();
    let docs = |name: &str| {
        let mut found = items.iter().filter(|item| item["qualifiedName"] == name);
        found.next().unwrap()["docMarkdown"].clone()
    };
    assert_eq!(docs("Money"), "Said by itself.\n\nSaid by the hub.");
    assert_eq!(docs("Other"), "Alone.");
}
