//! What objects define: exports, and the function that reaches the entrypoint.

use std::collections::BTreeSet;

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::backend::{CALLABLE_ENTRY, CompileRequest, EntryShim, MAIN};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::manifest::TARGET;

use super::bench::{Bench, no_objects};
use super::samples;
use crate::image::ObjectFile;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, holds, is_lack, made, refused};
use crate::kit::subject::Subject;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "exports/all",
            "an object exports what the artifact exports, and nothing else",
            all,
        ),
        Test::new(
            "exports/chosen",
            "of the exports those stay that the request names",
            chosen,
        ),
        Test::new(
            "exports/data",
            "data is exported too, if the backend has data",
            data,
        ),
        Test::new(
            "entry/main",
            "`main` is defined if the request asks for it",
            |subject| shims(subject, &[EntryShim::Checked, EntryShim::Bare], Some(MAIN)),
        ),
        Test::new(
            "entry/callable",
            "`beskid_entry` is exported if the request asks for it",
            |subject| shims(subject, &[EntryShim::Callable], Some(CALLABLE_ENTRY)),
        ),
        Test::new(
            "entry/none",
            "neither is defined if the request asks for none",
            |subject| shims(subject, &[EntryShim::None], None),
        ),
        Test::new(
            "entry/impossible",
            "no entrypoint, or a symbol of that name, is refused (E5007)",
            impossible,
        ),
    ]
}

fn object(
    bench: &Bench<'_>,
    program: &CodegenArtifact,
    request: &CompileRequest,
) -> Result<ObjectFile, Finding> {
    let object = bench.object(program, request)?;
    made(
        "an object file for this machine",
        ObjectFile::from_backend(object, TARGET),
    )
}

fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names = names.into_iter().collect::<BTreeSet<_>>();
    let names = names.into_iter().collect::<Vec<_>>();
    format!("[{}]", names.join(", "))
}

fn check_exports(object: &ObjectFile, expected: &[&str]) -> Result<(), Finding> {
    let found = list(object.report().exports.iter().map(String::as_str));
    let expected = list(expected.iter().copied());
    holds(
        found == expected,
        format!("the exports {expected}"),
        found.clone(),
    )
}

fn all(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::of(samples::EXPORTS)?;
    let made = object(&bench, &program, &CompileRequest::object(None))?;
    check_exports(&made, &["kept", "other"])?;
    let imports = list(made.report().imports.iter().map(String::as_str));
    holds(imports == "[]", "no imports", imports.clone())?;
    Ok(Outcome::Passed)
}

fn chosen(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::of(samples::EXPORTS)?;
    for expected in [&["kept"][..], &[]] {
        let mut request = CompileRequest::object(None);
        request.exports = Some(expected.iter().map(|name| (*name).to_owned()).collect());
        check_exports(&object(&bench, &program, &request)?, expected)?;
    }
    Ok(Outcome::Passed)
}

fn data(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::of(samples::DATA)?;
    let request = CompileRequest::object(None);
    if let Err(error) = bench.ask(program.bytes(), &request)
        && is_lack(&error)
    {
        return Ok(Outcome::Skipped(error.message));
    }
    check_exports(&object(&bench, &program, &request)?, &["counter"])?;
    Ok(Outcome::Passed)
}

fn shims(subject: &Subject<'_>, shims: &[EntryShim], name: Option<&str>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::plain()?;
    for shim in shims {
        let mut request = CompileRequest::object(None);
        request.entry_shim = *shim;
        let exports = samples::PLAIN_EXPORTS.into_iter().chain(name);
        let exports = exports.collect::<Vec<_>>();
        check_exports(&object(&bench, &program, &request)?, &exports)?;
    }
    Ok(Outcome::Passed)
}

fn impossible(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let programs = [
        (
            "`main` without an entrypoint",
            samples::of(samples::EXPORTS)?,
        ),
        ("a second `main`", samples::of(samples::TAKEN)?),
    ];
    for (what, program) in &programs {
        let mut request = CompileRequest::object(None);
        request.entry_shim = EntryShim::Bare;
        refused(what, &[Code::E5007], bench.ask(program.bytes(), &request))?;
    }
    Ok(Outcome::Passed)
}
