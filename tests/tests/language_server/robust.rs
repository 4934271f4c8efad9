//! Whatever an editor sends has an answer or an error, and the server lives.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, Folder};

const TEXT: &str = "\
use Core.Text;
/// @arg(a) It.
type Point : Named { i32 x, pub i32 Length(i32 by) { return x + this.x * by; } }
contract Named { i32 Length(i32 by); }
enum Shape<T> { Dot(T at), None, }
impl Point { unit Move(ref i32 by) { by = x; } }
test works { let p = Point { x: 1 }; }
i32 far<T>(Shape<T> s) { return match s { Shape::Dot(at) => 1, Shape::None => 0, }; }
i32 main() { i32 mut n = 0; for i in range(0, 3) { n += [1, 2][i]; } \
let f = (i32 a) => a * n; return f(\"${n}\".len()); }
";

const METHODS: [&str; 12] = [
    "completion",
    "hover",
    "definition",
    "declaration",
    "references",
    "prepareRename",
    "rename",
    "documentSymbol",
    "signatureHelp",
    "codeAction",
    "semanticTokens/full",
    "formatting",
];

/// Parameters that every request understands.
fn params(uri: &str, line: u64, character: u64) -> Value {
    let position = json!({ "line": line, "character": character });
    json!({
        "textDocument": { "uri": uri },
        "position": position,
        "range": { "start": position, "end": { "line": line + 1, "character": 0 } },
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "newName": "other",
        "options": { "tabSize": 4, "insertSpaces": true },
    })
}

/// Asks everything, and wants an answer or an error that is no bug.
fn everything(client: &mut Client, uri: &str, line: u64, character: u64) {
    for method in METHODS {
        let method = format!("textDocument/{method}");
        if let Err(error) = client.ask(&method, params(uri, line, character)) {
            let code = error["code"].as_i64().unwrap();
            assert!(code == -32602 || code == -32803, "{method}: {error}");
        }
    }
}

#[test]
fn half_typed_programs_are_asked_about_anywhere() {
    let folder = Folder::new(&[("p.bd", "")]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("p.bd");
    client.open(&uri, TEXT);
    let mut state = 7_usize;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let signs = [
        "(",
        ")",
        "{",
        "}",
        ".",
        "::",
        "\"",
        "${",
        "/*",
        "///",
        "<",
        ";",
        "\u{1f600}",
        "\r",
    ];
    for turn in 0..60 {
        let cut = random(TEXT.len());
        let rest = cut + random(TEXT.len() - cut + 1).min(9);
        let sign = signs[random(signs.len())];
        client.change(&uri, &format!("{}{sign}{}", &TEXT[..cut], &TEXT[rest..]));
        let line = TEXT[..cut].matches('\n').count();
        let start = TEXT[..cut].rfind('\n').map_or(0, |at| at + 1);
        let column = cut - start + turn % 3;
        everything(&mut client, &uri, line as u64, column as u64);
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn places_beyond_texts_and_texts_that_are_none_have_answers() {
    let folder = Folder::new(&[("p.bd", TEXT), ("Project.proj", "project {")]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("p.bd");
    client.open(&uri, TEXT);
    for (line, character) in [(0, 9_999), (9_999, 0), (4_294_967_295, 4_294_967_295)] {
        everything(&mut client, &uri, line.min(4_294_967_294), character);
    }
    let manifest = folder.uri("Project.proj");
    for text in [
        "",
        "project {\n  name = \"",
        "\u{1f600} {\n}",
        "}\n}\n=\n[\"\"]",
    ] {
        client.open(&manifest, text);
        for line in 0..3 {
            everything(&mut client, &manifest, line, 3);
        }
    }
    client.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": manifest } }),
    );
    // Not open, of no file, of no text.
    for uri in [
        "untitled:Untitled-1",
        "file:///nowhere/x.bd",
        "http://a/b",
        ":",
    ] {
        everything(&mut client, uri, 0, 0);
    }
    client.open("untitled:Untitled-1", "i32 main() { return gone; }\n");
    let told = client.diagnostics("untitled:Untitled-1");
    assert_eq!(told[0]["code"], "E1101");
    everything(&mut client, "untitled:Untitled-1", 0, 22);
    for method in METHODS {
        for params in [json!(null), json!([1]), json!({ "textDocument": {} })] {
            let refused = client.ask(&format!("textDocument/{method}"), params);
            assert_eq!(refused.unwrap_err()["code"], -32602, "{method}");
        }
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn files_that_vanish_and_large_ones_are_survived() {
    let folder = Folder::new(&[
        ("Main.bd", "use Gone;\n\ni32 main() { return gone(); }\n"),
        ("Gone.bd", "pub i32 gone() { return 1; }\n"),
    ]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("Main.bd");
    let text = fs::read_to_string(folder.path("Main.bd")).unwrap();
    client.open(&uri, &text);
    assert!(client.diagnostics(&uri).is_empty());
    fs::remove_file(folder.path("Gone.bd")).unwrap();
    everything(&mut client, &uri, 2, 22);
    client.change(&uri, &text);
    assert!(!client.diagnostics(&uri).is_empty());
    fs::remove_file(folder.path("Main.bd")).unwrap();
    client.change(&uri, "i32 main() { return 1; }\n");
    assert!(client.diagnostics(&uri).is_empty());
    let large = "i32 f() { return 1 + 2; }\n".repeat(5_000);
    client.change(&uri, &large);
    client.diagnostics(&uri);
    let nested = format!("i32 f() {{ return {}1; }}\n", "(".repeat(100_000));
    client.change(&uri, &nested);
    assert!(!client.diagnostics(&uri).is_empty());
    everything(&mut client, &uri, 0, 50_000);
    assert_eq!(client.stop(), Some(0));
}
