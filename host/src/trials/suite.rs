//! The tests of a program.

use std::path::{Path, PathBuf};

use beskid_frontend::{Lints, PackageId};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::filter::Filter;
use super::lowered::Lowered;
use super::outcome::{Outcome, Tried};
use super::runner::Prepared;
use crate::failure::Failure;
use crate::reuse::BuildCache;
use crate::source::{Language, Modules, Source};

/// A checked program with its tests.
#[derive(Debug)]
pub struct Suite {
    path: PathBuf,
    lowered: Lowered,
    /// The files of the tests, as the user would write their paths.
    files: Vec<String>,
    /// What is known of each test before any is run; `None`: it is to be run.
    known: Vec<Option<Outcome>>,
}

/// A test as reports name it.
#[derive(Debug, Clone, Copy)]
pub struct Item<'s> {
    /// Its own name.
    pub name: &'s str,
    /// The inline modules around it, then its name (TST-3).
    pub qualified_name: &'s str,
    /// Its file, by the way from the working folder, or as the user gave it.
    pub file: &'s str,
    /// Its line there.
    pub line: usize,
}

impl Suite {
    /// Checks the program that begins with a source, and looks which of its tests are
    /// to be run. What an earlier command made of the same program is in `cache`.
    ///
    /// # Errors
    /// What is wrong with the program; E4041 if it is no source of Beskid.
    pub fn of(
        source: &Source,
        lints: &Lints,
        filter: &Filter,
        cache: Option<&BuildCache>,
    ) -> Result<Self, Failure> {
        if source.language() != Language::Beskid {
            let message = format!("`{}` has no tests", source.path().display());
            return Err(Diagnostic::new(Code::E4041, message)
                .help("tests are items of Beskid sources `.bd`; `.clif` files have run directives")
                .into());
        }
        let lowered = Lowered::of(source, lints, filter, cache)?;
        let known = lowered.tests.iter().map(|test| match &test.skip {
            _ if !filter.admits(test) => Some(Outcome::FilteredOut),
            Some(reason) => Some(Tried::skipped(reason).outcome),
            None => None,
        });
        Ok(Self {
            path: source.path().to_owned(),
            known: known.collect(),
            files: files(source, &lowered),
            lowered,
        })
    }

    /// The path of the program.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many tests there are.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// A test by its place in the program, as reports name it.
    pub fn item(&self, test: usize) -> Item<'_> {
        let (file, test) = (&self.files[test], &self.lowered.tests[test]);
        Item {
            name: test.name.rsplit("::").next().unwrap_or(&test.name),
            qualified_name: &test.name,
            file,
            line: test.line,
        }
    }

    /// What came of the tests that are not run.
    pub fn not_run(&self) -> impl Iterator<Item = (usize, Tried)> {
        let known = self.known.iter().enumerate();
        known.filter_map(|(test, known)| Some((test, Tried::not_run(known.clone()?))))
    }

    /// The others, ready to be run; `None`: there are none.
    ///
    /// # Errors
    /// E4040 if they cannot be kept.
    pub fn prepare(&self) -> Result<Option<Prepared>, Diagnostic> {
        let to_run = self.known.iter().enumerate();
        let to_run = to_run.filter(|(_, known)| known.is_none());
        let tests = to_run.map(|(test, _)| test).collect::<Vec<_>>();
        let Some(artifact) = &self.lowered.artifact else {
            return Ok(None);
        };
        Prepared::new(&self.path, artifact, self.lowered.program, tests).map(Some)
    }
}

/// The files of tests, which the program's messages name otherwise: those are the same
/// from wherever the command is given.
fn files(source: &Source, lowered: &Lowered) -> Vec<String> {
    let entry = source.entry().name;
    let modules = Modules::of(source);
    let files = lowered.tests.iter().map(|test| match test.file == entry {
        true => source.path().display().to_string(),
        false => modules.path(PackageId(0), &test.file),
    });
    files.collect()
}
