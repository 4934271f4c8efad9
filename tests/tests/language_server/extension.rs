//! The extension for VS Code: what it says of itself is so, and its code can be read.

use std::fs;
use std::process::Command;

use beskid_tests::built::root;
use beskid_tests::command::run;
use beskid_tests::tools::tool;
use serde_json::Value;

fn json(path: &str) -> Value {
    let text = fs::read_to_string(root().join("editors").join(path)).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_extension_takes_the_grammar_of_the_folder_above() {
    let (own, grammar) = (json("vscode/package.json"), json("package.json"));
    let name = |of: &Value| format!("{}.{}", of["publisher"], of["name"]).replace('"', "");
    assert_eq!(own["extensionDependencies"][0], name(&grammar));
    assert_eq!(own["version"], grammar["version"]);
    let languages = grammar["contributes"]["languages"]
        .as_array()
        .unwrap()
        .iter();
    let mut ids = languages
        .map(|language| language["id"].as_str().unwrap())
        .collect::<Vec<_>>();
    ids.push(own["contributes"]["languages"][0]["id"].as_str().unwrap());
    let code = fs::read_to_string(root().join("editors/vscode/extension.js")).unwrap();
    for id in ids {
        let event = format!("onLanguage:{id}");
        let events = own["activationEvents"].as_array().unwrap();
        assert!(events.iter().any(|known| *known == *event), "{event}");
        assert!(code.contains(&format!("language: \"{id}\"")), "{id}");
    }
    let settings = own["contributes"]["configuration"]["properties"]
        .as_object()
        .unwrap();
    assert!(settings.contains_key("beskid.command") && code.contains("get(\"command\""));
    for command in own["contributes"]["commands"].as_array().unwrap() {
        let id = command["command"].as_str().unwrap();
        assert!(code.contains(&format!("\"{id}\"")), "{id}");
    }
}

#[test]
fn the_extension_is_javascript_that_starts_the_server() {
    let folder = root().join("editors/vscode");
    let main = json("vscode/package.json")["main"]
        .as_str()
        .unwrap()
        .to_owned();
    let code = folder.join(main);
    let text = fs::read_to_string(&code).unwrap();
    assert!(text.contains("args: [\"lsp\"]"));
    let help = run(root(), ["lsp", "--help"]).succeeds();
    assert!(help.contains("--stdio"), "{help}");
    if let Some(node) = tool("node") {
        let checked = Command::new(node)
            .arg("--check")
            .arg(&code)
            .output()
            .unwrap();
        assert!(checked.status.success(), "{checked:?}");
    }
}
