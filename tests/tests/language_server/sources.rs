//! What an editor asks about sources: what there is to say, and what may be written.

use serde_json::{Value, json};

use crate::client::{Client, Folder, place};
use crate::navigation::edited;

const MAIN: &str = "\
use Core.String;

/// A point of the plane.
type Point
{
    i32 x,
    i32 y,

    /// How far it is.
    /// @arg(by) How much longer.
    /// @returns The sum.
    pub i32 Length(i32 by)
    {
        let twice = by * 2;
        return x + y + twice;
    }
}

enum Shape
{
    Dot(Point at),
    Line(Point from, Point to),
}

i32 far(Shape s, i32 more)
{
    return match s
    {
        Shape::Dot(at) => at.Length(more),
        Shape::Line(from, to) => from.x + to.y,
    };
}

i32 main()
{
    Point mut p = Point { x: 3, y: 4 };
    let add = (i32 n, i32 m) => n + m;
    return far(Shape::Dot(p), 1) + add(1, 2);
}
";

fn opened(text: &str) -> (Folder, Client, String) {
    let folder = Folder::new(&[("Main.bd", text)]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("Main.bd");
    client.open(&uri, text);
    client.diagnostics(&uri);
    (folder, client, uri)
}

#[test]
fn lsp_2_hover_says_what_a_name_is() {
    let (_folder, mut client, uri) = opened(MAIN);
    let mut hover = |of: &str, nth: usize| {
        let found = client.ask_at("textDocument/hover", &uri, &place(MAIN, of, nth));
        assert_eq!(found["contents"]["kind"], "markdown", "{of}: {found}");
        found["contents"]["value"].as_str().unwrap().to_owned()
    };
    let method = hover("Length(more)", 0);
    assert!(method.contains("pub i32 Length(i32 by)"), "{method}");
    assert!(method.contains("in `Main.Point`"), "{method}");
    assert!(method.contains("How far it is."), "{method}");
    assert!(method.contains("- `by`: How much longer."), "{method}");
    assert!(method.contains("Returns: The sum."), "{method}");
    assert!(hover("Point mut", 0).contains("A point of the plane."));
    assert!(hover("at.Length", 0).contains("Point at"));
    assert!(hover("add(1", 0).contains("i32(i32, i32) add"));
    assert!(hover("twice;", 0).contains("i32 twice"));
    assert!(hover("Dot(p)", 0).contains("Dot(Point at)"));
    assert!(hover("3, y", 0).contains("i32"));
    let nothing = client.ask_at("textDocument/hover", &uri, &place(MAIN, "return far", 0));
    assert_eq!(nothing, Value::Null);
    assert_eq!(client.stop(), Some(0));
}

/// The labels of what is offered behind a text that is written in place of another.
fn offered(client: &mut Client, uri: &str, line: &str, written: &str) -> Vec<String> {
    // The editor's place, if it is not the end.
    let before = written.split('|').next().unwrap();
    let text = MAIN.replacen(line, &written.replace('|', ""), 1);
    client.change(uri, &text);
    let written = &text[..text.rfind(before).unwrap() + before.len()];
    let column = written.rsplit('\n').next().unwrap().len();
    let position = json!({ "line": written.matches('\n').count(), "character": column });
    let found = client.ask_at("textDocument/completion", uri, &position);
    let labels = found.as_array().unwrap().iter();
    labels
        .map(|item| item["label"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn lsp_2_completion_offers_what_can_be_written() {
    let (_folder, mut client, uri) = opened(MAIN);
    let line = "    return far(Shape::Dot(p), 1) + add(1, 2);";
    let mut ask = |written: &str| offered(&mut client, &uri, line, written);
    assert_eq!(ask("    p."), ["x", "y", "Length"]);
    assert_eq!(ask("    return (p).Le"), ["x", "y", "Length"]);
    for written in ["    if true { p.| }", "    add(1, p.|)", "    if true { p."] {
        assert_eq!(ask(written), ["x", "y", "Length"], "{written}");
    }
    assert_eq!(ask("    far(Shape::"), ["Dot", "Line"]);
    assert_eq!(ask("    \"text\"."), ["len"]);
    let names = ask("    return ");
    for name in [
        "p", "add", "far", "Point", "Shape", "String", "Option", "i32", "match",
    ] {
        assert!(names.iter().any(|known| known == name), "{name}: {names:?}");
    }
    for name in ["twice", "x", "by", "beskid__here"] {
        assert!(
            !names.iter().any(|known| known == name),
            "{name}: {names:?}"
        );
    }
    let modules = ask("    Core.");
    assert!(modules.iter().any(|name| name == "Results"), "{modules:?}");
    assert_eq!(ask("    // p."), [""; 0]);
    // Texts, values and arms that are not whole.
    for written in [
        "    __syscall_write(1, \"at ${p.",
        "    __syscall_write(1, \"at ${p.|\");",
        "    __syscall_write(1, \"at ${add(1, p.|)} and ${p.x}\");",
        "    __syscall_write(1, \"at ${p.x} and ${p.|}",
        "    let q = Point { x: p.|",
    ] {
        assert_eq!(ask(written), ["x", "y", "Length"], "{written}");
    }
    for written in [
        "    Point { ",
        "    let q = Point { | };",
        "    far(Shape::Dot(Point { | }), 1);",
    ] {
        assert_eq!(ask(written), ["x", "y"], "{written}");
    }
    assert_eq!(ask("    let q = Point { x: 1, | };"), ["y"]);
    assert_eq!(ask("    let q = Point { x: 1,\n        y|: 2 };"), ["y"]);
    for written in [
        "    let n = match Shape::Dot(p) { Shape::| };",
        "    let n = match Shape::Dot(p) {\n        Shape::|\n    };",
        "    let n = match Shape::Dot(p) { Shape::Dot(at) => 1, Shape::| };",
        "    let n = match Shape::Dot(p) {\n        Shape::Dot(at) => 1,\n        Shape::",
    ] {
        assert_eq!(ask(written), ["Dot", "Line"], "{written}");
    }
    let inner = offered(
        &mut client,
        &uri,
        "        return x + y + twice;",
        "        retu",
    );
    assert_eq!(inner[..5], ["twice", "by", "x", "y", "Length"], "{inner:?}");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_a_call_has_one_signature() {
    let (_folder, mut client, uri) = opened(MAIN);
    let mut help = |of: &str, nth: usize| {
        let found = client.ask_at("textDocument/signatureHelp", &uri, &place(MAIN, of, nth));
        let signatures = found["signatures"].as_array().unwrap().clone();
        assert_eq!(signatures.len(), 1, "{found}");
        let label = signatures[0]["label"].as_str().unwrap().to_owned();
        let count = signatures[0]["parameters"].as_array().unwrap().len();
        (label, count, found["activeParameter"].as_u64().unwrap())
    };
    assert_eq!(
        help("1) +", 0),
        ("i32 far(Shape s, i32 more)".to_owned(), 2, 1)
    );
    assert_eq!(help("p), 1", 0), ("Dot(Point at)".to_owned(), 1, 0));
    assert_eq!(help("2);\n}", 0), ("i32 add(i32, i32)".to_owned(), 2, 1));
    assert_eq!(
        help("more),", 0),
        ("pub i32 Length(i32 by)".to_owned(), 1, 0)
    );
    let nothing = client.ask_at("textDocument/signatureHelp", &uri, &place(MAIN, "3, y", 0));
    assert_eq!(nothing, Value::Null);
    // While it is written.
    let text = MAIN.replacen(
        "far(Shape::Dot(p), 1) + add(1, 2);",
        "far(Shape::Dot(p), ",
        1,
    );
    client.change(&uri, &text);
    let last = text.matches("\n}\n").count() - 1;
    let end = place(&text, "\n}\n", last);
    let found = client.ask_at("textDocument/signatureHelp", &uri, &end);
    assert_eq!(found["activeParameter"], 1, "{found}");
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_symbols_are_those_of_a_text_and_of_all_files() {
    let folder = Folder::new(&[("Main.bd", MAIN), ("Other.bd", "pub unit farther() { }\n")]);
    let mut client = Client::start(&folder.path(""));
    let symbols = json!({ "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } });
    let params = json!({
        "capabilities": { "textDocument": symbols },
        "workspaceFolders": [{ "uri": folder.uri(""), "name": "x" }],
    });
    client.ask("initialize", params).unwrap();
    let uri = folder.uri("Main.bd");
    client.open(&uri, MAIN);
    let params = json!({ "textDocument": { "uri": uri } });
    let found = client.ask("textDocument/documentSymbol", params).unwrap();
    let names = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        let names = list.map(|symbol| symbol["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&found), ["Point", "Shape", "far", "main"]);
    assert_eq!(names(&found[0]["children"]), ["x", "y", "Length"]);
    assert_eq!(names(&found[1]["children"]), ["Dot", "Line"]);
    assert_eq!(found[0]["kind"], 23);
    assert_eq!(
        found[0]["selectionRange"]["start"],
        place(MAIN, "Point\n", 0)
    );
    let mut query = |query: &str| {
        let found = client
            .ask("workspace/symbol", json!({ "query": query }))
            .unwrap();
        let mut names = names(&found);
        names.sort();
        names
    };
    assert_eq!(query("FAR"), ["far", "farther"]);
    assert_eq!(query("lgth"), ["Length"]);
    assert_eq!(query("nowhere"), [""; 0]);
    assert!(query("").len() > 8);
    assert_eq!(client.stop(), Some(0));
}

fn actions(client: &mut Client, uri: &str, text: &str, of: &str) -> Vec<(String, String)> {
    let position = place(text, of, 0);
    let params = json!({
        "textDocument": { "uri": uri },
        "range": { "start": position, "end": position },
        "context": { "diagnostics": [] },
    });
    let found = client.ask("textDocument/codeAction", params).unwrap();
    let found = found.as_array().unwrap().iter().map(|action| {
        let title = action["title"].as_str().unwrap().to_owned();
        (title, edited(text, &action["edit"]["changes"][uri]))
    });
    found.collect()
}

#[test]
fn lsp_2_actions_mend_warnings_and_lay_out() {
    let text = "\
use Core.String;
use Core.Results;

/// Adds.
/// @arg(a) One.
/// @arg(c) None.
/// @wrong Word.
pub i32 add(i32 a, i32 b) { return a + b; }

i32 main() { return add(1, 2); }
";
    let (_folder, mut client, uri) = opened(text);
    let found = actions(&mut client, &uri, text, "use Core.Results");
    assert_eq!(found[0].0, "Remove `use Core.Results;`", "{found:#?}");
    assert_eq!(found[0].1, text.replace("use Core.Results;\n", ""));
    let found = actions(&mut client, &uri, text, "/// Adds");
    let mended = found
        .iter()
        .find(|(title, _)| title == "Mend the documentation")
        .unwrap();
    let expected = text
        .replace("/// @arg(c) None.\n", "")
        .replace("@wrong Word", "wrong Word");
    assert_eq!(mended.1, expected);
    let found = actions(&mut client, &uri, text, "main() {");
    let written = found
        .iter()
        .find(|(title, _)| title == "Document `main`")
        .unwrap();
    let expected = "/// What `main` is.\n/// @returns What it makes.\ni32 main()";
    assert_eq!(written.1, text.replace("i32 main()", expected));
    let laid = found
        .iter()
        .find(|(title, _)| title == "Format the text")
        .unwrap();
    let params = json!({
        "textDocument": { "uri": uri }, "options": { "tabSize": 4, "insertSpaces": true },
    });
    let edits = client
        .ask("textDocument/formatting", params.clone())
        .unwrap();
    assert_eq!(edited(text, &edits), laid.1);
    assert!(laid.1.contains("i32 main()\n{\n    return add(1, 2);\n}\n"));
    client.change(&uri, &laid.1);
    assert_eq!(
        client
            .ask("textDocument/formatting", params.clone())
            .unwrap(),
        json!([])
    );
    client.change(&uri, "i32 main( {");
    assert_eq!(
        client.ask("textDocument/formatting", params).unwrap(),
        Value::Null
    );
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_semantic_tokens_say_what_names_are() {
    let (folder, mut client, uri) = opened(MAIN);
    let hello = Client::start(&folder.path("")).initialize(None);
    let legend = &hello["capabilities"]["semanticTokensProvider"]["legend"];
    let types = legend["tokenTypes"].as_array().unwrap();
    let params = json!({ "textDocument": { "uri": uri } });
    let found = client
        .ask("textDocument/semanticTokens/full", params)
        .unwrap();
    let data = found["data"].as_array().unwrap();
    let data = data.iter().map(|number| number.as_u64().unwrap() as usize);
    let data = data.collect::<Vec<_>>();
    let lines = MAIN.lines().collect::<Vec<_>>();
    let (mut line, mut column) = (0, 0);
    let mut named = Vec::new();
    for token in data.chunks(5) {
        let [down, right, length, kind, modifiers] = token else {
            panic!("{token:?}");
        };
        column = if *down > 0 { *right } else { column + right };
        line += down;
        let name = &lines[line][column..column + length];
        named.push((name, types[*kind].as_str().unwrap(), *modifiers));
    }
    for expected in [
        ("Point", "struct", 1),
        ("x", "property", 1),
        ("Length", "method", 0),
        ("Dot", "enumMember", 0),
        ("more", "parameter", 0),
        ("p", "variable", 0),
        ("far", "function", 0),
        ("String", "namespace", 2),
    ] {
        assert!(named.contains(&expected), "{expected:?}: {named:#?}");
    }
    assert_eq!(client.stop(), Some(0));
}
