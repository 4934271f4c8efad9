//! From a program to the artifact of its tests, or to what an earlier command made of it.

use std::time::Duration;

use beskid_frontend::Lints;
use beskid_plugin_api::Digest;
use beskid_plugin_api::artifact::Outline;
use tracing::info_span;

use super::filter::Filter;
use crate::failure::Failure;
use crate::lower;
use crate::reuse::{BuildCache, Listed, Made, ProgramQuestion};
use crate::source::Source;
use crate::timings::{self, Became, phase};

/// The tests of a checked program.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) tests: Vec<Listed>,
    /// The artifact of those that are to be run; none, if none is.
    pub(super) artifact: Option<Outline>,
    /// Which tests of which program it is, in whatever state.
    pub(super) program: Option<Digest>,
}

impl Lowered {
    /// Checks a program, and lowers those of its tests that are asked for.
    pub(super) fn of(
        source: &Source,
        lints: &Lints,
        filter: &Filter,
        cache: Option<&BuildCache>,
    ) -> Result<Self, Failure> {
        let question = ProgramQuestion::of_tests(source, lints, format!("{filter:?}"));
        let program = cache.and_then(|cache| cache.key(&question));
        if let Some(known) = lower::known(cache, &question, source) {
            return Ok(Self {
                tests: known.tests,
                artifact: known.artifact,
                program,
            });
        }
        let checked = lower::checked(source, lints)?;
        let tests = Listed::all(&checked.program);
        let chosen = tests.iter().enumerate();
        let chosen = chosen.filter(|(_, test)| filter.runs(test));
        let chosen = chosen.map(|(test, _)| test).collect::<Vec<_>>();
        let artifact = match chosen.is_empty() {
            true => None,
            false => {
                timings::tell("lower.ready", Became::Done, Duration::ZERO);
                let phase = phase("lower");
                let lower = || checked.program.lower_tests(&chosen);
                let artifact = info_span!("lower").in_scope(lower)?;
                phase.ended(Became::Done);
                Some(artifact.into_outline())
            }
        };
        if let Some(cache) = cache {
            let made = Made {
                artifact: artifact.as_ref(),
                findings: &checked.findings,
                tests: &tests,
            };
            made.keep(cache, &question, source.bytes(), checked.answered);
        }
        Ok(Self {
            tests,
            artifact,
            program,
        })
    }
}
