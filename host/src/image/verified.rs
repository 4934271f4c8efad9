//! Verification of linked images (LK-7).

use std::collections::BTreeSet;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::OutputKind;
use beskid_plugin_api::target::Target;
use tracing::info_span;

use super::differences;
use super::linked::LinkedImage;
use crate::input::read_bounded;
use crate::inspect::{FileFormat, ImageKind, ImageReport, MAX_IMAGE, foreign_system, inspect};
use crate::output::{self, Mode};
use crate::scratch::Scratch;
use crate::timings::{Became, phase};

/// What a linked image must contain.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// Exactly these symbols are exported; `None`: any.
    pub exports: Option<BTreeSet<String>>,
    /// Runtime symbols that the program uses.
    pub runtime: Vec<String>,
    /// Whether the runtime comes from a shared library when the image is
    /// loaded.
    pub shared_runtime: bool,
    /// Whether its symbol table was to be taken out.
    pub is_stripped: bool,
}

/// An image that was inspected and found to be what was asked for.
#[derive(Debug)]
pub struct VerifiedImage {
    path: std::path::PathBuf,
    _folder: Scratch,
    kind: OutputKind,
}

impl LinkedImage {
    /// Inspects the image.
    ///
    /// # Errors
    /// E5201 lists everything that is not as expected; E5202 if the file
    /// cannot be inspected at all.
    pub fn verify(self, expected: &Expectations) -> Result<VerifiedImage, Diagnostic> {
        let phase = phase("verify");
        let _span = info_span!("verify").entered();
        let bytes = read_bounded(&self.path, MAX_IMAGE)?;
        let report = inspect(&bytes)?.into_one()?;
        let mut problems = report.problems();
        let unresolved = report.unresolved_runtime();
        problems.retain(|problem| Some(problem) != unresolved.as_ref());
        if !expected.shared_runtime {
            problems.extend(unresolved);
        }
        problems.extend(differences(&report, self.kind, &self.target));
        let target = Target::of(&self.target);
        problems.extend(foreign_system(&bytes, &report.needed, &target));
        if self.kind == OutputKind::Exe && !expected.is_stripped {
            problems.extend(unknown_main(&report));
        }
        problems.extend(wrong_exports(&report, expected));
        problems.extend(missing_runtime(&report, expected));
        if problems.is_empty() {
            phase.ended(Became::Done);
            return Ok(VerifiedImage {
                path: self.path,
                _folder: self.folder,
                kind: self.kind,
            });
        }
        let message = format!("the linked {} is not what was asked for", self.kind);
        let mut diagnostic = Diagnostic::new(Code::E5201, message);
        diagnostic.notes = problems;
        Err(diagnostic.help("`--verbose-link` shows the command that made it"))
    }
}

/// Where a symbol table tells nothing about `main`: PE files have none as a
/// rule, and their entrypoint must do instead.
fn unknown_main(report: &ImageReport) -> Option<String> {
    let problem = match report.format {
        _ if report.defines_main.is_some() => return None,
        FileFormat::Pe if report.entrypoint.is_some() => return None,
        FileFormat::Pe => "it has no entrypoint",
        _ => "its symbol table is stripped",
    };
    Some(problem.to_owned())
}

fn wrong_exports(report: &ImageReport, expected: &Expectations) -> Vec<String> {
    let (Some(expected), ImageKind::Shared) = (&expected.exports, report.kind) else {
        return Vec::new();
    };
    let found = report.exports.iter().cloned().collect::<BTreeSet<_>>();
    let missing = expected
        .difference(&found)
        .map(|name| format!("`{name}` is not exported"));
    let extra = found.difference(expected);
    let extra = extra.map(|name| format!("`{name}` is exported, but is private"));
    missing.chain(extra).collect()
}

/// A static library must bring the runtime along. In other outputs nothing may
/// be unresolved, but the linker has dropped what no code reaches.
fn missing_runtime(report: &ImageReport, expected: &Expectations) -> Vec<String> {
    if report.kind != ImageKind::Static {
        return Vec::new();
    }
    let defined = &report.runtime.defined;
    let missing = expected
        .runtime
        .iter()
        .filter(|name| !defined.contains(&name.as_str()));
    missing
        .map(|name| format!("the runtime symbol `{name}` is not in it"))
        .collect()
}

impl VerifiedImage {
    /// Where it is now, for loading it in place.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in its final place.
    ///
    /// # Errors
    /// E4040 names the path and the cause; what was there stays.
    pub fn install(self, path: &Path) -> Result<(), Diagnostic> {
        output::copy(&self.path, path, Mode::of(self.kind))
    }
}
