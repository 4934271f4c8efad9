//! What an editor asks about manifests, and what follows from a change of one.

use serde_json::{Value, json};

use crate::client::{Client, Folder, place};
use crate::navigation::edited;

const PROJECT: &str = "\
project {
  name = \"App\"
  version = \"1.0.0\"
}

target \"App\" {
  kind = App
  entry = \"Main.bd\"
}

dependency \"Lib\" {
  source = path
  path = \"../lib\"
}
";

const LIBRARY: &str = "\
project {
  name = \"Lib\"
  version = \"1.0.0\"
}

target \"Lib\" {
  kind = Lib
  entry = \"Tools.bd\"
}
";

const MAIN: &str = "use Tools;\n\ni32 main()\n{\n    return tool();\n}\n";

fn projects() -> Folder {
    Folder::new(&[
        ("app/Project.proj", PROJECT),
        ("app/Src/Main.bd", MAIN),
        ("lib/Project.proj", LIBRARY),
        ("lib/Src/Tools.bd", "pub i32 tool()\n{\n    return 42;\n}\n"),
    ])
}

#[test]
fn lsp_2_manifests_lead_to_manifests_and_say_what_their_words_mean() {
    let folder = projects();
    let mut client = Client::ready(&folder);
    let uri = folder.uri("app/Project.proj");
    client.open(&uri, PROJECT);
    assert_eq!(client.diagnostics(&uri), [Value::Null; 0]);
    let mut ask = |method: &str, of: &str| {
        let method = format!("textDocument/{method}");
        client.ask_at(&method, &uri, &place(PROJECT, of, 0))
    };
    assert_eq!(
        ask("definition", "../lib")["uri"],
        folder.uri("lib/Project.proj")
    );
    assert_eq!(
        ask("declaration", "../lib")["uri"],
        folder.uri("lib/Project.proj")
    );
    assert_eq!(
        ask("definition", "Lib\"")["uri"],
        folder.uri("lib/Project.proj")
    );
    assert_eq!(
        ask("definition", "Main.bd")["uri"],
        folder.uri("app/Src/Main.bd")
    );
    assert_eq!(ask("definition", "1.0.0"), Value::Null);
    let hover = ask("hover", "entry");
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("**target.entry**"), "{text}");
    assert_eq!(ask("prepareRename", "Lib\"")["placeholder"], "Lib");
    assert_eq!(ask("prepareRename", "entry"), Value::Null);
    let position = place(PROJECT, "Lib\"", 0);
    let params = json!({
        "textDocument": { "uri": uri }, "position": position, "newName": "Other",
    });
    let edits = client.ask("textDocument/rename", params).unwrap();
    let renamed = edited(PROJECT, &edits["changes"][&uri]);
    assert_eq!(renamed, PROJECT.replace("\"Lib\"", "\"Other\""));
    let params = json!({
        "textDocument": { "uri": uri }, "position": position,
        "context": { "includeDeclaration": true },
    });
    let uses = client.ask("textDocument/references", params).unwrap();
    assert_eq!(uses.as_array().unwrap().len(), 1);
    let params = json!({ "textDocument": { "uri": uri } });
    let symbols = client.ask("textDocument/documentSymbol", params).unwrap();
    let names = symbols.as_array().unwrap().iter();
    let names = names.map(|symbol| symbol["name"].as_str().unwrap());
    let names = names.collect::<Vec<_>>();
    assert!(
        names.starts_with(&["project", "name", "version", "target App"]),
        "{names:?}"
    );
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_manifests_are_completed() {
    let folder = projects();
    let mut client = Client::ready(&folder);
    let uri = folder.uri("app/Project.proj");
    client.open(&uri, PROJECT);
    let mut offered = |text: &str| {
        client.change(&uri, text);
        let line = text.matches('\n').count();
        let column = text.rsplit('\n').next().unwrap().len();
        let position = json!({ "line": line, "character": column });
        let found = client.ask_at("textDocument/completion", &uri, &position);
        let labels = found.as_array().unwrap().iter();
        let labels = labels.map(|item| item["label"].as_str().unwrap().to_owned());
        labels.collect::<Vec<_>>()
    };
    assert!(offered("").contains(&"dependency".to_owned()));
    assert_eq!(offered("target \"A\" {\n  entry = \"M.bd\"\n  "), ["kind"]);
    assert_eq!(offered("target \"A\" {\n  kind = "), ["App", "Lib", "Test"]);
    assert_eq!(
        offered("dependency \"A\" {\n  source ="),
        ["path", "git", "registry"]
    );
    assert_eq!(client.stop(), Some(0));
}

