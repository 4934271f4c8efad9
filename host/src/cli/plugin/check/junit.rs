//! JUnit's XML, as build servers read it.

use std::fmt::Write as _;

use super::super::super::xml::escaped;
use super::report::{Report, text};
use crate::kit::Status;

/// The report as a document: a test suite of the plugin's name.
pub(super) fn write(report: &Report) -> String {
    let suite = format!("beskid.{}.{}", report.manifest.kind, report.manifest.id);
    let suite = escaped(&suite);
    let failures = report.ran.iter().filter(|ran| ran.status.is_wrong());
    let is_skipped =
        |status: &Status| matches!(status, Status::Skipped(_) | Status::FailedAsExpected(_));
    let skipped = report.ran.iter().filter(|ran| is_skipped(&ran.status));
    let seconds = report.ran.iter().map(|ran| ran.took.as_secs_f64());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"{suite}\" \
         tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3}\">\n",
        report.ran.len(),
        failures.count(),
        skipped.count(),
        seconds.sum::<f64>(),
    );
    for ran in &report.ran {
        let name = escaped(&ran.name);
        let seconds = ran.took.as_secs_f64();
        let _ = write!(
            out,
            "<testcase classname=\"{suite}\" name=\"{name}\" time=\"{seconds:.3}\""
        );
        let inside = match &ran.status {
            Status::Passed => None,
            Status::Failed(finding) => Some(format!(
                "<failure message=\"{}\">{}</failure>",
                escaped(&text(finding)),
                escaped(&report.command(&ran.name)),
            )),
            Status::PassedUnexpectedly => {
                Some("<failure message=\"it was expected to fail\"></failure>".to_owned())
            }
            Status::Skipped(reason) => Some(format!("<skipped message=\"{}\"/>", escaped(reason))),
            Status::FailedAsExpected(finding) => Some(format!(
                "<skipped message=\"fails as expected: {}\"/>",
                escaped(&text(finding))
            )),
        };
        match inside {
            Some(inside) => {
                let _ = writeln!(out, ">{inside}</testcase>");
            }
            None => out.push_str("/>\n"),
        }
    }
    out.push_str("</testsuite>\n</testsuites>\n");
    out
}
