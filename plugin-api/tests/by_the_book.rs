//! The document is enough to read artifacts: a reader written by
//! `docs/artifact-format.md` alone finds what the crate finds, in every golden and
//! in an artifact with all that the goldens lack.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod book;
mod everything;

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use beskid_plugin_api::artifact::{CodegenArtifact, Feature};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/v1")
}

#[test]
fn the_first_function_of_a_golden_reads_as_the_document_says() {
    let file = std::fs::read(folder().join("hello.bska")).unwrap();
    let artifact = book::read(&file);
    assert_eq!(artifact.header.producer.name, "beskid-frontend");
    assert_eq!(artifact.header.pointer_width, 64);
    assert_eq!(artifact.header.runtime_abi, Some(2));
    let entrypoint = artifact.header.entrypoint.as_ref().unwrap();
    assert_eq!(entrypoint.name, "main");
    let first = &artifact.functions[0];
    assert_eq!(first.body.symbol, entrypoint.symbol);
    assert_eq!(
        first.text,
        "block0():\n    \
             v0: i64 = iconst 1\n    \
             v1: i64 = symbol_value gv0\n    \
             v2: i64 = call fn0, (v0, v1)\n    \
             return ()\n"
    );
}

#[test]
fn the_document_and_the_crate_agree_about_every_golden() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "bska") {
            continue;
        }
        count += 1;
        agree(std::fs::read(&path).unwrap());
    }
    assert!(count >= 6, "{count} goldens");
}

#[test]
fn the_document_and_the_crate_agree_about_everything_else() {
    let artifact = everything::everything();
    assert_eq!(artifact.header().features.len(), Feature::ALL.len());
    agree(artifact.bytes().to_vec());
}

#[test]
fn everything_survives_as_json() {
    let artifact = everything::everything();
    let json = artifact.to_json().unwrap();
    let again = CodegenArtifact::from_json(json.as_bytes()).unwrap();
    assert_eq!(again.bytes(), artifact.bytes());
}

/// Both say the same about every structure, the digest and every instruction.
fn agree(file: Vec<u8>) {
    let by_book = book::read(&file);
    let by_crate = CodegenArtifact::decode(file).unwrap();
    assert_eq!(by_book.digest, by_crate.digest().to_string());
    same(&by_book.header, by_crate.header());
    same(&by_book.module, by_crate.module());
    same(&by_book.forms, &by_crate.forms());
    assert_eq!(by_book.functions.len(), by_crate.functions().len());
    let dump = by_crate.to_string();
    // What debuggers are told follows the functions; the tests of that compare it.
    let functions = dump.split("\ndebug language ").next().unwrap();
    let texts = functions.split("\nfunction s").skip(1);
    let functions = by_crate.functions().iter().zip(texts);
    for (book, (function, text)) in by_book.functions.iter().zip(functions) {
        same(&book.body, &function.body);
        let symbol = book.body.symbol;
        let text = without_meanings(text);
        assert_eq!(format!("{symbol} {{\n{}}}\n", book.text), text);
    }
}

/// A dump without what it says of indices: ` <…>` at the end of an operand.
fn without_meanings(text: &str) -> String {
    let mut parts = text.split(" <");
    let mut plain = parts.next().unwrap().to_owned();
    for part in parts {
        let ends = [">,", ">\n"].map(|end| part.find(end));
        let end = ends.into_iter().flatten().min().unwrap();
        plain.push_str(&part[end + 1..]);
    }
    plain
}

fn same(by_book: &impl Debug, by_crate: &impl Debug) {
    assert_eq!(format!("{by_book:#?}"), format!("{by_crate:#?}"));
}
