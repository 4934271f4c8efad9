//! What a backend says that it supports, it does; what not, it refuses by name.

use beskid_plugin_api::artifact::Feature;
use beskid_plugin_api::backend::{CompileRequest, OutputForm};
use beskid_plugin_api::codes::Code;

use super::bench::Bench;
use super::samples;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, refused};
use crate::kit::subject::Subject;
use crate::run::session_request;

pub(super) fn tests() -> Vec<Test> {
    let tests = Feature::ALL.into_iter().map(|feature| {
        Test::new(
            format!("features/{}", feature.name()),
            "compiled if the description has it, and refused by name (E5008) if not",
            move |subject| check(subject, feature),
        )
    });
    let mnemonic = Test::new(
        "features/mnemonics",
        "an instruction that nobody knows is refused by name (E5006)",
        mnemonic,
    );
    tests.chain([mnemonic]).collect()
}

fn requests(bench: &Bench<'_>) -> Vec<CompileRequest> {
    let mut requests = Vec::new();
    if bench.description.emits_objects {
        requests.push(CompileRequest::object(None));
    }
    if bench.description.executes {
        requests.push(session_request());
    }
    requests
}

fn check(subject: &Subject<'_>, feature: Feature) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::using(feature)?;
    let name = feature.name();
    for request in requests(&bench) {
        if bench.description.features.contains(&feature) {
            bench.compile(&program, &request).map_err(|finding| {
                let expected = format!("a program with {name}, which is claimed, to be compiled");
                Finding::new(expected, finding.found)
            })?;
            continue;
        }
        let what = format!("a program with {name}, which is not claimed,");
        let error = refused(&what, &[Code::E5008], bench.ask(program.bytes(), &request))?;
        holds(
            error.message.contains(name),
            format!("a message that names `{name}`"),
            error.message.clone(),
        )?;
    }
    Ok(Outcome::Passed)
}

/// A mnemonic of as many letters as `iadd`.
const UNKNOWN: &[u8; 4] = b"izzy";

fn mnemonic(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let mut bytes = samples::plain()?.bytes().to_vec();
    while let Some(at) = bytes.windows(4).position(|name| name == b"iadd") {
        bytes[at..at + 4].copy_from_slice(UNKNOWN);
    }
    let bytes = samples::sealed(bytes);
    for request in requests(&bench) {
        let what = match request.output {
            OutputForm::Object => "an unknown instruction in an object",
            _ => "an unknown instruction in a session",
        };
        let error = refused(what, &[Code::E5006], bench.ask(&bytes, &request))?;
        let name = String::from_utf8_lossy(UNKNOWN);
        holds(
            error.message.contains(&*name),
            format!("a message that names `{name}`"),
            error.message.clone(),
        )?;
    }
    Ok(Outcome::Passed)
}
