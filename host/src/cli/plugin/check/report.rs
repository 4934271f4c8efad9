//! What the tests of a plugin found, for people and for programs.

use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::PluginManifest;
use serde_json::{Value, json};

use super::super::super::args::ReportFormat;
use super::super::super::render;
use crate::kit::{Finding, Ran, Status, Test};
use crate::output;
use crate::plugins::Entry;

/// What was found.
pub(super) struct Report {
    /// The plugin.
    pub(super) manifest: PluginManifest,
    /// How the user has named it.
    pub(super) shown: String,
    /// What the command that runs a test again says besides.
    pub(super) corpus: Option<PathBuf>,
    /// The tests, in their order.
    pub(super) ran: Vec<Ran>,
}

/// Lists tests, with what each is about.
///
/// # Errors
/// E4040 if they cannot be written.
pub(super) fn list(tests: &[Test], format: ReportFormat) -> Result<(), Diagnostic> {
    if format == ReportFormat::Json {
        let tests = tests.iter();
        let tests = tests.map(|test| json!({ "name": test.name, "about": test.about }));
        let list = Value::Array(tests.collect());
        return output::write_stdout(format!("{list}\n").as_bytes());
    }
    let longest = tests.iter().map(|test| test.name.len()).max();
    let width = longest.unwrap_or_default();
    for Test { name, about, .. } in tests {
        render::line(&format!("{name:width$}  {about}"))?;
    }
    Ok(())
}

impl Report {
    /// Of a plugin that nothing is known of yet.
    pub(super) fn new(entry: &Entry, shown: &str, corpus: Option<PathBuf>) -> Self {
        Self {
            manifest: entry.manifest().clone(),
            shown: shown.to_owned(),
            corpus,
            ran: Vec::new(),
        }
    }

    /// A test in a line, and of a failure how to see it again.
    pub(super) fn line(&self, ran: &Ran) -> String {
        let name = &ran.name;
        match &ran.status {
            Status::Passed => format!("ok   {name}"),
            Status::Skipped(reason) => format!("SKIP {name}: {reason}"),
            Status::Failed(finding) => format!(
                "FAIL {name}: {}\n     reproduce: {}",
                text(finding),
                self.command(name)
            ),
            Status::FailedAsExpected(finding) => {
                format!("fail {name} (as expected): {}", text(finding))
            }
            Status::PassedUnexpectedly => {
                format!("FAIL {name}: it does not fail; take it off the list of expected failures")
            }
        }
    }

    /// The command that runs a test again.
    pub(super) fn command(&self, name: &str) -> String {
        let plugin = shell_words::quote(&self.shown);
        let corpus = self.corpus.as_ref().map(|folder| {
            let folder = folder.display().to_string();
            format!(" --corpus {}", shell_words::quote(&folder))
        });
        let corpus = corpus.unwrap_or_default();
        let name = shell_words::quote(name);
        format!("beskid plugin check {plugin}{corpus} --exact --filter {name} --in-process")
    }

    /// How many tests ended how.
    pub(super) fn summary(&self) -> String {
        let [passed, failed, skipped, expected] = self.counts();
        let expected = match expected {
            0 => String::new(),
            count => format!(", {count} failed as expected"),
        };
        format!("{passed} passed, {failed} failed, {skipped} skipped{expected}")
    }

    fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for ran in &self.ran {
            counts[match ran.status {
                Status::Passed => 0,
                Status::Failed(_) | Status::PassedUnexpectedly => 1,
                Status::Skipped(_) => 2,
                Status::FailedAsExpected(_) => 3,
            }] += 1;
        }
        counts
    }

    /// As standard output has it.
    pub(super) fn text(&self) -> String {
        let lines = self.ran.iter().map(|ran| self.line(ran));
        let mut text = lines.collect::<Vec<_>>().join("\n");
        text.push_str(&format!("\n{}\n", self.summary()));
        text
    }

    /// As one JSON value.
    ///
    /// # Errors
    /// E4040 if there is no such value.
    pub(super) fn json(&self) -> Result<String, Diagnostic> {
        let tests = self.ran.iter().map(|ran| {
            let mut test = json!({
                "name": ran.name,
                "status": status(&ran.status),
                "seconds": ran.took.as_secs_f64(),
            });
            match &ran.status {
                Status::Failed(finding) | Status::FailedAsExpected(finding) => {
                    test["expected"] = finding.expected.clone().into();
                    test["found"] = finding.found.clone().into();
                    test["reproduce"] = self.command(&ran.name).into();
                }
                Status::Skipped(reason) => test["reason"] = reason.clone().into(),
                Status::Passed | Status::PassedUnexpectedly => {}
            }
            test
        });
        let tests = tests.collect::<Vec<_>>();
        let [passed, failed, skipped, expected] = self.counts();
        let value = json!({
            "plugin": self.shown,
            "kind": self.manifest.kind.to_string(),
            "id": self.manifest.id,
            "version": self.manifest.version,
            "passed": passed,
            "failed": failed,
            "skipped": skipped,
            "failed_as_expected": expected,
            "tests": tests,
        });
        let text = serde_json::to_string(&value).map_err(|error| {
            Diagnostic::new(Code::E4040, format!("cannot write a report: {error}"))
        })?;
        Ok(text + "\n")
    }
}

const fn status(status: &Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed(_) => "failed",
        Status::Skipped(_) => "skipped",
        Status::FailedAsExpected(_) => "failed_as_expected",
        Status::PassedUnexpectedly => "passed-unexpectedly",
    }
}

/// A finding in a line.
pub(super) fn text(finding: &Finding) -> String {
    let Finding { expected, found } = finding;
    format!("expected {expected}; found {found}")
}
