//! Every `.clif` case is an object for every architecture that the backend
//! claims, or is refused in words of ours.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::fs;
use std::path::PathBuf;

use beskid_clif::text::parse;
use beskid_plugin_api::abi::{Silent, services_table};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::{Backend, CompileRequest, Compiled};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/cases/clif");

const TARGETS: [&str; 6] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "s390x-unknown-linux-gnu",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];

fn cases() -> Vec<(String, CodegenArtifact)> {
    let files = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap());
    let mut paths = files.map(|entry| entry.path()).collect::<Vec<PathBuf>>();
    paths.sort();
    let cases = paths.iter().filter_map(|path| {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let artifact = parse(&fs::read_to_string(path).unwrap(), None).ok()?;
        Some((name, artifact))
    });
    cases.collect()
}

fn object(artifact: &CodegenArtifact, target: &str) -> Result<Vec<u8>, Diagnostic> {
    let request = CompileRequest::object(Some(target));
    let services = Services::from_table(services_table::<Silent>());
    match beskid_backend_aot::ObjectBackend.compile(artifact.bytes(), &request, &services)? {
        Compiled::Object { object, .. } => Ok(object),
        Compiled::Session { .. } => panic!("a session"),
    }
}

/// Whether a refusal is in words of ours: what has no code, and what to do.
fn is_clear(error: &Diagnostic, artifact: &CodegenArtifact, target: &str) -> bool {
    let Diagnostic { message, help, .. } = error;
    let what = match error.code.as_str() {
        "E4001" => return !target.starts_with("x86_64") && message.contains(target),
        "E4002" => {
            let mut forms = artifact.forms().iter();
            forms.any(|form| message.contains(&format!("no code for `{}`", form.mnemonic)))
                || ["`sarg`"].iter().any(|part| message.contains(part))
        }
        "E5008" => {
            let mut features = artifact.header().features.iter();
            features.any(|feature| message.ends_with(feature.name()))
        }
        _ => false,
    };
    what && help.is_some()
}

/// Parts of what a panic of Cranelift's says.
const FOREIGN: [&str; 6] = [
    ".rs",
    "panicked",
    "ISLE",
    "unreachable",
    "unimplemented",
    "Backend error",
];

#[test]
fn every_case_is_an_object_or_refused_in_words_of_ours() {
    let cases = cases();
    assert!(cases.len() > 70, "{}", cases.len());
    let mut wrong = Vec::new();
    for target in TARGETS {
        let mut compiled = 0;
        for (name, artifact) in &cases {
            let error = match object(artifact, target) {
                Ok(object) => {
                    assert!(!object.is_empty());
                    compiled += 1;
                    continue;
                }
                Err(error) => error,
            };
            let text = format!("{error:?}");
            let is_foreign = FOREIGN.iter().any(|part| text.contains(part));
            if is_foreign || !is_clear(&error, artifact, target) {
                wrong.push(format!("{name} for {target}: {text}"));
            }
        }
        let least = match target {
            "s390x-unknown-linux-gnu" => 0,
            "riscv64gc-unknown-linux-gnu" => 50,
            _ => cases.len() - 3,
        };
        assert!(compiled >= least, "{target}: {compiled}");
        println!("{target}: {compiled} of {}", cases.len());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
