//! What debuggers are told, through CLIF text and through reducing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::ops::ControlFlow;

use beskid_clif::reduce::reduce;
use beskid_clif::text::{SourceError, parse, print};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::artifact::debug::{Position, Scope, Storage, language};

const PROGRAM: &str = r#"; data: %counter local writable zero 8
; debug: language 29 "by hand"
; debug: file {"path":"a.c","directory":"/src","md5":null}
; debug: type {"name":"long","size":8,"kind":{"Base":"Signed"}}
; debug: scope %main {"Function":{"symbol":0,"name":"main","declared":{"file":0,"line":3,"column":6},"result":0}}
; debug: scope {"Block":{"parent":0}}
; debug: variable {"name":"n","ty":0,"scope":1,"declared":{"file":0,"line":4,"column":8},"parameter":false,"pieces":[{"offset":0,"size":8,"storage":{"Slot":7}}]}
; debug: variable %counter {"name":"counter","ty":0,"scope":null,"declared":{"file":0,"line":1,"column":6},"parameter":false,"pieces":[{"offset":0,"size":8,"storage":{"Data":0}}]}
; debug: position {"at":{"file":0,"line":4,"column":3},"scope":1}
; debug: position {"at":{"file":0,"line":5,"column":3},"scope":0}

function %unused() {
block0:
    return
}

function %main() -> i64 {
    ss0 = explicit_slot 8, key = 7

block0:
@0000    v0 = iconst.i64 6
@0000    v1 = stack_addr.i64 ss0
@0000    store v0, v1
@0001    v2 = iconst.i64 36
@0001    v3 = iadd v0, v2
@0001    return v3
}
"#;

fn program() -> CodegenArtifact {
    parse(PROGRAM, None).unwrap()
}

fn message(text: &str) -> String {
    match parse(text, None).unwrap_err() {
        SourceError::Syntax { line, message } => format!("line {line}: {message}"),
        error => panic!("{error}"),
    }
}

#[test]
fn comments_say_what_debuggers_are_told() {
    let artifact = program();
    let debug = artifact.debug().unwrap();
    assert_eq!(
        (debug.language, debug.producer.as_str()),
        (language::C11, "by hand")
    );
    let main = artifact.header().entrypoint.as_ref().unwrap().symbol;
    let Scope::Function(function) = &debug.scopes[0] else {
        panic!("{debug}");
    };
    let names = &artifact.module().symbols;
    let named = |symbol: u32| names[symbol as usize].name.as_deref();
    assert_eq!(named(function.symbol.unwrap()), Some("clif.main"));
    let Storage::Data(counter) = debug.variables[1].pieces[0].storage else {
        panic!("{debug}");
    };
    assert_eq!(named(counter), Some("counter"));
    let body = artifact.functions().iter();
    let mut body = body.filter(|function| named(function.body.symbol) == Some("clif.main"));
    let body = &body.next().unwrap().body;
    assert_eq!(body.positions, [(0, 0), (3, 1)], "of s{main}");
    assert_eq!(body.stack_slots[0].key, Some(7));
}

#[test]
fn what_debuggers_are_told_is_printed_and_read_again() {
    let artifact = program();
    let text = print(&artifact).unwrap();
    let again = parse(&text, None).unwrap();
    assert_eq!(print(&again).unwrap(), text);
    let comments = PROGRAM.lines().filter(|line| line.starts_with("; debug:"));
    let comments = comments.map(|line| line.replace("scope %main", "scope %clif_main"));
    for comment in comments {
        assert!(text.contains(&comment), "{comment}\n{text}");
    }
}

/// Cranelift takes the position before the first one of a function for none.
#[test]
fn the_position_before_the_first_one_is_not_lost() {
    let text = PROGRAM.replace("@0001", "@0002").replace("@0000", "@0001");
    let text = text.replace("@0002", "@0000");
    let lost = parse(&text, None).unwrap();
    let positions = |artifact: &CodegenArtifact| {
        let bodies = artifact.functions().iter();
        let bodies = bodies.map(|function| function.body.positions.clone());
        bodies.flatten().collect::<Vec<_>>()
    };
    assert_eq!(
        positions(&lost),
        [(0, 1), (3, u32::MAX)],
        "so reads Cranelift"
    );
    let mut json = program().to_json().unwrap();
    json = json.replace("\"positions\":[[0,0],[3,1]]", "\"positions\":[[0,1],[3,0]]");
    let artifact = CodegenArtifact::from_json(json.as_bytes()).unwrap();
    assert_eq!(positions(&artifact), [(0, 1), (3, 0)]);
    let again = parse(&print(&artifact).unwrap(), None).unwrap();
    assert_eq!(positions(&again), [(0, 0), (3, 1)]);
    let (old, new) = (artifact.debug().unwrap(), again.debug().unwrap());
    assert_eq!(new.positions, [old.positions[1], old.positions[0]]);
}

#[test]
fn comments_for_debuggers_that_are_wrong_are_refused_by_their_line() {
    for (from, to, expected) in [
        (
            "; debug: language 29 \"by hand\"\n",
            "",
            "line 2: `debug: language` comes first",
        ),
        ("language 29", "language many", "line 2: expected a number"),
        (
            "debug: file {",
            "debug: files {",
            "line 3: `files` is no table",
        ),
        (
            "debug: file {",
            "debug: file %main {",
            "line 3: a file has no symbols",
        ),
        ("{\"path\":", "{\"paths\":", "line 3: missing field"),
        (
            "scope %main {",
            "scope {",
            "line 5: a symbol is the number of a name",
        ),
        (
            "scope %main {",
            "scope %other {",
            "line 5: there is no `%other`",
        ),
        ("{\"Slot\":7}", "{\"Slot\":-7}", "line 7: invalid value"),
    ] {
        let changed = PROGRAM.replacen(from, to, 1);
        assert_ne!(changed, PROGRAM);
        let message = message(&changed);
        assert!(message.contains(expected), "{message}\nnot {expected}");
    }
}

#[test]
fn what_is_reduced_still_tells_debuggers_of_what_is_left() {
    let artifact = program();
    let has_main = |candidate: &CodegenArtifact| {
        let mut symbols = candidate.module().symbols.iter();
        symbols.any(|symbol| symbol.name.as_deref() == Some("clif.main"))
    };
    let mut keep = |candidate: &CodegenArtifact| ControlFlow::Continue(has_main(candidate));
    let reduced = reduce(&artifact, &mut keep).unwrap();
    assert!(reduced.module().symbols.len() < artifact.module().symbols.len());
    let debug = reduced.debug().unwrap();
    let Scope::Function(function) = &debug.scopes[0] else {
        panic!("{debug}");
    };
    let symbol = function.symbol.unwrap() as usize;
    let name = reduced.module().symbols[symbol].name.as_deref();
    assert_eq!(name, Some("clif.main"));
    assert!(debug.variables[1].pieces.is_empty(), "its data is gone");
    let positions: &[Position] = &artifact.debug().unwrap().positions;
    assert_eq!(debug.positions, positions);
}
