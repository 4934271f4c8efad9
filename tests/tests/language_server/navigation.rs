//! Where names lead: definitions, uses, other names.

use serde_json::{Value, json};

use crate::client::{Client, Folder, place};

const SHAPES: &str = "\
/// A point of the plane.
pub type Point
{
    i32 x,
    i32 y,

    /// How far it is.
    /// @returns The sum of both.
    pub i32 Length() { return x + y; }
}

pub enum Shape
{
    Dot(Point at),
    Line(Point from, Point to),
}

/// Makes a point.
/// @arg(x) Across.
pub Point make(i32 x, i32 y) { return Point { x: x, y: y }; }
";

const MAIN: &str = "\
use Shapes;

i32 main()
{
    Point p = make(3, 4);
    let twice = (i32 n) => n * 2;
    Shape s = Shape::Dot(p);
    let far = match s
    {
        Shape::Dot(at) => at.x,
        Shape::Line(from, to) => from.Length() + to.y,
    };
    return twice(p.Length()) + far;
}
";

fn opened() -> (Folder, Client) {
    let folder = Folder::new(&[("Main.bd", MAIN), ("Shapes.bd", SHAPES)]);
    let mut client = Client::ready(&folder);
    client.open(&folder.uri("Main.bd"), MAIN);
    assert_eq!(client.diagnostics(&folder.uri("Main.bd")), [Value::Null; 0]);
    (folder, client)
}

/// The file, and what stands at the begin of a range of it.
fn at(found: &Value) -> (String, u64, u64) {
    let name = found["uri"].as_str().unwrap().rsplit('/').next().unwrap();
    let start = &found["range"]["start"];
    let number = |key: &str| start[key].as_u64().unwrap();
    (name.to_owned(), number("line"), number("character"))
}

fn expected(file: &str, text: &str, of: &str, nth: usize) -> (String, u64, u64) {
    let place = place(text, of, nth);
    let number = |key: &str| place[key].as_u64().unwrap();
    (file.to_owned(), number("line"), number("character"))
}

#[test]
fn lsp_2_names_lead_to_their_declarations() {
    let (folder, mut client) = opened();
    let uri = folder.uri("Main.bd");
    // The name that is asked about; the file of its declaration, and how it begins there.
    let cases = [
        (
            place(MAIN, "make(3", 0),
            expected("Shapes.bd", SHAPES, "make(i32", 0),
        ),
        (
            place(MAIN, "Point p", 0),
            expected("Shapes.bd", SHAPES, "Point\n", 0),
        ),
        (place(MAIN, "Shapes;", 0), ("Shapes.bd".to_owned(), 0, 0)),
        (
            place(MAIN, "twice(p", 0),
            expected("Main.bd", MAIN, "twice =", 0),
        ),
        (
            place(MAIN, "n * 2", 0),
            expected("Main.bd", MAIN, "n) =>", 0),
        ),
        (
            place(MAIN, "Dot(p)", 0),
            expected("Shapes.bd", SHAPES, "Dot", 0),
        ),
        (
            place(MAIN, "Dot(at)", 0),
            expected("Shapes.bd", SHAPES, "Dot", 0),
        ),
        (place(MAIN, "at.x", 0), expected("Main.bd", MAIN, "at)", 0)),
        (place(MAIN, "x,", 0), expected("Shapes.bd", SHAPES, "x,", 0)),
        (
            place(MAIN, "Length() + to", 0),
            expected("Shapes.bd", SHAPES, "Length", 0),
        ),
        (
            place(MAIN, "p.Length", 0),
            expected("Main.bd", MAIN, "p = make", 0),
        ),
        (
            place(MAIN, "Shape s", 0),
            expected("Shapes.bd", SHAPES, "Shape\n", 0),
        ),
    ];
    for (asked, expected) in cases {
        for method in ["textDocument/definition", "textDocument/declaration"] {
            let found = client.ask_at(method, &uri, &asked);
            assert!(!found.is_null(), "{asked}");
            assert_eq!(at(&found), expected, "{asked}");
        }
    }
    // Nothing stands there, or nothing that is declared in a file.
    for asked in [
        place(MAIN, "3, 4", 0),
        place(MAIN, "return twice", 0),
        json!({ "line": 99, "character": 9 }),
    ] {
        assert_eq!(
            client.ask_at("textDocument/definition", &uri, &asked),
            Value::Null
        );
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_references_are_those_of_all_files() {
    let (folder, mut client) = opened();
    let uri = folder.uri("Main.bd");
    let mut ask = |position: Value, declaration: bool| {
        let params = json!({
            "textDocument": { "uri": uri },
            "position": position,
            "context": { "includeDeclaration": declaration },
        });
        let found = client.ask("textDocument/references", params).unwrap();
        let mut found = found.as_array().unwrap().iter().map(at).collect::<Vec<_>>();
        found.sort();
        found
    };
    let mut uses = vec![
        expected("Main.bd", MAIN, "Length() + to", 0),
        expected("Main.bd", MAIN, "Length()) + far", 0),
    ];
    assert_eq!(ask(place(MAIN, "Length()) + far", 0), false), uses);
    uses.push(expected("Shapes.bd", SHAPES, "Length", 0));
    assert_eq!(ask(place(MAIN, "Length()) + far", 0), true), uses);
    let point = ask(place(MAIN, "Point p", 0), true);
    assert_eq!(point.len(), 7, "{point:#?}");
    let local = ask(place(MAIN, "p = make", 0), true);
    assert_eq!(local.len(), 3, "{local:#?}");
    assert_eq!(client.stop(), Some(0));
}

/// The text after the edits of an answer, the last first.
pub fn edited(text: &str, edits: &Value) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let character = position["character"].as_u64().unwrap() as usize;
        let start = text
            .split_inclusive('\n')
            .take(line)
            .map(str::len)
            .sum::<usize>();
        let of = text[start..].split('\n').next().unwrap();
        let mut units = 0;
        let inner = of.chars().take_while(|sign| {
            units += sign.len_utf16();
            units <= character
        });
        start + inner.map(char::len_utf8).sum::<usize>()
    };
    let mut edits = edits.as_array().unwrap().clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(&edit["range"]["start"])));
    let mut text = text.to_owned();
    let places = edits.iter().map(|edit| {
        let range = &edit["range"];
        (
            offset(&range["start"]),
            offset(&range["end"]),
            edit["newText"].as_str().unwrap(),
        )
    });
    for (start, end, new) in places.collect::<Vec<_>>() {
        text.replace_range(start..end, new);
    }
    text
}

