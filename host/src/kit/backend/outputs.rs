//! What a backend makes, and for what.

use beskid_plugin_api::artifact::Header;
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::manifest::TARGET;

use super::bench::{Bench, no_objects};
use super::samples;
use crate::image::ObjectFile;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, made, refused};
use crate::kit::subject::Subject;
use crate::run::session_request;

/// A target that there is not.
const NO_TARGET: &str = "beskid_kit-unknown-nothing";
/// An option that no backend has.
const NO_OPTION: &str = "beskid-kit.no-such-option";

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "outputs/claimed",
            "the forms of the description are made, of the artifact that was given (E5115)",
            claimed,
        ),
        Test::new(
            "outputs/unclaimed",
            "a form that is not in the description is refused (E5114)",
            unclaimed,
        ),
        Test::new(
            "outputs/architectures",
            "for each architecture of the description there is an object",
            architectures,
        ),
        Test::new(
            "outputs/unknown-target",
            "a target that there is not is refused (E4001)",
            unknown_target,
        ),
        Test::new(
            "outputs/pointer-width",
            "a program for pointers of another width is refused (E4041)",
            pointer_width,
        ),
        Test::new(
            "outputs/unknown-option",
            "an option that the backend does not have is refused (E4004)",
            unknown_option,
        ),
    ]
}

fn claimed(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    if bench.description.emits_objects {
        let object = bench.object(&program, &CompileRequest::object(None))?;
        let read = ObjectFile::from_backend(object, TARGET);
        made("an object file for this machine", read)?;
    }
    if bench.description.executes {
        bench.session(&program)?;
    }
    Ok(Outcome::Passed)
}

fn unclaimed(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let (what, request) = match (bench.description.emits_objects, bench.description.executes) {
        (true, true) => return Ok(Outcome::Skipped("it makes both forms".to_owned())),
        (true, false) => ("a request for a session", session_request()),
        (false, _) => ("a request for an object", CompileRequest::object(None)),
    };
    refused(what, &[Code::E5114], bench.ask(program.bytes(), &request))?;
    Ok(Outcome::Passed)
}

/// The target triple of an architecture, as the description names it.
fn linux(architecture: &str) -> String {
    let architecture = match architecture {
        "riscv64" => "riscv64gc",
        other => other,
    };
    format!("{architecture}-unknown-linux-gnu")
}

fn architectures(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::plain()?;
    for architecture in &bench.description.architectures {
        let triple = linux(architecture);
        let object = bench.object(&program, &CompileRequest::object(Some(&triple)))?;
        let expected = format!("an object file for {architecture}");
        made(&expected, ObjectFile::from_backend(object, &triple))?;
    }
    Ok(Outcome::Passed)
}

fn unknown_target(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.emits_objects {
        return no_objects();
    }
    let program = samples::plain()?;
    let request = CompileRequest::object(Some(NO_TARGET));
    let what = format!("target `{NO_TARGET}`");
    refused(&what, &[Code::E4001], bench.ask(program.bytes(), &request))?;
    Ok(Outcome::Passed)
}

fn pointer_width(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let mut header = Header::new("beskid-kit", "1");
    header.pointer_width = 32;
    let program = samples::headed(header)?;
    let what = "a program for pointers of 32 bits";
    refused(
        what,
        &[Code::E4041],
        bench.ask(program.bytes(), &bench.request()),
    )?;
    Ok(Outcome::Passed)
}

fn unknown_option(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let mut request = bench.request();
    request.options = [(NO_OPTION.to_owned(), "1".to_owned())].into();
    let what = format!("option `{NO_OPTION}`");
    refused(&what, &[Code::E4004], bench.ask(program.bytes(), &request))?;
    Ok(Outcome::Passed)
}
