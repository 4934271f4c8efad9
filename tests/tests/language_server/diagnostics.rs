//! What the server tells of files is what the command line says of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_tests::cases::cases_below;
use beskid_tests::command::{beskid, end};
use beskid_tests::language::DIRECTIVES;
use serde_json::{Value, json};

use crate::client::{Client, Folder, uri};

/// Code, severity, and the place: lines and columns of both ends from 1, in characters.
type Place = (String, String, [u64; 4]);

/// What the command line says of a file's own text.
fn by_command(path: &Path) -> Vec<Place> {
    let folder = path.parent().unwrap();
    let args = ["--message-format", "json", "analyze"];
    let ended = end(beskid(folder).args(args).arg(path));
    let lines = ended.stderr.lines().chain(ended.stdout.lines());
    let values = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let own = values.filter(|value| {
        let named = value["path"].as_str().unwrap_or_default();
        !value["code"].is_null() && folder.join(named).canonicalize().ok().as_deref() == Some(path)
    });
    let number = |value: &Value| value.as_u64().unwrap();
    let places = own.map(|value| {
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let start = [&value["line"], &value["column"]].map(number);
        let end = [&value["end"]["line"], &value["end"]["column"]].map(number);
        let place = [start[0], start[1], end[0], end[1]];
        (text("code"), text("severity"), place)
    });
    places.collect()
}

/// What the server told, in the measures of the command line.
fn by_server(told: &[Value], text: &str) -> Vec<Place> {
    let lines = text.split('\n').collect::<Vec<_>>();
    let place = |position: &Value| {
        let line = position["line"].as_u64().unwrap();
        let units = position["character"].as_u64().unwrap() as usize;
        let of = lines.get(line as usize).copied().unwrap_or_default();
        let mut seen = 0;
        let before = of.chars().take_while(|sign| {
            seen += sign.len_utf16();
            seen <= units
        });
        [line + 1, before.count() as u64 + 1]
    };
    let places = told.iter().map(|found| {
        let severity = match found["severity"].as_u64() {
            Some(1) => "error",
            Some(2) => "warning",
            other => panic!("{other:?}"),
        };
        let [line, column] = place(&found["range"]["start"]);
        let [to, until] = place(&found["range"]["end"]);
        let code = found["code"].as_str().unwrap().to_owned();
        (code, severity.to_owned(), [line, column, to, until])
    });
    places.collect()
}