/// Whether a text that is open or a file on the disk says it: the manifest counts as it is
/// now, in all programs.
#[test]
fn lsp_4_a_change_of_a_manifest_concerns_everything() {
    let folder = projects();
    let mut client = Client::ready(&folder);
    let (main, manifest) = (
        folder.uri("app/Src/Main.bd"),
        folder.uri("app/Project.proj"),
    );
    client.open(&main, MAIN);
    assert_eq!(client.diagnostics(&main), [Value::Null; 0]);
    let codes = |told: &[Value]| {
        let codes = told
            .iter()
            .map(|found| found["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    // In the editor, and not saved.
    client.open(&manifest, PROJECT);
    client.diagnostics(&manifest);
    let (without, _) = PROJECT.split_once("dependency").unwrap();
    client.change(&manifest, without);
    let told = client.wait(|message| {
        message["params"]["uri"] == main && message["params"]["diagnostics"] != json!([])
    });
    let told = told["params"]["diagnostics"].as_array().unwrap().clone();
    assert!(codes(&told).contains(&"E1105".to_owned()), "{told:#?}");
    client.change(&manifest, &PROJECT.replace("../lib", "../gone"));
    assert_eq!(codes(&client.diagnostics(&manifest)), ["E3006"]);
    client.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": manifest } }),
    );
    // On the disk, and told of.
    let told_of = |client: &mut Client, uri: &str| {
        let changes = json!({ "changes": [{ "uri": uri, "type": 2 }] });
        client.tell("workspace/didChangeWatchedFiles", changes);
    };
    folder.write("app/Project.proj", without);
    client.all();
    told_of(&mut client, &manifest);
    client.change(&main, MAIN);
    assert!(codes(&client.diagnostics(&main)).contains(&"E1105".to_owned()));
    folder.write("app/Project.proj", PROJECT);
    told_of(&mut client, &manifest);
    client.change(&main, MAIN);
    assert_eq!(client.diagnostics(&main), [Value::Null; 0]);
    // The lock is no file that the server writes.
    assert!(!folder.path("app/Project.lock").exists());
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn lsp_2_an_import_is_completed_by_what_there_is_to_import() {
    let folder = projects();
    folder.write(
        "lib/Src/Tools/Fine.bd",
        "pub i32 file() { return 1; }\ni32 hidden() { return file(); }\n",
    );
    let mut client = Client::ready(&folder);
    let main = folder.uri("app/Src/Main.bd");
    client.open(&main, MAIN);
    let mut offered = |line: &str| {
        let text = MAIN.replacen("use Tools;", line, 1);
        client.change(&main, &text);
        let position = json!({ "line": 0, "character": line.trim_end_matches(';').len() });
        let found = client.ask_at("textDocument/completion", &main, &position);
        let labels = found.as_array().unwrap().iter();
        let labels = labels.map(|item| item["label"].as_str().unwrap().to_owned());
        labels.collect::<Vec<_>>()
    };
    for line in [
        "use Lib.Tools.",
        "use Lib.Tools.;",
        "use Tools.",
        "use Tools.to;",
    ] {
        assert_eq!(offered(line), ["tool", "Fine"], "{line}");
    }
    assert_eq!(offered("use Lib.Tools.Fine."), ["file"]);
    assert!(offered("use Lib.").contains(&"Tools".to_owned()));
    let first = offered("use ");
    assert!(first.contains(&"Lib".to_owned()), "{first:?}");
    assert_eq!(client.stop(), Some(0));
}

/// A closed file was written that the editor did not tell of; what it tells of the lock makes
/// everything be looked at.
#[test]
fn lsp_4_a_change_of_a_lock_concerns_everything() {
    let folder = projects();
    folder.write(
        "app/Src/Other.bd",
        "use Tools;\n\npub i32 other() { return tool(); }\n",
    );
    let mut client = Client::ready(&folder);
    let (main, other) = (
        folder.uri("app/Src/Main.bd"),
        folder.uri("app/Src/Other.bd"),
    );
    client.open(&main, MAIN);
    assert_eq!(client.diagnostics(&main), [Value::Null; 0]);
    client.all();
    let lock = "# Project.lock v1\nroot_manifest=Project.proj\nproject_name=App\ndependencies:\n";
    folder.write("lib/Src/Tools.bd", "pub i64 tool()\n{\n    return 42;\n}\n");
    folder.write("app/Project.lock", lock);
    let changes = json!({ "changes": [{ "uri": folder.uri("app/Project.lock"), "type": 1 }] });
    client.tell("workspace/didChangeWatchedFiles", changes);
    for uri in [&main, &other] {
        let told = client.wait(|message| {
            let params = &message["params"];
            params["uri"] == **uri && params["diagnostics"] != json!([])
        });
        assert_eq!(told["params"]["diagnostics"][0]["code"], "W1203", "{told}");
    }
    // It is no file that the server writes.
    assert_eq!(
        std::fs::read_to_string(folder.path("app/Project.lock")).unwrap(),
        lock
    );
    assert_eq!(client.stop(), Some(0));
}

/// A label is renamed alone where nothing names it; where sources do, all of those are found.
#[test]
fn lsp_2_the_label_of_a_dependency_is_what_sources_begin_with() {
    let folder = projects();
    let text = "use Lib.Tools;\n\npub i32 other() { return Lib.Tools.tool(); }\n";
    folder.write("app/Src/Other.bd", text);
    let mut client = Client::ready(&folder);
    let manifest = folder.uri("app/Project.proj");
    client.open(&manifest, PROJECT);
    let position = place(PROJECT, "Lib\"", 0);
    let params = json!({
        "textDocument": { "uri": manifest }, "position": position,
        "context": { "includeDeclaration": false },
    });
    let found = client.ask("textDocument/references", params).unwrap();
    let other = folder.uri("app/Src/Other.bd");
    let uses = found.as_array().unwrap().iter();
    let lines = uses
        .filter(|found| found["uri"] == *other)
        .map(|found| found["range"]["start"]["line"].as_u64().unwrap());
    assert_eq!(lines.collect::<Vec<_>>(), [0, 2], "{found}");
    let rename = json!({
        "textDocument": { "uri": manifest }, "position": position, "newName": "Words",
    });
    let refused = client
        .ask("textDocument/rename", rename.clone())
        .unwrap_err();
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.starts_with("`Lib` is also used in `file://"),
        "{message}"
    );
    for file in ["Other.bd", "Main.bd"] {
        folder.write(
            &format!("app/Src/{file}"),
            "pub i32 alone() { return 1; }\n",
        );
    }
    let edits = client.ask("textDocument/rename", rename).unwrap();
    assert_eq!(edits["changes"][&manifest][0]["newText"], "Words");
    assert_eq!(client.stop(), Some(0));
}
