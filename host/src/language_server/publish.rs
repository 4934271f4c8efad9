//! Diagnostics of files, as the editor shows them (LSP-3).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use beskid_frontend::SourceDiagnostic;
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag,
    Location, NumberOrString, PublishDiagnosticsParams, Uri,
};

use super::documents::Documents;
use super::place;
use super::programs::{Program, Told};
use super::text::Lines;

/// What the editor was told last of each file.
#[derive(Debug, Default)]
pub(super) struct Published {
    told: BTreeMap<String, (Option<i32>, Vec<Diagnostic>)>,
}

/// What is known of programs.
#[derive(Debug)]
pub(super) struct Found {
    /// By the files that they begin with.
    pub(super) programs: Vec<(PathBuf, Rc<Program>)>,
    /// Of texts that were never saved.
    pub(super) unsaved: Vec<(Uri, Rc<Program>)>,
    /// The files that programs begin with, whether or not they are known.
    pub(super) files: BTreeSet<PathBuf>,
    /// Whether all of them are known: then what is not told any more is taken back.
    pub(super) is_whole: bool,
}

/// Diagnostics by the URIs of their files.
type ByFile = BTreeMap<String, (Uri, Vec<Diagnostic>)>;

impl Published {
    /// What is to be told anew, now that these programs are known.
    pub(super) fn update(
        &mut self,
        all: &Found,
        documents: &Documents,
    ) -> Vec<PublishDiagnosticsParams> {
        let mut found = by_file(all, documents);
        for (uri, program) in &all.unsaved {
            let own = program.told.iter().filter(|told| told.path.is_none());
            let own = own.flat_map(|told| of_file(told, uri));
            let entry = (uri.clone(), own.collect());
            found.insert(uri.as_str().to_owned(), entry);
        }
        for document in documents.all() {
            let entry = || (document.uri.clone(), Vec::new());
            let key = document.uri.as_str().to_owned();
            found.entry(key).or_insert_with(entry);
        }
        let mut new = Vec::new();
        for (key, (uri, diagnostics)) in &found {
            let version = documents.get(uri).map(|document| document.version);
            let now = (version, diagnostics.clone());
            // Of a file that was never told of, there is nothing to take back.
            let before = self.told.get(key);
            if before == Some(&now) || before.is_none() && version.is_none() && now.1.is_empty() {
                continue;
            }
            new.push(params(uri.clone(), now.clone()));
            self.told.insert(key.clone(), now);
        }
        let gone = self
            .told
            .keys()
            .filter(|key| all.is_whole && !found.contains_key(*key));
        for key in gone.cloned().collect::<Vec<_>>() {
            let before = self.told.remove(&key);
            if before.is_some_and(|(_, diagnostics)| !diagnostics.is_empty())
                && let Ok(uri) = key.parse()
            {
                new.push(params(uri, (None, Vec::new())));
            }
        }
        new
    }
}

fn params(
    uri: Uri,
    (version, diagnostics): (Option<i32>, Vec<Diagnostic>),
) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams {
        uri,
        diagnostics,
        version,
    }
}

/// What is told of each file: what the program says that begins with it; of files that no
/// program here begins with, what the first one says that reaches them.
fn by_file(all: &Found, documents: &Documents) -> ByFile {
    let mut found = ByFile::new();
    let own = all.programs.iter().map(|(path, _)| path);
    let own = own.chain(&all.files).map(PathBuf::as_path);
    let own = own.collect::<BTreeSet<&Path>>();
    let mut reached = BTreeSet::new();
    for (entry, program) in &all.programs {
        for told in &program.told {
            let Some(path) = &told.path else { continue };
            if path != entry && (own.contains(path.as_path()) || !reached.insert(path)) {
                continue;
            }
            let open = documents.at(path).map(|document| document.uri.clone());
            let Some(uri) = open.or_else(|| place::uri_of(path)) else {
                continue;
            };
            let diagnostics = of_file(told, &uri);
            let entry = found.entry(uri.as_str().to_owned());
            entry
                .or_insert_with(|| (uri, Vec::new()))
                .1
                .extend(diagnostics);
        }
    }
    found
}

/// The diagnostics of a file in the order of their places, then of their codes.
fn of_file(told: &Told, uri: &Uri) -> Vec<Diagnostic> {
    let lines = Lines::new(&told.text);
    let mut sorted = told.diagnostics.iter().collect::<Vec<_>>();
    sorted.sort_by_key(|found| (found.span(), found.diagnostic.code.as_str()));
    let shown = sorted.into_iter();
    shown.map(|found| diagnostic(found, &lines, uri)).collect()
}

fn diagnostic(found: &SourceDiagnostic, lines: &Lines<'_>, uri: &Uri) -> Diagnostic {
    let code = found.diagnostic.code.as_str();
    let mut message = found.diagnostic.message.to_string();
    let label = Some(&found.label.1).filter(|label| !label.is_empty());
    let notes = found.diagnostic.notes.iter().map(ToString::to_string);
    for more in label.cloned().into_iter().chain(notes) {
        message.push('\n');
        message.push_str(&more);
    }
    if let Some(help) = &found.diagnostic.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    let others = found.related.iter().chain(&found.notes);
    let others = others.map(|(span, label)| DiagnosticRelatedInformation {
        location: Location::new(uri.clone(), lines.range(*span)),
        message: label.clone(),
    });
    let others = others.collect::<Vec<_>>();
    Diagnostic {
        range: lines.range(found.span()),
        severity: Some(match found.is_warning() {
            true => DiagnosticSeverity::WARNING,
            false => DiagnosticSeverity::ERROR,
        }),
        code: Some(NumberOrString::String(code.to_owned())),
        code_description: None::<CodeDescription>,
        source: Some("beskid".to_owned()),
        message,
        related_information: (!others.is_empty()).then_some(others),
        tags: ["W1503", "W1504", "W1403"]
            .contains(&code)
            .then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    }
}