#[test]
fn lsp_2_a_name_changes_everywhere_in_its_document() {
    let (folder, mut client) = opened();
    let uri = folder.uri("Main.bd");
    let position = place(MAIN, "p.Length", 0);
    let prepared = client.ask_at("textDocument/prepareRename", &uri, &position);
    assert_eq!(prepared["placeholder"], "p");
    assert_eq!(prepared["range"]["start"], position);
    let rename = |client: &mut Client, position: &Value, name: &str| {
        let params = json!({
            "textDocument": { "uri": uri }, "position": position, "newName": name,
        });
        client.ask("textDocument/rename", params)
    };
    let edits = rename(&mut client, &position, "point").unwrap();
    let new = edited(MAIN, &edits["changes"][&uri]);
    let renamed = MAIN.replace("Point p =", "Point point =");
    let renamed = renamed
        .replace("Dot(p)", "Dot(point)")
        .replace("p.Length", "point.Length");
    assert_eq!(new, renamed);
    client.change(&uri, &new);
    assert_eq!(client.diagnostics(&uri), [Value::Null; 0]);
    for name in ["", "3p", "a b", "if", "\u{e9}", "a-b", "a;"] {
        let refused = rename(&mut client, &place(&new, "point.Length", 0), name);
        assert_eq!(refused.unwrap_err()["code"], -32602, "{name}");
    }
    // What others declare or use is not renamed by halves.
    for position in [
        place(&new, "make(3", 0),
        place(&new, "return", 0),
        place(&new, "Shapes;", 0),
    ] {
        assert!(
            rename(&mut client, &position, "other").is_err(),
            "{position}"
        );
        let prepared = client.ask_at("textDocument/prepareRename", &uri, &position);
        assert_eq!(prepared, Value::Null, "{position}");
    }
    assert_eq!(client.stop(), Some(0));
}

/// A program, where it is renamed, and names that it cannot have there.
const CAUGHT: &[(&str, &str, &[&str])] = &[
    (
        "i64 main() { mut i64 s = 10; i64(i64) f = v => v + s; return f(1); }\n",
        "v =>",
        &["s"],
    ),
    (
        "i64 main() { i64 a = 1; { i64 b = 2; return a + b; } }\n",
        "b = 2",
        &["a", "i64", "string", "Std"],
    ),
    (
        "type Q { i64 w, pub i64 S(i64 v) => w + v; }\ni64 main() => Q { w: 1 }.S(2);\n",
        "v) =>",
        &["w"],
    ),
    (
        "i64 F() => 1;\ni64 G() => 2;\ni64 main() { i64 k = 2; return F() + k + G(); }\n",
        "k = 2",
        &["F"],
    ),
    (
        "i64 F() => 1;\ni64 G() => 2;\ni64 main() => F() + G();\n",
        "F() =>",
        &["G"],
    ),
    (
        "contract C { i64 Go(); }\ntype D : C { i64 x, pub i64 Go() => x; }\n\
         i64 main() { C c = D { x: 1 }; return c.Go(); }\n",
        "Go();",
        &["Run"],
    ),
];