/// Every case of the language: cold, and warm after other texts in the same document.
#[test]
fn dia_1_the_server_says_what_the_command_line_says() {
    let cases = cases_below("cases/language", &DIRECTIVES);
    let refused = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.contains("//@ error") || text.contains("//@ warning")
    };
    let paths = cases
        .into_iter()
        .map(|case| case.path.canonicalize().unwrap());
    let paths = paths.filter(refused).collect::<Vec<_>>();
    assert!(paths.len() > 100, "{}", paths.len());
    let nowhere = Folder::new(&[]);
    let mut client = Client::start(&nowhere.path(""));
    client.initialize(None);
    let mut codes = BTreeSet::new();
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let mut expected = by_command(&path);
        // Equal places are sorted by code in the one, and as they come in the other.
        expected.sort_by(|a, b| (a.2, &a.0).cmp(&(b.2, &b.0)));
        let uri = uri(&path);
        client.open(&uri, &text);
        let cold = by_server(&client.diagnostics(&uri), &text);
        assert_eq!(cold, expected, "{path:?}");
        let half = text.len() / 2;
        let half = (half..).find(|at| text.is_char_boundary(*at)).unwrap();
        client.change(&uri, &text[..half]);
        client.change(&uri, "");
        client.diagnostics(&uri);
        client.change(&uri, &text);
        let warm = by_server(&client.diagnostics(&uri), &text);
        assert_eq!(warm, expected, "{path:?}");
        client.tell(
            "textDocument/didClose",
            serde_json::json!({ "textDocument": { "uri": uri } }),
        );
        codes.extend(expected.into_iter().map(|(code, ..)| code));
    }
    assert!(codes.len() > 60, "{codes:?}");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_3_diagnostics_are_a_sorted_union_for_open_and_closed_files() {
    let closed = "pub i32 f() { return true; }\n";
    let open = "\
use Core.Text;

/// @wrong
/// @arg(x)
i32 main() { let unused = gone; return \"a\" + later; }
";
    let folder = Folder::new(&[("Closed.bd", closed), ("Open.bd", open)]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("Open.bd");
    client.open(&uri, open);
    let told = client.diagnostics(&uri);
    let code = |found: &Value| found["code"].as_str().unwrap().to_owned();
    let codes = told.iter().map(code).collect::<BTreeSet<_>>();
    for code in ["E1101", "W1610", "W1614"] {
        assert!(codes.contains(code), "{code}: {told:#?}");
    }
    let places = by_server(&told, open).into_iter();
    let places = places.map(|(code, _, place)| (place[0], place[1], place[2], place[3], code));
    let places = places.collect::<Vec<_>>();
    assert!(places.is_sorted(), "{places:#?}");
    let told = client.closed_diagnostics(&folder.uri("Closed.bd"));
    assert_eq!(
        by_server(&told, closed),
        by_command(&folder.path("Closed.bd"))
    );
    assert_eq!(code(&told[0]), "E1207");
    // A closed file that is mended on the disk is told of again.
    folder.write("Closed.bd", "pub i32 f() { return 1; }\n");
    let changes = json!({ "changes": [{ "uri": folder.uri("Closed.bd"), "type": 2 }] });
    client.tell("workspace/didChangeWatchedFiles", changes);
    assert!(
        client
            .closed_diagnostics(&folder.uri("Closed.bd"))
            .is_empty()
    );
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_3_stale_versions_are_never_told() {
    let folder = Folder::new(&[("p.bd", "")]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("p.bd");
    client.open(&uri, "i32 main() { return 0; }\n");
    // A burst: each text has an error more than the one before.
    let text = |errors: usize| "i32 f() { return gone; }\n".repeat(errors);
    for errors in 1..60 {
        client.change(&uri, &text(errors));
    }
    let told = client.diagnostics(&uri);
    let named = told.iter().filter(|found| found["code"] == "E1101");
    assert_eq!(named.count(), 59);
    let late = client.all();
    let versions = late
        .iter()
        .filter(|message| message["params"]["uri"] == uri);
    let versions = versions.filter_map(|message| message["params"]["version"].as_i64());
    let versions = versions.collect::<Vec<_>>();
    assert!(versions.is_sorted(), "{versions:?}");
    assert!(
        versions.len() < 59,
        "of a burst the newest text is looked at"
    );
    assert_eq!(client.stop(), Some(0));
}

/// What was known of a program hides nothing new: neither of its own text nor of another
/// module's, open or not.
#[test]
fn dia_3_what_is_known_hides_no_new_error() {
    let main = "use Tools;\n\ni32 main() { return tool(); }\n";
    let tools = "pub i32 tool() { return 1; }\n";
    let folder = Folder::new(&[("Main.bd", main), ("Tools.bd", tools)]);
    let mut client = Client::ready(&folder);
    let (main_uri, tools_uri) = (folder.uri("Main.bd"), folder.uri("Tools.bd"));
    client.open(&main_uri, main);
    assert!(client.diagnostics(&main_uri).is_empty());
    client.open(&tools_uri, tools);
    assert!(client.diagnostics(&tools_uri).is_empty());
    client.change(&tools_uri, "pub string tool() { return \"\"; }\n");
    let told = client.wait(|message| {
        message["params"]["uri"] == main_uri && message["params"]["diagnostics"] != json!([])
    });
    assert_eq!(told["params"]["diagnostics"][0]["code"], "E1207");
    client.change(&tools_uri, tools);
    client.wait(|message| {
        message["params"]["uri"] == main_uri && message["params"]["diagnostics"] == json!([])
    });
    // A module that is only in the editor, and then nowhere.
    let more = "use Tools;\nuse More;\n\ni32 main() { return tool() + more(); }\n";
    client.change(&main_uri, more);
    assert!(!client.diagnostics(&main_uri).is_empty());
    let more_uri = folder.uri("More.bd");
    client.open(&more_uri, "pub i32 more() { return 2; }\n");
    client.wait(|message| {
        message["params"]["uri"] == main_uri && message["params"]["diagnostics"] == json!([])
    });
    client.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": more_uri } }),
    );
    client.wait(|message| {
        message["params"]["uri"] == main_uri && message["params"]["diagnostics"] != json!([])
    });
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn dia_5_the_same_text_has_the_same_diagnostics_in_it() {
    let text = "use A;\nuse B;\ni32 f() { return g() + h; }\nunit g() { let x = ; }\n\u{1f600}\n";
    let folder = Folder::new(&[("p.bd", text)]);
    let uri = folder.uri("p.bd");
    let mut first = None;
    for _ in 0..3 {
        let mut client = Client::ready(&folder);
        for _ in 0..3 {
            client.open(&uri, text);
            let told = client.diagnostics(&uri);
            for place in by_server(&told, text) {
                let [line, column, to, until] = place.2;
                let length = |line: u64| {
                    let mut lines = text.split('\n');
                    lines.nth(line as usize - 1).unwrap().chars().count() as u64
                };
                assert!((line, column) <= (to, until), "{place:?}");
                assert!(
                    column <= length(line) + 1 && until <= length(to) + 1,
                    "{place:?}"
                );
            }
            assert_eq!(*first.get_or_insert_with(|| told.clone()), told);
            client.tell(
                "textDocument/didClose",
                json!({ "textDocument": { "uri": uri } }),
            );
        }
        assert_eq!(client.stop(), Some(0));
    }
    assert!(first.unwrap().len() > 3);
}

#[test]
fn dia_6_documentation_is_judged_with_the_text_it_stands_in() {
    let good = "/// @arg(x) One.\npub i32 f(i32 x) { return x; }\n";
    let bad = "/// @arg(x) One.\npub i32 f(i32 y) { return gone; }\n";
    let folder = Folder::new(&[("p.bd", good)]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("p.bd");
    client.open(&uri, good);
    assert!(client.diagnostics(&uri).is_empty());
    client.change(&uri, bad);
    let told = client.diagnostics(&uri);
    let codes = told.iter().map(|found| found["code"].as_str().unwrap());
    // Merged with the others, though one of them is an error.
    assert_eq!(codes.collect::<Vec<_>>(), ["W1610", "E1101"]);
    client.change(&uri, good);
    assert!(client.diagnostics(&uri).is_empty());
    assert_eq!(client.stop(), Some(0));
}
