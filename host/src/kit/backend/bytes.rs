//! Bytes that are no artifact, or a malformed one.

use beskid_plugin_api::codes::Code;

use super::bench::Bench;
use super::samples;
use crate::kit::case::Test;
use crate::kit::outcome::{Checked, Finding, Outcome, shown};
use crate::kit::subject::Subject;

/// Lengths and places that are tried, at most.
const MOST: usize = 192;
/// Length of what is no artifact by far, in bytes.
const LONG: usize = 1 << 20;

pub(super) fn tests() -> Vec<Test> {
    vec![
        Test::new("bytes/none", "what is no artifact is refused", none),
        Test::new(
            "bytes/truncated",
            "an artifact that was cut is refused, wherever",
            truncated,
        ),
        Test::new(
            "bytes/changed",
            "an artifact that was changed after it was written is refused",
            changed,
        ),
        Test::new(
            "bytes/malformed",
            "an artifact with the digest of malformed contents does no harm",
            malformed,
        ),
    ]
}

/// What is wrong with the answer to bad bytes; `is_artifact`: they may be good after
/// all.
fn check(bench: &Bench<'_>, what: &str, bytes: &[u8], is_artifact: bool) -> Result<(), Finding> {
    let expected = format!("{what} to be refused");
    match bench.ask(bytes, &bench.request()) {
        Ok(_) if is_artifact => Ok(()),
        Ok(_) => Err(Finding::new(expected, "it was compiled")),
        // A panic, or an answer that is none.
        Err(error) if [Code::E5112, Code::E5113].contains(&error.code) => {
            Err(Finding::new(expected, shown(&error)))
        }
        Err(_) => Ok(()),
    }
}

fn none(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let rubbish = b"rubbish ".repeat(LONG / 8);
    for (what, bytes) in [
        ("nothing", &b""[..]),
        ("a text", b"int main(void) { return 0; }\n"),
        ("a mark alone", b"BSKA"),
        ("zeroes", &[0; LONG]),
        ("rubbish", &rubbish),
    ] {
        check(&bench, what, bytes, false)?;
    }
    Ok(Outcome::Passed)
}

/// At most [`MOST`] numbers below a length, evenly.
fn places(length: usize) -> impl Iterator<Item = usize> {
    (0..length).step_by(length.div_ceil(MOST).max(1))
}

fn truncated(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    let bytes = program.bytes();
    for length in places(bytes.len()) {
        let what = format!("an artifact of {} bytes cut to {length}", bytes.len());
        check(&bench, &what, &bytes[..length], false)?;
    }
    Ok(Outcome::Passed)
}

fn changed(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    for at in places(program.bytes().len()) {
        let mut bytes = program.bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        let what = format!("an artifact with bit {} of byte {at} changed", at % 8);
        check(&bench, &what, &bytes, false)?;
    }
    Ok(Outcome::Passed)
}

fn malformed(subject: &Subject<'_>) -> Checked {
    let bench = Bench::of(subject)?;
    let program = samples::plain()?;
    for at in places(program.bytes().len()) {
        let mut bytes = program.bytes().to_vec();
        bytes[at] ^= 1 << (at % 8);
        let what = format!(
            "an artifact with bit {} of byte {at} changed, and a digest that fits,",
            at % 8
        );
        check(&bench, &what, &samples::sealed(bytes), true)?;
    }
    Ok(Outcome::Passed)
}
