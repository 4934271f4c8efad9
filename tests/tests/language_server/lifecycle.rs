//! From `initialize` to `exit`, in whatever order messages come.

use serde_json::{Value, json};

use crate::client::{Client, Folder, place};

const HELLO: &str = "i32 main() { return 40 + 2; }\n";

#[test]
fn lsp_1_a_session_from_hello_to_goodbye() {
    let folder = Folder::new(&[("p.bd", HELLO)]);
    let mut client = Client::start(&folder.path(""));
    let hello = client.initialize(None);
    assert_eq!(hello["serverInfo"]["name"], "beskid");
    assert_eq!(hello["capabilities"]["positionEncoding"], "utf-16");
    let sync = &hello["capabilities"]["textDocumentSync"];
    assert_eq!(
        (&sync["openClose"], &sync["change"]),
        (&json!(true), &json!(1))
    );
    let uri = folder.uri("p.bd");
    client.open(&uri, HELLO);
    assert_eq!(client.diagnostics(&uri), [Value::Null; 0]);
    client.change(&uri, "i32 main() { return \"\u{1f600}\" + nothing; }\n");
    let told = client.diagnostics(&uri);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["code"], "E1101");
    assert_eq!(told[0]["severity"], 1);
    // The sign takes two units.
    let start = json!({ "line": 0, "character": 27 });
    assert_eq!(told[0]["range"]["start"], start);
    assert_eq!(
        told[0]["range"]["end"],
        json!({ "line": 0, "character": 34 })
    );
    assert_eq!(client.stop(), Some(0));
}

fn code(error: Result<Value, Value>) -> i64 {
    error.unwrap_err()["code"].as_i64().unwrap()
}

#[test]
fn lsp_1_requests_out_of_turn_are_refused() {
    let folder = Folder::new(&[]);
    let mut client = Client::start(&folder.path(""));
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32002);
    assert_eq!(code(client.ask("shutdown", Value::Null)), -32002);
    client.tell("textDocument/didOpen", json!({}));
    assert_eq!(code(client.ask("initialize", json!("hello"))), -32602);
    client.initialize(None);
    assert_eq!(
        code(client.ask("initialize", json!({ "capabilities": {} }))),
        -32600
    );
    assert_eq!(code(client.ask("no/method", json!({}))), -32601);
    assert_eq!(client.ask("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(code(client.ask("textDocument/hover", json!({}))), -32600);
    assert_eq!(code(client.ask("shutdown", Value::Null)), -32600);
    client.tell("exit", Value::Null);
    assert_eq!(client.status(), Some(0));
}

#[test]
fn lsp_1_the_exit_status_says_whether_shutdown_came_first() {
    let folder = Folder::new(&[]);
    for initialized in [true, false] {
        let mut client = Client::start(&folder.path(""));
        if initialized {
            client.initialize(None);
        }
        client.tell("exit", Value::Null);
        assert_eq!(client.status(), Some(1));
    }
    let mut gone = Client::ready(&folder);
    gone.hang_up();
    assert_eq!(gone.status(), Some(1));
    let mut gone = Client::ready(&folder);
    assert_eq!(gone.ask("shutdown", Value::Null), Ok(Value::Null));
    gone.hang_up();
    assert_eq!(gone.status(), Some(0));
}

#[test]
fn what_is_no_message_is_answered_and_the_server_lives() {
    let folder = Folder::new(&[("p.bd", HELLO)]);
    let mut client = Client::ready(&folder);
    let wrong: [(&[u8], i64); 5] = [
        (b"Content-Length: 1\r\n\r\n{", -32700),
        (b"Content-Length: 2\r\n\r\n[]", -32600),
        (b"Content-Length: 4\r\n\r\nnull", -32600),
        (b"Content-Length: 2\r\n\r\n\xff\xfe", -32700),
        (b"no header\r\n", -32700),
    ];
    for (bytes, code) in wrong {
        client.raw(bytes);
        let answer = client.wait(|message| message.get("id") == Some(&Value::Null));
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
    // Notifications of the wrong form have no answer.
    for params in [json!(null), json!([]), json!({ "textDocument": 3 })] {
        for method in ["didOpen", "didChange", "didClose", "didSave"] {
            client.tell(&format!("textDocument/{method}"), params.clone());
        }
        client.tell("workspace/didChangeWatchedFiles", params.clone());
        client.tell("$/cancelRequest", params.clone());
        client.tell("$/unknown", params);
    }
    let uri = folder.uri("p.bd");
    client.change(&uri, "of a text that is not open");
    client.open(&uri, HELLO);
    assert!(client.diagnostics(&uri).is_empty());
    assert_eq!(client.stop(), Some(0));
}

#[test]
fn a_request_that_was_taken_back_is_answered_so() {
    let folder = Folder::new(&[("p.bd", HELLO)]);
    let mut client = Client::ready(&folder);
    // Both come at once, behind a request that takes a while.
    let large = format!("{HELLO}{}", "i32 f() { return nothing; }\n".repeat(2000));
    client.open(&folder.uri("p.bd"), &large);
    let slow = json!({
        "textDocument": { "uri": folder.uri("p.bd") },
        "position": place(HELLO, "return", 0),
    });
    let slow = client.request("textDocument/completion", slow);
    let request = json!({
        "jsonrpc": "2.0", "id": "x", "method": "textDocument/hover",
        "params": {
            "textDocument": { "uri": folder.uri("p.bd") },
            "position": place(HELLO, "main", 0),
        },
    });
    let cancel = json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "x" } });
    let framed = [request, cancel].map(|message| {
        let text = message.to_string();
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    });
    client.raw(framed.concat().as_bytes());
    let answer = client.wait(|message| message["id"] == "x");
    assert_eq!(answer["error"]["code"], -32800, "{answer}");
    assert!(client.answer(slow).is_ok());
    assert_eq!(client.stop(), Some(0));
}

