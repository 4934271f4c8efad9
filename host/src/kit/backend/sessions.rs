//! Code in memory.

use beskid_plugin_api::artifact::Header;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;

use super::bench::{Bench, no_sessions};
use super::samples;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Outcome, holds, is_lack, made, refused};
use crate::kit::subject::Subject;
use crate::run::session_request;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new(
            "session/result",
            "a session gives the bits of the result, each time that it is run",
            result,
        ),
        Test::new(
            "session/data",
            "a second run finds the data as the first left it, and another session has its own",
            data,
        ),
        Test::new(
            "session/symbols",
            "a session knows no function that is not there, and all exports or none",
            symbols,
        ),
        Test::new(
            "session/imports",
            "an import without an address is refused (E5120)",
            imports,
        ),
        Test::new(
            "session/runtime",
            "a runtime of another version is refused (E4012)",
            runtime,
        ),
    ]
}

fn result(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.executes {
        return no_sessions();
    }
    let program = samples::plain()?;
    let mut session = bench.session(&program)?;
    for _ in 0..3 {
        let bits = made("the program to be run", session.run())?;
        holds(
            bits == samples::PLAIN_RESULT,
            samples::PLAIN_RESULT.to_string(),
            bits.to_string(),
        )?;
    }
    Ok(Outcome::Passed)
}

fn data(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.executes {
        return no_sessions();
    }
    let program = samples::of(samples::DATA)?;
    if let Err(error) = bench.ask(program.bytes(), &session_request())
        && is_lack(&error)
    {
        return Ok(Outcome::Skipped(error.message));
    }
    for _ in 0..2 {
        let mut session = bench.session(&program)?;
        for expected in [6, 7, 8] {
            let bits = made("the program to be run", session.run())?;
            holds(bits == expected, expected.to_string(), bits.to_string())?;
        }
    }
    Ok(Outcome::Passed)
}

fn symbols(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.executes {
        return no_sessions();
    }
    let program = samples::of(samples::EXPORTS)?;
    let session = bench.session(&program)?;
    let unknown = session.symbol("beskid_kit_defines_no_such_function");
    holds(
        unknown.is_none(),
        "no address for a function that is not there",
        format!("{:#x}", unknown.unwrap_or_default()),
    )?;
    let known = ["kept", "other"].map(|name| session.symbol(name));
    holds(
        known.iter().all(Option::is_some) || known.iter().all(Option::is_none),
        "an address for each export, or for none",
        format!("{known:x?}"),
    )?;
    holds(
        known[0].is_none() || known[0] != known[1],
        "an address of its own for each export",
        format!("{known:x?}"),
    )?;
    Ok(Outcome::Passed)
}

fn imports(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.executes {
        return no_sessions();
    }
    let program = samples::of(samples::NOWHERE)?;
    let answer = bench.ask(program.bytes(), &session_request());
    refused("a call of what is nowhere", &[Code::E5120], answer)?;
    Ok(Outcome::Passed)
}

fn runtime(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    if !bench.description.executes {
        return no_sessions();
    }
    let mut header = Header::new("beskid-kit", "1");
    header.runtime_abi = Some(BESKID_RUNTIME_ABI_VERSION + 1);
    let program = samples::headed(header)?;
    let answer = bench.ask(program.bytes(), &session_request());
    refused("a program for another runtime", &[Code::E4012], answer)?;
    Ok(Outcome::Passed)
}
