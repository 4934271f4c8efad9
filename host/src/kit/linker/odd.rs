//! Requests that no host makes, or that no tool can do.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{Exports, LinkRequest, OutputKind};

use super::bench::Bench;
use super::requests::{KINDS, TARGETS, ordinary};
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, shown};
use crate::kit::subject::Subject;

/// Length of what is too long for a name.
const LONG: usize = 1 << 16;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "requests/names",
            "odd names of files and symbols are planned as they are, or refused",
            names,
        ),
        Test::new(
            "requests/empty",
            "a request without objects or with empty texts does no harm",
            empty,
        ),
        Test::new(
            "requests/callback",
            "a step that no plan has is refused",
            callback,
        ),
    ]
}

/// Whether an answer is one: a diagnostic is, a panic or a malformed message is none.
///
/// # Errors
/// A finding if it is none.
pub(super) fn answered(what: &str, answer: Result<(), Diagnostic>) -> Result<(), Finding> {
    match answer {
        Err(error) if [Code::E5112, Code::E5113].contains(&error.code) => {
            Err(Finding::new(format!("an answer to {what}"), shown(&error)))
        }
        _ => Ok(()),
    }
}

/// What is changed of a request, and how.
type Change<'c> = (&'c str, &'c dyn Fn(&mut LinkRequest));

/// Asks for every target and kind that is claimed, each time with a change.
fn with_each(subject: &Subject<'_>, changes: &[Change<'_>], must_be_sound: bool) -> Checked {
    let bench = Bench::of(subject)?;
    for target in TARGETS {
        for kind in KINDS {
            if bench.supports(target, kind).is_err() {
                continue;
            }
            for (what, change) in changes {
                let mut request = ordinary(&bench.description, target, kind, "/kit/build");
                change(&mut request);
                let what = format!("{kind} for {target} with {what}");
                let answer = bench.ask(&request);
                if let (Ok(plan), true) = (&answer, must_be_sound) {
                    let expected = format!("a plan for {what} that the host carries out");
                    bench.check(&expected, plan, &request)?;
                }
                answered(&what, answer.map(drop))?;
            }
        }
    }
    Ok(Outcome::Passed)
}

fn names(subject: &Subject<'_>) -> Checked {
    let object = |name: &'static str| {
        move |request: &mut LinkRequest| {
            request.objects = vec![format!("/kit/build/scratch/{name}")]
        }
    };
    let export = |name: &str| {
        let name = name.to_owned();
        move |request: &mut LinkRequest| request.exports = Exports::Only(vec![name.clone()])
    };
    let (space, quote, comma) = (object("a b.o"), object("a'\"b.o"), object("a,b.o"));
    let (at, line, letters) = (object("@a.o"), object("a\nb.o"), object("ä-文.o"));
    let (mangled, odd, long) = (
        export("_ZN1a1bE$x@1"),
        export("a b;\"}"),
        export(&"x".repeat(LONG)),
    );
    with_each(
        subject,
        &[
            ("a space", &space),
            ("quotes", &quote),
            ("a comma", &comma),
            ("an @", &at),
            ("a line break", &line),
            ("letters that are not ASCII", &letters),
            ("a mangled export", &mangled),
            ("an export that is no word", &odd),
            ("an export with a long name", &long),
        ],
        true,
    )
}

fn empty(subject: &Subject<'_>) -> Checked {
    let text = || vec![String::new()];
    with_each(
        subject,
        &[
            ("no objects", &|request| request.objects.clear()),
            ("an object without a name", &|request| {
                request.objects = text()
            }),
            ("an output without a name", &|request| {
                request.output.clear()
            }),
            ("no scratch folder", &|request| request.scratch.clear()),
            ("a library without a name", &|request| {
                request.libraries = text()
            }),
            ("an export without a name", &|request| {
                request.exports = Exports::Only(text());
            }),
            ("a tool without a name", &|request| {
                request.tools.values_mut().for_each(String::clear);
            }),
            ("a zero byte", &|request| {
                request.libraries = vec!["a\0b".to_owned()]
            }),
        ],
        false,
    )
}

fn callback(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let request = ordinary(
        &bench.description,
        TARGETS[0],
        OutputKind::Exe,
        "/kit/build",
    );
    let what = "a step that no plan has";
    match bench.callback(&request, u32::MAX) {
        Ok(()) => Err(Finding::new(format!("{what} to be refused"), "it was done")),
        refusal => answered(what, refusal).map(|()| Outcome::Passed),
    }
}