#[test]
fn lsp_2_no_name_is_taken_that_means_something_else() {
    let folder = Folder::new(&[]);
    let mut client = Client::ready(&folder);
    for (number, (text, at, names)) in CAUGHT.iter().enumerate() {
        let uri = folder.uri(&format!("m{number}.bd"));
        client.open(&uri, text);
        let position = place(text, at, 0);
        let mut rename = |name: &str| {
            let params = json!({
                "textDocument": { "uri": uri }, "position": position, "newName": name,
            });
            client.ask("textDocument/rename", params)
        };
        for name in *names {
            let refused = rename(name).unwrap_err();
            assert_eq!(refused["code"], -32803, "{text} {name}: {refused}");
            let message = refused["message"].as_str().unwrap();
            assert!(message.contains("cannot be its name"), "{message}");
        }
        // It is the name, and not the place.
        let is_half = names.contains(&"Run");
        assert!(is_half || rename("other").is_ok(), "{text}");
    }
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_a_program_keeps_the_function_that_it_begins_at() {
    let folder = Folder::new(&[]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("m.bd");
    let text = "i64 main() => In.main();\nmod In { pub i64 main() => 1; }\n";
    client.open(&uri, text);
    let prepared = |client: &mut Client, nth| {
        client.ask_at(
            "textDocument/prepareRename",
            &uri,
            &place(text, "main", nth),
        )
    };
    assert_eq!(prepared(&mut client, 0), Value::Null);
    assert_eq!(prepared(&mut client, 2)["placeholder"], "main");
    let params = json!({
        "textDocument": { "uri": uri }, "position": place(text, "main", 0), "newName": "other",
    });
    let refused = client.ask("textDocument/rename", params).unwrap_err();
    assert_eq!(
        refused["message"],
        "a program begins at `main`, by this name"
    );
    assert_eq!(client.stop(), Some(0));
}

/// A text whose documentation names what it declares, and what is not meant.
const DOCUMENTED: &str = "\
/// A shape, see @ref(Area) and @ref(Shape::Dot); `Dot` stays.
/// @variant(Dot) A point.
/// @variant(Line) Two.
enum Shape { Dot(i64 at), Line(i64 from, i64 to) }

/// How large a @ref(Shape) is, as @ref(Main.Shape.Line) says.
/// @arg(of) Which @ref(Shape). @arg(by) How much.
/// @par(T) Of what.
/// ```
/// @arg(of) @ref(Shape)
/// ```
i64 Area<T>(Shape of, i64 by, T more)
{
    let f = (i64 of) => of + by;
    return match of { Shape::Dot(at) => f(at), Shape::Line(from, to) => to - from };
}

/// @arg(of) Another's.
i64 Other(i64 of) { return of; }

i64 main() { return Area(Shape::Dot(1), 2, 3) + Other(4); }
";

#[test]
fn doc_2_documentation_in_the_text_gets_the_new_name_too() {
    let folder = Folder::new(&[("Main.bd", DOCUMENTED)]);
    let mut client = Client::ready(&folder);
    let uri = folder.uri("Main.bd");
    client.open(&uri, DOCUMENTED);
    let is_right = |told: &[Value]| told.iter().all(|found| found["code"] == "W1103");
    assert!(is_right(&client.diagnostics(&uri)));
    let mut renamed = |of: &str, name: &str| {
        let params = json!({
            "textDocument": { "uri": uri },
            "position": place(DOCUMENTED, of, 0),
            "newName": name,
        });
        let edits = client.ask("textDocument/rename", params).unwrap();
        let new = edited(DOCUMENTED, &edits["changes"][&uri]);
        client.change(&uri, &new);
        assert!(is_right(&client.diagnostics(&uri)), "{new}");
        client.change(&uri, DOCUMENTED);
        new
    };
    let shape = renamed("Shape {", "Form");
    assert_eq!(
        shape.matches("Shape").count(),
        1,
        "only code stays: {shape}"
    );
    assert!(shape.contains("@ref(Form::Dot)") && shape.contains("@ref(Main.Form.Line)"));
    assert!(shape.contains("/// @arg(of) @ref(Shape)\n"), "{shape}");
    let dot = renamed("Dot(i64", "Point");
    assert!(dot.contains("@ref(Shape::Point); `Dot` stays."), "{dot}");
    assert!(dot.contains("/// @variant(Point) A point."), "{dot}");
    let of = renamed("of, i64 by", "what");
    assert!(of.contains("/// @arg(what) Which"), "{of}");
    assert!(of.contains("/// @arg(of) Another's."), "{of}");
    assert!(of.contains("/// @arg(of) @ref(Shape)\n"), "{of}");
    // A lambda's parameter is not that of the function.
    assert!(renamed("of) =>", "v").contains("/// @arg(of) Which"));
    assert!(renamed("T>(", "Thing").contains("/// @par(Thing) Of what."));
    assert!(renamed("Area<", "Size").contains("see @ref(Size) and"));
    assert_eq!(client.stop(), Some(0));
}