/// What is advertised is answered, and nothing else is.
#[test]
fn lsp_1_what_is_advertised_is_what_is_there() {
    let text = "i64 one() => 1;\n\nunit main() { __syscall_write(1, \"${one()}\"); }\n";
    let folder = Folder::new(&[("p.bd", text)]);
    let mut client = Client::start(&folder.path(""));
    let hello = client.initialize(None);
    let advertised = hello["capabilities"].as_object().unwrap();
    let mut known = vec!["positionEncoding", "textDocumentSync", "workspace"];
    let uri = folder.uri("p.bd");
    client.open(&uri, text);
    let position = place(text, "one", 0);
    let params = json!({
        "textDocument": { "uri": uri }, "position": position, "newName": "other", "query": "",
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "range": { "start": position, "end": position },
        "options": { "tabSize": 4, "insertSpaces": true },
    });
    for (provider, method) in [
        ("completionProvider", "textDocument/completion"),
        ("hoverProvider", "textDocument/hover"),
        ("signatureHelpProvider", "textDocument/signatureHelp"),
        ("definitionProvider", "textDocument/definition"),
        ("declarationProvider", "textDocument/declaration"),
        ("referencesProvider", "textDocument/references"),
        ("renameProvider", "textDocument/prepareRename"),
        ("renameProvider", "textDocument/rename"),
        ("documentSymbolProvider", "textDocument/documentSymbol"),
        ("workspaceSymbolProvider", "workspace/symbol"),
        ("codeActionProvider", "textDocument/codeAction"),
        ("semanticTokensProvider", "textDocument/semanticTokens/full"),
        ("documentFormattingProvider", "textDocument/formatting"),
    ] {
        assert!(advertised.contains_key(provider), "{provider}");
        known.push(provider);
        client
            .ask(method, params.clone())
            .unwrap_or_else(|error| panic!("{method}: {error}"));
    }
    for provider in advertised.keys() {
        assert!(
            known.contains(&provider.as_str()),
            "{provider} is not tried here"
        );
    }
    for method in [
        "typeDefinition",
        "implementation",
        "documentHighlight",
        "foldingRange",
        "rangeFormatting",
        "onTypeFormatting",
        "inlayHint",
        "codeLens",
        "diagnostic",
        "semanticTokens/full/delta",
        "semanticTokens/range",
    ] {
        let method = format!("textDocument/{method}");
        assert_eq!(
            code(client.ask(&method, params.clone())),
            -32601,
            "{method}"
        );
    }
    assert_eq!(client.stop(), Some(0));
}
