//! What the server tells of files is what the command line says of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use beskid_tests::cases::cases_below;
use beskid_tests::command::{beskid, end};
use beskid_tests::language::DIRECTIVES;
use serde_json::Value;

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
