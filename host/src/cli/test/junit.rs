//! The report of `test` as JUnit's XML, as build servers read it.

use std::fmt::Write as _;
use std::time::Duration;

use super::super::xml::escaped;
use super::broken::Broken;
use super::report::{Bucket, Entry, Report};

/// The report as a document: a test suite for each program and backend. Tests that
/// were not asked for are left out; what kept tests from being run is a case with an
/// error, in a suite of its own.
pub(super) fn write(report: &Report) -> String {
    let asked = report.entries.iter();
    let asked = asked.filter(|entry| entry.outcome != Bucket::FilteredOut);
    let asked = asked.collect::<Vec<_>>();
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let errors = report.broken.len();
    let _ = writeln!(out, "<testsuites{}>", counts(&asked, errors));
    for broken in &report.broken {
        error(&mut out, broken);
    }
    for (name, suite) in suites(asked) {
        let name = escaped(&name);
        let _ = writeln!(out, "<testsuite name=\"{name}\"{}>", counts(&suite, 0));
        for entry in suite {
            case(&mut out, &name, entry);
        }
        out.push_str("</testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// The tests of each suite, in the order of the suites' first tests.
fn suites(entries: Vec<&Entry>) -> Vec<(String, Vec<&Entry>)> {
    let mut suites = Vec::<(String, Vec<&Entry>)>::new();
    for entry in entries {
        let name = suite_name(entry);
        match suites.iter_mut().find(|(known, _)| *known == name) {
            Some((_, suite)) => suite.push(entry),
            None => suites.push((name, vec![entry])),
        }
    }
    suites
}

fn suite_name(entry: &Entry) -> String {
    named(&entry.path, entry.backend.as_deref())
}

fn named(path: &str, backend: Option<&str>) -> String {
    match backend {
        Some(backend) => format!("{path} [{backend}]"),
        None => path.to_owned(),
    }
}

fn error(out: &mut String, broken: &Broken) {
    let suite = escaped(&named(&broken.path, broken.backend.as_deref()));
    let (file, message) = (escaped(&broken.path), escaped(&broken.summary()));
    let text = escaped(&broken.text());
    let _ = writeln!(
        out,
        "<testsuite name=\"{suite}\"{}>\n<testcase classname=\"{suite}\" name=\"{file}\" \
         file=\"{file}\" time=\"0.000\"><error message=\"{message}\">{text}</error></testcase>\n\
         </testsuite>",
        counts(&[], 1)
    );
}

fn counts(entries: &[&Entry], errors: usize) -> String {
    let count = |outcome| {
        let entries = entries.iter();
        entries.filter(|entry| entry.outcome == outcome).count()
    };
    let took = entries.iter().map(|entry| entry.seconds).sum::<Duration>();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{errors}\" skipped=\"{}\" time=\"{:.3}\"",
        entries.len() + errors,
        count(Bucket::Failed),
        count(Bucket::Skipped),
        took.as_secs_f64(),
    )
}

fn case(out: &mut String, suite: &str, entry: &Entry) {
    let name = escaped(&entry.qualified_name);
    let (file, line) = (escaped(&entry.file), entry.line);
    let seconds = entry.seconds.as_secs_f64();
    let _ = write!(
        out,
        "<testcase classname=\"{suite}\" name=\"{name}\" file=\"{file}\" line=\"{line}\" \
         time=\"{seconds:.3}\">"
    );
    let reason = escaped(entry.reason.as_deref().unwrap_or_default());
    let _ = match entry.outcome {
        Bucket::Failed => {
            let lines = entry.backtrace.lines();
            let backtrace = lines.fold(String::new(), |all, line| format!("{all}\n{line}"));
            let backtrace = escaped(&backtrace);
            write!(
                out,
                "<failure message=\"{reason}\">{reason}{backtrace}</failure>"
            )
        }
        Bucket::Skipped => write!(out, "<skipped message=\"{reason}\"/>"),
        Bucket::Passed | Bucket::FilteredOut => Ok(()),
    };
    for (stream, written) in [("system-out", &entry.stdout), ("system-err", &entry.stderr)] {
        if !written.is_empty() {
            let _ = write!(out, "<{stream}>{}</{stream}>", escaped(written));
        }
    }
    out.push_str("</testcase>\n");
}
